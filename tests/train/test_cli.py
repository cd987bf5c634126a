"""``docparse train`` as a user runs it."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from docparse.synth import SynthPage
from docparse.train.network import make_network
from docparse.train.vocabulary import Vocabulary
from tests.checkpoints import make_checkpoint
from tests.conftest import Run

QUICK = ("--workers", "0", "--device", "cpu", "--dtype", "float32")


def test_nano_is_trained_and_reads(docparse: Run, tmp_path: Path, page: SynthPage) -> None:
    nano = ("train", "nano", "runs", "--stage", "1", *QUICK, "--no-compile")
    first = docparse(*nano, "--steps", "1")
    assert first.code == 0, first.err
    assert first.out == b""
    assert "stage 1: step 1 (100%)" in first.messages[0]
    assert first.messages[-1] == "docparse: nano is written to runs/checkpoint"
    again = docparse(*nano, "--steps", "2", "--quiet")
    assert (again.code, again.err) == (0, "")
    rows = [json.loads(line) for line in (tmp_path / "runs/stage-1/log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [1, 2]
    Image.open(tmp_path / "runs/stage-1/curve.png").verify()
    page.image.save(tmp_path / "page.png")
    read = docparse("page.png", "--model", "runs/checkpoint", "-f", "json", "--max-new-tokens", "4")
    assert read.code in (0, 7), read.err
    (result,) = read.json["pages"]
    assert (result["engine"], result["model"]) == ("local", "checkpoint")


def test_any_state_becomes_a_checkpoint(docparse: Run, tmp_path: Path, vocabulary: Vocabulary) -> None:
    torch.save({"net": make_network(vocabulary, 0).state_dict()}, tmp_path / "state.pt")
    ran = docparse("train", "export", "state.pt", "nano")
    assert ran.code == 0, ran.err
    size = (tmp_path / "nano/model.safetensors").stat().st_size
    assert 10e6 < size < 40e6
    config = json.loads((tmp_path / "nano/config.json").read_text())
    assert config["architectures"] == ["Qwen2_5_VLForConditionalGeneration"]


def test_a_checkpoint_is_fine_tuned_on_synthetic_pages(docparse: Run, tmp_path: Path) -> None:
    make_checkpoint(tmp_path / "tiny")
    made = docparse("synth", "data", "-n", "2", "--size", "320x200", "--languages", "en", "--look", "clean", "-j", "1")
    assert made.code == 0, made.err
    (tmp_path / "data/odd.png").write_bytes(b"")
    ran = docparse("train", "finetune", "tiny", "data", "out", "--lora", "--steps", "2", "--pages", "1", *QUICK)
    assert ran.code == 0, ran.err
    assert ran.messages[0].endswith("pages, left out: 1 without truth (odd.png: there is no odd.html)")
    assert ran.messages[-1] == "docparse: the checkpoint is written to out/checkpoint"
    assert (tmp_path / "out/checkpoint/model.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nano", "x", "--minutes", "1", "--steps", "1"), 2, "give --minutes or --steps, and not both"),
        (("finetune", "3b", ".", "x"), 2, "say how long"),
        (("export", "nowhere.pt", "x"), 3, "nowhere.pt does not exist"),
    ],
)
def test_mistakes_are_told(docparse: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = docparse("train", *arguments)
    assert (ran.code, len(ran.messages)) == (code, 1)
    assert words in ran.err
