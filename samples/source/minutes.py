"""scan.pdf and scan.png: the minutes of a society, two pages that have been through a scanner."""

from __future__ import annotations

from typing import Any

from samples.source.scanner import lay, png, scanned
from samples.source.typeset import Face, Flow, Frame, Sheet, Style, finished, new_document

TITLE = "Minutes of the Annual Meeting"
LEFT, RIGHT = 80.0, 515.0
BODY = Style(size=12, leading=16, align="justify")
TEXT = Style(size=12, leading=16, align="left")

PLACE = "Held in the schoolroom at Elm Lane on Saturday, 11 November 1978, at three o’clock"
ROLL = (
    "Present were 34 members, with Mrs. Adeline Marsh in the chair. Mr. Okafor and the Misses Lund had sent their "
    "apologies. The minutes of the last meeting were read by the secretary and agreed without change."
)
ITEMS_TITLE = "Matters arising"
ITEMS = [
    "The water pipe by the north gate has been repaired. The plumber asked for £41.50 and received it.",
    "The committee had been told to find out who owns the hedge along the railway. It has written three letters "
    "and had one answer, according to which nobody does. It was agreed that the gardeners of plots 12 to 19 cut it "
    "until somebody objects.",
    "Mr. Petrie’s bees have been moved to the far end, as promised. The vote of thanks to the bees for the pear "
    "harvest was carried with two against.",
]
REPORT_TITLE = "Report of the treasurer"
REPORT = [
    "Miss Tanaka reported that the society had begun the year with £118.20 and ended it with £131.65, although the "
    "price of seed potatoes had risen by a fifth. Six members are behind with their rent; she named no names and "
    "looked at nobody. The accounts, which are given overleaf, were passed.",
    "She proposed to leave the rent of a plot at £4.00 a year, and to ask £1.00 for the key of the tool shed, to "
    "be returned with the key. Both were carried.",
]
ACCOUNTS_TITLE = "Accounts for the year to 31 October 1978"
ACCOUNTS = [
    ("Received", "£", "Paid", "£"),
    ("Balance brought forward", "118.20", "Water rate", "63.00"),
    ("Rent of 46 plots", "184.00", "Seed potatoes, 11 cwt.", "88.55"),
    ("Sale of surplus", "27.35", "Repair of the pipe", "41.50"),
    ("Flower show", "52.10", "Prizes and printing", "19.75"),
    ("", "", "Insurance", "37.20"),
    ("", "", "Balance carried forward", "131.65"),
    ("Total", "381.65", "Total", "381.65"),
]
EDGES = (0.0, 153.0, 208.0, 380.0, 435.0)
ELECTIONS_TITLE = "Elections"
ELECTIONS = (
    "Mrs. Marsh, Miss Tanaka and the secretary were returned to their offices. There being two candidates for the "
    "keeper of the shed, a vote was taken by show of trowels: Mr. Petrie 19, Mr. Alder 13, and two members "
    "asleep."
)
CLOSE = (
    "The chair thanked the school for the room and Mrs. Lund senior for the tea. The next meeting will be on the "
    "tenth of November 1979. The meeting closed at ten minutes to five."
)
SIGNED = "Signed as a true record"


def scan_pdf() -> bytes:
    """Two pages that are nothing but images."""
    document, sheets = new_document(2)
    written, drafts = _written()
    for number, (sheet, turn) in enumerate(zip(sheets, (-0.7, 0.5), strict=True)):
        lay(sheet.page, scanned(drafts[number].page, turn=turn, seed=78 + number))
    written.close()
    return finished(document, title=TITLE, author="Elm Lane Allotment Society")


def scan_png() -> bytes:
    """The first page, scanned once more."""
    written, drafts = _written()
    image = scanned(drafts[0].page, turn=0.4, seed=1978, paper=238, noise=2.0)
    written.close()
    return png(image)


def _written() -> tuple[Any, list[Sheet]]:
    """The pages before they were scanned."""
    document, sheets = new_document(2)
    first, second = sheets
    middle = (LEFT + RIGHT) / 2
    first.write(middle, 96, "ELM LANE ALLOTMENT SOCIETY", "tiro", 13, align="centre")
    first.write(middle, 130, TITLE, "tibo", 20, align="centre")
    first.write(middle, 152, PLACE, "tiit", 11, align="centre")
    flow = Flow([Frame(first, LEFT, 184, RIGHT - LEFT, 760)])
    flow.paragraph(ROLL, BODY)
    _heading(flow, ITEMS_TITLE)
    for number, text in enumerate(ITEMS, 1):
        flow.paragraph(text, TEXT, left=24, mark=f"{number}.")
        flow.space(4)
    _heading(flow, REPORT_TITLE)
    for text in REPORT:
        flow.paragraph(text, BODY)
        flow.space(6)
    first.write(middle, 800, "1", "tiro", 11, align="centre")

    flow = Flow([Frame(second, LEFT, 84, RIGHT - LEFT, 760)])
    _heading(flow, ACCOUNTS_TITLE)
    flow.place(24 * len(ACCOUNTS), _accounts)
    flow.space(10)
    _heading(flow, ELECTIONS_TITLE)
    flow.paragraph(ELECTIONS, BODY)
    flow.space(8)
    flow.paragraph(CLOSE, BODY)
    flow.space(30)
    flow.place(90, _signature)
    second.write(middle, 800, "2", "tiro", 11, align="centre")
    for sheet in sheets:
        sheet.finish()
    return document, sheets


def _heading(flow: Flow, text: str) -> None:
    flow.space(12)
    flow.frame.sheet.write(flow.frame.x, flow.top + 13, text, "tibo", 13.5)
    flow.top += 23


def _accounts(sheet: Sheet, x: float, top: float, width: float) -> None:
    edges = [x + edge for edge in EDGES]
    for number, row in enumerate(ACCOUNTS):
        y = top + 24 * number
        face: Face = "tibo" if number in (0, len(ACCOUNTS) - 1) else "tiro"
        for column, text in enumerate(row):
            sheet.box(edges[column], y, edges[column + 1], y + 24, edge=(0, 0, 0), width=0.8)
            if text and column % 2:
                sheet.write(edges[column + 1] - 6, y + 16, text, face, 11.5, align="right")
            elif text:
                sheet.write(edges[column] + 6, y + 16, text, face, 11.5)


def _signature(sheet: Sheet, x: float, top: float, width: float) -> None:
    """A name by hand over a dotted line."""
    sheet.write(x, top + 50, SIGNED, "tiro", 12)
    start = x + 190
    sheet.rule(start, top + 53, x + width, top + 53, 0.8, dashes="[1 3] 0")
    pen = [
        [(8, 48), (20, 6), (26, 8), (30, 48), (44, 6), (48, 46)],
        [(60, 36), (48, 52), (66, 40), (64, 48), (72, 42), (76, 32), (80, 34), (86, 34)],
        [(84, 48), (96, 30), (90, 40), (104, 50), (100, 20), (112, 12), (106, 36), (118, 28), (122, 48), (150, 40)],
    ]
    for stroke in pen:
        points = [(start + a, top + b) for a, b in stroke]
        for i in range(0, len(points) - 3, 3):
            sheet.page.draw_bezier(*points[i : i + 4], width=1.5)
        sheet.page.draw_line(points[-2], points[-1], width=1.5)
    sheet.page.draw_line((start + 9, top + 33), (start + 34, top + 29), width=1.5)
    sheet.write(start, top + 68, "A. Marsh, chair", "tiit", 11)
