"""What a model is about to write, told from a draft of the page and from what it has written so far.

The draft is the page in QwenVL HTML as something cheaper read it, such as the layout engine. The model writes the
same words, but in tags, spaces and boxes of its own. So the draft is followed as a *stream*: its text, in which
each tag is one character that says no more than what it is for. What the model has written is brought to the same
form, its end is found in the draft's stream, and what follows there is written out in the manner that the model has
shown so far.
"""

import re
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAMES = {
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "address", "div", "figure"), 0),
    **dict.fromkeys(("td", "th"), 1),
    **dict.fromkeys(("ul", "ol"), 2),
    "tr": 3,
    "table": 4,
    "li": 5,
    "img": 6,
}
"""What a tag is for, by its name."""
_OTHER_NAME = 7
_OPENED, _CLOSED = 0xE000, 0xE100
"""First characters of Unicode's private use area that stand for opening and for closing tags."""
_AROUND = frozenset({"html", "body", "/html", "/body", "head", "/head"})
"""Tags that stand around the page and say nothing of it."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\"[^\"]*\"|[^\"<>])*)>")
_LAST_TAG = re.compile(_TAG.pattern + r"[^<>]*\Z")
_BOX = re.compile(r'(?<=data-bbox=")(-?\d+)(?:\.\d+)? (-?\d+)(?:\.\d+)? (-?\d+)(?:\.\d+)? (-?\d+)(?:\.\d+)?(?=")')
_HOLE = "\0"
"""Stands in a pattern of a tag where the numbers of the box go."""
_SHORT = 60
"""Characters: what is no longer, and ends without a full stop, may be a heading."""

_PREAMBLE, _CLOSING = "```html\n<html><body>", "\n</body></html>\n```"
"""What Qwen2.5-VL writes before and after a page."""

_TAIL, _BEHIND, _AHEAD = 24, 24, 96
"""Characters of the stream: how many of the last ones are looked for, and how far around where they should be."""
_CLEAR_TAIL = 10
"""How many have to be found word for word to follow the model to another place of the page."""
_REMEMBERED, _MOST_PATTERNS = 8, 64
_SAME_LINE = 8
"""Pixels between edges that the model may have on one line."""

Numbers = tuple[int, int, int, int]


@dataclass(frozen=True)
class _Mark:
    """A tag of the draft."""

    signs: tuple[str, ...]
    """What it is, from the particular to the general."""
    box: Numbers | None


class Manner:
    """How a model writes tags: the same on all pages, so one may serve all of them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], deque[str]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._patterns: dict[bool, dict[str, None]] = {False: {}, True: {}}
        """All of them, the latest last; those that begin a page apart."""

    def suppose(self, before: str, pattern: str) -> None:
        """It may be written so, as long as nothing else is known."""
        with self._lock:
            patterns = self._patterns[bool(before)]
            if pattern not in patterns and len(patterns) < _MOST_PATTERNS:
                self._patterns[bool(before)] = {pattern: None, **patterns}

    def learn(self, before: str, signs: tuple[str, ...], pattern: str) -> None:
        """``pattern`` was written for what has these ``signs``, after the stream's character ``before``."""
        with self._lock:
            for sign in signs:
                self._seen[before, sign].append(pattern)
            patterns = self._patterns[bool(before)]
            patterns.pop(pattern, None)
            patterns[pattern] = None
            if len(patterns) > _MOST_PATTERNS:
                del patterns[next(iter(patterns))]

    def expect(self, before: str, signs: tuple[str, ...]) -> Iterator[str]:
        """Patterns that may follow, the most likely first."""
        with self._lock:
            heard = [tuple(seen) for sign in signs if (seen := self._seen.get((before, sign)))]
            others = tuple(reversed(self._patterns[bool(before)]))
        for patterns in heard:
            counts = Counter(patterns)
            last = {pattern: index for index, pattern in enumerate(patterns)}
            yield from sorted(counts, key=lambda pattern: (counts[pattern], last[pattern]), reverse=True)
        yield from others


