"""``docparse bench`` as a user runs it."""

import json
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run


def test_every_way_writes_the_same(docparse: Run) -> None:
    ran = docparse("bench", SAMPLES / "report.pdf", "--pages", "2", "--max-new-tokens", "24", "--json")
    assert ran.code == 0, ran.err
    ways = [json.loads(line) for line in ran.out.splitlines()]
    assert [way["name"] for way in ways] == ["generate", "page by page, no drafts", "page by page, drafts"]
    assert all(way["equal"] for way in ways)
    assert len({way["tokens"] for way in ways}) == 1
    assert ways[0]["passes"] >= ways[1]["passes"] > ways[2]["passes"]
    assert ways[1]["proposed"] == 0
    assert 0 < ways[2]["acceptance"] <= 1
    assert all(way["peak_bytes"] is None or way["peak_bytes"] > 1e7 for way in ways)


def test_a_table_for_people_and_several_files(docparse: Run) -> None:
    ran = docparse("bench", SAMPLES / "receipt.png", SAMPLES / "receipt.png", "--max-new-tokens", "2")
    assert ran.code == 0, ran.err
    assert "tokens/s" in ran.text
    assert "all at once, drafts" in ran.text


@pytest.mark.parametrize("name", ["none.pdf", "text.pdf"])
def test_what_cannot_be_read(docparse: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "text.pdf").write_text("no PDF")
    ran = docparse("bench", tmp_path / name)
    assert ran.code == 3
    assert len(ran.messages) == 1
