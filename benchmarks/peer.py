"""pymupdf4llm on one file, in a process of its own: python peer.py FILE OUTPUT [NAME=JSON ...]."""

import json
import sys
from pathlib import Path

import pymupdf4llm


def main() -> None:
    source, target, *options = sys.argv[1:]
    keywords = {name: json.loads(value) for name, value in (option.split("=", 1) for option in options)}
    Path(target).write_text(pymupdf4llm.to_markdown(source, **keywords), encoding="utf-8")


if __name__ == "__main__":
    main()
