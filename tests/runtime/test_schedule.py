"""Who is in which slot: no tensors, no model."""

from collections import deque

import numpy as np

from docparse.document import StopReason
from docparse.runtime.images import Patches
from docparse.runtime.schedule import GROUP, Schedule
from docparse.runtime.sequence import Clock, Job, Sequence

ROOM = 1000
NO_IMAGE = Patches(np.zeros((0, 0), np.float32), (0, 0, 0), (0, 0))


def jobs(*limits: int, seconds: float = 60) -> list[Job]:
    """One that writes so many tokens, for each of the limits."""
    return [Job(Sequence([1, 2], limit, Clock(seconds)), NO_IMAGE) for limit in limits]


def rounds(schedule: Schedule, of: list[Job]) -> list[list[int]]:
    """Which jobs (by number) are in the slots at each step, all of them writing one token a step."""
    seen: list[list[int]] = []
    while True:
        while (job := schedule.enter(ROOM)) is not None:
            job.sequence.add(7, -0.5, frozenset())
            schedule.leave()
        if not schedule.running:
            return seen
        seen.append([of.index(job) for job in schedule.running])
        for job in schedule.running:
            job.sequence.add(7, -0.5, frozenset())
        schedule.leave()


def test_jobs_enter_in_order_as_others_end() -> None:
    some = jobs(2, 4, 3, 2)
    assert rounds(Schedule(deque(some), 2), some) == [[0, 1], [1, 2], [1, 2], [3]]
    assert all(job.sequence.stop_reason is StopReason.LENGTH for job in some)


def test_one_beside_another_begins_when_many_wait_and_goes_on_while_it_runs() -> None:
    some = jobs(3, 4, 4, 3, 3)
    waiting = deque(some[:1])
    schedule = Schedule(waiting, slots=2, queue=2)
    assert not schedule.has_work
    assert schedule.enter(ROOM) is None
    waiting += some[1:]
    assert schedule.has_work
    assert rounds(schedule, some) == [[0, 1], [0, 1], [1, 2], [2, 3], [2, 3]]
    assert list(waiting) == some[4:]


def test_one_that_ends_with_its_first_token_leaves_its_slot_to_the_next() -> None:
    some = jobs(1, 1, 2)
    assert rounds(Schedule(deque(some), 1), some) == [[2]]


def test_the_busy_slots_are_the_first_ones() -> None:
    some = jobs(9, 9, 9, 9, 9)
    schedule = Schedule(deque(some), 5)
    while schedule.enter(ROOM):
        pass
    for number in (0, 2, 4):
        some[number].sequence.stop_reason = StopReason.END
    slots = list(range(5))
    for source, target in schedule.leave():
        slots[target] = slots[source]
    assert [some.index(job) for job in schedule.running] == slots[: len(schedule.running)]
    assert sorted(slots[:2]) == [1, 3]


def test_those_who_have_run_for_longest_stay_together() -> None:
    some = jobs(*[9] * (2 * GROUP + 3))
    schedule = Schedule(deque(some), len(some))
    while schedule.enter(ROOM):
        pass
    slots = list(range(len(some)))
    for number in (1, GROUP + 2):
        some[number].sequence.stop_reason = StopReason.END
    for source, target in schedule.leave():
        slots[target] = slots[source]
    running = [some.index(job) for job in schedule.running]
    assert running == slots[: len(some) - 2]
    groups = [sorted(running[first : first + GROUP]) for first in range(0, len(running), GROUP)]
    assert groups[0] == [0, *range(2, GROUP + 1)]
    assert groups[1][:-1] == [GROUP + 1, *range(GROUP + 3, 2 * GROUP + 1)]


def test_whose_time_is_over_ends_without_having_begun() -> None:
    late, early = jobs(5, seconds=0), jobs(5)
    schedule = Schedule(deque([*late, *early]), 1)
    assert schedule.enter(ROOM) is late[0]
    assert not schedule.running
    assert schedule.enter(ROOM) is early[0]
    assert late[0].sequence.stop_reason is StopReason.TIMEOUT
    assert not late[0].sequence.tokens


def test_one_without_room_waits_until_nobody_runs() -> None:
    short, long = jobs(1, 2000)
    schedule = Schedule(deque([short, long]), 2)
    assert schedule.enter(ROOM) is short
    assert schedule.enter(ROOM) is None
    short.sequence.add(7, -0.5, frozenset())
    schedule.leave()
    assert schedule.enter(ROOM) is long


def test_half_of_them_begin_again_before_those_that_wait() -> None:
    some = jobs(9, 9, 9, 9, 9)
    waiting = deque(some)
    schedule = Schedule(waiting, 4)
    while schedule.enter(ROOM):
        pass
    for job in schedule.running:
        job.sequence.add(7, -0.5, frozenset())
    schedule.halve()
    assert (schedule.running, schedule.slots, list(waiting)) == (some[:2], 2, some[2:])
    assert [len(job.sequence.tokens) for job in some] == [1, 1, 0, 0, 0]
