"""How pages are cut for a model that reads pieces of them: the letters that one who reads each piece without a fault
would still lose, take for another column's, or tell in the wrong place. No model is needed.

`docparse synth FOLDER` makes the pages; it notes where every letter is.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from rich.console import Console
from rich.table import Table

from docparse.pieces import Piece, PieceSettings, cut, straighten

_ELEMENT = re.compile(r'<(?:p|h\d|li|address|div class="(\w+)"|div)\b[^>]*?data-bbox=')
_NOT_READ = frozenset("chart image formula chemical music".split())
_SETTINGS, _FACTOR = PieceSettings(text_height=7.5, max_tokens=448), 16
"""Those of nano."""
_LINE = 25.0
"""Pixels; what is no higher is one line, which is read from left to right rightly."""
_FAULTS = ("lost", "split", "mixed", "order")


class Cut(NamedTuple):
    name: str
    characters: int
    faults: Counter[str]
    seconds: float
    pieces: int


class Letters(NamedTuple):
    """Those of one page, in reading order; boxes in pixels of its image."""

    boxes: npt.NDArray[np.float64]
    """``[letters, 4]``"""
    elements: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    """Number of the line within its element."""
    pieces: npt.NDArray[np.int64]
    """The first piece that shows its middle; -1: none does."""

    @property
    def middles(self) -> npt.NDArray[np.float64]:
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2


def measure(image: Path) -> Cut:
    """Cut one page, and count the letters of its text by what is wrong with where they are."""
    html = image.with_suffix(".html").read_text("utf-8")
    glyphs = np.array(json.loads(image.with_suffix(".json").read_text("utf-8"))["glyphs"], float).reshape(-1, 6)
    started = time.process_time()
    pieces = cut(straighten(Image.open(image), _SETTINGS.text_height), _SETTINGS, _FACTOR)
    seconds = time.process_time() - started
    elements = list(_ELEMENT.finditer(html))
    owners = np.searchsorted([element.start() for element in elements], glyphs[:, 0], side="right") - 1
    is_text = np.array([elements[owner][1] not in _NOT_READ for owner in owners], bool)
    glyphs, owners = glyphs[is_text], owners[is_text]
    boxes = glyphs[:, 1:5]
    letters = Letters(boxes, owners, glyphs[:, 5].astype(int), _shown_by(pieces, (boxes[:, :2] + boxes[:, 2:]) / 2))
    fault = np.full(len(glyphs), "", object)
    fault[letters.pieces < 0] = "lost"
    for name, found in (("split", _split(letters)), ("mixed", _mixed(letters))):
        fault[found & (fault == "")] = name
    faults = Counter(fault[fault != ""].tolist())
    faults["order"] = _out_of_order(letters, fault == "")
    return Cut(image.name, len(glyphs), faults, seconds, len(pieces))


def _shown_by(pieces: list[Piece], points: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    found = np.full(len(points), -1)
    for index, piece in enumerate(pieces):
        x, y = ((points - piece.matrix[:, 2]) @ np.linalg.inv(piece.matrix[:, :2]).T).T
        x0, y0, x1, y1 = piece.shown
        inside = (x >= x0 - 1) & (x <= x1 + 1) & (y >= y0 - 1) & (y <= y1 + 1)
        found[inside & (found < 0) & (not piece.is_picture)] = index
    return found


def _split(letters: Letters) -> npt.NDArray[np.bool_]:
    """Which are in another piece than most of their line."""
    found = np.zeros(len(letters.pieces), bool)
    for element, line in set(zip(letters.elements.tolist(), letters.lines.tolist(), strict=True)):
        of_line = (letters.elements == element) & (letters.lines == line) & (letters.pieces >= 0)
        shown = Counter(letters.pieces[of_line].tolist())
        if len(shown) > 1:
            found |= of_line & (letters.pieces != shown.most_common(1)[0][0])
    return found


def _mixed(letters: Letters) -> npt.NDArray[np.bool_]:
    """Which are in one piece beside the lines of another element, so that lines of both are taken for one."""
    found = np.zeros(len(letters.pieces), bool)
    middle = letters.middles[:, 1]
    for piece in set(letters.pieces.tolist()) - {-1}:
        in_piece = letters.pieces == piece
        extents = []
        for element in sorted(set(letters.elements[in_piece].tolist())):
            of_it = in_piece & (letters.elements == element)
            low, high = letters.boxes[of_it, :2].min(axis=0), letters.boxes[of_it, 2:].max(axis=0)
            extents.append((of_it, *low, *high))
        for index, (one, left, top, right, bottom) in enumerate(extents):
            for other, left2, top2, right2, bottom2 in extents[index + 1 :]:
                first, last = max(top, top2), min(bottom, bottom2)
                heights = bottom - top, bottom2 - top2
                is_beside = right <= left2 + 2 or right2 <= left + 2
                if is_beside and last - first > min(heights) / 2 and max(heights) >= _LINE:
                    found |= (one | other) & (middle > first - 2) & (middle < last + 2)
    return found


def _out_of_order(letters: Letters, counted: npt.NDArray[np.bool_]) -> int:
    """How many are not in the longest run of letters whose pieces follow each other as the letters do."""
    runs: list[tuple[int, int]] = []
    for element in sorted(set(letters.elements.tolist())):
        shown = Counter(letters.pieces[counted & (letters.elements == element)].tolist())
        runs += sorted(shown.items())
    longest: list[int] = []
    for index, (piece, count) in enumerate(runs):
        before = (longest[earlier] for earlier in range(index) if runs[earlier][0] <= piece)
        longest.append(count + max(before, default=0))
    return sum(count for _, count in runs) - max(longest, default=0)


def _measured(folders: list[Path], jobs: int) -> Iterator[tuple[Path, list[Cut]]]:
    with ProcessPoolExecutor(jobs) as pool:
        for folder in folders:
            yield folder, list(pool.map(measure, sorted(folder.glob("*.png")), chunksize=4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="+", type=Path, help="of docparse synth")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--worst", type=int, default=5, help="pages that are named")
    options = parser.parse_args()
    table = Table("folder", "pages", "letters", *_FAULTS, "all", "pieces", "CPU s a page")
    worst: list[tuple[int, str]] = []
    for folder, cuts in _measured(options.folder, options.jobs):
        letters = sum(page.characters for page in cuts)
        total = sum((page.faults for page in cuts), Counter[str]())
        shares = [f"{total[name] / max(1, letters):.2%}" for name in _FAULTS]
        seconds = sum(page.seconds for page in cuts) / max(1, len(cuts))
        pieces = sum(page.pieces for page in cuts)
        everything = f"{total.total() / max(1, letters):.2%}"
        table.add_row(
            str(folder), str(len(cuts)), f"{letters:,}", *shares, everything, f"{pieces:,}", f"{seconds:.2f}"
        )
        worst += [(page.faults.total(), f"{folder / page.name}: {dict(page.faults)}") for page in cuts]
    Console().print(table)
    for count, line in sorted(worst, reverse=True)[: options.worst]:
        if count:
            print(line)


if __name__ == "__main__":
    main()
