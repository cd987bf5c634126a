"""The size of print, which a page's text layer knows and no engine tells."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ..document import AnyElement, Heading
from ..textlayer import Line


def measure_headings(elements: Iterable[AnyElement], lines: Sequence[Line]) -> None:
    """Set each heading's ``font_size``: that of most characters whose line stands in its box."""
    for element in elements:
        if not isinstance(element, Heading) or element.box is None:
            continue
        characters: Counter[float] = Counter()
        for line in lines:
            if line.size > 0 and element.box.holds_center_of(line.box):
                characters[round(line.size, 1)] += len(line.text)
        if characters:
            element.font_size = characters.most_common(1)[0][0]
