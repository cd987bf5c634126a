"""Fine-tuning of a small checkpoint, made here, on a folder of pages."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from docparse.errors import InputError, ModelError
from docparse.runtime.checkpoint import check
from docparse.train.export import CHECKPOINT
from docparse.train.finetune import Tuner, Tuning
from docparse.train.folder import FolderPages, Model, find_pages, rescaled
from docparse.train.task import Run
from tests.checkpoints import make_checkpoint

from .conftest import HEADING, PARAGRAPH

FULL, LORA = Tuning(rate=3e-3, pages=2), Tuning(lora_rank=8, rate=2e-2, pages=2)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("finetune") / "tiny")


def run_of(folder: Path, steps: int) -> Run:
    return Run(folder, steps=steps, device="cpu", bfloat16=False, workers=0)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_file(folder / "model.safetensors"))


@pytest.mark.parametrize("tuning", [FULL, LORA], ids=["full", "lora"])
def test_the_loss_falls_and_a_checkpoint_comes_out(
    checkpoint: Path, data: Path, tmp_path: Path, tuning: Tuning
) -> None:
    run = run_of(tmp_path / "out", 25)
    tuner = Tuner.open(checkpoint, data, tuning, run)
    outcome = tuner.train(run)
    losses = [row["answer"] for row in outcome.rows]
    assert sum(losses[-3:]) < 0.7 * sum(losses[:3])
    folder = tuner.export(run)
    assert folder == tmp_path / "out" / CHECKPOINT
    before, after = weights(checkpoint), weights(folder)
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name].bfloat16(), after[name])}
    if tuning is LORA:
        assert changed
        assert all(".layers." in name and "_proj" in name and "visual" not in name for name in changed)
    else:
        assert any("visual" in name for name in changed)
        assert any("embed_tokens" in name for name in changed)
    # What was learnt is in the file: the loss on the pages is what it was in the end.
    again = run_of(tmp_path / "again", 1)
    first = Tuner.open(folder, data, replace(tuning, lora_rank=None), again).train(again).rows[0]["answer"]
    assert first == pytest.approx(losses[-1], rel=0.2)
    assert check(folder).image_settings == check(checkpoint).image_settings


@pytest.mark.parametrize("tuning", [FULL, LORA], ids=["full", "lora"])
def test_a_run_that_was_interrupted_goes_on(checkpoint: Path, data: Path, tmp_path: Path, tuning: Tuning) -> None:
    def tuned(name: str, steps: int, pause: bool = False) -> list[float]:
        run = run_of(tmp_path / name, steps)

        def stop(_: object) -> None:
            raise KeyboardInterrupt

        tuner = Tuner.open(checkpoint, data, tuning, replace(run, save_steps=2))
        if pause:
            with pytest.raises(KeyboardInterrupt):
                tuner.train(replace(run, save_steps=1), stop)
            return []
        rows = tuner.train(run).rows
        tuner.export(run)
        return [row["answer"] for row in rows]

    whole = tuned("whole", 3)
    tuned("parts", 3, pause=True)
    parts = tuned("parts", 3)
    assert parts == whole
    ours, theirs = weights(tmp_path / "whole" / CHECKPOINT), weights(tmp_path / "parts" / CHECKPOINT)
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())


@pytest.mark.parametrize("tuning", [FULL, LORA], ids=["full", "lora"])
def test_activations_that_are_computed_anew_change_nothing(
    checkpoint: Path, data: Path, tmp_path: Path, tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = []
    for name, large in (("kept", 10**9), ("anew", 0)):
        monkeypatch.setattr("docparse.train.finetune._LARGE", large)
        run = run_of(tmp_path / name, 2)
        tuner = Tuner.open(checkpoint, data, tuning, run)
        anew = [module for module in tuner.network.modules() if getattr(module, "gradient_checkpointing", False)]
        assert bool(anew) is (name == "anew")
        rows.append([row["answer"] for row in tuner.train(run).rows])
    assert rows[0] == pytest.approx(rows[1], abs=1e-5)


def test_what_cannot_be_learnt_from_is_left_out(checkpoint: Path, data: Path) -> None:
    info = check(checkpoint)
    model = Model(checkpoint, info.image_settings, info.context_length)
    (data / "c.png").write_bytes(b"no picture")
    (data / "c.html").write_text(HEADING)
    for name, html in (("d", "<p data-bbox='1 2 3'>x"), ("e", PARAGRAPH.replace("more", "more " * 900)), ("f", "")):
        Image.new("L", (60, 60)).save(data / f"{name}.jpg")
        if html:
            (data / f"{name}.html").write_text(html)
    found = find_pages(data, model)
    assert [page.image.name for page in found.pages] == ["a.png", "b.png"]
    assert found.left_out == {"unreadable": 1, "malformed": 1, "too long": 1, "without truth": 1}
    assert found.example.startswith("c.png: cannot identify image file")
    for path in data.glob("[ab].*"):
        path.unlink()
    with pytest.raises(InputError, match=r"no page that can be learnt from \(c.png"):
        find_pages(data, model)
    with pytest.raises(InputError, match="is no folder"):
        find_pages(data / "nowhere", model)


def test_a_page_is_asked_for_as_the_engine_does(checkpoint: Path, data: Path) -> None:
    info = check(checkpoint)
    model = Model(checkpoint, info.image_settings, info.context_length)
    pages = tuple(find_pages(data, model).pages)
    make = FolderPages(pages, model)
    seen = [make(0, index) for index in range(8)]
    for epoch in range(4):
        lengths = {batch.answer.shape[1] for batch in seen[2 * epoch : 2 * epoch + 2]}
        assert len(lengths) == 2  # each page once
    assert (seen[0].tokens[0, -seen[0].answer.shape[1] :] == seen[0].answer[0]).all()
    assert seen[0].values.shape[0] == seen[0].grid.prod()
    _, answer = model.tokens(pages[0])
    # 160 × 120 pixels are seen as 168 × 112.
    assert answer == _ids(checkpoint, rescaled(HEADING, 168 / 160, 112 / 120)) + _ids(checkpoint, "<|im_end|>")


def test_boxes_are_those_of_the_image_that_the_model_sees() -> None:
    html = '<p data-bbox="10 20.4 30 40">10 20</p>'
    assert rescaled(html, 2.0, 0.5) == '<p data-bbox="20 10 60 20">10 20</p>'


def test_a_quantised_checkpoint_is_refused(checkpoint: Path, data: Path, tmp_path: Path) -> None:
    config = json.loads((checkpoint / "config.json").read_text()) | {"quantization_config": {"quant_method": "awq"}}
    folder = tmp_path / "quantised"
    folder.mkdir()
    for path in checkpoint.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="is quantised"):
        Tuner.open(folder, data, FULL, run_of(tmp_path / "out", 1))


def _ids(checkpoint: Path, text: str) -> list[int]:
    from transformers import AutoTokenizer

    ids: list[int] = AutoTokenizer.from_pretrained(checkpoint)(text, add_special_tokens=False)["input_ids"]
    return ids
