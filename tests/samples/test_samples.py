"""The samples are what their source makes, and each is what its row in samples/README.md says."""

import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from tests.conftest import Run

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = [
    "encrypted.pdf",
    "mixed.pdf",
    "notations.png",
    "receipt.png",
    "report.pdf",
    "rotated.pdf",
    "scan.pdf",
    "scan.png",
]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SAMPLES / "make.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def flowing(page: Any) -> str:
    """The page's text with its hyphenated line ends joined and its ligatures taken apart."""
    flags = pymupdf.TEXTFLAGS_TEXT & ~pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_DEHYPHENATE
    return " ".join(page.get_text(flags=flags).split())


def test_the_files_are_those_that_the_source_makes() -> None:
    done = make("--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_same_source_makes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert make("--output", str(tmp_path / folder)).returncode == 0
    assert sorted(path.name for path in (tmp_path / "one").iterdir() if path.is_file()) == NAMES
    for name in NAMES:
        same = (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert same == (name != "encrypted.pdf"), name


def test_check_sees_what_a_reader_would_see(tmp_path: Path) -> None:
    for name in NAMES:
        shutil.copy(SAMPLES / name, tmp_path)
    shutil.copytree(SAMPLES / "answers", tmp_path / "answers")
    (tmp_path / "rotated.pdf").write_bytes((SAMPLES / "report.pdf").read_bytes())
    (tmp_path / "receipt.png").unlink()
    scan = pymupdf.open(SAMPLES / "scan.pdf")
    scan[1].draw_line((280, 500), (300, 500), width=1.5)
    scan.save(tmp_path / "scan.pdf")
    (tmp_path / "encrypted.pdf").write_bytes(b"no PDF")
    done = make("--check", "--output", str(tmp_path))
    assert done.returncode == 1
    assert sorted(Path(line.split(": ")[0]).name for line in done.stderr.splitlines()) == [
        "encrypted.pdf",
        "receipt.png",
        "rotated.pdf",
        "scan.pdf",
    ]


def test_the_samples_are_small_and_listed() -> None:
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".pdf", ".png"))
    assert [path.name for path in files] == NAMES
    assert sum(path.stat().st_size for path in files) < 1_500_000
    table = (SAMPLES / "README.md").read_text()
    assert all(f"| `{name}` |" in table for name in NAMES)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "Eleven Winters of Ice on Lake Orrin"),
        (0, "No instrument is needed, only an observer who looks at the same bay every morning"),
        (0, "Drill three holes on a line across the wind, two metres from each other"),
        (0, "Lake Orrin1 is a good place for such a diary."),
        (1, "Table 1. The four stations and what they recorded in the winters 2012/13 to 2022/23."),
        (1, "A cold week in December therefore counts for much more than a cold week in March"),
        (1, "Figure 1. Days with ice in each winter, mean of the four stations."),
        (2, "Figure 2. Skarv Pier in February, looking north."),
        (2, "Keep the photographs, for they answer questions that nobody has asked yet."),
    ],
)
def test_report_says_what_its_source_says(number: int, sentence: str) -> None:
    assert sentence in flowing(pymupdf.open(SAMPLES / "report.pdf")[number])


def test_report_runs_over_three_pages() -> None:
    report = pymupdf.open(SAMPLES / "report.pdf")
    assert report.page_count == 3
    for number, page in enumerate(report, 1):
        text = page.get_text()
        assert "Report 14: Ice on Lake Orrin" in text
        assert f"Page {number} of 3" in text


def test_report_has_ligatures_and_hyphenated_line_ends() -> None:
    report = pymupdf.open(SAMPLES / "report.pdf")
    for page in report:
        assert "ﬁ" in page.get_text()
        assert any(line.endswith("-") for line in page.get_text().splitlines())


def test_report_has_a_ruled_table_a_chart_of_vectors_and_a_picture() -> None:
    _, second, third = pymupdf.open(SAMPLES / "report.pdf")
    [table] = second.find_tables(clip=(50, 70, 545, 225)).tables
    assert (table.row_count, table.col_count) == (7, 8)
    bars = [d for d in second.get_drawings() if d["fill"] and d["rect"].x0 > 300]
    assert len(bars) == 11
    [picture] = third.get_image_info()
    assert picture["width"] > 1000


def test_scan_is_images_only() -> None:
    scan = pymupdf.open(SAMPLES / "scan.pdf")
    assert scan.page_count == 2
    for page in scan:
        assert page.get_text() == ""
        assert len(page.get_images()) == 1


def test_scan_png_is_a_grey_page_of_150_dpi() -> None:
    with Image.open(io.BytesIO((SAMPLES / "scan.png").read_bytes())) as image:
        assert (image.mode, image.size) == ("L", (1240, 1755))
        assert [round(value) for value in image.info["dpi"]] == [150, 150]
    assert (SAMPLES / "scan.png").stat().st_size < 300_000


def test_encrypted_needs_its_password() -> None:
    letter = pymupdf.open(SAMPLES / "encrypted.pdf")
    assert letter.needs_pass
    assert not letter.authenticate("wrong")
    assert letter.authenticate("docparse")
    assert "256-bit AES" in letter.metadata["encryption"]
    assert "The key of the reading room hangs where it always did." in flowing(letter[0])


def test_notations_has_an_answer_in_which_everything_is_valid(docparse: Run) -> None:
    answers = SAMPLES / "answers"
    page = docparse(SAMPLES / "notations.png", "--engine", "replay", "--model", answers, "-f", "json").json["pages"][
        0
    ]
    assert page["problems"] == []
    assert [element["kind"] for element in page["elements"]] == [
        "heading",
        "paragraph",
        "formula",
        "chart",
        "caption",
        "chemical",
        "caption",
        "music",
    ]
    by_kind = {element["kind"]: element for element in page["elements"]}
    assert all(by_kind[kind]["valid"] for kind in ("formula", "chemical", "music"))
    assert by_kind["chemical"]["formula"] == "C8H10N4O2"
    assert [(point["category"], point["number"]) for point in by_kind["chart"]["data"]][:2] == [
        ("Mon", 84),
        ("Tue", 91),
    ]
    # The boxes hold ink, and little of it is cut.
    with Image.open(SAMPLES / "notations.png") as image:
        grey = image.convert("L")
        for element in page["elements"]:
            x0, y0, x1, y1 = map(round, element["box"])
            edge = [grey.getpixel((x, y)) for y in (y0, y1) for x in range(x0, x1)]
            assert min(grey.crop((x0, y0, x1, y1)).tobytes()) < 120, element["id"]
            assert min(edge) > 120, element["id"]


def test_rotated_is_turned_by_the_viewer() -> None:
    page = pymupdf.open(SAMPLES / "rotated.pdf")[0]
    assert page.rotation == 90
    assert page.rect.width > page.rect.height
    assert page.mediabox.width < page.mediabox.height
    assert "Winter timetable, 1 November 2023 to 31 March 2024" in flowing(page)


def test_mixed_has_one_page_of_each_kind() -> None:
    letter, form = pymupdf.open(SAMPLES / "mixed.pdf")
    assert "as a scan, because the original is needed by the glazier" in flowing(letter)
    assert form.get_text() == ""
