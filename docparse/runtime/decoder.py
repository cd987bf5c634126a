"""Pages that are asked for at the same time, by different threads, share the model's passes."""

import threading
from collections import deque

import torch

from .decode import Lane
from .model import LoadedModel
from .sequence import Job


class Decoder:
    """Writes answers in ``lanes`` threads of its own, up to ``slots`` side by side in each. Thread-safe.

    One lane computes on all cores. Several, which share them, pay where a pass is so small that it does not keep the
    cores busy.
    """

    def __init__(
        self, model: LoadedModel, slots: int, length: int = 0, lanes: int = 1, tokens_a_pass: int = 1
    ) -> None:
        """``slots``, ``length`` and ``tokens_a_pass`` are those of each ``Lane``."""
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._idle = [Lane(model, self._waiting, slots, length, tokens_a_pass) for _ in range(lanes)]
        self._threads_a_lane = max(1, torch.get_num_threads() // lanes)

    def write(self, jobs: list[Job]) -> None:
        """Write the answers of ``jobs`` to their end: each sequence says which it was.

        Pages that have begun go before those that have not, so that they are done one after the other.
        """
        with self._changed:
            self._waiting.extend(job for job in jobs if not job.sequence.clock.is_running)
            self._waiting.extendleft(job for job in reversed(jobs) if job.sequence.clock.is_running)
            for _ in range(min(len(self._idle), len(self._waiting))):
                # It comes back only once we wait below.
                lane = self._idle[-1]
                threading.Thread(target=self._run, args=(lane,), name="docparse-decode", daemon=True).start()
                self._idle.pop()
            self._changed.wait_for(lambda: all(job.sequence.ended for job in jobs))

    def _run(self, lane: Lane) -> None:
        """Until nobody waits and all have ended."""
        torch.set_num_threads(self._threads_a_lane)
        while True:
            try:
                is_news = bool(lane.advance())
            except Exception as error:  # such as a GPU that is gone: not even what has ended can be cleared away
                lane.abandon(error)
                is_news = True
            with self._changed:
                if is_news:
                    self._changed.notify_all()
                if lane.is_empty and not self._waiting:
                    self._idle.append(lane)
                    return
