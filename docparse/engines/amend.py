"""Answers to parts of a piece put where they belong in the answer to the whole, which had left them out."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from ..geometry import Box
from ..pieces import Piece
from ..pieces.unread import Lines, Word
from .answer import BOX, TAG, VOID, Answer, open_at, outer, runs

_SAME_LINE, _OTHER_LINE = 75.0, 65.0
"""How alike what is new and what is told of the same line or of one beside it are, of 100, where it is not new."""
_AROUND = 20
"""Characters more than the new text has that are looked through for it, on either side."""
_APART = 1.5
"""White between two cells at the least, in heights of the text."""
_ROW = 0.6
"""Of the ink of a line, from where what was left out of it is a row of its own."""
_NEXT_LINE = 1.4
"""From a line to the next of its paragraph against that between other lines of the piece, at the most."""
_CELLS = frozenset({"td", "th"})
_LISTS = frozenset({"ul", "ol"})
_FLOWING = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "address"})
_EMPTY_CELL = re.compile(r"\s*<t[dh][^<>]*>\s*(?=</t[dh]>)")
_EMPTY_BEFORE = re.compile(r"<t[dh][^<>]*>()\s*</t[dh]>\s*\Z")
_CELL_END = re.compile(r"</t[dh]>")
_CELL_START = re.compile(r"<t[dh][^<>]*>\s*\Z")
_LONE_PARAGRAPH = re.compile(r"\s*<p(?: data-bbox=\"[^\"]*\")?>([^<]*)</p>\s*")
_LIST = re.compile(r"\s*<(ul|ol)>((?:(?!</?[uo]l).)*)</\1>\s*", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """What is at ``place``, pixels of the piece, and the answer to it."""

    place: Box
    piece: Piece
    answer: Answer


@dataclass(frozen=True)
class _Insertion:
    """A text, where to put it in an answer's, and its words, whose ``start`` and ``end`` are counted in it."""

    place: int
    text: str
    logprob: float
    words: tuple[Word, ...]


def amended(answer: Answer, piece: Piece, lines: Lines, parts: Sequence[Part]) -> Answer:
    """The answer to the piece with those of its parts, in lines of its own or within them; without what it has."""
    insertions: list[_Insertion] = []
    of_lines: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        for line in lines.within(part.place)[:1]:
            of_lines[line].append(part)
    for line, of_line in of_lines.items():
        row = _row(answer, lines, line, of_line)
        found = [row] if row is not None else [_insertion(answer, piece, lines, line, part) for part in of_line]
        insertions += [insertion for insertion in found if insertion is not None]
    # From behind, so that places stay what they are; of those at one place the last first.
    for index in sorted(range(len(insertions)), key=lambda index: (insertions[index].place, index), reverse=True):
        new = insertions[index]
        longer = answer.spliced(new.place, new.place, new.text, new.logprob, new.words)
        answer = longer if longer.is_valid or not answer.is_valid else answer
    return answer


def _plain(part: Part) -> str:
    return " ".join(TAG.sub(" ", part.answer.text[slice(*part.answer.inside)]).split())


def _inserted(place: int, text: str, lines: Lines, line: int, parts: Sequence[Part]) -> _Insertion:
    """With where its words stand, those of each part as one."""
    words = []
    end = 0
    for part in parts:
        plain = _plain(part)
        start = text.find(plain, end)
        if start >= 0:
            end = start + len(plain)
            words.append(Word(part.place.x0, lines.lines[line].middle, start, end))
    return _Insertion(place, text, min(_logprob(part) for part in parts), tuple(words))


