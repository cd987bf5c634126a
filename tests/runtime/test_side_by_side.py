"""Several pages at once give what each gives alone."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import torch
from PIL import Image

from docparse.document import StopReason
from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.runtime.attention import as_in_transformers
from docparse.runtime.cache import slots_that_fit
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.decode import Lane
from docparse.runtime.decoder import Decoder
from docparse.runtime.images import to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.proposals import Proposals
from docparse.runtime.sequence import Clock, Job, Sequence
from tests.conftest import SAMPLES

CROPS = [(130, 375, 816, 455), (130, 375, 460, 475), (130, 420, 330, 500), (400, 375, 540, 395), (130, 430, 500, 560)]
"""Left, top, right and bottom, in pixels of the scanned sample."""
LIMIT = 30


@pytest.fixture(scope="module", params=["fused", "by transformers"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    loaded = load(check(BUNDLED[NANO]), Placement("cpu", "float32", "tests compare tokens"))
    return loaded if request.param == "fused" else replace(loaded, fused=None)


@pytest.fixture(scope="module")
def make_jobs(model: LoadedModel) -> Callable[[], list[Job]]:
    scan = Image.open(SAMPLES / "scan.png").convert("RGB")
    images = [to_patches(scan.crop(crop), model.image_settings) for crop in CROPS]

    def make() -> list[Job]:
        return [
            Job(
                Sequence(
                    prompt_tokens(model.tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(2)),
                    LIMIT + number,
                    Clock(600),
                ),
                patches,
            )
            for number, patches in enumerate(images)
        ]

    return make


@pytest.fixture(scope="module")
def alone(model: LoadedModel, make_jobs: Callable[[], list[Job]]) -> list[list[int]]:
    """What plain generate writes for each."""
    return [generated(model, job) for job in make_jobs()]


def generated(model: LoadedModel, job: Job) -> list[int]:
    prompt = torch.tensor([job.sequence.prompt])
    with as_in_transformers(model.network):
        sequences: Any = model.network.generate(
            input_ids=prompt,
            attention_mask=torch.ones_like(prompt),
            pixel_values=torch.from_numpy(job.patches.values),
            image_grid_thw=torch.tensor([job.patches.grid]),
            mm_token_type_ids=(prompt == model.network.config.image_token_id).int(),
            do_sample=False,
            repetition_penalty=1.0,
            max_new_tokens=job.sequence.limit,
        )
    return [token for token in sequences[0, prompt.shape[1] :].tolist() if token not in model.end_tokens]


@pytest.mark.parametrize(("slots", "threads"), [(1, 1), (2, 1), (5, 1), (2, 3), (5, 2)])
def test_each_answer_is_that_of_generate(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]], slots: int, threads: int
) -> None:
    jobs = make_jobs()
    Decoder(model, slots, threads=threads).write(jobs)
    assert [job.sequence.tokens for job in jobs] == alone
    assert len({tuple(tokens) for tokens in alone}) == len(alone)
    assert all(len(job.sequence.logprobs) == len(job.sequence.tokens) for job in jobs)


class Foreseen(Proposals):
    """What the model is going to write, with every ``wrong``-th token another."""

    def __init__(self, tokens: list[int], wrong: int) -> None:
        self._coming, self._wrong = [*tokens, 5, 5, 5], wrong
        self.passes = 0

    def next(self, most: int) -> list[int]:
        assert most >= 0
        return [7 if index % self._wrong == 0 else token for index, token in enumerate(self._coming, 1)][:most]

    def take(self, tokens: list[int], proposed: int) -> None:
        self._coming = self._coming[len(tokens) :]
        self.passes += 1


@pytest.mark.parametrize(("slots", "threads"), [(1, 1), (3, 1), (5, 1), (2, 3)])
@pytest.mark.parametrize("wrong", [10**6, 5, 1])
def test_what_is_proposed_changes_nothing(
    model: LoadedModel,
    make_jobs: Callable[[], list[Job]],
    alone: list[list[int]],
    slots: int,
    threads: int,
    wrong: int,
) -> None:
    jobs = make_jobs()
    foreseen = [Foreseen(tokens, wrong) for tokens in alone]
    for number in (0, 1, 2, 4):
        jobs[number].sequence.proposals = foreseen[number]
    Decoder(model, slots, threads=threads, tokens_a_pass=24).write(jobs)
    assert [job.sequence.tokens for job in jobs] == alone
    assert all(len(job.sequence.logprobs) == len(job.sequence.tokens) for job in jobs)
    if wrong == 10**6 and slots == 1:
        assert foreseen[0].passes <= 2 + len(alone[0]) // 24


def test_one_that_ends_early_or_fails_leaves_the_others_as_they_are(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]]
) -> None:
    jobs = make_jobs()
    # The largest image and the first in its slot: others are read where its numbers stood.
    broken = jobs[0] = Job(jobs[0].sequence, replace(jobs[0].patches, values=jobs[0].patches.values * math.nan))
    jobs[1].sequence.limit = 3
    jobs[3].sequence.clock = Clock(0)
    Decoder(model, 2).write(jobs)
    assert "give --dtype float32" in str(broken.sequence.error)
    assert broken.sequence.stop_reason is None
    assert (jobs[1].sequence.tokens, jobs[1].sequence.stop_reason) == (alone[1][:3], StopReason.LENGTH)
    assert jobs[3].sequence.stop_reason is StopReason.TIMEOUT
    assert [jobs[number].sequence.tokens for number in (2, 4)] == [alone[number] for number in (2, 4)]


def test_slots_are_bounded_by_memory(model: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    # 5 layers, 2 heads of 32 for keys and as many for values, 4 bytes each: 2,560 bytes a token.
    for free, slots in ((2 * 2560 * 100 * 7, 7), (1, 1)):
        monkeypatch.setattr("accelerate.utils.get_max_memory", lambda free=free: {"cpu": free})
        assert slots_that_fit(model.network, model.device, 100) == slots


def test_nothing_to_do_is_done(model: LoadedModel) -> None:
    Decoder(model, 8).write([])


def test_who_asks_at_the_same_time_is_served_together(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]]
) -> None:
    decoder = Decoder(model, 3)
    asked = [make_jobs()[first:last] for first, last in ((0, 2), (2, 3), (3, 5))]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(decoder.write, asked))
    assert [job.sequence.tokens for jobs in asked for job in jobs] == alone


def test_who_has_begun_goes_before_who_has_not(model: LoadedModel, make_jobs: Callable[[], list[Job]]) -> None:
    decoder = Decoder(model, 1)
    others = make_jobs()
    (again, *_) = make_jobs()
    assert not again.sequence.clock.is_over()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(decoder.write, others)
        while not others[0].sequence.tokens:
            time.sleep(0.001)
        decoder.write([again])
        assert not others[-1].sequence.ended


def test_out_of_memory_halves_and_goes_on(
    model: LoadedModel,
    make_jobs: Callable[[], list[Job]],
    alone: list[list[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step, widths = Lane._step, []

    def narrow(self: Lane, sequences: list[Sequence]) -> tuple[torch.Tensor, list[list[int]]]:
        widths.append(len(sequences))
        if len(sequences) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return step(self, sequences)

    monkeypatch.setattr(Lane, "_step", narrow)
    jobs = make_jobs()
    Decoder(model, 5).write(jobs)
    assert [job.sequence.tokens for job in jobs] == alone
    assert widths[0] == 5
    assert max(widths[1:]) == 2


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: an illegal memory access"), KeyError("a defect")])
def test_what_fails_is_the_error_of_those_whose_pass_it_was(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> torch.Tensor:
        raise error

    monkeypatch.setattr(Lane, "_step", fail)
    jobs = make_jobs()
    Decoder(model, 2).write(jobs)
    assert {job.sequence.error for job in jobs} == {error}


def test_a_longer_one_gets_room(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]]
) -> None:
    short, *others = sorted(make_jobs(), key=lambda job: job.sequence.longest)
    jobs = [short, *others]
    Decoder(model, 2, length=1).write(jobs)
    assert sorted(job.sequence.tokens for job in jobs) == sorted(alone)


def test_a_dead_gpu_ends_those_who_were_on_it_and_nobody_waits_for_ever(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a CUDA error not even the cache can be touched."""
    step, error = Lane._step, RuntimeError("CUDA error: unspecified launch failure")
    failures = []

    def fail(self: Lane, sequences: list[Sequence]) -> tuple[torch.Tensor, list[list[int]]]:
        if len(failures) < 2:
            raise error
        return step(self, sequences)

    def clear(*_: object) -> None:
        failures.append(1)
        raise error

    monkeypatch.setattr(Lane, "_step", fail)
    monkeypatch.setattr("docparse.runtime.cache.SlotCache.clear", clear)
    jobs = make_jobs()
    Decoder(model, 2).write(jobs)
    assert [job.sequence.error for job in jobs[:4]] == [error] * 4
    assert jobs[4].sequence.tokens == alone[4]


def test_steps_whose_thread_cannot_be_started_at_first_are_taken_later(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prompts are read then, and nobody else would try again."""
    start, starts = threading.Thread.start, []

    def refuse_some(thread: threading.Thread) -> None:
        starts.append(thread)
        if 1 < len(starts) < 9:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse_some)
    jobs = make_jobs()
    Decoder(model, 5, threads=2).write(jobs)
    assert [job.sequence.tokens for job in jobs] == alone
    assert len(starts) >= 9


def test_a_lane_that_cannot_be_started_may_be_later(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    decoder = Decoder(model, 5)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            decoder.write(make_jobs())
    jobs = make_jobs()
    decoder.write(jobs)
    assert [job.sequence.tokens for job in jobs] == alone
