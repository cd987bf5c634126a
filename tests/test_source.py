"""What a file is comes from its content."""

import io
import os
import threading
from pathlib import Path

import pytest
from PIL import Image

from docparse import InputError
from docparse.source import open_source, sniff
from tests.conftest import SAMPLES


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("JPEG2000", "image/jp2"),
    ],
)
def test_every_supported_kind_of_image_is_known(tmp_path: Path, form: str, media_type: str) -> None:
    path = tmp_path / "wrongly-named.pdf"
    Image.new("RGB", (20, 20), "red").save(path, form)
    with open_source(path) as source:
        assert source.media_type == media_type


def test_a_pdf_may_begin_with_junk_and_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"junk\n" * 50 + (SAMPLES / "report.pdf").read_bytes())
    with open_source(path) as source:
        assert source.is_pdf
        assert source.size == path.stat().st_size
        assert len(source.sha256) == 64


@pytest.mark.parametrize("head", [b"", b"hello", b"<html>", b"PK\x03\x04", b"\x00\x01\x02", b"RIFF0000WAVE"])
def test_other_things_are_not_supported(head: bytes) -> None:
    assert sniff(head) is None


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = (SAMPLES / "scan.png").read_bytes()
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    with open_source(pipe) as source:
        assert source.path.read_bytes() == content
    writer.join()
    assert not source.path.exists(), "the temporary copy is left"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"%PDF-1.7 ...")))
    with open_source("-") as source:
        assert source.name == "stdin"
        assert source.is_pdf


def test_errors_of_the_body_are_not_taken_for_errors_of_the_file() -> None:
    with pytest.raises(OSError, match="of the body"), open_source(SAMPLES / "report.pdf"):
        raise OSError("of the body")


def test_a_path_that_cannot_be() -> None:
    with pytest.raises(InputError), open_source("a\0b"):
        pass
