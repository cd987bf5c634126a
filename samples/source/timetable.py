"""rotated.pdf: a landscape timetable on an upright sheet, with /Rotate 90."""

from __future__ import annotations

from typing import Any

from samples.source.typeset import A4, GREY, Style, finished, new_document

TITLE = "Skarv – Orrin ferry"
VALID = "Winter timetable, 1 November 2023 to 31 March 2024"
STOPS = ["Skarv Pier", "Deep Mooring", "Heron Point", "Reed Bay", "Mill Outlet", "Orrin Town"]
MINUTES = (0, 14, 25, 41, 52, 63)
DEPARTURES = [(6, 40), (8, 10), (10, 10), (12, 10), (14, 10), (16, 10), (17, 40)]
NOTES = [
    "All boats run on weekdays; the first and the last do not run on Sundays and holidays.",
    "When Reed Bay is frozen, boats pass it and reach the stops behind it eight minutes earlier.",
]


def clock(hour: int, minute: int, later: int) -> str:
    total = hour * 60 + minute + later
    return f"{total // 60}:{total % 60:02d}"


def rotated() -> bytes:
    document, [sheet] = new_document(size=(A4[1], A4[0]))
    left, top, height, first, wide = 70.0, 150.0, 34.0, 150.0, 79.0
    right = left + first + wide * len(DEPARTURES)
    sheet.write(left, 90, TITLE, "hebo", 24)
    sheet.write(left, 116, VALID, "helv", 12)
    sheet.box(left, top, right, top + height, fill=(0.9, 0.93, 0.95))
    for row in range(len(STOPS) + 2):
        sheet.rule(left, top + row * height, right, top + row * height, 0.6, colour=GREY)
    for x in (left, *(left + first + wide * number for number in range(len(DEPARTURES) + 1))):
        sheet.rule(x, top, x, top + height * (len(STOPS) + 1), 0.6, colour=GREY)
    sheet.write(left + 10, top + 22, "Boat", "hebo", 12)
    for number in range(len(DEPARTURES)):
        sheet.write(left + first + wide * (number + 0.5), top + 22, str(number + 1), "hebo", 12, align="centre")
    for row, (stop, later) in enumerate(zip(STOPS, MINUTES, strict=True), 1):
        y = top + row * height + 22
        sheet.write(left + 10, y, stop, "helv", 12)
        for number, (hour, minute) in enumerate(DEPARTURES):
            middle = left + first + wide * (number + 0.5)
            sheet.write(middle, y, clock(hour, minute, later), "helv", 12, align="centre")
    y = top + height * (len(STOPS) + 1) + 24
    for note in NOTES:
        y = sheet.paragraph(left, y, note, Style(face="helv", size=11, leading=17, align="left"), right - left)
    sheet.finish()
    _stand_up(document)
    return finished(document, title=TITLE, author="Orrin Lake Ferries")


def _stand_up(document: Any) -> None:
    """Turn the sheet and what is on it upright, and have the viewer turn both back."""
    page = document[0]
    page.clean_contents()
    [contents] = page.get_contents()
    drawn = document.xref_stream(contents)
    document.update_stream(contents, b"q\n0 1 -1 0 %d 0 cm\n%s\nQ" % (A4[0], drawn))
    document.xref_set_key(page.xref, "MediaBox", "[0 0 {:.0f} {:.0f}]".format(*A4))
    document.xref_set_key(page.xref, "Rotate", "90")
