"""report.pdf: three pages with everything that a well-made report has."""

from __future__ import annotations

from samples.source.picture import SIZE, lake
from samples.source.typeset import (
    BLACK,
    GREY,
    Colour,
    Face,
    Flow,
    Frame,
    Sheet,
    Style,
    finished,
    new_document,
    width_of,
)

TITLE = "Eleven Winters of Ice on Lake Orrin"
AUTHORS = "Marit Hallgren and Tomas Reyes"
PLACE = "Orrin Valley Observatory · Report 14 · March 2024"
PAGES = 3

LEFT, RIGHT, TOP, FOOT = 58.0, 537.0, 84.0, 772.0
COLUMN, GUTTER = 228.5, 22.0
BODY = Style()
LEAD = BODY.leading
NOTE = Style(size=8.2, leading=10.0)
CAPTION = Style(face="helv", size=8.2, leading=10.6, align="left")
ACCENT: Colour = (0.13, 0.33, 0.49)
PALE: Colour = (0.91, 0.94, 0.96)

ABSTRACT = (
    "Since the winter of 2012/13 four stations on Lake Orrin have recorded every day whether the water around "
    "them was frozen and, once a week, how thick the ice was. We describe the record, compare it with the "
    "thickness that Stefan’s law gives from the air temperature alone, and ask what can be said after eleven "
    "winters. On average the lake was covered for 88 days, with 121 days in the first winter and 41 in the "
    "mildest. One coefficient, fitted once, explains the measured thickness to within four centimetres except "
    "in weeks of deep snow."
)

INTRODUCTION = [
    "A lake that freezes every winter keeps a diary. The day on which the last open water closes, and the day on "
    "which it opens again, were written down in parish books, in the logs of ferrymen and in the margins of "
    "school registers long before anybody thought of calling them data. No instrument is needed, only an "
    "observer who looks at the same bay every morning and is honest about it.",
    "Lake Orrin^1 is a good place for such a diary. It is narrow, nineteen kilometres long, and lies at 412 metres "
    "above the sea. Its northern basin is deep and gives its summer warmth back slowly; the southern one is a "
    "shallow bay among reeds. Between the first ice in the reeds and the last open water over the deep there may "
    "be five weeks. A single date for the whole lake would hide the most interesting part of the story.",
    "Older dates exist, but they come from different observers, and most of them do not say which bay was meant. "
    "In 2012 the observatory therefore set up four stations and wrote down, once and for all, what counts as "
    "frozen. This report is the first that uses the whole record.",
]

STATIONS = [
    "Two of the stations are in the northern basin and two in the southern one (Table 1). Each of them has the "
    "same equipment, chosen for its simplicity and not for its precision, because what breaks in January is "
    "not repaired before April:",
]
EQUIPMENT = [
    "a string of thermistors, frozen in, that is read every ten minutes and shows where the ice ends and the "
    "water begins;",
    "a camera on a mast, which takes one photograph at noon;",
    "a snow stake, painted in bands of five centimetres, in the view of that camera.",
]
FROZEN = (
    "A day counts as frozen when the noon photograph shows no open water within fifty metres of the mast. The "
    "rule is coarse, but two people who look at the same photograph agree on it in 99 cases of a hundred, and "
    "that matters more to us than a finer rule on which they would not."
)
WEEKLY = "Once a week, weather permitting, somebody walks out and measures:"
STEPS = [
    "Drill three holes on a line across the wind, two metres from each other, and clear them of slush.",
    "Hook the gauge under the ice and read it to the nearest half centimetre.",
    "Write down the three readings, their mean, and the depth of the snow beside the middle hole.",
]
AFTER_STEPS = (
    "The readings are kept separately, since their difference is our only measure of how even the ice is. When "
    "it is more than three centimetres, the walk is repeated on the next day."
)

LAW = [
    "Ice grows from below. The heat that is set free when water freezes must leave through the ice that is "
    "already there, and so thick ice grows more slowly than thin ice. From this Stefan concluded in 1891 that the "
    "thickness follows the square root of the cold that has accumulated. For a record of daily means his law "
    "becomes",
]
LAW_AFTER = [
    "where *n* counts the days since the bay closed, *T_i* is the mean temperature of the air on one of them and "
    "*T*_0 the freezing point of water, 0~°C. The coefficient *α* would be 3.5 centimetres for bare ice; snow, "
    "which conducts heat badly, makes it smaller. We fitted it once, to all stations and winters together, and "
    "found *α*~=~2.4~cm per square root of a degree day.",
]

