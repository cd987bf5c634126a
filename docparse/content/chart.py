"""Charts: the numbers of the data table, typed, each with its unit and with what it is the number of."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..document import Cell, Chart, DataPoint, Problem
from .plain import readable

MAX_POINTS = 20_000
"""A table with more cells is a loop of a model, and no chart."""
_LONGEST = 60
"""Characters of a number with its unit."""
_CURRENCY = "$€£¥₹₩₽"
_NUMBER = re.compile(
    r"""
    (?P<open>\()?\s*                                   # (5) is -5 to accountants
    [~≈]?\s*
    (?P<before>CURRENCY|(?:US|A|C)\$|[A-Z]{3}(?=\s))?\s*
    (?P<sign>[-−–+])?\s*
    (?P<before_too>CURRENCY)?\s*
    (?P<digits>\d[\d.,'’\s]*|[.,]\d+)
    (?:\s*[×x·]\s*10\s*(?:\^\{?(?P<power>[-−+]?\d{1,3})\}?|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))
      |[eE](?P<exponent>[-−+]?\d{1,3}))?
    \s*(?P<close>\))?
    \s*(?P<unit>(?:(?![⁰¹²³⁴⁵⁶⁷⁸⁹])[^\W\d_]|[%‰°€£¥$])[^\d();:]{0,23}|)
    """.replace("CURRENCY", f"[{_CURRENCY}]"),
    re.VERBOSE,
)
_DECIMAL_COMMA = frozenset(
    "bg ca cs da de el es et fi fr hr hu id is it lt lv nb nl nn no pl pt ro ru sk sl sr sv tr uk vi".split()
)
"""Languages that write 12,5, in most of their countries."""
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
_GAPS = re.compile(r"['’\s]")
_BRACKETED = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]]{1,16}?)\s*[)\]]\s*$")
_UNITS = frozenset(
    """
    % ‰ bp k m mn mio bn tn K M B thousand thousands million millions billion billions trillion USD EUR GBP JPY CNY
    CHF
    g kg mg µg μg t kt Mt Gt lb oz m km cm mm µm μm nm mi ft in s ms µs μs ns min h d days weeks months years yr a
    Hz kHz MHz GHz W kW MW GW TW Wh kWh MWh GWh TWh J kJ MJ V mV A mA bit B KB kB MB GB TB PB fps °C °F K Pa kPa bar
    l ml L mL m² m³ km² ha tokens points pp ppm ppb mol people units
    """.split()
)


class Quantity(NamedTuple):
    """A number and the unit that stands beside it (empty where none does)."""

    number: float
    unit: str = ""


def examine(element: Chart) -> list[Problem]:
    """Set the chart's typed data."""
    element.data = data_points(element.cells)
    return []


def data_points(cells: Sequence[Cell]) -> list[DataPoint]:
    """The numbers of the table in its order, each with the texts of its row's and its column's head."""
    if not cells or len(cells) > MAX_POINTS:
        return []
    comma = has_decimal_comma(cells)
    heads = _head_rows(cells, comma=comma)
    series: dict[int, str] = {}
    for cell in cells:
        if cell.row < heads:
            for column in range(cell.column, min(cell.column + cell.column_span, cell.column + 100)):
                series[column] = f"{series.get(column, '')} {readable(cell.text)}".strip()
    categories: dict[int, str] = {}
    for cell in cells:
        if cell.row >= heads and cell.column == 0:
            for row in range(cell.row, min(cell.row + cell.row_span, cell.row + 1000)):
                categories[row] = readable(cell.text)
    points = []
    for cell in cells:
        found = None if cell.row < heads or cell.column == 0 else quantity(cell.text, decimal_comma=comma)
        if found:
            head = series.get(cell.column, "")
            points.append(
                DataPoint(
                    row=cell.row,
                    column=cell.column,
                    category=categories.get(cell.row, ""),
                    series=head,
                    number=found.number,
                    unit=found.unit or _unit_of(head),
                )
            )
    return points


def quantity(text: str, *, decimal_comma: bool = False) -> Quantity | None:
    """The number that ``text`` is, with its unit; None where it is something else, such as ``2019-20`` or ``n/a``."""
    shown = readable(text).strip()
    match = _NUMBER.fullmatch(shown) if len(shown) <= _LONGEST else None
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    digits = _GAPS.sub("", match["digits"])
    if re.search(r"\d\s+(?!\d{3}(?!\d))\d", match["digits"]):
        return None  # two numbers, not a thousands' gap
    thousands, decimal = (".", ",") if decimal_comma else (",", ".")
    whole, _, part = digits.rstrip(".,").partition(decimal)
    if not re.fullmatch(rf"\d*|\d{{1,3}}(?:\{thousands}\d{{2,3}})*\{thousands}\d{{3}}", whole) or not re.fullmatch(
        r"\d*", part
    ):
        return None
    digits = f"{whole.replace(thousands, '')}.{part}"
    negative = bool(match["open"]) or (match["sign"] or "+") in "-−–"
    power = (match["power"] or match["raised"] or match["exponent"] or "0").translate(_SUPERSCRIPTS)
    try:
        number = float(f"{'-' if negative else ''}{digits}e{power}")
    except ValueError:
        return None
    before = match["before"] or match["before_too"] or ""
    unit = " ".join(part for part in (before, match["unit"].strip()) if part)
    return Quantity(number, unit) if number - number == 0 else None


def _head_rows(cells: Sequence[Cell], *, comma: bool) -> int:
    """Rows at the top that are marked as heads; else the first one, if no number stands in it beside the corner."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    marked = 0
    while marked in rows and all(cell.header for cell in rows[marked]):
        marked += 1
    if marked or len(rows) < 2:
        return marked
    first = [cell for cell in rows.get(0, []) if cell.column and cell.text.strip()]
    return int(bool(first) and not any(quantity(cell.text, decimal_comma=comma) for cell in first))


def has_decimal_comma(cells: Sequence[Cell], language: str | None = None) -> bool:
    """Whether a comma in these cells can only be a decimal sign (``12,5``), and no point can (``12.5``).

    Where they have neither (``12.500``), the language tells.
    """
    texts = [cell.text for cell in cells]
    if any(re.search(r"\d\.(?:\d{1,2}|\d{4,})(?!\d)", text) for text in texts):
        return False
    if any(re.search(r"(?<![\d,])\d+,(?:\d{1,2}|\d{4,})(?![\d,])", text) for text in texts):
        return True
    return (language or "").partition("-")[0] in _DECIMAL_COMMA


def _unit_of(head: str) -> str:
    """The unit that a head names in brackets at its end: ``Revenue (million $)``, ``Share [%]``."""
    match = _BRACKETED.search(head)
    if not match:
        return ""
    unit = match[1]
    words = re.split(r"[\s/·]+", unit)
    return unit if all(word in _UNITS or word.strip(_CURRENCY) in _UNITS | {""} for word in words) else ""
