"""What happened at each step: a line of JSON a step, and the curves as a picture."""

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ..errors import OutputError
from ..export.files import write_bytes, write_text
from ..extra import extra

LOG, CURVE = "log.jsonl", "curve.png"
Row = dict[str, float]
"""``step`` (from 1), ``minutes``, ``rate``, then the losses and shares of the task."""
LOSSES = ("answer", "pointer", "place", "dense", "page_dense")
SHARES = ("read", "tokens", "placed", "marked", "pointed", "seen", "page_seen")
_MEANINGS = {
    "answer": "answer, nats a token",
    "pointer": "pointers, nats a token",
    "place": "place, nats a cell",
    "dense": "dense on crops, nats a character",
    "page_dense": "dense on pages, nats a character",
    "read": "characters of the answer",
    "tokens": "tokens of the answer",
    "placed": "places of the answer",
    "marked": "markup and the rest",
    "pointed": "pointers",
    "seen": "characters in their cells, crops",
    "page_seen": "characters in their cells, pages",
}
_POINTS = 400
"""Of a curve; each is the mean of as many steps as there are a point."""


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


def draw(rows: Sequence[dict[str, float]], title: str) -> bytes:
    """A PNG of the rows of ``History``.

    Raises:
        UsageError: matplotlib is missing.
    """
    extra("matplotlib.backends.backend_agg", "train")
    figure = extra("matplotlib.figure", "train").Figure(figsize=(9, 7), layout="constrained")
    figure.suptitle(title)
    parts = [names for names in (LOSSES, SHARES) if any(name in row for name in names for row in rows[:1])]
    for axes, names in zip(figure.subplots(len(parts) or 1, 1, squeeze=False)[:, 0], parts, strict=False):
        for name in names:
            points = [(row["step"], row[name]) for row in rows if name in row]
            if points:
                steps, values = zip(*_thinned(points), strict=True)
                axes.plot(steps, values, label=_MEANINGS[name], linewidth=1.2)
        if names is LOSSES:
            axes.set_yscale("log")
            axes.set_ylabel("loss")
        else:
            axes.set_ylim(0, 1)
            axes.set_ylabel("share that is right")
        axes.set_xlabel("step")
        axes.grid(alpha=0.3, which="both")
        axes.legend(fontsize="small")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    return stream.getvalue()


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    size = -(-len(points) // _POINTS)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(group[-1][0], sum(value for _, value in group) / len(group)) for group in groups]