@dataclass
class _Edges:
    """Where the edges of the model's boxes lie, beside the draft's."""

    written: list[deque[int]] = field(default_factory=lambda: [deque(maxlen=40) for _ in range(4)])
    shifts: list[deque[int]] = field(default_factory=lambda: [deque(maxlen=_REMEMBERED) for _ in range(4)])

    def learn(self, box: Numbers, drafted: Numbers | None) -> None:
        for edge, number in enumerate(box):
            self.written[edge].append(number)
            if drafted is not None:
                self.shifts[edge].append(number - drafted[edge])

    def expect(self, edge: int, drafted: int) -> int:
        """Left and right edges are shared by what stands in one column; else as far off as they were before."""
        shifts = sorted(self.shifts[edge])
        number = drafted + (shifts[len(shifts) // 2] if len(shifts) >= 4 else 0)
        if edge in (0, 2):
            near = [old for old in self.written[edge] if abs(old - drafted) <= _SAME_LINE]
            if near:
                counts = Counter(near)
                number = max(reversed(near), key=lambda old: (counts[old], -abs(old - number)))
        return max(0, number)


class LiveDraft:
    """Follows a model through a draft. ``feed`` it what was written; ``continuation`` says what may come next."""

    def __init__(self, draft: str, manner: Manner | None = None) -> None:
        """
        Args:
            draft: QwenVL HTML, boxes in pixels of the image that the model sees.
            manner: what is known of the model from other pages.
        """
        self._manner = Manner() if manner is None else manner
        self._stream, self._marks = _read(draft, self._manner)
        self._next = 0
        """Where in the draft's stream the model is."""
        self._is_lost = False
        self._written = ""
        """The end of what the model has written, as a stream."""
        self._pending = ""
        """What it has written since: the beginning of a tag, and what stands between tags."""
        self._tag_start = -1
        """Where in that the tag begins."""
        self._edges = _Edges()
        self._last_box: Numbers | None = None
        self._opened: list[str] = []
        """Names of the elements that the model has not closed, the last one innermost."""

    def feed(self, text: str) -> None:
        """Take what the model has written now."""
        for character in text:
            self._pending += character
            if self._tag_start >= 0:
                self._go_on_with_tag(character)
            elif character == "<":
                self._tag_start = len(self._pending) - 1
            elif self._is_text(character):
                self._add(character)
                self._pending = ""

    def continuation(self, length: int) -> str:
        """What the model writes next, about ``length`` characters of it; "" where there is no telling."""
        if self._is_lost:
            self._find_place()
        place, before, pending = self._next, self._written[-1:], self._pending
        last_box, opened = self._last_box, list(self._opened)
        written: list[str] = []
        count = 0
        while count < length and (place < len(self._stream) or pending or not written):
            if not pending.strip() and place < len(self._stream) and place not in self._marks:
                piece, before = self._stream[place], self._stream[place]
            else:
                place = self._next_mark(place)
                mark = self._marks.get(place, _END)
                box = last_box if mark.box is None else mark.box
                tag = self._tag(before, mark, box, pending, opened)
                if tag is None:
                    break
                piece, last_box = tag, box
                _nest(opened, pending + tag)
                if place >= len(self._stream):
                    written.append(piece)
                    break
                before = self._stream[place]
            pending = ""
            written.append(piece)
            count += len(piece)
            place += 1
        return "".join(written)

    # The model's stream

    def _is_text(self, character: str) -> bool:
        """Whether it is text of the page, and does not stand between tags or around the page."""
        stands_between = character.isspace() and _is_mark(self._written[-1:])
        return bool(self._written) and not stands_between and "</body>" not in self._pending

    def _go_on_with_tag(self, character: str) -> None:
        tag = self._pending[self._tag_start :]
        if character == ">" and (match := _TAG.fullmatch(tag)):
            self._tag_start = -1
            if f"{match[1]}{match[2].lower()}" not in _AROUND:
                self._take_tag(match)
        elif (len(tag) == 2 and not (character.isalpha() or character == "/")) or len(tag) > 400:
            # An angle bracket of the text.
            self._tag_start = -1
            for part in self._pending.lstrip():
                self._add(part)
            self._pending = ""

    def _take_tag(self, match: re.Match[str]) -> None:
        before = self._written[-1:]
        self._add(_symbol(match))
        numbers = _BOX.search(match[0])
        mark = self._marks.get(self._next - 1, _NONE)
        # What the mark is told more precisely where the place in the draft is sure.
        signs = mark.signs if not self._is_lost and mark.signs else ()
        pattern = self._pending
        if numbers is not None:
            box = (int(numbers[1]), int(numbers[2]), int(numbers[3]), int(numbers[4]))
            self._edges.learn(box, mark.box if signs else None)
            self._last_box = box
            pattern = _BOX.sub(_HOLE, pattern)
        _nest(self._opened, match[0])
        self._manner.learn(before, (*signs, self._written[-1]), pattern)
        self._pending = ""

    def _add(self, symbol: str) -> None:
        self._written = self._written[-2 * _TAIL :] + symbol
        if self._stream[self._next : self._next + 1] == symbol:
            self._next += 1
        else:
            self._is_lost = True
            # A word may be read otherwise, but what has no place in the draft is a tag as a rule.
            self._next = min(len(self._stream), self._next + (not _is_mark(symbol)))

    # The place in the draft

    def _find_place(self) -> None:
        """Where the end of what was written stands in the draft: near by, in whatever fits best; else further off,
        where it stands word for word."""
        self._is_lost = False
        tail = self._written[-_TAIL:]
        begin = max(0, self._next - _BEHIND)
        distances = _distances(tail, self._stream[begin : self._next + _AHEAD])

        def cost(index: int) -> float:
            end = begin + index
            ends_alike = end > 0 and self._stream[end - 1] == tail[-1]
            return distances[index] - 0.5 * ends_alike + 0.02 * abs(end - self._next)

        best = min(range(len(distances)), key=cost)
        if distances[best] > len(tail) // 2:
            clear = tail[-_CLEAR_TAIL:]
            found = self._stream.find(clear, max(0, self._next - _BEHIND))
            if found < 0:
                found = self._stream.find(clear)
            if found >= 0 and len(clear) == _CLEAR_TAIL:
                self._next = found + len(clear)
                return
        self._next = begin + best

    def _next_mark(self, place: int) -> int:
        while place < len(self._stream) and place not in self._marks:
            place += 1
        return place

    # What comes next

    def _tag(self, before: str, mark: _Mark, box: Numbers | None, pending: str, opened: list[str]) -> str | None:
        """The rest of what is written for a mark of which ``pending`` has been written, inside of ``opened``."""
        start = pending.rfind("<")
        begun = pending[start:] if start >= 0 else ""
        for pattern in self._manner.expect(before, mark.signs):
            if _closes_another(pattern, opened) or not (begun or _is_for(pattern, mark)):
                continue
            # What stands before a tag may be another than before.
            expected = pattern[pattern.rfind("<") :] if begun else pattern
            rest = self._complete(expected, box, begun or pending)
            if rest is not None:
                return rest
        if opened and (closing := f"</{opened[-1]}>").startswith(begun or "</") and "/" in (begun or mark.signs[-1]):
            return closing[len(begun) :]
        # A tag that was never seen: it has the one attribute that most have.
        if name := re.match(r"<\w+(?= data-bbox=\"|$)", begun):
            return self._complete(f'{name[0]} data-bbox="{_HOLE}">', box, begun)
        return None

    def _complete(self, pattern: str, box: Numbers | None, pending: str) -> str | None:
        """What is missing in ``pending`` to be the tag of this pattern; None where it is another."""
        head, hole, tail = pattern.partition(_HOLE)
        if len(pending) <= len(head):
            if not head.startswith(pending):
                return None
            rest = head[len(pending) :]
            if not hole:
                return rest
            return rest if box is None else rest + self._numbers(box, "") + tail
        if not hole or not pending.startswith(head):
            return None
        typed, quote, behind = pending[len(head) :].partition('"')
        if quote:
            behind = quote + behind
            return tail[len(behind) :] if tail.startswith(behind) else None
        if box is None or re.fullmatch(r"[\d ]*", typed) is None or typed.count(" ") > 3:
            return None
        return self._numbers(box, typed) + tail

    def _numbers(self, box: Numbers, typed: str) -> str:
        """The rest of a box of which ``typed`` has been written."""
        *known, begun = typed.split(" ")
        numbers = [str(self._edges.expect(edge, number)) for edge, number in enumerate(box)]
        numbers = numbers[len(known) :]
        if self._last_box == box:
            numbers = [str(number) for number in box[len(known) :]]
        numbers[0] = _nearest(begun, numbers[0])
        return " ".join(numbers)[len(begun) :]


_NONE = _Mark((), None)
_END = _Mark(("end",), None)


def _is_mark(symbol: str) -> bool:
    return chr(_OPENED) <= symbol < chr(_CLOSED + 0x100)


def _symbol(tag: re.Match[str]) -> str:
    return chr((_CLOSED if tag[1] else _OPENED) + _NAMES.get(tag[2].lower(), _OTHER_NAME))


def _nest(opened: list[str], tag: str) -> None:
    """Put down that the first ``tag`` in this text was written."""
    match = _TAG.search(tag)
    if match is None or match[2].lower() in ("img", "br"):
        return
    if not match[1]:
        opened.append(match[2])
    elif match[2] in opened:
        del opened[len(opened) - 1 - opened[::-1].index(match[2]) :]


def _closes_another(pattern: str, opened: list[str]) -> bool:
    match = _TAG.search(pattern)
    return match is not None and bool(match[1]) and opened[-1:] != [match[2]]


def _is_for(pattern: str, mark: _Mark) -> bool:
    match = _LAST_TAG.search(pattern)
    symbol = _symbol(match) if match and f"{match[1]}{match[2]}" not in _AROUND else _END.signs[-1]
    return symbol == mark.signs[-1]


def _read(draft: str, manner: Manner) -> tuple[str, dict[int, _Mark]]:
    """The draft's stream, and what is known of its marks, by their places. The model may write such tags."""
    stream: list[str] = []
    marks: dict[int, _Mark] = {}
    position = column = 0
    matches = [match for match in _TAG.finditer(draft) if f"{match[1]}{match[2].lower()}" not in _AROUND]
    for index, match in enumerate(matches):
        text = draft[position : match.start()]
        if not text.isspace():
            stream += _plain(text) if stream else ""
        following = draft[match.end() : matches[index + 1].start()] if index + 1 < len(matches) else ""
        column = 0 if match[2] == "tr" else column + (match[2] in ("td", "th") and not match[1])
        marks[len(stream)] = _Mark(tuple(_signs(match, following, column)), _box(match[0]))
        stream.append(_symbol(match))
        around = ("\n" if text.isspace() else "") if position else f"{_PREAMBLE}\n"
        manner.suppose("".join(stream[:-1]), around + _BOX.sub(_HOLE, match[0]))
        position = match.end()
    manner.suppose(_CLOSING, _CLOSING)
    return "".join(stream), marks


def _signs(tag: re.Match[str], text: str, column: int) -> Iterator[str]:
    name = f"{tag[1]}{tag[2].lower()}"
    if kind := re.search(r'class="([^"]*)"', tag[3]):
        yield f"{name}.{kind[1]}"
    if name in ("td", "th"):
        wide = re.search(r'colspan="\d+"', tag[3])
        yield f"{name} {wide[0] if wide else column}{' empty' * (not text)}"
    elif name == "p":
        yield "p short" if len(text) < _SHORT and not text.rstrip().endswith(".") else "p long"
    yield name
    yield _symbol(tag)


def _box(tag: str) -> Numbers | None:
    match = _BOX.search(tag)
    return (int(match[1]), int(match[2]), int(match[3]), int(match[4])) if match else None


def _plain(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _nearest(begun: str, number: str) -> str:
    """The number nearest to ``number`` whose first digits are ``begun``."""
    if number.startswith(begun):
        return number
    missing = max(0, len(number) - len(begun))
    return begun + ("0" if begun > number[: len(begun)] else "9") * missing


def _distances(pattern: str, text: str) -> list[int]:
    """The edit distance of ``pattern`` from what fits best before each end in ``text``, ``len(text) + 1`` of them.

    Bit-parallel: G. Myers, A fast bit-vector algorithm for approximate string matching, 1999.
    """
    size = len(pattern)
    where: dict[str, int] = defaultdict(int)
    for index, character in enumerate(pattern):
        where[character] |= 1 << index
    everything, last = (1 << size) - 1, 1 << (size - 1)
    plus, minus, distance = everything, 0, size
    distances = [distance]
    for character in text:
        equal = where.get(character, 0)
        vertical = equal | minus
        diagonal = (((equal & plus) + plus) ^ plus) | equal
        rises = minus | ~(diagonal | plus)
        falls = plus & diagonal
        distance += bool(rises & last) - bool(falls & last)
        rises, falls = rises << 1, falls << 1
        plus = (falls | ~(vertical | rises)) & everything
        minus = rises & vertical & everything
        distances.append(distance)
    return distances
