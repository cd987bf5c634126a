"""Small stages of nano: the real code on networks and pages that take seconds."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

from docparse.synth import SynthPage, SynthSettings, make_page
from docparse.train.batches import Canvas, Crops, Pages
from docparse.train.recipe import Pace, Stage
from docparse.train.vocabulary import Vocabulary

# With more of them, steps this small take forty times as long beside any other work on the machine.
torch.set_num_threads(1)

_CROPS = Crops((("en", 1.0),), width=64, height=32, count=2)
_PAGES = Pages(
    (Canvas(256, 96, count=1, tokens=160),), looks=("clean",), languages=("en",), figures=0.0, full=0.2, short=0.5
)
SEEING = Stage(1, "seeing", Pace(rate=3e-3, warm_up=2), minutes=1, seeing=_CROPS)
READING = Stage(2, "reading", Pace(3e-3, 2), minutes=1, seeing=_CROPS, looks=2, reading=_PAGES, joint_every=0)
WHOLE = replace(READING, number=3, name="pages", looks=1, joint_every=2, frozen_steps=1)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary()


@pytest.fixture(scope="session")
def page() -> SynthPage:
    """A fragment with headings, paragraphs and entities."""
    return make_page(5, SynthSettings(size=(448, 256), languages=("en",), figures=0.0))


HEADING = '<html><body>\n<h1 data-bbox="20 20 90 36">Title</h1>\n</body></html>'
PARAGRAPH = '<html><body>\n<p data-bbox="20 20 90 50">A line and more</p>\n</body></html>'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of two pages with their truth, to fine-tune on."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, html, text in (("a", HEADING, "Title"), ("b", PARAGRAPH, "A line\nand more")):
        image = Image.new("RGB", (160, 120), "white")
        ImageDraw.Draw(image).text((20, 20), text, fill="black")
        image.save(folder / f"{name}.png")
        (folder / f"{name}.html").write_text(html)
    return folder
