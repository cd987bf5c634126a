"""Small checkpoints for all tests of the runtime."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.checkpoints import make_checkpoint, make_reader_of

Lessons = list[tuple[Image.Image, str]]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("checkpoint") / "tiny")


@pytest.fixture(scope="session")
def lessons() -> Lessons:
    """Two pages and what stands on them."""
    return [
        (_page("Überschrift"), '<html><body><h1 data-bbox="20 20 90 36">Überschrift €</h1></body></html>'),
        (_page("A line\nand more"), '<html><body><p data-bbox="20 20 90 50">A line and more</p></body></html>'),
    ]


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory, lessons: Lessons) -> Path:
    """A checkpoint that knows both pages."""
    return make_reader_of(tmp_path_factory.mktemp("checkpoint") / "reader", lessons)


def _page(text: str) -> Image.Image:
    image = Image.new("RGB", (160, 120), "white")
    ImageDraw.Draw(image).text((20, 20), text, fill="black")
    return image
