"""Whatever is fed in, only errors of our own come out."""

import random
from pathlib import Path

import pytest

import docparse
from docparse.errors import DocparseError
from tests.conftest import SAMPLES

SOURCES = ("rotated.pdf", "receipt.png", "encrypted.pdf")


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("seed", range(4))
def test_no_exception_of_a_dependency_leaks(tmp_path: Path, name: str, seed: int) -> None:
    """Files with bytes changed, cut out or cut off."""
    chance = random.Random(f"{name}{seed}")
    data = bytearray((SAMPLES / name).read_bytes())
    for _ in range(20 * (seed + 1)):
        data[chance.randrange(20, len(data))] = chance.randrange(256)
    if seed % 2:
        del data[chance.randrange(len(data)) :]
    path = tmp_path / name
    path.write_bytes(data)
    message, pages = "", 0
    try:
        pages = len(docparse.parse(path, engine="layout", password="docparse", page_timeout=20).pages)
    except DocparseError as error:
        message = str(error)
    assert pages or message
    assert "\n" not in message


def test_the_tree_of_errors_has_a_code_each() -> None:
    errors = [getattr(docparse, name) for name in docparse.__all__ if name.endswith("Error")]
    assert len(errors) == 7
    for error in errors:
        assert issubclass(error, DocparseError)
        assert isinstance(error.exit_code, docparse.ExitCode)
