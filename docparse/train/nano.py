"""Training nano: one stage of the recipe, or all of them one after the other."""

import os
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..extra import extra
from .batches import Pages
from .export import export_nano
from .loop import train
from .losses import Heads, ReadingLoss, SeeingLoss
from .network import NANO, Shape, make_network
from .optimise import nano_optimisers, take_moments
from .recipe import Stage
from .state import Weights, start_from
from .task import Outcome, Run, Task, Tell, Turn, silent
from .vocabulary import Vocabulary

_MOST_COMPILED = 64


@dataclass
class Nano:
    """The network, and what only its training needs."""

    network: Any
    heads: Heads
    vocabulary: Vocabulary

    @classmethod
    def fresh(cls, seed: int, shape: Shape = NANO) -> "Nano":
        """Weights drawn from the seed, in float32 on the CPU."""
        vocabulary = Vocabulary()
        network = make_network(vocabulary, seed, shape)
        return cls(network, Heads(shape.text_width), vocabulary)

    def start_from(self, path: Path) -> list[dict[str, Any]]:
        """See ``state.start_from``."""
        return start_from(path, self.network, self.heads)

    def weights(self) -> Weights:
        return {"net": self.network.state_dict(), "aux": self.heads.state_dict()}

    def take(self, weights: Weights) -> None:
        """
        Raises:
            RuntimeError: they are of another shape.
        """
        self.network.load_state_dict(weights["net"])
        self.heads.load_state_dict(weights["aux"])

    def export(self, folder: Path) -> None:
        """Write it as a checkpoint; it can be trained on afterwards.

        Raises:
            OutputError: the folder cannot be written, or holds something else.
        """
        export_nano(deepcopy(self.network), self.vocabulary, folder)


def stage_folder(out: Path, stage: Stage) -> Path:
    """Where a stage has its state, its log and its curves."""
    return out / f"stage-{stage.number}"


def train_stage(
    nano: Nano,
    stage: Stage,
    run: Run,
    *,
    start: Path | None = None,
    compile: bool | None = None,
    tell: Tell = silent,
) -> Outcome:
    """Train ``nano`` as a stage has it, in ``run.folder``: on from the state there, or else from ``start``.

    Args:
        start: as ``state.start_from`` takes it; None goes on with ``nano`` as it is.
        compile: whether torch.compile is used; None where it pays.

    Raises:
        DocparseError: see ``loop.train`` and ``state.start_from``.
        KeyboardInterrupt: after the state was saved.
    """
    for package in ("matplotlib", "wordfreq", "fontTools"):
        extra(package, "train")  # told now and not by a process that makes batches
    optimisers = nano_optimisers(nano.network, nano.heads, stage.tower_scale)

    def begin() -> None:
        if start is not None:
            take_moments(optimisers.all, nano.start_from(start))

    fast = _compiler(compile, run.device)
    network, heads = nano.network.train(), nano.heads
    turns = []
    if stage.reading is not None:
        reading = ReadingLoss(
            network,
            heads,
            nano.vocabulary,
            fast if isinstance(stage.reading, Pages) else _as_it_is,
            frozen_steps=stage.frozen_steps,
            joint_every=stage.joint_every,
            disturbed=stage.disturbed,
        )
        turns.append(Turn(reading, stage.reading, [optimisers.decoder, optimisers.tower]))
    if stage.seeing is not None:
        turns.append(Turn(SeeingLoss(network, heads, fast), stage.seeing, [optimisers.tower], times=stage.looks))
    task = Task(
        name=f"nano stage {stage.number} ({stage.name})",
        turns=turns,
        optimisers=optimisers.all,
        pace=stage.pace,
        weights=nano.weights,
        take=nano.take,
        begin=begin,
    )
    return train(task, run, tell)


def _has_compiler() -> bool:
    """Whether torch's compiler finds the C++ compiler that it needs on a CPU."""
    names = (os.environ.get("CXX", ""), "c++", "g++", "clang++")
    return any(name and shutil.which(name) for name in names)


def _compiler(wanted: bool | None, device: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What turns a function into a faster one for batches of a few fixed shapes.

    With ``wanted`` None that is done on a CPU with a C++ compiler; on a GPU the first steps would wait for longer
    than it gains.
    """
    on_cpu = device == "cpu" or (device == "auto" and not torch.cuda.is_available())
    if wanted or (wanted is None and on_cpu and _has_compiler()):
        # One for each canvas, with and without gradients, and not the dynamic shapes that torch turns to after eight.
        torch._dynamo.config.recompile_limit = _MOST_COMPILED
        return lambda function: torch.compile(function, dynamic=False)
    return _as_it_is


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """For batches of any shape: each would be compiled anew."""
    return function
