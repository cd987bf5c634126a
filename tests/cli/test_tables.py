"""``docparse tables`` as a user runs it."""

import csv
import io
import json
import subprocess
import time
from pathlib import Path

import pytest

from docparse.document import Caption, Cell, Chart, Part, Table
from docparse.export.sheets import sheets, to_csv, to_json
from docparse.export.xlsx import to_xlsx
from docparse.geometry import Box
from tests.conftest import COMMAND, SAMPLES, Run
from tests.export.documents import document_of, grid

REPORT = SAMPLES / "report.pdf"
HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1", "\t=1", "＝1", "-x", '=HYPERLINK("http://a")']
HARMLESS = ["-5", "+3.2 %", "- 1,200.5", "-", "a=b", "12", "", "−7"]


def table(*rows: tuple[str, ...]) -> Table:
    cells = grid(*rows)
    return Table(cells=cells, row_count=len(rows), column_count=len(rows[0]))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    spans = Table(
        id="p1-e2",
        cells=[
            Cell(row=0, column=0, column_span=2, header=True, text="both"),
            Cell(row=1, column=0, row_span=2, text="left"),
            Cell(row=1, column=1, text='a, "b"\nc'),
            Cell(row=2, column=1, text="=1+1"),
        ],
        row_count=3,
        column_count=2,
    )
    document = document_of(
        Caption(text="Table 1. Quays", target="p1-e1"),
        table(("quay", "tons"), ("north", "-5")),
        spans,
        Chart(cells=grid(("year", "ships"), ("2021", "7")), row_count=2, column_count=2),
        Chart(),
    )
    path = tmp_path / "quays.json"
    path.write_text(document.to_json(), "utf-8")
    return path


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


def test_one_csv_a_table_and_a_chart(docparse: Run, saved: Path, tmp_path: Path) -> None:
    ran = docparse("tables", saved, "--to", "csv", "-o", "out")
    assert (ran.code, ran.out) == (0, b"")
    names = [f"quays-p1-e{number}.csv" for number in (1, 2, 3)]
    assert ran.messages == [f"docparse: out/{name}: written" for name in names]
    first, second, third = (rows_of(tmp_path / "out" / name) for name in names)
    assert first == [["quay", "tons"], ["north", "-5"]]
    assert second == [["both", ""], ["left", 'a, "b"\nc'], ["", "'=1+1"]]
    assert third == [["year", "ships"], ["2021", "7"]]


def test_xlsx_has_texts_and_spans(docparse: Run, saved: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    assert docparse("tables", saved, "--to", "xlsx", "-q").err == ""
    sheet = openpyxl.load_workbook(tmp_path / "quays-p1-e2.xlsx").active
    assert [[cell.value for cell in row] for row in sheet] == [["both", None], ["left", 'a, "b"\nc'], [None, "=1+1"]]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:B1", "A2:A3"}
    assert sheet["B3"].data_type == "s"
    assert sheet.freeze_panes == "A2"


def test_json_has_the_rest(docparse: Run, saved: Path, tmp_path: Path) -> None:
    assert docparse("tables", saved, "--to", "json").code == 0
    first = json.loads((tmp_path / "quays-p1-e1.json").read_bytes())
    assert first["caption"] == "Table 1. Quays"
    assert (first["source"], first["header_rows"]) == ("harbour.pdf", 1)
    assert first["places"] == [{"page": 1, "box": None, "first_row": None}]
    second = json.loads((tmp_path / "quays-p1-e2.json").read_bytes())
    assert second["rows"] == [["both", None], ["left", 'a, "b"\nc'], [None, "=1+1"]]
    assert second["element"]["cells"][0]["column_span"] == 2


def test_lines_to_stdout(docparse: Run, saved: Path) -> None:
    lines = docparse("tables", "-", "--to", "json", "-o", "-", stdin=saved.read_bytes()).text.splitlines()
    assert [json.loads(line)["element"]["kind"] for line in lines] == ["table", "table", "chart"]
    pipeline = f"set -o pipefail; {' '.join(COMMAND)} tables {saved} --to json -o - | head -c 10 >/dev/null"
    finished = subprocess.run(["bash", "-c", pipeline], capture_output=True, timeout=120)
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_a_pdf_and_a_bad_file(docparse: Run, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"words")
    ran = docparse("tables", REPORT, "bad.pdf", saved, "--to", "csv", "--engine", "layout")
    assert ran.code == 7
    assert [message for message in ran.messages if "bad.pdf" in message]
    (name,) = [path.name for path in tmp_path.glob("report-*.csv")]
    assert "Skarv Pier" in (tmp_path / name).read_text("utf-8")
    assert len(list(tmp_path.glob("quays-*.csv"))) == 3


def test_a_document_without_tables(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text(document_of(Caption(text="x")).to_json())
    ran = docparse("tables", "none.json", "--to", "csv", "-o", "out")
    assert ran.code == 0
    assert ran.messages == ["docparse: harbour.pdf: no table in it"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("missing.json", "--to", "csv"), 3),
        (("quays.json",), 2),
        (("quays.json", "--to", "csv", "-o", "-"), 2),
        (("quays.json", "quays.json", "--to", "csv"), 2),
        (("quays.json", "--to", "csv", "-o", "quays.json/x"), 6),
    ],
)
def test_calls_that_cannot_be_served(docparse: Run, saved: Path, arguments: tuple[str, ...], code: int) -> None:
    ran = docparse("tables", *arguments)
    assert (ran.code, len(ran.messages)) == (code, 1)