def _row(answer: Answer, lines: Lines, line: int, parts: Sequence[Part]) -> _Insertion | None:
    """A row of a table that was left out: several cells that are most of what is in their line."""
    if len(parts) < 2 or sum(part.place.width for part in parts) < _ROW * lines.width(line):
        return None
    above = [word for word in answer.words if (own := lines.of(word)) is not None and own < line]
    last = max(above, key=lambda word: (lines.of(word), word.start), default=None)
    if last is None or not _CELLS.intersection(open_at(answer.text, last.end)):
        return None
    end = answer.text.find("</tr>", last.end)
    ordered = sorted(parts, key=lambda part: part.place.x0)
    told = [_plain(part) for part in ordered]
    if end < 0 or _is_known(answer, lines, line, " ".join(told)):
        return None
    cells = "".join(f"<td>{plain}</td>" for plain in told)
    return _inserted(end + len("</tr>"), f"<tr>{cells}</tr>", lines, line, ordered)


def _logprob(part: Part) -> float:
    return math.log(part.answer.probability)


def _insertion(answer: Answer, piece: Piece, lines: Lines, line: int, part: Part) -> _Insertion | None:
    """Where in the answer's text to put which text."""
    body = part.answer.text[slice(*part.answer.inside)].strip()
    plain = _plain(part)
    if not plain or _is_known(answer, lines, line, plain):
        return None
    block = _placed(body, piece, part)
    is_several = len(lines.within(part.place)) > 1 and len(outer(body)) > 1
    if not is_several and ("<p" in body or "<li" not in body):
        numbers = " ".join(str(round(number)) for number in part.place)
        block = f'<p data-bbox="{numbers}">{plain}</p>'
    before, after = _neighbours(answer, lines, part.place, line)
    if before is not None:
        found = _behind(answer, lines, before, part, plain, block, line)
    elif after is not None:
        found = _in_front(answer.text, after, plain, block, is_same_line=lines.of(after) == line)
    else:
        return None
    return None if _is_repeated(answer.text, found[0], plain) else _inserted(*found, lines, line, [part])


def _is_known(answer: Answer, lines: Lines, line: int, plain: str) -> bool:
    """Whether the answer has it, as words of this line, or as what it says to stand in the line above or below where
    there is other text already."""
    told: dict[int, list[list[Word]]] = defaultdict(list)
    for run in runs(answer):
        own = lines.of(run[0])
        if own is not None and abs(own - line) <= 1:
            told[own].append(run)
    same = " ".join(answer.text[run[0].start : run[-1].end] for run in told.pop(line, []))
    if fuzz.partial_ratio(plain, same) >= _SAME_LINE:
        return True
    doubled = [
        run
        for of_line in told.values()
        for run in of_line
        if any(other is not run and run[0].x < other[-1].x and other[0].x < run[-1].x for other in of_line)
    ]
    return any(fuzz.partial_ratio(plain, answer.text[run[0].start : run[-1].end]) >= _OTHER_LINE for run in doubled)


def _is_repeated(text: str, place: int, plain: str) -> bool:
    """Whether running text says it around there, or the very cell or item: others of a table or list may be alike."""
    opened = open_at(text, place)
    if "table" in opened or _LISTS.intersection(opened[-1:]):
        around, alike = text[text.rfind(">", 0, place) + 1 : text.find("<", place)], _SAME_LINE
    else:
        reach = len(plain) + _AROUND
        before, after = (TAG.sub("", part) for part in (text[:place], text[place:]))
        around, alike = before[-reach:] + after[:reach], _OTHER_LINE
    return fuzz.partial_ratio(plain, around) >= alike


def _neighbours(answer: Answer, lines: Lines, place: Box, line: int) -> tuple[Word | None, Word | None]:
    """The word that comes before the place, if there is one, or else the one behind it."""
    words = answer.words
    of_line = [word for word in words if lines.of(word) == line]
    left = [word for word in of_line if word.x < place.x0]
    if left:
        return max(left, key=lambda word: word.x), None
    if of_line:
        return None, min(of_line, key=lambda word: word.x)

    def over(index: int) -> list[Word]:
        return [
            word
            for word in words
            if lines.of(word) == index and word.x <= place.x1 and word.x + word.length * lines.unit >= place.x0
        ]

    above = next((found for index in range(line - 1, -1, -1) if (found := over(index))), [])
    if above:
        return _last_of_text(answer, lines, max(above, key=lambda word: word.start), line), None
    below = next((found for index in range(line + 1, len(lines.lines)) if (found := over(index))), [])
    return None, min(below, key=lambda word: word.start, default=None)


