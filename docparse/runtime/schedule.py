"""Who is in which slot, and who is next. Knows nothing of tensors."""

from collections import deque
from collections.abc import Iterable

from .sequence import Job


class Schedule:
    """Jobs in the order in which they came, as many at once as there are slots.

    The busy slots are always the first ones, so that a step computes nothing for free slots.
    """

    def __init__(self, jobs: Iterable[Job], slots: int) -> None:
        self.running: list[Job] = []
        """The job in each busy slot."""
        self._waiting = deque(jobs)
        self._slots = slots

    def enter(self) -> Job | None:
        """The next job, now the last of those that run; None where no slot is free or nobody waits.

        One whose time is over ends without having begun.
        """
        while self._waiting and len(self.running) < self._slots:
            job = self._waiting.popleft()
            job.sequence.look_at_clock()
            if not job.sequence.ended:
                self.running.append(job)
                return job
        return None

    def leave(self) -> list[tuple[int, int]]:
        """Let those go that have ended. The last of those that stay take their slots: (from, to), in this order."""
        moves = []
        for slot in reversed(range(len(self.running))):
            if self.running[slot].sequence.ended:
                last = self.running.pop()
                if slot < len(self.running):
                    self.running[slot] = last
                    moves.append((len(self.running), slot))
        return moves
