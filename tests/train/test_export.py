"""What training writes is an ordinary checkpoint: stock transformers and our engine read the same with it."""

import json
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
import torch
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

from docparse.engines.base import EnginePage, PageImage
from docparse.engines.local import LocalEngine
from docparse.errors import OutputError
from docparse.options import SYSTEM_PROMPT, USER_PROMPT, Options
from docparse.runtime.checkpoint import OWN_SETTINGS, check
from docparse.runtime.images import to_patches
from docparse.runtime.prompt import prompt_tokens
from docparse.synth import SynthPage
from docparse.train.nano import Nano
from docparse.train.network import TINY

LIMIT = 40


@pytest.fixture(scope="module")
def nano() -> Nano:
    return Nano.fresh(0, TINY)


@pytest.fixture(scope="module")
def checkpoint(nano: Nano, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "nano"
    nano.export(folder)
    return folder


def test_stock_transformers_loads_it(nano: Nano, checkpoint: Path) -> None:
    network, report = Qwen2_5_VLForConditionalGeneration.from_pretrained(checkpoint, output_loading_info=True)
    assert not any(report.values())
    assert network.dtype == torch.bfloat16
    ours, theirs = nano.network.state_dict(), network.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(tensor.bfloat16(), theirs[name]) for name, tensor in ours.items())
    assert all(tensor.dtype == torch.float32 for tensor in ours.values())  # it can be trained on
    info = check(checkpoint)
    assert (info.image_settings.patch_size, info.image_settings.mean) == (8, (0.5, 0.5, 0.5))
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in checkpoint.iterdir())


def test_our_engine_writes_what_generate_writes(checkpoint: Path, page: SynthPage, tmp_path: Path) -> None:
    # Of the page as a whole, and not in pieces.
    checkpoint = copytree(checkpoint, tmp_path / "whole", ignore=ignore_patterns(OWN_SETTINGS))
    network = Qwen2_5_VLForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    patches = to_patches(page.image, check(checkpoint).image_settings)
    prompt = torch.tensor([prompt_tokens(tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(2))])
    written = network.generate(
        input_ids=prompt,
        attention_mask=torch.ones_like(prompt),
        pixel_values=torch.from_numpy(patches.values),
        image_grid_thw=torch.tensor([patches.grid]),
        mm_token_type_ids=(prompt == network.config.image_token_id).int(),
        do_sample=False,
        max_new_tokens=LIMIT,
    )[0, prompt.shape[1] :]
    options = Options(model=str(checkpoint), dtype="float32", device="cpu", max_new_tokens=LIMIT)
    width, height = page.image.size
    image = PageImage(1, width, height, page.image)
    ours = LocalEngine(options).read(EnginePage("x.png", "0", 1, width, height, image, None))
    assert ours.text == tokenizer.decode(written, skip_special_tokens=True)
    assert len(ours.token_logprobs) == (written != tokenizer.eos_token_id).sum() > 1
    assert ours.image_size == (width, height)


def test_only_a_checkpoint_is_replaced(nano: Nano, checkpoint: Path, tmp_path: Path) -> None:
    (checkpoint / "left-over").touch()
    nano.export(checkpoint)
    assert not (checkpoint / "left-over").exists()
    assert json.loads((checkpoint / "config.json").read_text())["model_type"] == "qwen2_5_vl"
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="not empty and no checkpoint"):
        nano.export(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
