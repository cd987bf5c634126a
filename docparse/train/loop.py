"""The training loop: anything that is a ``Task``, for some minutes or steps, resumable to the step."""

import math
import signal
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import fields, replace
from itertools import chain, islice
from types import FrameType
from typing import Any, Self

import torch

from ..errors import ModelError, OutputError, UsageError
from .batches import stream
from .history import History, Row
from .optimise import set_rate
from .state import State, random_state, set_random_state
from .task import Outcome, Progress, Run, Task, Tell, Turn, silent

_TELL_EVERY = 10
"""Steps."""
_CLIP = 1.0
"""Norm of the gradients of those who learn together."""


def train(task: Task, run: Run, tell: Tell = silent) -> Outcome:
    """Go on where the folder's state ended, or begin; save now and then, at the end, and when interrupted.

    The task's modules are on the run's device afterwards.

    Raises:
        UsageError: the folder holds the state of another task or seed, or packages are missing.
        ModelError: the loss is no number any more, or there is no such device.
        InputError: the folder's state cannot be read.
        OutputError: the folder cannot be written.
        KeyboardInterrupt: after the state was saved.
    """
    training = _Training(task, run, tell)
    began_at = training.step
    with _Interrupt() as interrupt, ExitStack() as stack:
        streams = [stack.enter_context(closing(training.batches(turn))) for turn in task.turns]
        while training.share() < 1:
            training.take_step(streams)
            if interrupt.asked:
                training.save()
                raise KeyboardInterrupt
            if training.is_time_to_save():
                training.save()
            elif training.step % _TELL_EVERY == 0:
                training.report()
    if training.step > began_at:
        training.save()
    return Outcome(training.step, training.seconds() / 60, began_at, training.history.rows)


class _Training:
    """A run as it goes: its step, its clock, its figures."""

    def __init__(self, task: Task, run: Run, tell: Tell) -> None:
        self._task, self._run, self._tell = task, run, tell
        state = _resumed(task, run)
        self._accelerator = _accelerator(run)
        self._losses = [self._accelerator.prepare(turn.loss) for turn in task.turns]
        self.step = state.step if state else 0
        self._seconds_before = state.seconds if state else 0.0
        if state is None:
            torch.manual_seed(run.seed)
            task.begin()
        else:
            task.take(state.weights)
            for optimiser, held in zip(task.optimisers, state.optimisers, strict=True):
                optimiser.load_state_dict(held)
            set_random_state(state.random)
        self.history = History(run.folder, self.step)
        self._started = self._told_at = self._saved_at = time.monotonic()
        self._told_step = self.step

    def seconds(self) -> float:
        """Since the run began, in all processes that it had."""
        return self._seconds_before + time.monotonic() - self._started

    def share(self) -> float:
        return self._run.share(self.step, self.seconds())

    def batches(self, turn: Turn) -> Generator[Any]:
        """Those that are still to come."""
        return stream(turn.make, self._run.seed, self.step * turn.times * turn.accumulate, self._run.workers)

    def take_step(self, streams: list[Generator[Any]]) -> None:
        rate = self._task.pace.at(self.step, self.share())
        set_rate(self._task.optimisers, rate)
        told: dict[str, torch.Tensor] = {}
        for turn, loss, batches in zip(self._task.turns, self._losses, streams, strict=True):
            several = [self._learn(turn, loss, batches) for _ in range(turn.times)]
            told |= _mean(several)
        self.step += 1
        self.history.add(self.step, self.seconds() / 60, rate, told)

    def _learn(self, turn: Turn, loss: Any, batches: Generator[Any]) -> dict[str, torch.Tensor]:
        for optimiser in chain(*turn.learners):
            optimiser.zero_grad(set_to_none=True)
        told = []
        for batch in islice(batches, turn.accumulate):
            result = loss(_on(batch, self._accelerator.device), self.step)
            self._accelerator.backward(result.total / turn.accumulate)
            told.append(result.told)
        for optimisers in turn.learners:
            learning = [p for optimiser in optimisers for group in optimiser.param_groups for p in group["params"]]
            self._accelerator.clip_grad_norm_(learning, _CLIP)
            for optimiser in optimisers:
                optimiser.step()
        return _mean(told)

    def report(self) -> None:
        """Write the figures since the last time, and tell of them.

        Raises:
            ModelError: one of them is no number.
        """
        if rows := self.history.flush():
            now = time.monotonic()
            a_step = (now - self._told_at) / (self.step - self._told_step)
            self._told_at, self._told_step = now, self.step
            self._tell(Progress(self.step, self.share(), self.seconds() / 60, _means(rows), a_step))

    def is_time_to_save(self) -> bool:
        every = self._run.save_steps
        late = time.monotonic() - self._saved_at > self._run.save_minutes * 60
        return late or bool(every and self.step % every == 0)

    def save(self) -> None:
        """The state, after the figures: what led to no number is never saved."""
        self.report()
        optimisers = [optimiser.state_dict() for optimiser in self._task.optimisers]
        State(
            self._task.name,
            self._run.seed,
            self.step,
            self.seconds(),
            self._task.weights(),
            optimisers,
            random_state(),
        ).save(self._run.folder)
        self.history.draw(f"{self._task.name}, seed {self._run.seed}")
        self._saved_at = time.monotonic()


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


def _accelerator(run: Run) -> Any:
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
    return accelerator


def _on(batch: Any, device: Any) -> Any:
    tensors = {field.name: torch.from_numpy(getattr(batch, field.name)) for field in fields(batch)}
    return replace(batch, **{name: tensor.to(device, non_blocking=True) for name, tensor in tensors.items()})


def _mean(told: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return {name: torch.stack([one[name] for one in told]).mean() for name in told[0]}


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


class _Interrupt:
    """Ctrl-C between two steps: a step that is begun is finished, so that what is saved is whole.

    While it is entered, the first Ctrl-C (or SIGTERM) only sets ``asked``; the second one interrupts at once.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # no other may set handlers
            self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