EXAMPLE = [
    "An example shows what the root does. Ten days at five degrees of frost make fifty degree days, and equation "
    "(1) gives 17 centimetres. The next ten days at the same frost add only seven more, and after forty days the "
    "ice has 34 centimetres, twice what it had after ten. A cold week in December therefore counts for "
    "much more than a cold week in March, and a lake that closes late does not make up for it.",
    "The law has three weaknesses that everybody who uses it should know:",
]
WEAKNESSES = [
    "it counts snow only through *α*, as if there were the same snow in every winter;",
    "it takes the temperature of the air for that of the surface, which on clear nights is several degrees lower;",
    "it knows growth but not decay, and so it says nothing about spring.",
]
CHECKS = [
    "A number that nobody has tried to prove wrong is only a rumour. The record was therefore checked in three "
    "ways before anything was computed from it. Every tenth photograph was judged again, a year later, by "
    "somebody who had not seen the first verdict; of 1,604 days, 19 changed sides. The thermistor strings were "
    "compared with the drill on every walk. And the air temperature, which comes from the mast at Skarv Pier, was "
    "set against that of the weather station in the valley, eleven kilometres away.",
    "What failed a check was not corrected but marked, and the marked days are counted in no mean. There are 57 "
    "of them, most from the two weeks of January 2018 in which rime covered the camera at Mill Outlet.",
]

RESULTS = [
    "Table~1 gives the numbers for each station and Figure~1 the length of each winter. The longest was the "
    "first. Then the winters scatter around their mean without order, except for 2019/20, when the deep basin "
    "closed for no more than 18 days and the ferry to Skarv ran until the middle of January.",
    "It would be easy to draw a falling line through the bars of Figure~1, and in the first draft of this "
    "report we did. We have taken it out again. With eleven winters the uncertainty of the slope is larger "
    "than the slope, and its sign depends on whether the first winter is included. The record is long enough to "
    "show what an ordinary winter is; it is not yet long enough to show whether that is changing.",
    "The law does well where snow is thin. At Skarv Pier (Figure~2), which the wind keeps clear, it gives the "
    "measured thickness to within four centimetres in nine weeks of ten. In Reed Bay, where the reeds hold the "
    "snow, it gives too much after every heavy fall and needs about three weeks to return.",
]
BOOKS = [
    "The second author has read the church books of Orrin and Skarv from 1788 to 1931 for every mention of ice "
    "[3]. There are 212, but only 61 name both the bay and the day. For those the lake was closed, on average, "
    "from the ninth of December to the second of April, which is 114 days. That is 26 days more than in our eleven "
    "winters and would, taken by itself, be a strong result.",
    "It should not be taken by itself. A clerk writes the ice down when it is worth a line: when the coffin had to "
    "be carried around the shore, when the ferry was late at Easter. Mild winters leave no mark in such a book. Of "
    "the 61 dates, 44 fall into years in which the price of grain was noted as well, and those were the hard ones. "
    "We give the figure because it will be asked for, and advise against putting it into a chart beside ours.",
]
BOOKS_USE = "The books are useful all the same, for three things that our masts cannot tell:"
USES = [
    "the order in which the bays close, which has not changed in two centuries;",
    "the winters without ice on the deep basin, of which there were at least four;",
    "the names of the bays, which the maps have wrong.",
]

CONCLUSIONS = [
    "Three things can be recommended to anybody who begins such a record. Decide what counts as frozen before "
    "the first winter and do not improve the rule later. Keep the photographs, for they answer questions that "
    "nobody has asked yet. And walk out every week, even when the instruments seem to agree: in the winter of "
    "2016/17 two of our strings had slipped by six centimetres, and only the drill knew.",
    "The daily record and the photographs can be had from the observatory. The stations will be kept for at "
    "least another ten winters, and the next report will be written when they are over.",
]
THANKS = (
    "We thank the Skarv ferry for eleven winters of lifts and hot coffee, and the school at Reed Bay, whose fourth "
    "form judged the photographs a second time and was right more often than we were."
)
REFERENCES = [
    "J. Stefan. On the theory of ice formation, in particular in the polar sea. *Annalen der Physik*, 278, 1891.",
    "M. Hallgren. *Four Masts: A Field Manual*. Orrin Valley Observatory, 2013.",
    "T. Reyes. Dates of ice in the parish books of Orrin and Skarv. *Valley Papers*, 7, 2018.",
]
FOOTNOTE = (
    "^1 The lake, its observatory, their numbers and the two papers of the authors were invented for this sample "
    "of docparse. Stefan’s law is real."
)

