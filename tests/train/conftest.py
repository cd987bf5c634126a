"""Small stages of nano: the real code on networks and pages that take seconds."""

from dataclasses import replace

import pytest
import torch

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
