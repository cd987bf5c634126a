"""The cells of an image, one a token, and which characters stand in each: what the dense supervision teaches."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .vocabulary import CHARACTERS

CELL = 16
"""Pixels, both ways, that one token of the image sees: patches of 8, 2 by 2 of them merged."""
SLOTS = 6
"""Characters that one cell can hold for the dense supervision: six of the narrowest at the smallest size."""
SLOT_INDEX = {character: index + 1 for index, character in enumerate(CHARACTERS)}
"""What the dense head calls a character; 0 is none."""
CLASSES = len(CHARACTERS) + 1


def fill_slots(
    characters: Sequence[str],
    centres: npt.NDArray[np.floating],
    lines: npt.NDArray[np.integer],
    grid: tuple[int, int],
) -> npt.NDArray[np.int16]:
    """Each character to the cell that holds its centre: ``int16 [down, across, SLOTS]`` of ``SLOT_INDEX``.

    ``centres`` are pixels ``[n, 2]`` (x, y). Within a cell they stand line after line, left to right; those outside
    of the ``grid`` (down, across), and more than ``SLOTS`` in a cell, are left out.
    """
    slots = np.zeros((*grid, SLOTS), np.int16)
    used = np.zeros(grid, np.int64)
    places = np.floor(centres / CELL).astype(np.int64)
    for index in np.lexsort((centres[:, 0], lines)):
        column, row = places[index]
        if 0 <= row < grid[0] and 0 <= column < grid[1] and used[row, column] < SLOTS:
            slots[row, column, used[row, column]] = SLOT_INDEX.get(characters[index], 0)
            used[row, column] += 1
    return slots
