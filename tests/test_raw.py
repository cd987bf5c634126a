"""Answers that were saved are the same when they are read again."""

from pathlib import Path

from docparse.document import StopReason
from docparse.engines.base import EnginePage, ModelOutput
from docparse.engines.raw import ReplayEngine, save
from docparse.geometry import Box
from docparse.options import Options


def test_what_is_saved_is_replayed(tmp_path: Path) -> None:
    page = EnginePage("x.png", "0" * 64, 1, 600, 800, None, None)
    output = ModelOutput(
        text="<p>a b</p>",
        stop_reason=StopReason.END,
        image_size=(1200, 1600),
        engine="local",
        model="nano",
        token_logprobs=[-0.5, -0.25],
        token_ends=[4, 6],
        closed=1,
        unread=(Box(1, 2, 3, 4), Box(5, 6, 7, 8)),
        notes=("read again",),
    )
    save(tmp_path, page, output)
    assert ReplayEngine(Options(model=str(tmp_path))).read(page) == output
