"""Small models in few calls: the numbers are those of transformers' own modules."""

from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from docparse.options import SYSTEM_PROMPT, USER_PROMPT, DtypeName
from docparse.runtime.cache import SlotCache
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.decode import Lane
from docparse.runtime.fused import can_fuse
from docparse.runtime.fused_prompt import FusedPrompt
from docparse.runtime.images import to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement
from docparse.runtime.prefill import prefill
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.schedule import GROUP
from docparse.runtime.sequence import Clock, Job, Sequence
from tests.conftest import SAMPLES

CPU = torch.device("cpu")
SLOTS, LENGTH = GROUP + 3, 64


@pytest.fixture(scope="module", params=["nano", "made"])
def model(request: pytest.FixtureRequest, checkpoint: Path) -> LoadedModel:
    return loaded(BUNDLED[NANO] if request.param == "nano" else checkpoint)


def loaded(checkpoint: Path, dtype: DtypeName = "float32") -> LoadedModel:
    return load(check(checkpoint), Placement("cpu", dtype, "tests compare numbers"))


def steps(model: LoadedModel, width: int, count: int) -> torch.Tensor:
    """``[steps, sequences, tokens, vocabulary]`` of sequences that are as long as they are many, in random caches."""
    random = torch.Generator().manual_seed(5)
    lane = Lane(model, deque(), SLOTS)
    lane._cache = SlotCache(SLOTS, LENGTH)
    config = model.network.config.get_text_config()
    shape = SLOTS, config.num_key_value_heads, LENGTH, config.hidden_size // config.num_attention_heads
    for layer in range(config.num_hidden_layers):
        lane._cache._stored[layer] = torch.randn(shape, generator=random), torch.randn(shape, generator=random)
    found = []
    with torch.inference_mode():
        for step in range(3):
            starts = torch.tensor([[9 + 4 * slot + step * width, -3 * slot] for slot in range(count)])
            tokens = torch.randint(0, config.vocab_size, (count, width), generator=random)
            found.append(lane._logits_after(tokens, starts, int(starts[:, 0].max()) + width))
    return torch.stack(found)


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("count", [1, SLOTS])
def test_the_numbers_are_those_of_the_network(model: LoadedModel, width: int, count: int) -> None:
    assert model.fused is not None
    theirs = steps(replace(model, fused=None), width, count)
    torch.testing.assert_close(steps(model, width, count), theirs, atol=2e-4, rtol=1e-4)
    assert theirs.std() > 0.1


def after_prompt(model: LoadedModel, size: tuple[int, int]) -> tuple[list[torch.Tensor], list[float]]:
    """Keys and values of the prompt over so large a part of the scanned sample, and how probable its first token was;
    the token itself is told by the last number."""
    image = Image.open(SAMPLES / "scan.png").convert("RGB").crop((130, 375, 130 + size[0], 375 + size[1]))
    patches = to_patches(image, model.image_settings)
    merge = model.image_settings.merge_size
    prompt = prompt_tokens(model.tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(merge))
    sequence = Sequence(prompt, 9, Clock(600))
    cache = SlotCache(1, len(prompt))
    prefill(model, Job(sequence, patches), cache, 0).hand_out([sequence], frozenset())
    stored = [tensor for _, pair in sorted(cache._stored.items()) for tensor in pair]
    return stored, [*sequence.logprobs, *sequence.tokens, sequence.offset]


# One window and less, windows of four shapes, and as much as a piece has.
SIZES = [(64, 32), (128, 128), (300, 200), (448, 256), (32, 448)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_prompt_leaves_what_the_network_leaves(model: LoadedModel, size: tuple[int, int]) -> None:
    assert model.fused_prompt is not None
    theirs, said = after_prompt(replace(model, fused_prompt=None), size)
    ours, we_said = after_prompt(model, size)
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=2e-4, rtol=1e-4)
    assert we_said == pytest.approx(said, abs=1e-4)


def test_products_in_bfloat16_are_as_far_off_as_the_network_s() -> None:
    exact = loaded(BUNDLED[NANO])
    theirs = replace(exact, prompt_dtype=torch.bfloat16, fused_prompt=None)
    ours = replace(exact, fused_prompt=FusedPrompt(exact.network, torch.bfloat16))
    off = [
        max(
            float((one - other).abs().mean())
            for one, other in zip(stored, after_prompt(exact, SIZES[3])[0], strict=True)
        )
        for stored, _ in (after_prompt(theirs, SIZES[3]), after_prompt(ours, SIZES[3]))
    ]
    assert 0 < off[1] < 1.5 * off[0]


def test_weights_in_other_arithmetic_are_left_to_transformers(checkpoint: Path) -> None:
    assert loaded(checkpoint).fused is not None
    other = loaded(checkpoint, "bfloat16")
    assert (other.fused, other.fused_prompt) == (None, None)


def test_what_it_does_not_compute_is_left_to_transformers(model: LoadedModel) -> None:
    config = model.network.config.get_text_config()
    assert can_fuse(model.network, CPU)
    assert not can_fuse(model.network, torch.device("cuda:0"))
    kept = config.layer_types
    try:
        config.layer_types = [*kept[:-1], "sliding_attention"]
        assert not can_fuse(model.network, CPU)
    finally:
        config.layer_types = kept


class Packed(torch.Tensor):
    """As libraries hold quantised weights: it says that it is float32."""


def test_quantised_weights_are_left_to_transformers(checkpoint: Path) -> None:
    network = loaded(checkpoint).network
    assert can_fuse(network, CPU)
    linear = network.model.language_model.layers[0].mlp.down_proj
    linear.weight = torch.nn.Parameter(linear.weight.data.as_subclass(Packed), requires_grad=False)
    assert linear.weight.dtype is torch.float32
    assert not can_fuse(network, CPU)
