"""The steps of small models in few calls: the numbers are those of transformers' own decoder."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from docparse.options import DtypeName
from docparse.runtime.cache import SlotCache
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.decode import Lane
from docparse.runtime.fused import can_fuse
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement
from docparse.runtime.schedule import GROUP

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
    lane = Lane(model, None, SLOTS)  # type: ignore[arg-type]  # nobody waits
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


def test_weights_in_other_arithmetic_are_left_to_transformers(checkpoint: Path) -> None:
    assert loaded(checkpoint).fused is not None
    assert loaded(checkpoint, "bfloat16").fused is None


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
