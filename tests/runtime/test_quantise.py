"""Weights in fewer bits. What needs bitsandbytes or torchao is skipped where that is not installed."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from docparse.engines.base import EnginePage, PageImage
from docparse.engines.local import LocalEngine
from docparse.errors import ModelError, UsageError
from docparse.options import Options, QuantizeName
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.model import load
from docparse.runtime.placement import Placement

from .conftest import Lessons

FLOAT32 = Placement("cpu", "float32", "")


def needs(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(package) is None, reason=f"{package} is not installed")


EACH = [
    pytest.param("4bit", marks=needs("bitsandbytes")),
    pytest.param("8bit", marks=needs("bitsandbytes")),
    pytest.param("int8", marks=needs("torchao")),
]


@pytest.mark.parametrize("how", EACH)
def test_a_reader_still_reads(reader: Path, lessons: Lessons, how: QuantizeName) -> None:
    engine = LocalEngine(Options(engine="local", model=str(reader), dtype="float32", quantize=how))
    for image, answer in lessons:
        page = EnginePage("x.png", "0", 1, 160, 120, PageImage(1, 160, 120, image), None)
        assert engine.read(page).text == answer


@pytest.mark.parametrize("how", EACH)
def test_nothing_is_printed(checkpoint: Path, how: QuantizeName) -> None:
    script = (
        "from PIL import Image\n"
        "from docparse.engines.base import EnginePage, PageImage\n"
        "from docparse.engines.local import LocalEngine\n"
        "from docparse.options import Options\n"
        f"options = Options(engine='local', model={str(checkpoint)!r}, max_new_tokens=3, quantize={how!r})\n"
        "image = PageImage(1, 90, 90, Image.new('RGB', (90, 90)))\n"
        "LocalEngine(options).read(EnginePage('', '', 1, 90, 90, image, None))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


@needs("bitsandbytes")
@pytest.mark.parametrize("how", ["4bit", "8bit"])
def test_the_memory_is_foreseen(how: QuantizeName) -> None:
    info = check(BUNDLED[NANO])
    network = load(info, FLOAT32, quantize=how).network
    taken = sum(parameter.nbytes for parameter in network.parameters())
    states = [getattr(parameter, "quant_state", None) for parameter in network.parameters()]
    taken += sum(state.absmax.nbytes for state in states if state is not None)
    assert info.weight_bytes_as("float32", how) == pytest.approx(taken, rel=0.01)
    assert info.weight_bytes_as("float32", how) < 0.7 * info.weight_bytes_as("float32")
    kept = [network.model.visual, network.lm_head, network.model.language_model.embed_tokens]
    assert {parameter.dtype for module in kept for parameter in module.parameters()} == {torch.float32}


@pytest.mark.parametrize("how", EACH)
def test_what_does_not_fit_is_told(how: QuantizeName) -> None:
    with pytest.raises(ModelError, match=rf"with --quantize {how} all of it has to fit on the GPUs, or all into"):
        load(check(BUNDLED[NANO]), FLOAT32, {"cpu": "12MiB"}, how)


@needs("bitsandbytes")
def test_a_checkpoint_that_is_quantised_is_loaded_as_it_is(reader: Path, lessons: Lessons, tmp_path: Path) -> None:
    folder = tmp_path / "quantised"
    shutil.copytree(reader, folder)
    (folder / "model.safetensors").unlink()
    load(check(reader), FLOAT32, quantize="4bit").network.save_pretrained(folder)
    info = check(folder)
    assert info.quantised == "bitsandbytes"
    assert info.weight_bytes_as("float32") == info.weight_bytes
    image, answer = lessons[0]
    engine = LocalEngine(Options(engine="local", model=str(folder), dtype="float32"))
    assert engine.read(EnginePage("x.png", "0", 1, 160, 120, PageImage(1, 160, 120, image), None)).text == answer
    with pytest.raises(UsageError, match=r"is quantised \(bitsandbytes\): leave --quantize out"):
        LocalEngine(Options(engine="local", model=str(folder), quantize="4bit"))


@pytest.mark.parametrize(
    ("how", "package"), [("4bit", "bitsandbytes"), ("8bit", "bitsandbytes"), ("int8", "torchao")]
)
def test_a_missing_library_is_told(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch, how: QuantizeName, package: str
) -> None:
    monkeypatch.setattr("docparse.runtime.quantise.find_spec", lambda name: None)
    words = rf"--quantize {how} needs the package {package}: pip install 'docparse\[quantize\]'"
    with pytest.raises(UsageError, match=words):
        LocalEngine(Options(engine="local", model=str(checkpoint), quantize=how))


def test_a_quantised_checkpoint_whose_library_is_missing_is_told(checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "aqlm"
    shutil.copytree(checkpoint, folder)
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "aqlm", "in_group_size": 8}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"cannot be loaded: .*aqlm"):
        load(check(folder), FLOAT32)


def test_more_than_is_meant_is_not_counted(checkpoint: Path) -> None:
    info = check(checkpoint)
    # 3 layers of width 64: query and output 64 × 64, key and value 64 × 32, three of the MLP 64 × 128.
    assert info.matrices == 3 * 64 * (64 + 64 + 32 + 32 + 3 * 128)
    assert info.weight_bytes_as("bfloat16", "8bit") == 2 * info.parameters - info.matrices
