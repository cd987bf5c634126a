"""The vision tower against that of transformers as it is."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.images import Patches, to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement
from docparse.runtime.vision import NAME, PatchProjection


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load(check(BUNDLED[NANO]), Placement("cpu", "float32", "tests compare numbers"))


@pytest.fixture
def tower(model: LoadedModel) -> Iterator[Any]:
    tower = model.network.model.visual
    assert tower.config._attn_implementation == NAME
    assert model.network.config.text_config._attn_implementation == "sdpa"
    assert isinstance(tower.patch_embed.proj, PatchProjection)
    yield tower
    tower.config._attn_implementation = NAME
    tower.patch_embed.proj.__class__ = PatchProjection


def features(tower: Any, patches: Patches, attention: str, projection: type = PatchProjection) -> Tensor:
    tower.config._attn_implementation = attention
    tower.patch_embed.proj.__class__ = projection
    with torch.inference_mode():
        seen: Tensor = tower(torch.from_numpy(patches.values), grid_thw=torch.tensor([patches.grid])).pooler_output
    return seen


# Windows are 128 pixels both ways.
@pytest.mark.parametrize("size", [(256, 256), (144, 128), (400, 300), (64, 48), (144, 272)])
def test_the_numbers_are_those_of_the_loop(model: LoadedModel, tower: Any, size: tuple[int, int]) -> None:
    values = np.random.default_rng(size[0]).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    patches = to_patches(Image.fromarray(values), model.image_settings)
    ours, theirs = features(tower, patches, NAME), features(tower, patches, "sdpa", torch.nn.Conv3d)
    assert theirs.std() > 0.01
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))