def _last_of_text(answer: Answer, lines: Lines, word: Word, line: int) -> Word:
    """The last word of its text that stands above the line."""
    for following in sorted(answer.words, key=lambda word: word.start):
        if following.start > word.start:
            own = lines.of(following)
            if "<" in answer.text[word.end : following.start] or own is None or own >= line:
                break
            word = following
    return word


def _in_front(text: str, after: Word, plain: str, block: str, *, is_same_line: bool) -> tuple[int, str]:
    """Before the first word of a line, or over a word."""
    opened = open_at(text, after.start)
    if not is_same_line and not _CELLS.intersection(opened):
        starts = [
            match.start() for match in TAG.finditer(text, 0, after.start) if len(open_at(text, match.start())) == 2
        ]
        return (starts[-1] if starts else after.start), f"{block}\n"
    start = _CELL_START.search(text, 0, after.start)
    if start is None or not is_same_line:
        return after.start, f"{plain} "
    # In a cell of its own: the one before this, if it is empty.
    empty = _EMPTY_BEFORE.search(text, 0, start.start())
    return (empty.start(1), plain) if empty else (start.start(), f"<td>{plain}</td>")


def _behind(
    answer: Answer, lines: Lines, before: Word, part: Part, plain: str, block: str, line: int
) -> tuple[int, str]:
    text = answer.text
    place = len(text[: before.end].rstrip())
    opened = open_at(text, place)
    inner = next((name for name in reversed(opened) if name != "sup"), "")
    own_line = lines.of(before)
    if inner in _CELLS:
        end = _CELL_END.search(text, place)
        apart = part.place.x0 - before.x - before.length * lines.unit
        if own_line != line or end is None or apart < _APART * lines.unit:
            return place, f" {plain}"
        empty = _EMPTY_CELL.match(text, end.end())
        return (empty.end(), plain) if empty else (end.end(), f"<td>{plain}</td>")
    behind = [word for word in answer.words if word.start >= place]
    following = min(behind, key=lambda word: word.start, default=None)
    is_within = following is not None and "<" not in text[place : following.start]
    lone = _LONE_PARAGRAPH.fullmatch(block)
    if own_line == line or is_within or (inner in _FLOWING and lone and _goes_on(lines, own_line, line)):
        return place, f" {plain}"
    if inner == "li" and (items := _LIST.fullmatch(block)):
        item = text.find("</li>", place)
        if item >= 0:
            return item + len("</li>"), items[2]
    depth = len(opened) - 2
    for match in TAG.finditer(text, place):
        if match[2] in VOID:
            continue
        depth += -1 if match[1] else 1
        if depth <= 0:
            return match.end(), f"\n{block}"
    return place, f" {plain}"


def _goes_on(lines: Lines, above: int | None, line: int) -> bool:
    if above is None or line != above + 1:
        return False
    steps = sorted(below.middle - over.middle for over, below in pairwise(lines.lines))
    usual = steps[(len(steps) - 1) // 2] if len(steps) > 1 else 2.6 * lines.unit
    return lines.lines[line].middle - lines.lines[above].middle <= _NEXT_LINE * usual


def _placed(body: str, piece: Piece, part: Part) -> str:
    """With its boxes in pixels of the piece."""

    def moved(match: re.Match[str]) -> str:
        box = piece.from_page(part.piece.to_page(Box(*map(float, match.groups()))))
        return " ".join(str(round(number)) for number in box)

    return BOX.sub(moved, body)
