"""Rewrite the checked-in files that tests compare with: ``python tests/regenerate.py [--schema] [--golden]``.

Nothing else ever writes them: a missing or different file fails its test. Read the difference before
committing it.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def schema() -> dict[Path, str]:
    from docparse.export.json import schema_text

    return {ROOT / "schemas" / "document.schema.json": schema_text()}


def golden() -> dict[Path, str]:
    from tests.export.documents import GOLDEN, full_document, without_drawings

    document = full_document()
    return {
        GOLDEN / "full.html": without_drawings(document.to_html()),
        GOLDEN / "full.md": document.to_markdown(),
        GOLDEN / "full.json": document.to_json(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", action="store_true", help="schemas/document.schema.json")
    parser.add_argument("--golden", action="store_true", help="tests/export/golden")
    chosen = parser.parse_args()
    everything = not (chosen.schema or chosen.golden)
    files: dict[Path, str] = {}
    if chosen.schema or everything:
        files |= schema()
    if chosen.golden or everything:
        files |= golden()
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        path.write_text(text, encoding="utf-8")
        print(f"{'written  ' if changed else 'unchanged'} {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
