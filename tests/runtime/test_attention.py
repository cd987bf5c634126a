"""Our attention and projection of patches against those of transformers."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from docparse.runtime.attention import GROUPS, WINDOWS, PatchProjection, as_in_transformers, attend_in_groups
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.images import Patches, to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load(check(BUNDLED[NANO]), Placement("cpu", "float32", "tests compare numbers"))


def features(model: LoadedModel, patches: Patches) -> Tensor:
    with torch.inference_mode():
        grid = torch.tensor([patches.grid])
        seen: Tensor = model.network.model.visual(torch.from_numpy(patches.values), grid_thw=grid).pooler_output
    return seen


def test_ours_are_used_after_loading_and_theirs_when_asked(model: LoadedModel) -> None:
    vision = model.network.model.visual
    text = model.network.model.language_model.layers[0].self_attn.config
    assert (vision.config._attn_implementation, text._attn_implementation) == (WINDOWS, GROUPS)
    assert isinstance(vision.patch_embed.proj, PatchProjection)
    with as_in_transformers(model.network):
        assert (vision.config._attn_implementation, text._attn_implementation) == ("sdpa", "sdpa")
        assert not isinstance(vision.patch_embed.proj, PatchProjection)
    assert (vision.config._attn_implementation, text._attn_implementation) == (WINDOWS, GROUPS)


# Windows are 128 pixels both ways.
@pytest.mark.parametrize("size", [(256, 256), (144, 128), (400, 300), (64, 48), (144, 272)])
def test_what_the_vision_tower_gives_is_what_it_gave(model: LoadedModel, size: tuple[int, int]) -> None:
    values = np.random.default_rng(size[0]).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    patches = to_patches(Image.fromarray(values), model.image_settings)
    ours = features(model, patches)
    with as_in_transformers(model.network):
        theirs = features(model, patches)
    assert theirs.std() > 0.01
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))


@pytest.mark.parametrize("tokens", [1, 4])
@pytest.mark.parametrize("masked", [False, True])
def test_heads_in_groups_see_what_each_saw(tokens: int, masked: bool) -> None:
    """Six heads on two heads of keys, three sequences, nine keys."""
    torch.manual_seed(0)
    seen = 9 if masked or tokens == 1 else tokens
    query = torch.randn(3, 6, tokens, 8)
    key, value = torch.randn(3, 2, seen, 8), torch.randn(3, 2, seen, 8)
    mask = torch.rand(3, 1, tokens, seen) < 0.5 if masked else None
    if mask is not None:
        mask[..., 0] = True
    ours, _ = attend_in_groups(torch.nn.Identity(), query, key, value, mask, scaling=0.3)
    shown = mask if masked else torch.ones(tokens, seen, dtype=torch.bool).tril(seen - tokens)
    scores = 0.3 * query @ key.repeat_interleave(3, dim=1).transpose(2, 3)
    weights = scores.masked_fill(~shown, -torch.inf).softmax(-1)
    theirs = (weights @ value.repeat_interleave(3, dim=1)).transpose(1, 2)
    torch.testing.assert_close(ours, theirs)