WINTERS = {
    "12/13": 121, "13/14": 84, "14/15": 77, "15/16": 92, "16/17": 103, "17/18": 110,
    "18/19": 88, "19/20": 41, "20/21": 98, "21/22": 86, "22/23": 69,
}  # fmt: skip
MEAN_DAYS = 88
CHART_CAPTION = (
    "Figure 1. Days with ice in each winter, mean of the four stations. The dashed line is the mean of the eleven "
    "winters, 88~days."
)
PICTURE_CAPTION = (
    "Figure 2. Skarv Pier in February, looking north. The mast at the end of the pier carries the camera; the "
    "white box holds the logger of the thermistor string."
)

TABLE_CAPTION = (
    "Table 1. The four stations and what they recorded in the winters 2012/13 to 2022/23. The last row is the "
    "mean of the rows above it."
)
# The columns' left edges and the last one's right edge, in points from the left margin.
TABLE_EDGES = (0.0, 84.0, 176.0, 234.0, 284.0, 336.0, 388.0, 433.0, 479.0)
# Row, column, rows, columns, text. Numbers stand at the right of their cell, words at the left.
TABLE_CELLS: list[tuple[int, int, int, int, str]] = [
    (0, 0, 2, 1, "Basin"), (0, 1, 2, 1, "Station"), (0, 2, 2, 1, "Depth (m)"),
    (0, 3, 1, 3, "Days with ice"), (0, 6, 1, 2, "Thickness (cm)"),
    (1, 3, 1, 1, "mean"), (1, 4, 1, 1, "fewest"), (1, 5, 1, 1, "most"), (1, 6, 1, 1, "mean"), (1, 7, 1, 1, "most"),
    (2, 0, 2, 1, "Northern"), (4, 0, 2, 1, "Southern"), (6, 0, 1, 3, "Whole lake"),
]  # fmt: skip
TABLE_ROWS = [
    ("Skarv Pier", "6.5", "91", "44", "125", "31", "47"),
    ("Deep Mooring", "41.0", "72", "18", "109", "24", "39"),
    ("Reed Bay", "2.1", "108", "66", "136", "36", "52"),
    ("Mill Outlet", "3.8", "81", "36", "114", "27", "41"),
]
TABLE_LAST = ("88", "41", "121", "30", "45")


def report() -> bytes:
    document, sheets = new_document(PAGES)
    for number, sheet in enumerate(sheets, 1):
        _running(sheet, number)
    columns_top = _opening(sheets[0])
    note_top = FOOT - 2 * NOTE.leading - 4
    table_foot = _table(sheets[1])
    picture_foot = _picture(sheets[2])
    second = LEFT + COLUMN + GUTTER
    flow = Flow(
        [
            Frame(sheets[0], LEFT, columns_top, COLUMN, note_top - 8),
            Frame(sheets[0], second, columns_top, COLUMN, FOOT),
            Frame(sheets[1], LEFT, table_foot, COLUMN, FOOT),
            Frame(sheets[1], second, table_foot, COLUMN, FOOT),
            # The last columns end together, well above the foot of the page.
            Frame(sheets[2], LEFT, picture_foot, COLUMN, 650),
            Frame(sheets[2], second, picture_foot, COLUMN, FOOT),
        ]
    )
    _footnote(sheets[0], note_top)
    _heading(flow, "1", "Introduction")
    _paragraphs(flow, INTRODUCTION)
    _heading(flow, "2", "The stations and their rule")
    _paragraphs(flow, STATIONS)
    _items(flow, [("•", text) for text in EQUIPMENT])
    _paragraphs(flow, [FROZEN], indent_first=True)
    _paragraphs(flow, [WEEKLY], indent_first=True)
    _items(flow, [(f"{number}.", text) for number, text in enumerate(STEPS, 1)])
    _paragraphs(flow, [AFTER_STEPS], indent_first=True)
    _heading(flow, "3", "Stefan’s law")
    _paragraphs(flow, LAW)
    flow.place(4 * LEAD, _formula)
    _paragraphs(flow, LAW_AFTER)
    _paragraphs(flow, EXAMPLE, indent_first=True)
    _items(flow, [("•", text) for text in WEAKNESSES])
    _heading(flow, "4", "Checking the record")
    _paragraphs(flow, CHECKS)
    _heading(flow, "5", "Results")
    _paragraphs(flow, RESULTS[:1])
    flow.space(LEAD * 0.7)
    flow.place(15.5 * LEAD, _chart)
    _paragraphs(flow, RESULTS[1:], indent_first=True)
    _heading(flow, "6", "What the parish books add")
    _paragraphs(flow, BOOKS)
    _paragraphs(flow, [BOOKS_USE], indent_first=True)
    _items(flow, [("•", text) for text in USES])
    _heading(flow, "7", "Conclusions")
    _paragraphs(flow, CONCLUSIONS)
    _heading(flow, "", "Thanks")
    _paragraphs(flow, [THANKS])
    _heading(flow, "", "References")
    for number, text in enumerate(REFERENCES, 1):
        flow.paragraph(text, NOTE, left=16, mark=f"[{number}]")
    for sheet in sheets:
        sheet.finish()
    document.set_toc(
        [
            [1, "Introduction", 1],
            [1, "The stations and their rule", 1],
            [1, "Stefan’s law", 2],
            [1, "Checking the record", 2],
            [1, "Results", 2],
            [1, "What the parish books add", 3],
            [1, "Conclusions", 3],
        ]
    )
    return finished(document, title=TITLE, author=AUTHORS)


