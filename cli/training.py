"""How training is told while it goes on: a bar where stderr is a terminal, else a line now and then."""

import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from docparse.train.task import Progress

_FIGURES = ("answer", "read", "placed", "pointed", "tokens", "dense", "seen")
_PAUSE = 10.0
"""Seconds between two lines."""


def told(progress: "Progress") -> str:
    """One line."""
    figures = " ".join(f"{name} {progress.means[name]:.3f}" for name in _FIGURES if name in progress.means)
    return (
        f"step {progress.step} ({min(1.0, progress.share):.0%}) {progress.minutes:.1f} min "
        f"{progress.seconds_a_step:.2f} s/step {figures} rate {progress.means['rate']:.2g}"
    )


class Lines:
    """For a log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last = -_PAUSE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, progress: "Progress") -> None:
        from . import console

        if progress.share >= 1 or time.monotonic() - self._last >= _PAUSE:
            self._last = time.monotonic()
            console.note(f"{self._name}: {told(progress)}")


class Bar:
    """For a terminal."""

    def __init__(self, name: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self._bars: Bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[told]}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar = self._bars.add_task(name, total=1.0, told="")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, progress: "Progress") -> None:
        self._bars.update(self._bar, completed=progress.share, told=told(progress))
