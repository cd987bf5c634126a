"""The state of a training, in one file: written whole or not at all, and read to start from or to go on."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import InputError, ModelError, OutputError
from ..runtime.checkpoint import first_line

NAME = "state.pt"
Weights = dict[str, dict[str, torch.Tensor]]


@dataclass
class State:
    """``weights`` are by part (``net``, ``aux``), ``optimisers`` in their order, ``seconds`` what it took so far."""

    task: str
    """What was being learnt; a state of another task cannot be resumed."""
    seed: int
    step: int
    seconds: float
    weights: Weights
    optimisers: list[dict[str, Any]]
    random: list[torch.Tensor]
    """torch's generators: the CPU's and, where there is one, the GPU's."""

    def save(self, folder: Path) -> None:
        """
        Raises:
            OutputError: it cannot be written; what stood there before still does.
        """
        path = folder / NAME
        fresh = path.with_suffix(".new")
        try:
            # Names as in the first states that there were, so that those can still be started from.
            torch.save(
                {
                    **self.weights,
                    "opts": self.optimisers,
                    "step": self.step,
                    "used": self.seconds,
                    "task": self.task,
                    "seed": self.seed,
                    "random": self.random,
                },
                fresh,
            )
            fresh.replace(path)
        # torch tells of a full disk as RuntimeError.
        except (OSError, RuntimeError) as error:
            raise OutputError(f"cannot write {path}: {first_line(error)}") from error

    @classmethod
    def load(cls, folder: Path) -> "State | None":
        """The state that stands in a folder; None where there is none.

        Raises:
            InputError: it cannot be read, or is none to go on from.
        """
        path = folder / NAME
        if not path.exists():
            return None
        held = _read(path)
        try:
            names = ("opts", "step", "used", "task", "seed", "random")
            optimisers, step, seconds, task, seed, random = (held.pop(name) for name in names)
        except KeyError as error:
            raise InputError(f"{path} is no state that can be gone on from: it has no {error}") from None
        return cls(task, seed, step, seconds, held, optimisers, random)


def random_state() -> list[torch.Tensor]:
    return [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]


def set_random_state(states: list[torch.Tensor]) -> None:
    torch.set_rng_state(states[0])
    if len(states) == 1 + torch.cuda.device_count():
        torch.cuda.set_rng_state_all(states[1:])


def start_from(path: Path, network: Any, heads: nn.Module) -> list[dict[str, Any]]:
    """Take nano's weights from a state file, a training's folder, or a checkpoint's folder.

    A state is a dict of ``net`` and, where it has them, ``aux`` (the auxiliary heads) and ``opts``. Heads that are
    not there stay as they are. The result is what the state's optimisers have gathered; nothing from a checkpoint.

    Raises:
        InputError: there is no such thing, or it cannot be read.
        ModelError: it is of another shape.
    """
    if path.is_dir() and (path / NAME).exists():
        path = path / NAME
    if not path.exists():
        raise InputError(f"{path} does not exist")
    try:
        if path.is_dir():
            _take(network, _read_checkpoint(path))
            return []
        held = _read(path)
        if "net" not in held:
            raise InputError(f"{path} holds no weights of nano")
        network.load_state_dict(held["net"])
        if "aux" in held:
            heads.load_state_dict(held["aux"])
        gathered: list[dict[str, Any]] = held.get("opts", [])
        return gathered
    except RuntimeError as error:
        raise ModelError(f"{path} is not of nano's shape: {first_line(error)}") from error


def _take(network: Any, weights: dict[str, torch.Tensor]) -> None:
    missing, unexpected = network.load_state_dict(weights, strict=False)
    # The output layer is the embedding's.
    if wrong := [*unexpected, *(name for name in missing if name != "lm_head.weight")]:
        raise RuntimeError(f"{wrong[0]} is missing or too much")


def _read_checkpoint(folder: Path) -> dict[str, torch.Tensor]:
    from ..runtime.checkpoint import check
    from ..runtime.model import load
    from ..runtime.placement import Placement

    loaded = load(check(folder), Placement("cpu", "float32", "training has weights in float32"))
    weights: dict[str, torch.Tensor] = loaded.network.state_dict()
    return weights


def _read(path: Path) -> dict[str, Any]:
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise InputError(f"{path} cannot be read: {first_line(error)}") from error
    if not isinstance(held, dict):
        raise InputError(f"{path} holds no state of a training")
    return held
