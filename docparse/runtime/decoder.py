"""Pages that are asked for at the same time, by different threads, share the model's passes."""

import threading
from collections import deque

import torch

from .decode import Lane
from .model import LoadedModel
from .prefill import Prefiller
from .sequence import Job

_AGAIN = 0.1
"""Seconds until a thread that could not be started is tried again."""


class Decoder:
    """Writes answers in a thread of its own, up to ``slots`` side by side. Thread-safe.

    A model that keeps all cores busy reads prompts in that thread too. One whose steps are so small that they do not
    pays for it; then there are more threads, each of which computes on one core. Some read prompts ahead. What a step
    takes is above all the reading of the model's weights, so answers are written by one thread as long as its slots
    suffice, and by more only where many wait.
    """

    def __init__(
        self, model: LoadedModel, slots: int, length: int = 0, threads: int = 1, tokens_a_pass: int = 1
    ) -> None:
        """
        Args:
            slots, length, tokens_a_pass: those of a ``Lane``.
            threads: as many prompts but one are read at once, and as many lanes may write.
        """
        self._waiting: deque[Job] = deque()
        read: deque[Job] = deque() if threads > 1 else self._waiting
        self._changed = threading.Condition()
        self._idle: list[Lane | Prefiller] = [Lane(model, read, slots, length, tokens_a_pass)]
        for _ in range(threads - 1):
            self._idle.append(Lane(model, read, slots, length, tokens_a_pass, queue=slots // 2))
            self._idle.append(Prefiller(model, self._waiting, read, slots))
        self._workers = len(self._idle)
        self._threads = 1 if threads > 1 else torch.get_num_threads()

    def write(self, jobs: list[Job]) -> None:
        """Write the answers of ``jobs`` to their end: each sequence says which it was."""
        self.begin(jobs)
        self.wait([jobs])

    def begin(self, jobs: list[Job]) -> None:
        """Have these written; ``wait`` for them.

        Pages that have begun go before those that have not, so that they are done one after the other.

        Raises:
            RuntimeError: there is no thread to be had.
        """
        with self._changed:
            self._waiting.extend(job for job in jobs if not job.sequence.clock.is_running)
            self._waiting.extendleft(job for job in reversed(jobs) if job.sequence.clock.is_running)
            if (refused := self._wake()) and len(self._idle) == self._workers:
                raise refused

    def wait(self, groups: list[list[Job]]) -> list[int]:
        """Wait until all of one of these groups have ended; the indices of all such groups."""

        def ended() -> list[int]:
            return [index for index, jobs in enumerate(groups) if all(job.sequence.ended for job in jobs)]

        with self._changed:
            return self._changed.wait_for(ended)

    def _wake(self) -> RuntimeError | None:
        """Have all those work that can; why one cannot be started. ``_changed`` is held."""
        for worker in [worker for worker in self._idle if worker.has_work]:
            try:
                threading.Thread(target=self._run, args=(worker,), name="docparse-decode", daemon=True).start()
            except RuntimeError as error:
                return error
            self._idle.remove(worker)
        return None

    def _run(self, worker: Lane | Prefiller) -> None:
        """Until it has nothing to do."""
        torch.set_num_threads(self._threads)
        while True:
            try:
                is_news = bool(worker.advance())
            except Exception as error:  # such as a GPU that is gone: not even what has ended can be cleared away
                worker.abandon(error)
                is_news = True
            with self._changed:
                if is_news:
                    self._changed.notify_all()
                while self._wake() and not worker.has_work:
                    # Who has work could not be started, and there may be nobody else to try again.
                    self._changed.wait(_AGAIN)
                if not worker.has_work:
                    self._idle.append(worker)
                    return
