"""What a page and a crop teach: the answer, where it is read, and what stands in each cell."""

import re
from random import Random

import numpy as np

from docparse.synth import SynthPage, SynthSettings, make_page
from docparse.train.batches import Canvas, collate
from docparse.train.crops import make_crop
from docparse.train.lessons import CELL, NOWHERE, SLOT_INDEX, make_lesson
from docparse.train.vocabulary import BOX_STEP, CHARACTERS, Vocabulary
from docparse.train.words import Words

NAMES = {index: character for character, index in SLOT_INDEX.items()}


def rounded(html: str, origin: tuple[int, int] = (0, 0)) -> str:
    def box(found: re.Match[str]) -> str:
        numbers = [float(number) - origin[index % 2] for index, number in enumerate(found[1].split())]
        return f' data-bbox="{" ".join(str(max(0, round(n / BOX_STEP) * BOX_STEP)) for n in numbers)}"'

    return re.sub(' data-bbox="([^"]*)"', box, html)


def test_the_answer_is_the_page(vocabulary: Vocabulary) -> None:
    for seed in range(6):
        page = make_page(seed, SynthSettings(size=(640, 448), looks=("clean", "scan"), figures=0.5))
        lesson = make_lesson(page, vocabulary)
        assert vocabulary.decode(lesson.tokens.tolist()) == rounded(page.html)
        assert vocabulary.tokens[lesson.tokens[-1]] == "<|im_end|>"
        assert lesson.image.shape == (448, 640)


def test_each_character_is_read_where_it_stands(page: SynthPage, vocabulary: Vocabulary) -> None:
    lesson = make_lesson(page, vocabulary)
    across = lesson.image.shape[1] // CELL
    boxes = {vocabulary.box(pixels) for pixels in range(0, 2561, BOX_STEP)}
    letters = [
        (vocabulary.tokens[token], divmod(cell, across))
        for token, cell in zip(lesson.tokens.tolist(), lesson.cells.tolist(), strict=True)
        if cell != NOWHERE and token not in boxes and token not in vocabulary.places()
    ]
    expected = [
        (vocabulary.pieces(page.html[glyph.offset : glyph.offset + 6])[0], (int(y // CELL), int(x // CELL)))
        for glyph in page.glyphs
        for x, y in [((glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2)]
    ]
    assert letters == expected
    assert len(letters) > 100


def test_a_line_begins_with_its_row_and_column(page: SynthPage, vocabulary: Vocabulary) -> None:
    lesson = make_lesson(page, vocabulary)
    glyph = page.glyphs[0]
    middle = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
    first = next(index for index, token in enumerate(lesson.tokens.tolist()) if token in vocabulary.places())
    assert lesson.tokens[first : first + 2].tolist() == [vocabulary.row(middle[1]), vocabulary.column(middle[0])]


def test_slots_hold_the_characters_of_a_cell(page: SynthPage, vocabulary: Vocabulary) -> None:
    lesson = make_lesson(page, vocabulary)
    letter = {"&": "&"} | {c: c for c in CHARACTERS}
    for glyph in page.glyphs[:40]:
        row, column = int((glyph.box[1] + glyph.box[3]) / 2 // CELL), int((glyph.box[0] + glyph.box[2]) / 2 // CELL)
        held = [NAMES[index] for index in lesson.slots[row, column].tolist() if index]
        assert letter[page.html[glyph.offset]] in held
    assert np.count_nonzero(lesson.slots) == len(page.glyphs)


def test_a_cut_page_keeps_everything_that_is_on_it(page: SynthPage, vocabulary: Vocabulary) -> None:
    lesson = make_lesson(page, vocabulary, Random(1))
    whole = make_lesson(page, vocabulary)
    assert lesson.image.size < whole.image.size
    assert np.count_nonzero(lesson.slots) == np.count_nonzero(whole.slots)
    assert re.sub(r"\d", "", vocabulary.decode(lesson.tokens.tolist())) == re.sub(r"\d", "", rounded(page.html))


def test_lessons_on_a_canvas_keep_their_cells(page: SynthPage, vocabulary: Vocabulary) -> None:
    lesson = make_lesson(page, vocabulary, Random(2))
    batch = collate([lesson, lesson], Canvas(480, 288, count=2, tokens=len(lesson.tokens) + 5))
    assert batch.images.shape == (2, 288, 480)
    across = lesson.image.shape[1] // CELL
    for there, here in zip(batch.cells[1].tolist(), [*lesson.cells.tolist(), *[NOWHERE] * 5], strict=True):
        assert there == (NOWHERE if here == NOWHERE else here // across * 30 + here % across)
    assert (batch.tokens[0, -5:] == -100).all()


def test_crops_have_ink_where_their_characters_are() -> None:
    crops = [make_crop(Random(seed), Words(Random(seed), (("en", 1.0),)), 256, 128) for seed in range(30)]
    assert sum(len(crop.text) for crop in crops) > 1000
    for crop in crops:
        assert len(crop.text) == len(crop.boxes) == len(crop.lines)
        x, y = ((crop.boxes[:, :2] + crop.boxes[:, 2:]) / 2).T
        inside = ((x >= 0) & (x < 256) & (y >= 0) & (y < 128)).sum()
        assert 0 <= inside - np.count_nonzero(crop.slots) <= 0.2 * inside
