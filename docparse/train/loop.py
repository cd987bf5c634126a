"""The training loop: anything that is a ``Task``, for some minutes or steps, resumable to the step."""

import math
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import ModelError, OutputError, UsageError
from .batches import stream
from .history import History, Row
from .interrupt import Interrupt
from .optimise import set_rate
from .recipe import Pace
from .state import State, Weights, random_state, set_random_state

_TELL_EVERY = 10
"""Steps."""
_CLIP = 1.0
"""Norm of all gradients."""


@dataclass
class Task:
    """What is to be learnt."""

    name: str
    """With all that must be the same for a state to fit, such as ``nano stage 2``."""
    loss: nn.Module
    """``forward(batch, step)`` gives a ``losses.Loss``; it holds all modules that run."""
    optimisers: list[torch.optim.Optimizer]
    pace: Pace
    make: Callable[[int, int], Any]
    """The batch of a seed and an index: a dataclass of numpy arrays."""
    weights: Callable[[], Weights]
    """What a state keeps of the modules."""
    take: Callable[[Weights], None]
    """The reverse."""
    accumulate: int = 1
    """Batches a step."""


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
    """Processes that make batches; 0 for none beside this one."""
    save_minutes: float = 5.0
    save_steps: int | None = None
    """Save each so many steps too."""

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise UsageError("give --minutes or --steps, and not both")

    def share(self, step: int, seconds: float) -> float:
        """How much of the run is done; 1 and more at its end."""
        return step / self.steps if self.steps is not None else seconds / 60 / (self.minutes or 1e-9)


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


def train(task: Task, run: Run, tell: Callable[[Progress], None] = lambda progress: None) -> Outcome:
    """Go on where the folder's state ended, or begin; save now and then, at the end, and when interrupted.

    The task's modules are on the run's device afterwards.

    Raises:
        UsageError: the folder holds the state of another task or seed, or packages are missing.
        ModelError: the loss is no number any more, or there is no such device.
        OutputError: the folder cannot be written.
        KeyboardInterrupt: after the state was saved.
    """
    state = _resumed(task, run)
    loss, accelerator = _prepared(task, run)
    step = resumed_at = state.step if state else 0
    before = state.seconds if state else 0.0
    if state is None:
        torch.manual_seed(run.seed)
    else:
        task.take(state.weights)
        for optimiser, held in zip(task.optimisers, state.optimisers, strict=True):
            optimiser.load_state_dict(held)
        set_random_state(state.random)
    history = History(run.folder, step)
    started = told_at = saved_at = time.monotonic()
    told_step = step

    def seconds() -> float:
        return before + time.monotonic() - started

    def save() -> None:
        """The figures first: what is no number is never saved."""
        report()
        State(
            task.name,
            run.seed,
            step,
            seconds(),
            task.weights(),
            [optimiser.state_dict() for optimiser in task.optimisers],
            random_state(),
        ).save(run.folder)
        history.draw(f"{task.name}, seed {run.seed}")

    def report() -> None:
        nonlocal told_at, told_step
        if rows := history.flush():
            means = _means(rows)
            now = time.monotonic()
            a_step = (now - told_at) / (step - told_step)
            told_at, told_step = now, step
            tell(Progress(step, run.share(step, seconds()), seconds() / 60, means, a_step))

    first = step * task.accumulate
    with Interrupt() as interrupt, closing(stream(task.make, run.seed, first, run.workers)) as batches:
        while (share := run.share(step, seconds())) < 1:
            rate = task.pace.at(step, share)
            set_rate(task.optimisers, rate)
            told = _step(task, loss, accelerator, batches, step)
            step += 1
            history.add(step, seconds() / 60, rate, told)
            if interrupt.asked:
                save()
                raise KeyboardInterrupt
            if step % _TELL_EVERY == 0:
                report()
            if time.monotonic() - saved_at > run.save_minutes * 60 or (run.save_steps and step % run.save_steps == 0):
                save()
                saved_at = time.monotonic()
    if step > resumed_at or state is None:
        save()
    return Outcome(step, seconds() / 60, resumed_at, history.rows)


def _resumed(task: Task, run: Run) -> State | None:
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write to {run.folder}: {error.strerror}") from error
    state = State.load(run.folder)
    if state is not None and (state.task, state.seed) != (task.name, run.seed):
        raise UsageError(
            f"{run.folder} holds the state of {state.task} with seed {state.seed}, not of {task.name} with seed "
            f"{run.seed}: give another folder"
        )
    return state


def _prepared(task: Task, run: Run) -> tuple[Any, Any]:
    """The loss on its device and in its arithmetic, and accelerate."""
    from accelerate import Accelerator

    from ..runtime.placement import devices

    wanted = "cuda:0" if run.device == "cuda" else run.device
    if wanted not in ("auto", *devices()):
        raise ModelError(f"--device {run.device}: there is none; this machine has {', '.join(devices())}")
    if wanted.startswith("cuda"):
        torch.cuda.set_device(wanted)
    accelerator = Accelerator(cpu=wanted == "cpu", mixed_precision="bf16" if run.bfloat16 else "no")
    if accelerator.num_processes > 1:
        raise UsageError("training is one process: start docparse train without accelerate launch")
    return accelerator.prepare(task.loss), accelerator


def _step(task: Task, loss: Any, accelerator: Any, batches: Iterable[Any], step: int) -> dict[str, torch.Tensor]:
    """One step; the means of what its batches tell."""
    told: list[dict[str, torch.Tensor]] = []
    for optimiser in task.optimisers:
        optimiser.zero_grad(set_to_none=True)
    for _, batch in zip(range(task.accumulate), batches, strict=False):
        result = loss(_on(batch, accelerator.device), step)
        accelerator.backward(result.total / task.accumulate)
        told.append(result.told)
    learning = [p for optimiser in task.optimisers for group in optimiser.param_groups for p in group["params"]]
    accelerator.clip_grad_norm_(learning, _CLIP)
    for optimiser in task.optimisers:
        optimiser.step()
    return {name: torch.stack([one[name] for one in told]).mean() for name in told[0]}


def _on(batch: Any, device: Any) -> Any:
    tensors = {field.name: torch.from_numpy(getattr(batch, field.name)) for field in fields(batch)}
    return replace(batch, **{name: tensor.to(device, non_blocking=True) for name, tensor in tensors.items()})


def _means(rows: list[Row]) -> Row:
    """
    Raises:
        ModelError: a figure is no number.
    """
    means = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    for name, mean in means.items():
        if not math.isfinite(mean):
            raise ModelError(
                f"{name} is no number any more at step {rows[-1]['step']:.0f}: begin another folder from the last "
                "state (--init) with a lower --rate"
            )
    return means
