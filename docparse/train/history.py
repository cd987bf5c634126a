"""What happened at each step: a line of JSON a step, and the curves as a picture."""

import json
import os
from pathlib import Path
from typing import Any

import torch

from ..errors import OutputError
from ..export.files import write_bytes, write_text
from .curve import draw

LOG, CURVE = "log.jsonl", "curve.png"
Row = dict[str, float]
"""``step`` (from 1), ``minutes``, ``rate``, then the losses and shares of the task."""


class History:
    """The steps so far. What a step tells stays on its device until ``flush``, so that a GPU need not wait for us."""

    def __init__(self, folder: Path, step: int) -> None:
        """What the folder's log tells of steps after ``step`` is forgotten: they will be done again.

        Raises:
            OutputError: the log cannot be written.
        """
        self._folder = folder
        self._waiting: list[tuple[Row, dict[str, Any]]] = []
        self.rows = [row for row in _rows(folder / LOG) if row["step"] <= step]
        write_text(folder / LOG, "".join(map(_line, self.rows)))

    def add(self, step: int, minutes: float, rate: float, told: dict[str, Any]) -> None:
        """``told`` are scalars, tensors of one device."""
        self._waiting.append(({"step": step, "minutes": round(minutes, 4), "rate": rate}, told))

    def flush(self) -> list[Row]:
        """Write the steps since the last time; those steps.

        Raises:
            OutputError: the log cannot be written.
        """
        if not self._waiting:
            return []
        # One copy from the device for all of them.
        values = torch.stack([torch.stack([*map(torch.Tensor.float, told.values())]) for _, told in self._waiting])
        new = [
            row | dict(zip(told, numbers, strict=True))
            for (row, told), numbers in zip(self._waiting, values.tolist(), strict=True)
        ]
        self._waiting.clear()
        self.rows += new
        try:
            with (self._folder / LOG).open("a", encoding="utf-8") as stream:
                stream.writelines(map(_line, new))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise OutputError(f"cannot write {self._folder / LOG}: {error.strerror}") from error
        return new

    def draw(self, title: str) -> None:
        """
        Raises:
            OutputError: the picture cannot be written.
            UsageError: matplotlib is missing.
        """
        write_bytes(self._folder / CURVE, draw(self.rows, title))


def _line(row: Row) -> str:
    return json.dumps(row) + "\n"


def _rows(path: Path) -> list[Row]:
    try:
        text = path.read_text("utf-8")
    except OSError:
        return []
    rows = []
    for line in text.splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:  # the last one, if the machine went down while it was written
            break
    return rows
