"""Where a page image has ink; the rules apart from the text, the height and the slant of the text."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Mask = npt.NDArray[np.bool_]
"""``[height, width]``: true where there is ink."""

_COARSE = 8
"""Pixels, both ways, that are looked at as one for the tone of the paper."""
_FAINTEST = 24
"""Difference from the paper's tone below which nothing counts as ink; of 255."""
_SHARE_OF_CONTRAST = 0.4
_NEIGHBOURHOOD = 7
_FEWEST = 14
"""Pixels of ink within 7 pixels around one of them, at the least."""
DASH = 6
"""The same for what stands beside a line of text: a dash before an item is less than a letter."""
_LONGEST_LETTER = 60
"""Pixels; a stroke longer than this, and longer than three times the text is high, is no letter's."""
_WIDEST_LETTER = 30
"""Pixels inside."""
_LARGEST_SLANT = 5.0
"""Degrees."""

_BREAK = 2
"""Pixels that an upright rule may be broken by; between two lines of text there are more."""
_THIN = 4
"""Pixels; such a rule is no broader."""

# What lies beside the paper.
_SHADE = 0.5
"""Of the paper's tone; what is darker where the image ends is no paper."""
_LONGEST_CUT = 100
"""Pixels along an edge of the image that something printed, which the edge cuts, is dark at the most."""
_PENUMBRA = 6
"""Pixels between the shade and the paper."""

# What is a picture.
_DARK = 0.65
"""Of the paper's tone."""
_MOST_DARK = 0.6
"""Of the page: more is a page in a bad light."""
_SMALLEST = 9
"""Tiles of 8 pixels, both ways."""
_UNEVEN = 10.0
"""Difference between neighbouring tiles, of 255."""
_SPARSE = 0.03
"""Share of a dark field that is ink, below which half that unevenness will do: print has more."""
_TONES = 30
"""Between the tones of such a field, where it is not uneven but drawn in several; of 255."""
_BARE = 60
"""Pixels of ink below which a dark field has no text."""


def ink(gray: npt.NDArray[np.uint8], fewest: int = _FEWEST) -> Mask:
    """Pixels that differ from the paper around them, darker or lighter, where there are at least ``fewest`` of them
    together. ``gray`` is ``[height, width]``."""
    difference = np.abs(gray.astype(np.int16) - paper(gray))
    contrast = float(np.percentile(difference[::2, ::2], 99.5))
    return _without_specks(difference > max(_FAINTEST, _SHARE_OF_CONTRAST * contrast), fewest)


