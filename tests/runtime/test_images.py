"""Our patches against those of transformers' own processor."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize as qwen_smart_resize

from docparse.errors import ModelError, PageError
from docparse.runtime.images import ImageSettings, smart_resize, to_patches


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    values = np.random.default_rng(width * height).integers(0, 256, (height, width, 4), dtype=np.uint8)
    image = Image.fromarray(values)
    return image.convert("RGB").convert("P") if mode == "P" else image.convert(mode)


@pytest.mark.parametrize(
    ("width", "height", "mode"),
    [
        (28, 28, "RGB"),
        (100, 60, "RGB"),
        (333, 517, "L"),
        (1240, 1755, "RGB"),
        (2000, 40, "1"),
        (9, 700, "RGB"),
        (301, 207, "RGBA"),
        (301, 207, "LA"),
        (301, 207, "P"),
        (301, 207, "CMYK"),
    ],
)
@pytest.mark.parametrize("patch_size", [14, 8])
def test_patches_equal_those_of_transformers(width: int, height: int, mode: str, patch_size: int) -> None:
    settings = ImageSettings(patch_size=patch_size, min_pixels=56 * 56, max_pixels=600 * 600)
    image = noise(width, height, mode)
    theirs = Qwen2VLImageProcessorPil(
        patch_size=patch_size, size={"shortest_edge": settings.min_pixels, "longest_edge": settings.max_pixels}
    )(image, return_tensors="np")
    ours = to_patches(image, settings)
    assert [list(ours.grid)] == theirs["image_grid_thw"].tolist()
    assert ours.values.dtype == np.float32
    np.testing.assert_array_equal(ours.values, theirs["pixel_values"])
    assert ours.size == (ours.grid[2] * patch_size, ours.grid[1] * patch_size)


@pytest.mark.parametrize(
    "stated", [{"do_normalize": False}, {"do_rescale": False}, {"image_mean": 0.5}, {"resample": 2}]
)
def test_settings_mean_what_they_mean_to_transformers(tmp_path: Path, stated: dict[str, object]) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(stated))
    image = noise(120, 90)
    theirs = Qwen2VLImageProcessorPil(**stated)(image, return_tensors="np")
    np.testing.assert_array_equal(to_patches(image, ImageSettings.load(tmp_path)).values, theirs["pixel_values"])


def test_the_size_is_that_of_transformers() -> None:
    settings = ImageSettings(min_pixels=56 * 56, max_pixels=1_000_000)
    for width in range(10, 3000, 97):
        for height in range(10, 3000, 83):
            if max(width, height) <= 200 * min(width, height):
                theirs = qwen_smart_resize(height, width, 28, settings.min_pixels, settings.max_pixels)
                assert smart_resize(width, height, settings) == theirs[::-1]


def test_the_size_keeps_within_the_limits_and_is_whole_tokens() -> None:
    settings = ImageSettings(min_pixels=56 * 56, max_pixels=1_000_000)
    for width in range(10, 3000, 331):
        for height in range(10, 3000, 277):
            if max(width, height) <= 200 * min(width, height):
                size = smart_resize(width, height, settings)
                assert size[0] % 28 == size[1] % 28 == 0
                assert settings.min_pixels <= size[0] * size[1] <= settings.max_pixels


def test_a_ribbon_is_refused() -> None:
    with pytest.raises(PageError, match="more than 200 times as long as wide"):
        to_patches(noise(3, 700), ImageSettings())


def test_both_forms_of_the_limits_are_read(tmp_path: Path) -> None:
    file = tmp_path / "preprocessor_config.json"
    file.write_text('{"min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14}')
    old = ImageSettings.load(tmp_path)
    file.write_text('{"size": {"shortest_edge": 3136, "longest_edge": 12845056}}')
    assert (old.min_pixels, old.max_pixels) == (3136, 12845056)
    assert ImageSettings.load(tmp_path) == old


def test_limits_that_are_asked_for_win() -> None:
    limited = ImageSettings(min_pixels=3136, max_pixels=12845056).limited(None, 2000)
    assert (limited.min_pixels, limited.max_pixels) == (2000, 2000)


def test_settings_may_stand_in_the_file_of_the_processor(tmp_path: Path) -> None:
    (tmp_path / "processor_config.json").write_text('{"image_processor": {"size": {"longest_edge": 99999}}}')
    assert ImageSettings.load(tmp_path).max_pixels == 99999


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"patch_size": "wide"}',
        '{"patch_size": 0}',
        '{"min_pixels": 5000, "max_pixels": 4000}',
        '{"image_mean": [0.5]}',
        '{"resample": 77}',
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "preprocessor_config.json").write_text(content)
    with pytest.raises(ModelError, match=r"preprocessor_config\.json cannot be understood"):
        ImageSettings.load(tmp_path)
