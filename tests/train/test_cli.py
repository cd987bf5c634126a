"""``docparse train`` as a user runs it."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.checkpoints import make_checkpoint
from tests.conftest import Run

# See conftest.py.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
QUICK = ("--workers", "0", "--device", "cpu", "--dtype", "float32")


def test_nano_is_trained(docparse: Run, tmp_path: Path) -> None:
    nano = ("train", "nano", "runs", "--stage", "1", "--steps", "1", "--no-compile")
    first = docparse(*nano, *QUICK, env=ONE_THREAD)
    assert first.code == 0, first.err
    assert first.out == b""
    assert "stage 1: step 1 (100%)" in first.messages[0]
    assert first.messages[-1] == "docparse: nano is written to runs/checkpoint"
    (row,) = (tmp_path / "runs/stage-1/log.jsonl").read_text().splitlines()
    assert json.loads(row)["step"] == 1
    Image.open(tmp_path / "runs/stage-1/curve.png").verify()
    exported = docparse("train", "export", "runs/stage-1", "nano", env=ONE_THREAD)
    assert (exported.code, exported.err) == (0, "")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("runs/checkpoint", "nano")]
    assert weights[0] == weights[1]
    assert 10e6 < len(weights[0]) < 40e6


def test_a_checkpoint_is_fine_tuned(docparse: Run, tmp_path: Path, data: Path) -> None:
    make_checkpoint(tmp_path / "tiny")
    (data / "odd.png").write_bytes(b"")
    tune = ("train", "finetune", "tiny", "data", "out", "--lora", "--steps", "2", "--pages", "1")
    ran = docparse(*tune, *QUICK, env=ONE_THREAD)
    assert ran.code == 0, ran.err
    assert ran.messages[0] == "docparse: data: 2 pages, left out: 1 without truth (odd.png: there is no odd.html)"
    assert ran.messages[-1] == "docparse: the checkpoint is written to out/checkpoint"
    assert (tmp_path / "out/checkpoint/model.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nano", "x", "--minutes", "1", "--steps", "1"), 2, "give --minutes or --steps, and not both"),
        (("finetune", "3b", ".", "x"), 2, "say how long"),
    ],
)
def test_mistakes_are_told(docparse: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = docparse("train", *arguments)
    assert (ran.code, len(ran.messages)) == (code, 1)
    assert words in ran.err