def _running(sheet: Sheet, number: int) -> None:
    """The lines at the head and the foot of every page."""
    sheet.write(LEFT, 48, "Orrin Valley Observatory", "helv", 8, colour=GREY)
    sheet.write(RIGHT, 48, "Report 14: Ice on Lake Orrin", "helv", 8, align="right", colour=GREY)
    sheet.rule(LEFT, 54, RIGHT, 54, 0.4, colour=GREY)
    sheet.write(LEFT, 804, "March 2024", "helv", 8, colour=GREY)
    sheet.write(RIGHT, 804, f"Page {number} of {PAGES}", "helv", 8, align="right", colour=GREY)


def _opening(sheet: Sheet) -> float:
    """Title, authors and abstract over both columns; gives back where the columns begin."""
    middle = (LEFT + RIGHT) / 2
    sheet.write(middle, 106, TITLE, "tibo", 21, align="centre")
    sheet.write(middle, 130, AUTHORS, "tiro", 11, align="centre")
    sheet.write(middle, 146, PLACE, "tiit", 10, align="centre")
    sheet.write(LEFT + 40, 176, "Abstract", "tibo", 10)
    style = Style(size=9.4, leading=11.8)
    return sheet.paragraph(LEFT + 40, 182, ABSTRACT, style, RIGHT - LEFT - 80) + 18


def _heading(flow: Flow, number: str, text: str) -> None:
    """A heading takes two lines and keeps two lines of text with it."""
    flow.space(LEAD * 0.7)
    flow.need(LEAD * 3.3)
    sheet, x = flow.frame.sheet, flow.frame.x
    after = sheet.write(x, flow.top + 10, number, "tibo", 11.5) + 9 if number else x
    sheet.write(after, flow.top + 10, text, "tibo", 11.5)
    flow.top += LEAD * 1.3


def _paragraphs(flow: Flow, texts: list[str], *, indent_first: bool = False) -> None:
    for number, text in enumerate(texts):
        indent = 12.0 if number or indent_first else 0.0
        flow.paragraph(text, Style(indent=indent))


def _items(flow: Flow, items: list[tuple[str, str]]) -> None:
    flow.space(LEAD / 4)
    for mark, text in items:
        flow.paragraph(text, BODY, left=14, mark=mark)
    flow.space(LEAD / 4)


def _footnote(sheet: Sheet, top: float) -> None:
    sheet.rule(LEFT, top - 2, LEFT + 70, top - 2, 0.4)
    sheet.paragraph(LEFT, top, FOOTNOTE, NOTE, COLUMN)


