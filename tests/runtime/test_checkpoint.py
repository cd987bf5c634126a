"""What is wrong with a folder is told by name."""

import json
import shutil
from pathlib import Path

import pytest

from docparse.errors import ModelError
from docparse.runtime.checkpoint import check, locate
from tests.checkpoints import make_checkpoint


def test_a_whole_checkpoint(checkpoint: Path) -> None:
    info = check(checkpoint)
    assert info.dtype == "F32"
    assert info.shards == 1
    assert info.weight_bytes == 4 * info.parameters
    assert info.context_length == 2048
    assert info.quantised is None


def test_shards_are_counted_together(checkpoint: Path, tmp_path: Path) -> None:
    sharded = check(make_checkpoint(tmp_path / "sharded", shards=3))
    assert sharded.shards >= 3
    assert sharded.parameters == check(checkpoint).parameters


def break_type(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "llama"}))


def cut_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: shutil.rmtree(folder), "is no folder"),
        (lambda folder: (folder / "config.json").unlink(), "is no checkpoint: config.json is missing"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json cannot be read"),
        (break_type, "is no Qwen2.5-VL checkpoint: its config.json says model_type 'llama'"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "has no tokenizer"),
        (lambda folder: (folder / "preprocessor_config.json").unlink(), "has no image settings"),
        (lambda folder: (folder / "model.safetensors").unlink(), "has no weights"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"not weights"), "is no safetensors file"),
        (cut_weights, "is cut off"),
    ],
)
def test_what_is_wrong_is_named(checkpoint: Path, tmp_path: Path, damage: object, words: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(checkpoint, folder)
    damage(folder)  # type: ignore[operator]
    with pytest.raises(ModelError) as caught:
        check(folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "sharded", shards=3)
    shard = sorted(folder.glob("model-*.safetensors"))[1]
    shard.unlink()
    with pytest.raises(ModelError, match=f"{shard.name} is missing"):
        check(folder)


def test_neither_folder_nor_alias() -> None:
    with pytest.raises(ModelError, match="none of the aliases 3b, 7b"):
        locate("8b")


def test_what_is_not_in_the_cache_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=r"Qwen/Qwen2\.5-VL-3B-Instruct is not in the local cache"):
        locate("3b", download=False)
