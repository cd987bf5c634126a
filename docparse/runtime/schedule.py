"""Who is in which slot, and who is next. Knows nothing of tensors."""

from collections import deque

from .sequence import Job

GROUP = 8
"""Slots whose sequences may be read together, as far as the longest of them."""


class Schedule:
    """Jobs in the order in which they came, as many at once as there are slots.

    The busy slots are always the first ones, so that a step computes nothing for free slots.
    """

    def __init__(self, waiting: deque[Job], slots: int, queue: int = 1) -> None:
        """``waiting`` may be shared with other schedules, in other threads; this one begins when ``queue`` wait."""
        self.running: list[Job] = []
        """The job in each busy slot."""
        self.slots = slots
        self._waiting, self._queue = waiting, queue

    @property
    def has_work(self) -> bool:
        return bool(self.running) or len(self._waiting) >= self._queue

    def enter(self, room: int) -> Job | None:
        """The next job, now the last of those that run; None where no slot is free or nobody waits.

        One whose time is over ends without having begun: it is not among those that run. One that can come to be
        longer than ``room`` waits until nobody runs.
        """
        if len(self.running) >= self.slots or not self.has_work:
            return None
        try:
            job = self._waiting.popleft()
        except IndexError:
            return None
        if self.running and job.sequence.longest > room:
            self._waiting.appendleft(job)
            return None
        job.sequence.look_at_clock()
        if not job.sequence.ended:
            self.running.append(job)
        return job

    def leave(self) -> list[tuple[int, int]]:
        """Let those go that have ended. Others take their slots: (from, to), in this order.

        The first of each group behind moves up to the one before, so that those who have run for longest, whose
        answers are the longest, stay together.
        """
        moves = []
        for slot in reversed(range(len(self.running))):
            if not self.running[slot].sequence.ended:
                continue
            free = slot
            for first in [*range((slot // GROUP + 1) * GROUP, len(self.running), GROUP), len(self.running) - 1]:
                if first > free:
                    self.running[free] = self.running[first]
                    moves.append((first, free))
                    free = first
            self.running.pop()
        return moves

    def halve(self) -> None:
        """From now on half the slots; who has no place any more begins again later, before those that wait."""
        self.slots = max(1, len(self.running) // 2)
        while len(self.running) > self.slots:
            job = self.running.pop()
            job.sequence.restart()
            self._waiting.appendleft(job)