def without_shade(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """With the paper's tone in place of the dark strips that a scanner or camera leaves around the page."""
    paper = np.percentile(gray[::4, ::4], 75)
    dark = gray < _SHADE * paper
    shade = np.zeros_like(dark)
    for turns in range(4):
        # From the left edge to the right, then the same for the other edges.
        inward, found = np.rot90(dark, turns), np.rot90(shade, turns)
        for first, end in stretches(inward[:, 0]):
            if end - first > _LONGEST_CUT:
                reach = np.where(inward[first:end].all(axis=1), inward.shape[1], inward[first:end].argmin(axis=1))
                # The corners of the strip are no longer dark to the edge's very pixel.
                rows = slice(max(0, first - _PENUMBRA), end + _PENUMBRA)
                reach = np.pad(reach, (first - rows.start, min(rows.stop, len(inward)) - end), mode="edge")
                found[rows] |= np.arange(inward.shape[1]) < reach[:, None] + _PENUMBRA
    return np.where(shade, np.uint8(paper), gray) if shade.any() else gray


def paper(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    """The paper's tone at each pixel, that of a dark field as far as it is wider than a letter."""
    tones = Image.fromarray(_tile_tones(gray)).filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.BoxBlur(1))
    large = tones.resize((tones.width * _COARSE, tones.height * _COARSE), Image.Resampling.BILINEAR)
    return np.asarray(large)[: gray.shape[0], : gray.shape[1]].astype(np.int16)


def _tile_tones(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The tone of each 8×8 pixels that a quarter of them surpass: of text that of its paper, without its noise."""
    height, width = gray.shape
    edges = ((0, -height % _COARSE), (0, -width % _COARSE))
    tiles = np.pad(gray, edges, mode="edge").reshape(-(-height // _COARSE), _COARSE, -(-width // _COARSE), _COARSE)
    pixels = tiles.transpose(0, 2, 1, 3).reshape(tiles.shape[0], tiles.shape[2], -1)
    return np.ascontiguousarray(np.sort(pixels, axis=2)[:, :, round(0.75 * _COARSE**2)])


def _without_specks(mask: Mask, fewest: int) -> Mask:
    """Without what is too little, and too far from everything else, to be a letter."""
    around = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(_NEIGHBOURHOOD))
    share = fewest / (2 * _NEIGHBOURHOOD + 1) ** 2
    kept: Mask = mask & (np.asarray(around) >= 255 * share)
    return kept


def run_lengths(mask: Mask) -> npt.NDArray[np.int32]:
    """For each pixel with ink, how many follow each other up and down around it; 0 elsewhere. ``[height, width]``."""
    height = mask.shape[0]
    index = np.arange(height, dtype=np.int32)[:, None]
    above = np.maximum.accumulate(np.where(mask, np.int32(-1), index), axis=0)
    below = np.minimum.accumulate(np.where(mask, np.int32(height), index)[::-1], axis=0)[::-1]
    return np.where(mask, below - above - 1, 0).astype(np.int32)


def stretches(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where ``flags`` (``[n]``) are set one after the other: first and last + 1 of each stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def text_height(mask: Mask) -> float | None:
    """Pixels that most of the text is high, from the line's foot to about the top of its small letters.

    Letters are joined to words across gaps; then the height of a word's ink is measured at each pixel. None where
    there is nothing that looks like text.
    """
    # Rules and dark fields are no letters.
    letters = mask & (run_lengths(mask.T).T <= _LONGEST_LETTER)
    found: float | None = _WIDEST_LETTER / 1.2
    # Gaps are to be closed that are as wide as letters are inside: more each time is known of how wide that is.
    for _ in range(3):
        if found is not None:
            found = _word_height(letters, max(4, round(1.2 * found)))
    return found


def _word_height(letters: Mask, gap: int) -> float | None:
    runs = run_lengths(_close_gaps(letters, gap))
    heights = np.arange(_LONGEST_LETTER + 1)
    counts = np.bincount(runs[(runs >= 4) & (runs <= _LONGEST_LETTER)].ravel(), minlength=len(heights))
    # Each run once, not once a pixel: large letters would count for more than small ones.
    weights = counts / np.maximum(heights, 1)
    half = float(weights.sum()) / 2
    if half < 20:
        return None
    # The median, as if the runs of one height were spread evenly over a pixel's breadth.
    middle = int(np.searchsorted(weights.cumsum(), half))
    return middle - 0.5 + (half - float(weights[:middle].sum())) / float(weights[middle])


def _close_gaps(mask: Mask, longest: int) -> Mask:
    """With the gaps filled, from left to right, that are no longer than ``longest`` pixels."""
    gaps = run_lengths(~mask.T).T
    closed: Mask = mask | ((gaps > 0) & (gaps <= longest))
    return closed


def without_rules(mask: Mask, height: float) -> tuple[Mask, Mask, Mask]:
    """The text, the long strokes across, and the upright ones; ``height`` is that of the text in pixels."""
    longest = max(_LONGEST_LETTER, 5 * height)
    strokes = run_lengths(mask.T).T
    across: Mask = strokes > 1.5 * longest
    # In a scan they lean, and have breaks.
    beside = mask.copy()
    beside[:, 1:] |= mask[:, :-1]
    beside[:, :-1] |= mask[:, 1:]
    leaning = (strokes <= _THIN) & (run_lengths(_close_gaps(beside.T, _BREAK).T) > longest)
    upright: Mask = (run_lengths(mask) > longest) | (mask & leaning)
    return mask & ~across & ~upright, across, upright


def slant(mask: Mask) -> float:
    """Degrees by which lines of text fall to the right, at most 5: where the rows of ink stand out most sharply.

    Source: W. Postl, "Detection of linear oblique structures and skew scan in digitized documents", ICPR 1986.
    """
    rows, columns = np.nonzero(mask)
    if len(rows) > 120_000:
        every = -(-len(rows) // 120_000)
        rows, columns = rows[::every], columns[::every]
    if len(rows) < 100:
        return 0.0

    def sharpness(degrees: float) -> float:
        shifted = np.rint(rows - columns * math.tan(math.radians(degrees))).astype(np.int64)
        profile = np.bincount(shifted - shifted.min()).astype(np.float64)
        return float(np.square(np.diff(profile)).sum())

    best = 0.0
    for step, count in ((0.5, round(_LARGEST_SLANT / 0.5)), (0.1, 5)):
        tried = [best + step * index for index in range(-count, count + 1)]
        best = max(tried, key=sharpness)
    return best if abs(best) >= 0.15 and sharpness(best) > 1.05 * sharpness(0.0) else 0.0


def pictures(gray: npt.NDArray[np.uint8], mask: Mask) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of the fields that are dark and uneven, as photographs are; pixels.

    ``mask`` is the ink of ``gray``. Even fields with ink on them are boxes of text.
    """
    tones = _tile_tones(gray).astype(np.int16)
    dark = tones < _DARK * np.percentile(tones, 80)
    if dark.mean() > _MOST_DARK:
        return []
    # Of the ground alone: letters are narrower.
    grounds = np.asarray(Image.fromarray(tones.astype(np.uint8)).filter(ImageFilter.MedianFilter(5)))
    down, across = np.diff(tones, axis=0, append=tones[-1:]), np.diff(tones, axis=1, append=tones[:, -1:])
    steps = np.maximum(np.abs(down), np.abs(across))
    # The step to the paper around says nothing.
    inner = dark & np.roll(dark, -1, axis=0) & np.roll(dark, -1, axis=1)
    found = []
    for rows, columns in _connected(dark):
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        if min(bottom - top, right - left) < _SMALLEST or len(rows) < 0.5 * (bottom - top) * (right - left):
            continue
        # Within its edges, which are sharp and may lie in the middle of a tile.
        inside = mask[(top + 1) * _COARSE : (bottom - 1) * _COARSE, (left + 1) * _COARSE : (right - 1) * _COARSE]
        within = inner[rows, columns]
        unevenness = steps[rows, columns][within].mean()
        if inside.mean() < _SPARSE:
            low, high = np.percentile(grounds[rows, columns], (10, 90))
            is_drawn = unevenness > _UNEVEN / 2 or high - low > _TONES
        else:
            is_drawn = unevenness > _UNEVEN
        if is_drawn or inside.sum() < _BARE:
            found.append(tuple(int(edge) * _COARSE for edge in (left, top, right, bottom)))
    return [(left, top, right, bottom) for left, top, right, bottom in found]


def _connected(mask: Mask) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Rows and columns of each group of pixels that touch along their sides."""
    left = {(int(row), int(column)) for row, column in zip(*np.nonzero(mask), strict=True)}
    while left:
        waiting = [left.pop()]
        group = []
        while waiting:
            row, column = waiting.pop()
            group.append((row, column))
            for neighbour in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if neighbour in left:
                    left.remove(neighbour)
                    waiting.append(neighbour)
        rows, columns = np.array(group).T
        yield rows, columns
