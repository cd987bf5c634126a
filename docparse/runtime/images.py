"""A page image to the patches that the vision tower takes, exactly as the checkpoint's own processor makes them.

Source: ``Qwen2VLImageProcessorPil`` of transformers, to which a test holds it bit for bit; done here in PIL and
numpy, since that needs neither torch nor torchvision.
"""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..errors import ModelError, PageError

SETTINGS_FILES = ("preprocessor_config.json", "processor_config.json")
"""Where a checkpoint's settings stand, the first one that is there."""
_LONGEST_RATIO = 200


@dataclass(frozen=True)
class ImageSettings:
    """From ``preprocessor_config.json``. An image is always made RGB (``do_convert_rgb``), whatever the file says."""

    patch_size: int = 14
    merge_size: int = 2
    temporal_patch_size: int = 2
    min_pixels: int = 56 * 56
    max_pixels: int = 28 * 28 * 1280
    mean: tuple[float, ...] = (0.48145466, 0.4578275, 0.40821073)
    std: tuple[float, ...] = (0.26862954, 0.26130258, 0.27577711)
    rescale_factor: float = 1 / 255
    resample: int = int(Image.Resampling.BICUBIC)

    @property
    def factor(self) -> int:
        """Both sides of the image that the model sees are multiples of this: one token is ``factor²`` pixels."""
        return self.patch_size * self.merge_size

    @classmethod
    def load(cls, path: Path) -> Self:
        """
        Raises:
            ModelError: the file is missing or makes no sense.
        """
        for name in SETTINGS_FILES:
            file = path / name
            if file.is_file():
                break
        try:
            stated = json.loads(file.read_bytes())
            # processor_config.json holds the image processor's settings one level down.
            return cls._from(stated.get("image_processor", stated))
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise ModelError(f"{file} cannot be understood: {error}") from error

    @classmethod
    def _from(cls, stated: dict[str, Any]) -> Self:
        size = stated.get("size") or {}
        default = cls()
        # Each step can be switched off; then it changes nothing.
        rescales, normalises = stated.get("do_rescale") is not False, stated.get("do_normalize") is not False
        settings = cls(
            patch_size=int(stated.get("patch_size", default.patch_size)),
            merge_size=int(stated.get("merge_size", default.merge_size)),
            temporal_patch_size=int(stated.get("temporal_patch_size", default.temporal_patch_size)),
            min_pixels=int(stated.get("min_pixels") or size.get("shortest_edge") or default.min_pixels),
            max_pixels=int(stated.get("max_pixels") or size.get("longest_edge") or default.max_pixels),
            mean=_three(stated.get("image_mean", default.mean)) if normalises else (0.0, 0.0, 0.0),
            std=_three(stated.get("image_std", default.std)) if normalises else (1.0, 1.0, 1.0),
            rescale_factor=float(stated.get("rescale_factor", default.rescale_factor)) if rescales else 1.0,
            resample=int(stated.get("resample", default.resample)),
        )
        if min(settings.patch_size, settings.merge_size, settings.temporal_patch_size, *settings.std) <= 0:
            raise ValueError("a size or deviation is not positive")
        if not 0 < settings.min_pixels <= settings.max_pixels:
            raise ValueError(f"it asks for {settings.min_pixels} to {settings.max_pixels} pixels")
        if len(settings.mean) != 3 or len(settings.std) != 3:
            raise ValueError("a mean or deviation has not three channels")
        Image.Resampling(settings.resample)
        return settings

    def limited(self, min_pixels: int | None, max_pixels: int | None) -> "ImageSettings":
        """With other limits where they are given; the upper one wins over the checkpoint's lower one."""
        most = max_pixels or self.max_pixels
        return replace(self, min_pixels=min(min_pixels or self.min_pixels, most), max_pixels=most)


@dataclass(frozen=True)
class Patches:
    """An image as the vision tower takes it.

    ``values`` is float32 ``[patches, channels × temporal_patch_size × patch_size²]``, ``grid`` the number of
    patches (frames, down, across), ``size`` (width, height) the pixels that the model saw.
    """

    values: npt.NDArray[np.float32]
    grid: tuple[int, int, int]
    size: tuple[int, int]

    def token_count(self, merge_size: int) -> int:
        return self.grid[0] * self.grid[1] * self.grid[2] // merge_size**2


def _three(value: Any) -> tuple[float, ...]:
    """One number a channel; a single one counts for all."""
    return tuple(float(number) for number in value) if isinstance(value, list | tuple) else (float(value),) * 3


def smart_resize(width: int, height: int, settings: ImageSettings) -> tuple[int, int]:
    """Width and height that the model sees: multiples of ``factor``, within the limits, about the same shape.

    Source: ``smart_resize`` of qwen-vl-utils and transformers.

    Raises:
        PageError: the image is more than 200 times as long as it is wide.
    """
    if max(height, width) > _LONGEST_RATIO * min(height, width):
        raise PageError(f"it is {width}×{height} pixels, more than {_LONGEST_RATIO} times as long as wide")
    factor = settings.factor
    new_height = round(height / factor) * factor
    new_width = round(width / factor) * factor
    if new_height * new_width > settings.max_pixels:
        shrink = math.sqrt(height * width / settings.max_pixels)
        new_height = max(factor, math.floor(height / shrink / factor) * factor)
        new_width = max(factor, math.floor(width / shrink / factor) * factor)
    elif new_height * new_width < settings.min_pixels:
        grow = math.sqrt(settings.min_pixels / (height * width))
        new_height = math.ceil(height * grow / factor) * factor
        new_width = math.ceil(width * grow / factor) * factor
    return new_width, new_height


def to_patches(image: Image.Image, settings: ImageSettings) -> Patches:
    """Resize, normalise and cut an image into patches.

    Raises:
        PageError: the image is too long and thin.
    """
    size = smart_resize(image.width, image.height, settings)
    resized = np.asarray(_rgb(image).resize(size, Image.Resampling(settings.resample)))
    table = _normalised(settings)
    # [3, height, width]
    pixels = np.stack([table[channel][resized[:, :, channel]] for channel in range(3)])
    patch, merge, frames = settings.patch_size, settings.merge_size, settings.temporal_patch_size
    down, across = size[1] // patch, size[0] // patch
    # Patches that are merged into one token stand together: down, across, then within the token.
    cut = pixels.reshape(3, down // merge, merge, patch, across // merge, merge, patch)
    cut = cut.transpose(1, 4, 2, 5, 0, 3, 6)
    # A still image fills every frame of a temporal patch.
    repeated = np.repeat(cut[:, :, :, :, :, None], frames, axis=5)
    values = np.ascontiguousarray(repeated.reshape(down * across, 3 * frames * patch * patch))
    return Patches(values, (1, down, across), size)


def _rgb(image: Image.Image) -> Image.Image:
    """Transparent parts show white paper. (What counts as transparent is what transformers takes for it.)"""
    if "A" not in image.getbands() and image.info.get("transparency") is None:
        return image.convert("RGB")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")


def _normalised(settings: ImageSettings) -> npt.NDArray[np.float32]:
    """What each of the 256 values becomes, by channel: ``[3, 256]``.

    In transformers' own order of rounding (float64 for the factor, float32 from there), so that not one bit differs.
    """
    values = (np.arange(256, dtype=np.float64) * settings.rescale_factor).astype(np.float32)
    mean, std = (np.array(of, np.float32)[:, None] for of in (settings.mean, settings.std))
    table: npt.NDArray[np.float32] = (values - mean) / std
    return table
