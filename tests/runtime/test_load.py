"""Loading: what is refused, where it goes, and that it is quiet."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from docparse.errors import ModelError
from docparse.runtime.checkpoint import check
from docparse.runtime.model import load
from docparse.runtime.placement import Placement, layout
from tests.checkpoints import make_checkpoint

FLOAT32 = Placement("cpu", "float32", "")


def test_weights_that_no_file_has_are_refused(tmp_path: Path) -> None:
    """transformers would fill them with random numbers."""
    folder = make_checkpoint(tmp_path / "gaps")
    weights = load_file(folder / "model.safetensors")
    name = "model.layers.1.mlp.up_proj.weight"
    assert weights.pop(name) is not None
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"1 weights are in none of its files, e\.g\. .*layers\.1\.mlp"):
        load(check(folder), FLOAT32)


@pytest.mark.parametrize("damage", ["shape", "tokenizer", "config"])
def test_what_cannot_be_loaded_is_one_line(tmp_path: Path, damage: str) -> None:
    folder = make_checkpoint(tmp_path / "damaged")
    if damage == "shape":
        weights = load_file(folder / "model.safetensors")
        weights["lm_head.weight"] = torch.zeros(3, 5)
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    elif damage == "tokenizer":
        (folder / "tokenizer.json").write_text('{"version": "1.0"}')
    else:
        config = (folder / "config.json").read_text()
        (folder / "config.json").write_text(config.replace('"num_attention_heads": 4', '"num_attention_heads": 0'))
    with pytest.raises(ModelError, match="cannot be loaded: ") as caught:
        load(check(folder), FLOAT32)
    assert "\n" not in str(caught.value)


def test_offloaded_weights_leave_nothing_behind(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    model = load(check(checkpoint), FLOAT32, {"cpu": "900KB"})
    assert list(tmp_path.glob("docparse-offload-*"))
    del model
    import gc

    gc.collect()
    assert not list(tmp_path.iterdir())


def test_an_interrupted_load_leaves_nothing_behind(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("transformers.Qwen2_5_VLForConditionalGeneration.from_pretrained", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load(check(checkpoint), FLOAT32, {"cpu": "900KB"})
    assert not list(tmp_path.iterdir())


def test_a_model_that_fits_is_not_spread() -> None:
    assert layout(FLOAT32, needed=1000, max_memory={}) is None


def test_a_model_that_does_not_fit_goes_to_what_there_is() -> None:
    memory = layout(FLOAT32, needed=10**15, max_memory={})
    assert memory is not None
    assert list(memory) == ["cpu"]


def test_what_the_user_allows_decides() -> None:
    assert layout(FLOAT32, 1000, {"cuda:1": "20GiB", "cpu": "1GiB"}) == {1: "20GiB", "cpu": "1GiB"}
    with pytest.raises(ModelError, match="tpu: that is no device"):
        layout(FLOAT32, 1000, {"tpu": "20GiB"})


def test_every_stated_end_counts(checkpoint: Path) -> None:
    model = load(check(checkpoint), FLOAT32)
    assert model.end_tokens == {model.tokenizer.convert_tokens_to_ids("<|im_end|>")}


def test_loading_and_reading_print_nothing(checkpoint: Path) -> None:
    script = (
        "import sys\n"
        "from PIL import Image\n"
        "from docparse.engines.base import EnginePage, PageImage\n"
        "from docparse.engines.local import LocalEngine\n"
        "from docparse.options import Options\n"
        f"engine = LocalEngine(Options(engine='local', model={str(checkpoint)!r}, max_new_tokens=2))\n"
        "assert not {'torch', 'transformers', 'accelerate'} & set(sys.modules)\n"
        "image = PageImage(1, 90, 90, Image.new('RGB', (90, 90)))\n"
        "engine.read(EnginePage('', '', 1, 90, 90, image, None))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