def _formula(sheet: Sheet, x: float, top: float, width: float) -> None:
    """Stefan's law for a record of daily means, its root a sign and a rule as TeX sets it."""
    line = top + 29
    at = x + 36
    at = sheet.write(at, line, "h", "tiit", 11)
    at = sheet.write(at + 1, line, "(", "tiro", 11)
    at = sheet.write(at, line, "n", "tiit", 11)
    at = sheet.write(at, line, ")", "tiro", 11)
    at = sheet.write(at + 4, line, "=", "tiro", 11)
    at = sheet.write(at + 4, line, "α", "tiit", 11)
    at += 3
    root, high, low = at, line - 19, line + 14
    shape = [(root, line + 2), (root + 2.5, line), (root + 6, low), (root + 11, high)]
    sheet.page.draw_polyline(shape, color=BLACK, width=0.6)
    at = root + 13
    sheet.write(at + 6, line + 3, "∑", "tiro", 17, align="centre")
    sheet.write(at + 6, line - 12, "n", "tiit", 7.5, align="centre")
    below = at + 6 - (width_of("i", "tiit", 7.5) + width_of("=1", "tiro", 7.5)) / 2
    below = sheet.write(below, line + 12, "i", "tiit", 7.5)
    sheet.write(below, line + 12, "=1", "tiro", 7.5)
    at += 16
    at = sheet.write(at, line, "max(0,", "tiro", 11)
    at = sheet.write(at + 3, line, "T", "tiit", 11)
    at = sheet.write(at, line + 2.5, "0", "tiro", 7.5)
    at = sheet.write(at + 4, line, "−", "tiro", 11)
    at = sheet.write(at + 4, line, "T", "tiit", 11)
    at = sheet.write(at, line + 2.5, "i", "tiit", 7.5)
    at = sheet.write(at + 0.5, line, ")", "tiro", 11)
    sheet.rule(root + 11, high, at + 2, high, 0.6)
    sheet.write(x + width, line, "(1)", "tiro", 10, align="right")


def _table(sheet: Sheet) -> float:
    """Table 1 over both columns; gives back where the columns begin."""
    top = sheet.paragraph(LEFT, TOP - 6, TABLE_CAPTION, CAPTION, RIGHT - LEFT) + 5
    height = 17.0
    edges = [LEFT + edge for edge in TABLE_EDGES]
    rows = [top + height * row for row in range(8)]
    sheet.box(edges[0], rows[0], edges[-1], rows[2], fill=PALE)
    cells = list(TABLE_CELLS)
    cells += [(2 + row, 1 + c, 1, 1, text) for row, line in enumerate(TABLE_ROWS) for c, text in enumerate(line)]
    cells += [(6, 3 + c, 1, 1, text) for c, text in enumerate(TABLE_LAST)]
    for row, column, tall, wide, text in cells:
        x0, x1, y0, y1 = edges[column], edges[column + wide], rows[row], rows[row + tall]
        sheet.page.draw_rect((x0, y0, x1, y1), color=GREY, width=0.5)
        face: Face = "hebo" if row < 2 or row == 6 else "helv"
        baseline = (y0 + y1) / 2 + 3
        if wide > 1 and row == 0:
            sheet.write((x0 + x1) / 2, baseline, text, face, 8.6, align="centre")
        elif column > 2 or (column == 2 and row > 1):
            sheet.write(x1 - 8, baseline, text, face, 8.6, align="right")
        else:
            sheet.write(x0 + 6, baseline, text, face, 8.6)
    return rows[-1] + 22


def _chart(sheet: Sheet, x: float, top: float, width: float) -> None:
    left, foot, high = x + 26, top + 148.0, top + 8.0
    scale = (foot - high) / 140
    for days in range(0, 141, 20):
        y = foot - days * scale
        sheet.rule(left, y, x + width, y, 0.3, colour=(0.75, 0.75, 0.75))
        sheet.write(left - 4, y + 2.6, str(days), "helv", 7.5, align="right")
    step = (x + width - left) / len(WINTERS)
    for number, (winter, days) in enumerate(WINTERS.items()):
        middle = left + step * (number + 0.5)
        sheet.box(middle - step * 0.33, foot - days * scale, middle + step * 0.33, foot, fill=ACCENT)
        sheet.write(middle, foot - 4, str(days), "hebo", 6.5, align="centre", colour=(1, 1, 1))
        sheet.write(middle, foot + 9.5, winter, "helv", 6.2, align="centre")
    sheet.rule(left, foot, x + width, foot, 0.8)
    mean = foot - MEAN_DAYS * scale
    sheet.rule(left, mean, x + width, mean, 0.8, colour=(0.75, 0.25, 0.1), dashes="[4 3] 0")
    sheet.paragraph(x, top + 166, CHART_CAPTION, CAPTION, width)


def _picture(sheet: Sheet) -> float:
    """Figure 2 over both columns; gives back where the columns begin."""
    foot = TOP - 6 + (RIGHT - LEFT) * SIZE[1] / SIZE[0]
    sheet.page.insert_image((LEFT, TOP - 6, RIGHT, foot), stream=lake())
    return sheet.paragraph(LEFT, foot + 6, PICTURE_CAPTION, CAPTION, RIGHT - LEFT) + 20
