"""Our decoding against plain ``generate`` of transformers, token for token."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from docparse.document import StopReason
from docparse.errors import ModelError
from docparse.runtime.attention import as_in_transformers
from docparse.runtime.checkpoint import check
from docparse.runtime.decoder import Decoder
from docparse.runtime.images import Patches, to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement, devices, has_bfloat16, place
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.sequence import Clock, Job, Sequence
from tests.checkpoints import make_checkpoint

FLOAT32 = Placement("cpu", "float32", "tests compare tokens")


@pytest.fixture(scope="module", params=["fused", "by transformers"])
def model(request: pytest.FixtureRequest, checkpoint: Path) -> LoadedModel:
    loaded = load(check(checkpoint), FLOAT32)
    return loaded if request.param == "fused" else replace(loaded, fused=None)


def question(model: LoadedModel, size: tuple[int, int]) -> tuple[list[int], Patches]:
    values = np.random.default_rng(size[0]).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    patches = to_patches(Image.fromarray(values), model.image_settings)
    return prompt_tokens(model.tokenizer, "Read.", "QwenVL HTML", patches.token_count(2)), patches


def answer(model: LoadedModel, size: tuple[int, int], limit: int = 40, seconds: float = 60) -> Sequence:
    prompt, patches = question(model, size)
    sequence = Sequence(prompt, limit, Clock(seconds))
    Decoder(model, slots=1).write([Job(sequence, patches)])
    return sequence


def generated(model: LoadedModel, size: tuple[int, int], limit: int = 40) -> Any:
    prompt, patches = question(model, size)
    tokens = torch.tensor([prompt])
    with as_in_transformers(model.network):
        return model.network.generate(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            pixel_values=torch.from_numpy(patches.values),
            image_grid_thw=torch.tensor([patches.grid]),
            mm_token_type_ids=(tokens == model.network.config.image_token_id).int(),
            do_sample=False,
            # What a checkpoint states of penalties is for chat.
            repetition_penalty=1.0,
            max_new_tokens=limit,
            output_logits=True,
            return_dict_in_generate=True,
        )


@pytest.mark.parametrize("size", [(56, 56), (120, 90), (64, 200), (300, 300)])
def test_tokens_equal_those_of_generate(model: LoadedModel, size: tuple[int, int]) -> None:
    ours = answer(model, size)
    theirs = generated(model, size)
    tokens = theirs.sequences[0, len(ours.prompt) :].tolist()
    assert ours.tokens == [token for token in tokens if token not in model.end_tokens]
    assert len(ours.tokens) > 1
    for logprob, token, logits in zip(ours.logprobs, tokens, theirs.logits, strict=False):
        assert logprob == pytest.approx(logits[0].float().log_softmax(-1)[token].item(), abs=1e-4)


def test_a_stated_penalty_and_sampling_are_left_out(model: LoadedModel, checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chatty"
    shutil.copytree(checkpoint, folder)
    file = folder / "generation_config.json"
    stated = {"do_sample": True, "temperature": 0.7, "repetition_penalty": 1.05}
    file.write_text(json.dumps(json.loads(file.read_text()) | stated))
    chatty = load(check(folder), FLOAT32)
    assert chatty.network.generation_config.repetition_penalty == 1.05
    assert answer(chatty, (120, 90)).tokens == answer(model, (120, 90)).tokens


def test_the_limit_is_a_stop_reason(model: LoadedModel) -> None:
    sequence = answer(model, (56, 56), limit=3)
    assert (len(sequence.tokens), sequence.stop_reason) == (3, StopReason.LENGTH)
    assert all(math.isfinite(value) and value <= 0 for value in sequence.logprobs)


def test_the_deadline_holds_in_the_middle_of_an_answer(model: LoadedModel) -> None:
    sequence = answer(model, (56, 56), limit=100_000, seconds=0.3)
    assert sequence.stop_reason is StopReason.TIMEOUT
    assert sequence.tokens


def test_numbers_that_overflow_are_told(checkpoint: Path) -> None:
    model = replace(load(check(checkpoint), FLOAT32), fused=None, fused_prompt=None)
    model.network.lm_head.weight.fill_(math.nan)
    sequence = answer(model, (56, 56))
    assert "give --dtype float32" in str(sequence.error)
    assert sequence.stop_reason is None


def test_an_end_token_ends_the_answer_and_is_not_part_of_it(model: LoadedModel) -> None:
    usual = answer(model, (56, 56), limit=5)
    ending = replace(model, end_tokens=frozenset([usual.tokens[2]]))
    sequence = answer(ending, (56, 56), limit=5)
    assert sequence.stop_reason is StopReason.END
    assert sequence.tokens == usual.tokens[: usual.tokens.index(usual.tokens[2])]


def test_shards_and_offload_give_the_same_tokens(model: LoadedModel, tmp_path: Path) -> None:
    expected = answer(model, (120, 90)).tokens
    sharded = make_checkpoint(tmp_path / "sharded", shards=3)
    assert answer(load(check(sharded), FLOAT32), (120, 90)).tokens == expected
    # Too little memory for all layers: accelerate leaves the rest on the disk.
    offloaded = load(check(sharded), FLOAT32, {"cpu": "900KB"})
    assert "disk" in set(map(str, offloaded.network.hf_device_map.values()))
    assert answer(offloaded, (120, 90)).tokens == expected


def test_bfloat16_loads(checkpoint: Path) -> None:
    loaded = load(check(checkpoint), Placement("cpu", "bfloat16", ""))
    assert loaded.network.dtype is torch.bfloat16
    assert answer(loaded, (56, 56), limit=3).tokens


def test_a_device_that_is_not_there_is_refused() -> None:
    if "cuda:0" in devices():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ModelError, match="this machine has cpu"):
        place("cuda:0", "auto")


def test_the_choice_of_arithmetic_has_a_reason() -> None:
    assert place("cpu", "auto").dtype in ("bfloat16", "float32")
    small = place("cpu", "auto", 7_000_000)
    assert (small.dtype, "the same" in small.why) == ("float32", True)
    assert (small.prompt_dtype, "prompts" in small.why) == (("bfloat16", True) if has_bfloat16() else (None, False))
    assert place("cpu", "float32", 7_000_000).prompt_dtype is None
    assert place("cpu", "float32") == Placement("cpu", "float32", "--dtype float32")


def test_an_answer_goes_on_from_its_beginning_without_the_refused_token(model: LoadedModel) -> None:
    whole = answer(model, (120, 90))
    prompt, patches = question(model, (120, 90))
    half = len(whole.tokens) // 2
    same = Sequence(prompt + whole.tokens[:half], 40 - half, Clock(60))
    other = Sequence(prompt + whole.tokens[:half], 40 - half, Clock(60), refused=whole.tokens[half])
    Decoder(model, slots=2, length=whole.longest).write([Job(same, patches), Job(other, patches)])
    assert same.tokens == whole.tokens[half:]
    assert other.tokens[0] != whole.tokens[half]


def test_drawn_tokens_are_the_same_each_time(model: LoadedModel) -> None:
    prompt, patches = question(model, (120, 90))
    drawn = [Sequence(prompt, 40, Clock(60), temperature=temperature) for temperature in (2.0, 2.0, 0.01)]
    for sequence in drawn:
        Decoder(model, slots=1).write([Job(sequence, patches)])
    hot, again, cold = (sequence.tokens for sequence in drawn)
    assert hot == again
    assert hot != cold
    assert cold == answer(model, (120, 90)).tokens
