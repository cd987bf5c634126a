"""What the loop trains, and how a run of it is told: the terms between ``loop`` and those who call it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import UsageError
from .history import Row
from .recipe import Pace
from .state import Weights


@dataclass
class Turn:
    """A part of each step: batches, what is wanted of them, and who learns from it."""

    loss: nn.Module
    """``forward(batch, step)`` gives a ``losses.Loss``; it holds all modules that run."""
    make: Callable[[int, int], Any]
    """The batch of a seed and an index: a dataclass of numpy arrays."""
    learners: list[list[torch.optim.Optimizer]]
    """Some of the task's; the gradients of each list are clipped together. A parameter without stays as it is."""
    times: int = 1
    """How often in a step, each with batches of its own."""
    accumulate: int = 1
    """Batches that make one gradient."""


@dataclass
class Task:
    """What is to be learnt."""

    name: str
    """With all that must be the same for a state to fit, such as ``nano stage 2``."""
    turns: list[Turn]
    optimisers: list[torch.optim.Optimizer]
    """In the order in which a state keeps them."""
    pace: Pace
    weights: Callable[[], Weights]
    """What a state keeps of the modules."""
    take: Callable[[Weights], None]
    """The reverse."""
    begin: Callable[[], None] = lambda: None
    """Called where there is no state to go on from, once the modules are on their device."""


@dataclass(frozen=True)
class Run:
    """How long, how, and where. With ``steps`` a run that was interrupted ends with the very same weights as one that
    was not; with ``minutes`` the same batches come, but the rate falls by the clock.

    Raises:
        UsageError: not one of minutes and steps.
    """

    folder: Path
    minutes: float | None = None
    """In all, those before an interruption included."""
    steps: int | None = None
    """In all, likewise."""
    seed: int = 0
    device: str = "auto"
    bfloat16: bool = True
    """Whether products are computed in bfloat16; weights are in float32 always."""
    workers: int = 1
    """Processes that make batches, for each turn; 0 for none beside this one."""
    save_minutes: float = 5.0
    save_steps: int | None = None
    """Save each so many steps too."""

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise UsageError("give --minutes or --steps, and not both")

    def share(self, step: int, seconds: float) -> float:
        """How much of the run is done; 1 and more at its end."""
        return step / self.steps if self.steps else seconds / 60 / (self.minutes or 1e-9)


@dataclass(frozen=True)
class Progress:
    """What a watcher is told now and then. ``means`` are those of the steps since the last time."""

    step: int
    share: float
    minutes: float
    means: Row
    seconds_a_step: float


@dataclass(frozen=True)
class Outcome:
    """``resumed_at`` is the step that the run went on from, 0 for a fresh one; ``rows`` are all steps' figures."""

    step: int
    minutes: float
    resumed_at: int
    rows: list[Row]


Tell = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Nobody watches."""
