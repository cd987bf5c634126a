"""``docparse tables`` as a user runs it."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from docparse.document import Caption, Cell, Chart, Part, Table
from docparse.export.sheets import sheets, to_csv, to_json, to_xlsx
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
    assert [cell.value for cell in cells] == [text or None for text in [*HOSTILE, *HARMLESS]]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert all(cell.quotePrefix for cell in cells[: len(HOSTILE)])


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
