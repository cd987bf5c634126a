"""What many tests need: the command as a user runs it, and small files of our own making."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Tests say what comes out, not how fast on a busy machine.
settings.register_profile("docparse", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("docparse")

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
SHARED = ROOT.parent / "shared"
"""The corpus and the recorded model outputs, where this machine has them."""

COMMAND = [sys.executable, "-m", "docparse"]


@dataclass(frozen=True)
class Ran:
    """How a call of the command ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def messages(self) -> list[str]:
        return self.err.splitlines()


Run = Callable[..., Ran]


@pytest.fixture
def docparse(tmp_path: Path) -> Run:
    """Run ``docparse ARGUMENTS...`` in a process of its own, from an empty folder, with no configuration."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCPARSE_")}
    environment["XDG_CONFIG_HOME"] = str(tmp_path / "no-config")
    environment["HF_HUB_OFFLINE"] = "1"

    def run(*arguments: str | Path, stdin: bytes | None = None, env: dict[str, str] | None = None) -> Ran:
        finished = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            cwd=tmp_path,
            env=environment | (env or {}),
            timeout=240,
        )
        return Ran(finished.returncode, finished.stdout, finished.stderr.decode("utf-8"))

    return run


def make_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF with these objects, numbered from 1; the first is the catalog. By hand, so that it can be wrong."""
    body = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(body),
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), entries, content)


def endless_pdf() -> bytes:
    """Two pages. The first draws a form ten times that draws another ten times, and so on: 10^12 strokes. The
    second is a line of text."""
    depth = 12
    first_form = 7
    forms = []
    for level in range(depth):
        inner = b"/X%d Do " % (level + 1) * 10 if level < depth - 1 else b"0 0 m 9 9 l S "
        resources = b"/Resources<</XObject<</X%d %d 0 R>>>>" % (level + 1, first_form + level + 1)
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]" + (resources if level < depth - 1 else b"")
        forms.append(stream(inner, entries))
    return make_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2/MediaBox[0 0 600 800]>>",
            b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X0 %d 0 R>>>>>>" % first_form,
            stream(b"/X0 Do"),
            b"<</Type/Page/Parent 2 0 R/Contents 6 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1"
            b"/BaseFont/Helvetica>>>>>>>>",
            stream(b"BT /F 12 Tf 72 700 Td (The page after the endless one is read all the same.) Tj ET"),
            *forms,
        ]
    )
