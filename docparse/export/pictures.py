"""Where a picture may come from: inside the page, or a file beside it. Never from anywhere else."""

import re
from urllib.parse import quote

from ..document import Asset

PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Media types that are embedded. SVG is left out: opened by itself it is a document with scripts."""
_EMBEDDED = re.compile(r"data:(?:" + "|".join(sorted(PICTURE_TYPES)) + r");base64,[A-Za-z0-9+/=]*\Z")
_RELATIVE = re.compile(r"(?!/)[A-Za-z0-9._~%/-]+\Z")


def picture_source(asset: Asset | None) -> str | None:
    """What an ``img`` or a Markdown image may point to; None where the picture is not at hand."""
    if asset and asset.data and asset.media_type in PICTURE_TYPES:
        source = f"data:{asset.media_type};base64,{asset.data}"
    elif asset and asset.path:
        source = quote(asset.path.replace("\\", "/"), errors="replace")
    else:
        return None
    return source if is_inert_picture(source) else None


def is_inert_picture(source: str) -> bool:
    """Whether an ``img`` may point there: embedded, or a file beside or below the page."""
    return bool(_EMBEDDED.match(source) if source.startswith("data:") else _RELATIVE.match(source))