def test_formulas_stay_texts() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (sheet,) = sheets(document_of(table(*((text,) for text in ["head", *HOSTILE, *HARMLESS]))))
    values = [row[0] if row else "" for row in csv.reader(io.StringIO(to_csv(sheet).decode(), newline=""))][1:]
    assert values == [*(f"'{text}" for text in HOSTILE), *HARMLESS]
    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(to_xlsx(sheet))).active][1:]
    assert [cell.value for cell in cells] == [*HOSTILE, -5, "+3.2 %", -1200.5, "-", "a=b", 12, None, -7]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
    assert all(cell.quotePrefix for cell in cells[: len(HOSTILE)])


NUMBERS = {
    "412": (412, "0"),
    "12.50": (12.5, "0.00"),
    "1,234": (1234, "#,##0"),
    "-1 200.5": (-1200.5, "#,##0.0"),
    "+3": (3, "+0;-0;0"),
    "0.05": (0.05, "0.00"),
    ".5": (0.5, "0.0"),
    "$48$": (48, "0"),
}
TEXTS = [
    "007",
    "12 kg",
    "5 %",
    "2019-20",
    "12.05.2023",
    "1.2.3",
    "(300)",
    "12³",
    "n/a",
    "1 2",
    "1234567890123456",
    "٣-",
]


def test_plain_numbers_are_numbers_in_xlsx_and_nothing_else() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (sheet,) = sheets(document_of(table(*((text,) for text in ["2023", *NUMBERS, *TEXTS]))))
    head, *cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(to_xlsx(sheet))).active]
    assert head.value == "2023"
    assert [(cell.value, cell.number_format) for cell in cells[: len(NUMBERS)]] == list(NUMBERS.values())
    assert [cell.value for cell in cells[len(NUMBERS) :]] == TEXTS


@pytest.mark.parametrize(
    ("language", "others", "number"),
    [("en", [], 1.234), ("de", [], 1234), ("de", ["0.5"], 1.234), (None, ["0,5"], 1234), ("de-AT", ["7,5"], 1234)],
)
def test_what_a_comma_is_the_table_tells_or_the_language(
    language: str | None, others: list[str], number: float
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    document = document_of(table(("tons",), ("1.234",), *((text,) for text in others)))
    document.language = language
    (sheet,) = sheets(document)
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx(sheet))).active["A2"].value == number


def test_equal_and_odd_ids_overwrite_nothing(docparse: Run, tmp_path: Path) -> None:
    ids = ["", "", "x", "X", "x-2", "../../x", ".."]
    tables = [table((f"head {number}",), ("1",)) for number in range(len(ids))]
    document = document_of(*tables)
    for element, name in zip(tables, ids, strict=True):
        element.id = name
    (tmp_path / "odd.json").write_text(document.to_json(), "utf-8")
    assert docparse("tables", "odd.json", "--to", "csv", "-o", "out", "-q").code == 0
    files = list((tmp_path / "out").iterdir())
    assert sorted(rows_of(path)[0][0] for path in files) == [f"head {number}" for number in range(len(ids))]
    assert len({path.name.casefold() for path in files}) == len(ids)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n" * 300])
def test_json_on_stdin_however_it_comes(saved: Path, before: bytes) -> None:
    command = [*COMMAND, "tables", "-", "--to", "json", "-o", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        for piece in (before[:1], before[1:], saved.read_bytes()):
            running.stdin.write(piece)
            running.stdin.flush()
            time.sleep(0.2)
        running.stdin.close()
        assert len(running.stdout.read().splitlines()) == 3
    assert running.returncode == 0


def test_a_pdf_on_stdin(docparse: Run, tmp_path: Path) -> None:
    ran = docparse("tables", "-", "--to", "csv", "--engine", "layout", stdin=REPORT.read_bytes())
    assert ran.code == 0
    assert [path.name.startswith("stdin-p2-") for path in tmp_path.glob("*.csv")] == [True]


def test_a_table_over_two_pages_is_one_file_with_both_places() -> None:
    whole = table(("a", "b"), ("1", "2"), ("3", "4"))
    boxes = [Box(0, 500, 100, 800), Box(0, 50, 100, 80)]
    whole.parts = [
        Part(page=1, box=boxes[0], first_row=0),
        Part(page=2, box=boxes[1], first_row=2),
    ]
    (sheet,) = sheets(document_of(whole))
    assert [place.page for place in sheet.places] == [1, 2]
    assert len(json.loads(to_json(sheet))["rows"]) == 3


def test_spans_beyond_belief_take_no_memory() -> None:
    cells = [Cell(row=0, column=0, row_span=10**9, column_span=10**9, text="x"), Cell(row=1, column=0, text="y")]
    (sheet,) = sheets(document_of(Table(cells=cells, row_count=2, column_count=1)))
    assert to_csv(sheet) == b"x\r\ny\r\n"
