"""What real checkpoints wrote (see the corpus' own README), where this machine has it."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from docparse.document import AnyElement
from docparse.qwenvl import parse, validate, write
from docparse.qwenvl.answer import Findings
from docparse.qwenvl.boxes import format_box
from docparse.qwenvl.clean import content_of, dialect_of
from docparse.qwenvl.parse import repaired

from .markup import markup

ANSWERS = Path(__file__).resolve().parents[3] / "shared" / "model-outputs"
PAGES = sorted(ANSWERS.glob("*.html"))
OTHERS = sorted(
    path for path in ANSWERS.glob("*.*") if path.suffix in (".json", ".txt") and path.name != "index.json"
)

pytestmark = pytest.mark.skipif(not PAGES, reason="the recorded model outputs are not here")


class _Words(HTMLParser):
    """The text that a browser would show, by a parser that is not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("title", "style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("title", "style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def visible(text: str) -> Counter[str]:
    """The characters that an answer shows, blanks and mathematical delimiters aside."""
    inside = re.sub(r"\A.*?```\w+\n|\n?```\s*\Z", "", text, flags=re.DOTALL)
    words = _Words()
    words.feed(re.sub(r"<[^<>]*\Z", "", inside))
    words.close()
    return Counter("".join("".join(words.text).replace("$$", "").split()))


def read(elements: list[AnyElement]) -> Counter[str]:
    """The characters that the elements hold; what their images' ``alt`` says is not visible."""
    return Counter("".join("".join(element.text for element in elements).split()))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_text_is_lost_or_added(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    elements = parse(text).elements
    described = [getattr(element, "description", "") for element in elements] if 'alt="' not in text else []
    assert read(elements) + Counter("".join("".join(described).split())) == visible(text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_box_is_kept(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # Lists are kept item by item; an image has the box of its element.
    given = re.findall(r'<(?!img|ul|ol)\w+[^<>]* data-bbox="([^"]*)"', text)
    kept = {format_box(element.box) for element in parse(text).elements if element.box}
    assert set(given) == kept


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_repaired_and_rewritten_it_is_canonical(path: Path) -> None:
    findings = Findings()
    content = content_of(path.read_text(encoding="utf-8"), findings)
    blocks = repaired(content, dialect_of(content), findings)
    assert validate(f"<html><body>{''.join(markup(block) for block in blocks)}</body></html>") == []
    elements = parse(content).elements
    assert validate(write(elements)) == []
    assert parse(write(elements)).elements == elements


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_only_the_cut_ones_are_said_to_be_cut(path: Path) -> None:
    kinds = {problem.kind for problem in parse(path.read_text(encoding="utf-8")).problems}
    assert ("unclosed-at-end" in kinds) == path.stem.endswith("-truncated")


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_other_answers_are_taken_as_what_they_are(path: Path) -> None:
    answer = parse(path.read_text(encoding="utf-8"))
    assert answer.elements
    assert answer.dialect == ("spotting-json" if path.suffix == ".json" else answer.dialect)
    assert "dialect" in {problem.kind for problem in answer.problems}


def test_each_spotted_thing_is_one_element() -> None:
    for path in OTHERS:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json" and "_2d" in text:
            assert len(parse(text).elements) == text.count("_2d"), path.name
