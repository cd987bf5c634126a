"""What is wrong with a folder is told by name."""

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from docparse.errors import ModelError
from docparse.runtime.checkpoint import BUNDLED, NANO, cached, check, locate, name_of
from tests.checkpoints import make_checkpoint


def test_a_whole_checkpoint(checkpoint: Path) -> None:
    info = check(checkpoint)
    assert info.dtype == "F32"
    assert info.shards == 1
    assert info.weight_bytes == 4 * info.parameters
    assert info.context_length == 2048
    assert info.quantised is None
    assert info.architecture == "Qwen2_5_VLForConditionalGeneration"
    assert (info.image_settings.patch_size, info.image_settings.merge_size) == (14, 2)


def test_shards_are_counted_together(checkpoint: Path, tmp_path: Path) -> None:
    sharded = check(make_checkpoint(tmp_path / "sharded", shards=3))
    assert sharded.shards >= 3
    assert sharded.parameters == check(checkpoint).parameters


def break_type(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "llama"}))


def forget_type(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    del config["model_type"]
    (folder / "config.json").write_text(json.dumps(config))


def halve_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.json").write_text("{}")


def break_patches(folder: Path) -> None:
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    (folder / "preprocessor_config.json").write_text(json.dumps(settings | {"patch_size": 16}))


def weights(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / "model.safetensors").write_bytes(content)


def header(content: bytes) -> Callable[[Path], object]:
    return weights(struct.pack("<Q", len(content)) + content)


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
        (weights(b""), "is no safetensors file"),
        (weights(b"not weights"), "is no safetensors file"),
        (weights(b"version https://git-lfs.github.com/spec/v1\n"), "is a Git LFS pointer"),
        (header(b"[]"), "is no safetensors file"),
        (header(b"{}"), "its safetensors files are empty"),
        (header(b'{"a": {"data_offsets": [0, 4]}}'), "is no safetensors file"),
        (forget_type, "has no model_type"),
        (halve_tokenizer, "has half a tokenizer"),
        (break_patches, "contradicts itself: patch and merge size are 14 and 2 in config.json, but 16 and 2"),
        (lambda folder: (folder / "preprocessor_config.json").write_text("{"), "cannot be understood"),
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


def test_an_alias_is_no_folder_that_happens_to_be_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nano").mkdir()
    assert locate("nano") == BUNDLED[NANO]
    assert locate("./nano") == Path("nano")


def test_neither_folder_nor_alias() -> None:
    with pytest.raises(ModelError, match="none of the aliases nano, 3b, 7b"):
        locate("8b")


def cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hugging Face cache, and a hub that cannot be reached."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return folder


def test_what_is_not_in_the_cache_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache(tmp_path, monkeypatch)
    with pytest.raises(ModelError, match=r"Qwen/Qwen2\.5-VL-3B-Instruct is not in the local cache .* HF_HUB_OFFLINE"):
        locate("3b")
    assert cached() == []


def test_a_hub_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache(tmp_path, monkeypatch)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)

    def fail(*_: object, local_files_only: bool = False, **__: object) -> str:
        raise FileNotFoundError if local_files_only else ConnectionResetError("nobody there\nsecond line")

    monkeypatch.setattr("huggingface_hub.snapshot_download", fail)
    with pytest.raises(ModelError, match=r"cannot be fetched from \S+ \(nobody there\): run it again"):
        locate("some/model")


def test_what_is_in_the_cache_is_found(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = cache(tmp_path, monkeypatch)
    model = hub / "models--Qwen--Qwen2.5-VL-3B-Instruct"
    snapshot = model / "snapshots" / ("0" * 40)
    shutil.copytree(checkpoint, snapshot)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("0" * 40)
    assert cached() == [("Qwen/Qwen2.5-VL-3B-Instruct", snapshot)]
    assert locate("3B") == locate("Qwen/Qwen2.5-VL-3B-Instruct") == snapshot
    # Only half of a download is here: it is found, so that check() can say what is missing.
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="has no weights"):
        check(locate("3b"))


def test_of_several_versions_the_main_one_counts(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = cache(tmp_path, monkeypatch) / "models--someone--fine-tuned--twice"
    for version in "123":
        shutil.copytree(checkpoint, model / "snapshots" / version)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("2")
    assert cached() == [("someone/fine-tuned--twice", model / "snapshots" / "2")]


def test_a_checkpoint_is_called_what_people_call_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert name_of(Path("models/nano/")) == "nano"
    assert name_of(tmp_path / "models--Qwen--Qwen2.5-VL-3B-Instruct/snapshots/0a") == "Qwen/Qwen2.5-VL-3B-Instruct"
    monkeypatch.chdir(tmp_path)
    assert name_of(Path()) == tmp_path.name


@pytest.mark.parametrize("name", ["~nobody-by-that-name/x", "./nothing", "a/b/c", "bad id/with space"])
def test_names_that_are_nothing_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache(tmp_path, monkeypatch)
    with pytest.raises(ModelError):
        locate(name)
