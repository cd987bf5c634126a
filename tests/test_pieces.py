"""Pages in pieces: nothing lost, nothing twice, columns in order, boxes back where they were."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from docparse.geometry import Box
from docparse.pieces import Piece, PieceSettings, cut, halves, straighten, varied
from docparse.pieces.ink import ink, pictures, slant, text_height
from docparse.pieces.sheet import from_page, to_page

SETTINGS = PieceSettings(text_height=7.5, max_tokens=448)
FACTOR = 16
WORDS = "the quick brown fox jumps over every lazy dog and some more words follow so that lines are long".split()


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


class Sheet:
    """A white page with lines of words; ``lines`` are where they stand, in reading order."""

    def __init__(self, width: int = 1000, height: int = 1400) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[Box] = []

    def column(self, left: int, top: int, width: int, lines: int, size: int = 18, pitch: float = 1.4) -> None:
        for number in range(lines):
            text = ""
            words = iter(WORDS[number % 7 :] + WORDS * 3)
            while self.draw.textlength(longer := f"{text} {next(words)}".strip(), font(size)) <= width:
                text = longer
            place = (left, top + round(number * pitch * size))
            self.draw.text(place, text, "black", font(size))
            self.lines.append(Box(*self.draw.textbbox(place, text, font(size))))


def pieces_of(image: Image.Image) -> list[Piece]:
    return cut(straighten(image, SETTINGS.text_height), SETTINGS, FACTOR)


def places(pieces: Sequence[Piece], lines: Sequence[Box]) -> list[list[int]]:
    """For each line the pieces that show its middle."""
    shown = [piece.to_page(piece.shown) for piece in pieces]
    return [[index for index, box in enumerate(shown) if box.holds_center_of(line)] for line in lines]


def test_two_columns_below_a_heading_are_read_one_after_the_other() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 1, 34)
    sheet.column(80, 160, 380, 40)
    sheet.column(530, 160, 380, 40)
    pieces = pieces_of(sheet.image)
    found = places(pieces, sheet.lines)
    assert all(len(shown) == 1 for shown in found), "a line is lost or read twice"
    order = [place for (place,) in found]
    assert order == sorted(order)
    assert len(set(order[1:41]) & set(order[41:])) == 0, "a piece goes over both columns"


def test_columns_with_tables_and_lists_in_them_are_columns_too() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 560, 1, 34)
    for left, paragraph, table in ((80, 160, 420), (530, 700, 160)):
        sheet.column(left, paragraph, 380, 7)
        for row in range(9):
            for cell in (left, left + 150, left + 310):
                sheet.column(cell, table + 27 * row, 60, 1)
        sheet.column(left, 980, 120, 10)
    sheet.lines = [sheet.lines[0], *sorted(sheet.lines[1:], key=lambda line: line.x0 >= 530)]
    pieces = pieces_of(sheet.image)
    found = places(pieces, sheet.lines)
    assert all(len(shown) == 1 for shown in found), "a line is lost or read twice"
    left, right = ({found[index][0] for index in part} for part in (range(1, 45), range(45, 89)))
    assert max(left) < min(right), "a piece goes over both columns, or they are not read one after the other"


def test_a_table_with_words_in_two_columns_is_none_of_two_columns() -> None:
    sheet = Sheet()
    for row in range(16):
        for left, width in ((80, 240 + 40 * (row % 3)), (530, 60), (650, 60), (770, 60)):
            sheet.column(left, 160 + 27 * row, width, 1)
    pieces = pieces_of(sheet.image)
    assert all(piece.to_page(piece.shown).width > 600 for piece in pieces), "its rows are torn apart"


def test_pieces_are_small_enough_and_of_whole_cells() -> None:
    sheet = Sheet()
    sheet.column(60, 60, 860, 50)
    for piece in pieces_of(sheet.image):
        assert piece.image.width % FACTOR == piece.image.height % FACTOR == 0
        # Rounded up to whole cells both ways.
        assert piece.image.width * piece.image.height <= 1.25 * SETTINGS.max_tokens * FACTOR**2


def test_halves_show_what_the_piece_showed() -> None:
    sheet = Sheet()
    sheet.column(60, 60, 700, 6)
    (piece, *_) = pieces_of(sheet.image)
    parts = halves(piece, SETTINGS, FACTOR)
    assert len(parts) == 2
    whole = [line for line in sheet.lines if piece.to_page(piece.shown).holds_center_of(line)]
    assert all(len(found) == 1 for found in places(parts, whole))


def test_cuts_are_made_between_paragraphs_where_there_are_any() -> None:
    sheet = Sheet()
    for top in (60, 260, 460, 660):
        sheet.column(60, top, 700, 5)
    found = [place for (place,) in places(pieces_of(sheet.image), sheet.lines)]
    assert [set(found[start : start + 5]) for start in range(0, 20, 5)] == [
        {found[start]} for start in range(0, 20, 5)
    ]


def test_columns_of_a_table_stay_together() -> None:
    sheet = Sheet()
    for row in range(14):
        for left, text in ((80, "Article number"), (400, f"{row * 17}.50"), (700, f"{row} pieces")):
            place = left, 100 + 30 * row
            sheet.draw.text(place, text, "black", font(18))
            sheet.lines.append(Box(*sheet.draw.textbbox(place, text, font(18))))
    found = [place for (place,) in places(pieces_of(sheet.image), sheet.lines)]
    assert found == sorted(found)
    assert all(len(set(found[start : start + 3])) == 1 for start in range(0, len(found), 3))


@pytest.mark.parametrize("size", [11, 18, 40])
def test_text_of_any_size_is_brought_to_one(size: int) -> None:
    sheet = Sheet(2000, 1400)
    sheet.column(60, 60, 1800, 12, size)
    heights = [text_height(ink(np.asarray(piece.image))) for piece in pieces_of(sheet.image)]
    assert heights
    assert all(height is not None and abs(height - SETTINGS.text_height) < 1.5 for height in heights)


@pytest.mark.parametrize("angle", [-2.0, 3.0])
def test_a_crooked_page_is_straightened_and_its_boxes_are_not(angle: float) -> None:
    sheet = Sheet()
    sheet.column(120, 200, 700, 30)
    # Pillow turns against the clock.
    crooked = sheet.image.rotate(-angle, Image.Resampling.BICUBIC, fillcolor="white")
    assert slant(ink(np.asarray(crooked.convert("L")))) == pytest.approx(angle, abs=0.2)
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cosine, -sine], [sine, cosine]])
    center = np.array(sheet.image.size) / 2
    pieces = pieces_of(crooked)
    for line in sheet.lines:
        x, y = turn @ (np.array(line.center) - center) + center
        holding = [piece for piece in pieces if piece.to_page(piece.shown).holds_point((x, y))]
        assert holding
        # The line is level in the piece that holds it: its ink fills few rows.
        assert all(slant(ink(np.asarray(piece.image))) == 0 for piece in holding)


def test_a_photograph_is_a_piece_of_its_own() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 8)
    noise = np.random.default_rng(1).integers(0, 150, (40, 50), dtype=np.uint8)
    sheet.image.paste(Image.fromarray(noise).resize((500, 400), Image.Resampling.NEAREST), (200, 400))
    sheet.column(80, 900, 800, 8)
    pieces = pieces_of(sheet.image)
    (place,) = [index for index, piece in enumerate(pieces) if piece.is_picture]
    box = pieces[place].to_page(pieces[place].shown)
    assert np.allclose(box, (200, 400, 700, 800), atol=20)
    found = [index for (index,) in places(pieces, sheet.lines)]
    assert max(found[:8]) < place < min(found[8:])


def test_white_on_black_is_text() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 8)
    sheet.draw.rectangle((60, 400, 900, 600), "black")
    sheet.draw.text((80, 480), "white words on a black box", "white", font(20))
    gray = np.asarray(sheet.image.convert("L"))
    mask = ink(gray)
    assert not pictures(gray, mask)
    assert mask[475:505, 80:300].mean() > 0.05
    assert mask[410:470, 100:850].mean() < 0.01


def test_dirt_is_no_text() -> None:
    image = Image.new("L", (800, 1000), 250)
    places = np.random.default_rng(3).integers(10, 790, (40, 2)).tolist()
    for x, y in places:
        image.putpixel((x, y), 0)
    assert pieces_of(image) == []


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.sampled_from(["blank", "noise", "blocks", "black"]),
    st.integers(0, 1000),
)
def test_any_image_can_be_cut(size: tuple[int, int], what: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    width, height = size
    tiles = random.integers(0, 2, (height // 9 + 1, width // 9 + 1)) * 255
    pixels = {
        "blank": np.full((height, width), 255),
        "noise": random.integers(0, 256, (height, width)),
        "blocks": np.kron(tiles, np.ones((9, 9)))[:height, :width],
        "black": np.zeros((height, width)),
    }[what].astype(np.uint8)
    counts = Counter(piece.is_picture for piece in pieces_of(Image.fromarray(pixels)))
    assert what not in ("blank", "black") or not counts[False]


def test_columns_that_run_around_something_are_read_one_after_the_other() -> None:
    sheet = Sheet()
    left, right, pitch = 80, 530, 1.15
    line = 18 * pitch
    for before, lines, width in ((0, 14, 380), (14, 8, 300), (22, 14, 380)):
        top = round(160 + before * line)
        sheet.column(left, top, width, lines, pitch=pitch)
        sheet.column(right + 380 - width, top, width, lines, pitch=pitch)
    # As close to the lines above and below as these are to each other.
    for number in range(8):
        sheet.draw.text((410, round(160 + (14 + number) * line)), "over the gutter", "black", font(18))
    pieces = pieces_of(sheet.image)
    found = places(pieces, sheet.lines)
    assert all(len(shown) == 1 for shown in found), "a line is lost or read twice"
    sides = {"left": [0], "right": [0]}
    for (place,), box in zip(found, sheet.lines, strict=True):
        sides["left" if box.x0 < 460 else "right"].append(place)
    assert max(sides["left"]) < min(sides["right"][1:]), "the right column begins before the left one ends"


@pytest.mark.parametrize(("scale", "shift"), [(1.05, 0), (0.96, 4), (1.0, 8)])
def test_a_variation_shows_the_same_part_of_the_page(scale: float, shift: int) -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 6)
    (piece,) = pieces_of(sheet.image)
    other = varied(piece, scale, shift, FACTOR)
    assert other.image.width % FACTOR == other.image.height % FACTOR == 0
    for edges in zip(piece.to_page(piece.shown), other.to_page(other.shown), strict=True):
        assert edges[0] == pytest.approx(edges[1], abs=0.01)
    for seen in (piece, other):
        rows, columns = np.nonzero(np.asarray(seen.image) < 128)
        found = seen.to_page(Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        text = Box.around(sheet.lines)
        assert all(abs(edge - true) < 6 for edge, true in zip(found, text, strict=True))


def test_a_dark_picture_with_little_in_it_is_one() -> None:
    pixels = np.full((800, 800), 255, np.uint8)
    rows, columns = np.indices((400, 400)) // 8
    pixels[200:600, 200:600] = 20 + 7 * ((rows + columns) % 2)
    for number in range(20):
        x, y = 210 + number * 131 % 370, 210 + number * 53 % 380
        pixels[y : y + 5, x : x + 6] = 255
    assert pictures(pixels, ink(pixels)) == [(200, 200, 600, 600)]


def test_a_picture_in_a_few_flat_tones_is_one() -> None:
    image = Image.new("L", (800, 800), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((200, 200, 599, 599), 110)
    draw.rectangle((200, 400, 599, 599), 40)
    for x in range(220, 560, 60):
        draw.ellipse((x, 380, x + 30, 420), 140)
    pixels = np.asarray(image)
    assert pictures(pixels, ink(pixels)) == [(200, 200, 600, 600)]


def test_a_page_number_by_itself_is_shown_on_paper_of_a_size_that_the_model_reads() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 8)
    sheet.draw.text((490, 1300), "105", "black", font(18))
    *_, number = pieces_of(sheet.image)
    assert number.image.size == (192, 64)
    assert number.to_page(number.shown).holds_point((505, 1310))


def test_the_words_of_a_running_head_are_pieces_of_their_own() -> None:
    sheet = Sheet()
    for left, text in ((80, "The annual report"), (830, "105")):
        sheet.draw.text((left, 40), text, "black", font(18))
        sheet.lines.append(Box(*sheet.draw.textbbox((left, 40), text, font(18))))
    sheet.column(80, 110, 800, 8)
    found = [place for (place,) in places(pieces_of(sheet.image), sheet.lines)]
    assert found[:3] == [0, 1, 2]
    assert set(found[2:]) == {2}


def test_a_dash_before_an_item_is_in_the_piece() -> None:
    sheet = Sheet()
    for top in range(60, 360, 30):
        sheet.draw.line((80, top + 12, 88, top + 12), "black", 2)
        sheet.draw.text((120, top), "an item of a list of several", "black", font(18))
    (piece,) = pieces_of(sheet.image)
    assert piece.to_page(piece.shown).x0 == pytest.approx(80, abs=3)


def test_a_table_is_cut_off_rather_than_cut_through() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 9)
    for row in range(5):
        for left, text in ((80, "Article number"), (400, f"{row * 17}.50"), (700, f"{row} pieces")):
            place = left, 330 + 34 * row
            sheet.draw.text(place, text, "black", font(18))
            sheet.lines.append(Box(*sheet.draw.textbbox(place, text, font(18))))
    sheet.column(80, 520, 800, 9)
    found = [place for (place,) in places(pieces_of(sheet.image), sheet.lines)]
    assert len(set(found[9:24])) == 1


def test_a_rule_belongs_to_the_piece_that_alone_stands_on_it() -> None:
    sheet = Sheet()
    sheet.draw.text((80, 60), "Name: Ana Lopez de la Cruz", "black", font(18))
    sheet.draw.line((80, 84, 900, 84), "black", 2)
    sheet.column(80, 160, 800, 8)
    first, *_ = pieces_of(sheet.image)
    assert [tuple(first.to_page(rule)) for rule in first.rules] == [pytest.approx((80, 84, 900, 86), abs=8)]


def test_a_scanners_shade_beside_the_paper_is_no_ink() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 800, 20)
    alone = [piece.to_page(piece.shown) for piece in pieces_of(sheet.image)]
    # A wedge, as of a page that lay askew, with an edge that is not sharp.
    sheet.draw.polygon([(0, 0), (30, 0), (4, 1400), (0, 1400)], (20, 20, 20))
    shaded = [piece.to_page(piece.shown) for piece in pieces_of(sheet.image)]
    assert len(shaded) == len(alone)
    for box, true in zip(shaded, alone, strict=True):
        assert tuple(box) == pytest.approx(tuple(true), abs=4)


def test_a_chart_is_not_cut_through_its_axis() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 600, 5)
    sheet.draw.line((120, 200, 120, 430, 560, 430), "black", 2)
    for top in (205, 390):
        sheet.draw.text((90, top), "4", "black", font(18))
        sheet.draw.text((160, top), "x            x            x", "black", font(18))
    sheet.column(80, 460, 600, 5)
    shown = [piece.to_page(piece.shown) for piece in pieces_of(sheet.image)]
    assert any(box.y0 < 215 and box.y1 > 400 for box in shown)


def test_a_broken_rule_between_columns_is_no_text() -> None:
    sheet = Sheet()
    sheet.column(80, 60, 380, 40)
    sheet.column(530, 60, 380, 40)
    for top in range(40, 1100, 20):
        # As of a page that lies a little askew.
        sheet.draw.line((494 + top // 200, top, 494 + top // 200, top + 17), "black", 2)
    pieces = pieces_of(sheet.image)
    found = [place for (place,) in places(pieces, sheet.lines)]
    assert found == sorted(found)
    assert all(piece.to_page(piece.shown).width < 430 for piece in pieces)


def test_the_last_line_of_a_form_is_no_running_foot() -> None:
    sheet = Sheet()
    for row in range(9):
        sheet.draw.text((80, 60 + 60 * row), "Number:", "black", font(18))
        sheet.draw.text((400, 60 + 60 * row), f"{row * 17}", "black", font(18))
    last = pieces_of(sheet.image)[-1]
    shown = last.to_page(last.shown)
    assert shown.x0 < 100
    assert shown.x1 > 400


def test_the_rim_of_a_photograph_is_no_dash() -> None:
    sheet = Sheet()
    noise = np.random.default_rng(1).integers(0, 150, (60, 50), dtype=np.uint8)
    sheet.image.paste(Image.fromarray(noise).resize((400, 700), Image.Resampling.NEAREST), (80, 300))
    sheet.draw.line((484, 300, 484, 1000), "gray")
    sheet.column(510, 300, 380, 28)
    text = [piece for piece in pieces_of(sheet.image) if not piece.is_picture]
    assert text
    assert all(piece.to_page(piece.shown).x0 > 500 for piece in text)


def test_what_is_too_thin_for_a_letter_is_not_shown_to_a_model() -> None:
    sheet = Sheet()
    sheet.column(80, 160, 700, 6)
    # A shade along the paper's edge, as a scanner leaves it.
    for y in range(500, 800, 9):
        sheet.draw.ellipse((985, y, 990, y + 5), 90)
    pieces = pieces_of(sheet.image)
    assert all(len(shown) == 1 for shown in places(pieces, sheet.lines))
    assert all(piece.shown.width >= SETTINGS.text_height for piece in pieces)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(-5, 5), st.floats(0.3, 4), st.floats(0, 900), st.floats(0, 900), st.floats(0, 900), st.floats(0, 900)
)
def test_a_box_of_a_turned_page_comes_back_as_it_was(
    angle: float, scale: float, x: float, y: float, width: float, height: float
) -> None:
    cosine, sine = np.cos(np.radians(angle)) * scale, np.sin(np.radians(angle)) * scale
    matrix = np.array([[cosine, -sine, 40.0], [sine, cosine, -7.0]])
    box = Box(x, y, x + width, y + height)
    assert tuple(from_page(matrix, to_page(matrix, box))) == pytest.approx(tuple(box), abs=1e-6)
