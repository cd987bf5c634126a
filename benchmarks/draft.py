"""Tokens a pass that a live draft saves, over answers of real checkpoints: no weights are needed, they are known.

The draft is the answer's own text, made as different as another reader's would be: boxes off by up to six pixels,
headings as paragraphs, cells without styles, plain text for LaTeX. Tokens are Qwen's own: `pip install tiktoken` and
the `dashscope/resources/qwen.tiktoken` of `pip download dashscope --no-deps`.
"""

import argparse
import base64
import json
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from docparse.content.plain import readable
from docparse.document import AnyElement, Heading, Paragraph, Table
from docparse.geometry import Box
from docparse.qwenvl import parse, write
from docparse.runtime.live_draft import LiveDraft
from docparse.runtime.proposals import Proposals

REPOSITORY = Path(__file__).resolve().parent.parent
ANSWERS = REPOSITORY / ".." / "shared" / "model-outputs"
KINDS = ("qwenvl_html", "plain_html")
PIXELS = 6
# As Qwen splits text before it looks for tokens (its technical report, and tokenization_qwen.py of Qwen-7B).
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)


def tokenizer(file: Path) -> tuple[Callable[[str], list[int]], Callable[[list[int]], str]]:
    import tiktoken

    pairs = (line.split() for line in file.read_bytes().splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    encoding = tiktoken.Encoding("qwen", pat_str=SPLIT, mergeable_ranks=ranks, special_tokens={})
    return encoding.encode_ordinary, encoding.decode


def distorted(element: AnyElement, chance: random.Random) -> AnyElement:
    changes: dict[str, object] = {"text": readable(element.text).replace("$", "")}
    if element.box is not None:
        moved = [max(0, number + chance.randint(-PIXELS, PIXELS)) for number in element.box]
        changes["box"] = Box(moved[0], moved[1], max(moved[0], moved[2]), max(moved[1], moved[3]))
    if isinstance(element, Heading):
        return Paragraph(box=element.box, text=element.text).model_copy(update=changes)
    if isinstance(element, Table):
        cells = [cell.model_copy(update={"text": readable(cell.text).replace("$", "")}) for cell in element.cells]
        changes = {**changes, "cells": cells, "text": element.text}
    return element.model_copy(update=changes)


def passes(answer: list[int], proposals: Proposals | None, longest: int) -> int:
    """How many passes of the model it takes to write ``answer``: each checks what is proposed and adds a token."""
    done = count = 0
    while done < len(answer):
        proposed = proposals.next(longest) if proposals else []
        right = 0
        while right < len(proposed) and done + right < len(answer) and proposed[right] == answer[done + right]:
            right += 1
        written = answer[done : done + right + 1]
        if proposals:
            proposals.take(written, len(proposed))
        done += len(written)
        count += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokens", type=Path, help="qwen.tiktoken")
    parser.add_argument("--answers", type=Path, default=ANSWERS)
    parser.add_argument("--longest", type=int, default=64, help="most tokens that are proposed at a time")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.answers.is_dir():
        print(f"there are no recorded answers at {options.answers}", file=sys.stderr)
        return 0
    encode, decode = tokenizer(options.tokens)
    table = RichTable(title="tokens a pass")
    for name in ("answer", "tokens", "passes", "tokens a pass", "ms a pass"):
        table.add_column(name, justify="left" if name == "answer" else "right")
    total_tokens = total_passes = 0
    for entry in json.loads((options.answers / "index.json").read_text("utf-8"))["outputs"]:
        if entry["kind"] not in KINDS:
            continue
        text = (options.answers / entry["file"]).read_text("utf-8")
        chance = random.Random(f"{options.seed} {entry['file']}")
        draft = write([distorted(element, chance) for element in parse(text).elements])
        answer = encode(text)
        begun = time.perf_counter()
        count = passes(answer, Proposals(LiveDraft(draft), encode, decode), options.longest)
        seconds = time.perf_counter() - begun
        total_tokens += len(answer)
        total_passes += count
        name = re.sub(r"\.html$", "", entry["file"])
        table.add_row(
            name, str(len(answer)), str(count), f"{len(answer) / count:.2f}", f"{seconds / count * 1e3:.2f}"
        )
    table.add_section()
    table.add_row("all", str(total_tokens), str(total_passes), f"{total_tokens / total_passes:.2f}", "")
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
