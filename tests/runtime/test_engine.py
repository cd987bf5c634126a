"""The local engine as the pipeline uses it, with a checkpoint that really reads two pages."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from PIL import Image

from docparse.document import StopReason
from docparse.engines.asker import Reading, View
from docparse.engines.base import EnginePage, ModelOutput, PageImage
from docparse.engines.local import LocalEngine
from docparse.errors import PageError
from docparse.options import Options
from docparse.runtime.decode import Lane
from docparse.runtime.decoder import Decoder
from docparse.runtime.sequence import Clock, Job

from .conftest import Lessons


def read(engine: LocalEngine, image: Image.Image) -> ModelOutput:
    return engine.read(EnginePage("x.png", "0", 1, 160, 120, PageImage(1, 160, 120, image), None))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "auto"])
def test_it_writes_what_stands_on_the_page(reader: Path, lessons: Lessons, dtype: str) -> None:
    engine = LocalEngine(Options(engine="local", model=str(reader), dtype=dtype))  # type: ignore[arg-type]
    for image, answer in lessons:
        output = read(engine, image)
        assert output.text == answer
        assert output.stop_reason is StopReason.END
        assert output.image_size == (168, 112)
        assert (output.engine, output.model) == ("local", reader.name)
        assert all(math.log(0.8) < value <= 0 for value in output.token_logprobs)


def test_each_token_ends_somewhere_in_the_text(reader: Path, lessons: Lessons) -> None:
    output = read(LocalEngine(Options(engine="local", model=str(reader), dtype="float32")), lessons[0][0])
    ends = output.token_ends
    assert len(ends) == len(output.token_logprobs)
    assert ends == sorted(ends)
    assert ends[-1] == len(output.text)


def test_the_text_can_be_watched_as_it_grows(reader: Path, lessons: Lessons, monkeypatch: pytest.MonkeyPatch) -> None:
    image, answer = lessons[0]
    page = EnginePage("x.png", "0", 1, 160, 120, PageImage(1, 160, 120, image), None)
    tellers: list[Callable[[], str]] = []
    seen: list[str] = []
    advance = Lane.advance

    def look(lane: Lane) -> list[Job]:
        ended = advance(lane)
        seen.append(tellers[0]())
        return ended

    monkeypatch.setattr(Lane, "advance", look)
    engine = LocalEngine(Options(engine="local", model=str(reader), dtype="float32"))
    assert engine.read(replace(page, watch=tellers.append)).text == answer
    assert len(seen) > 10
    assert seen[-1] == answer
    assert all(len(before) <= len(after) for before, after in pairwise(seen))


def test_an_answer_that_is_cut_says_so(reader: Path, lessons: Lessons) -> None:
    image, answer = lessons[0]
    output = read(LocalEngine(Options(engine="local", model=str(reader), max_new_tokens=5)), image)
    assert output.stop_reason is StopReason.LENGTH
    assert answer.startswith(output.text)
    assert len(output.token_ends) == 5


def test_the_limits_that_are_asked_for_hold(checkpoint: Path) -> None:
    assert LocalEngine(Options(model=str(checkpoint))).max_pixels == 64 * 28 * 28
    assert LocalEngine(Options(model=str(checkpoint), max_pixels=5000)).max_pixels == 5000
    # More than our own limit of what is sensible, since the user wants it.
    assert LocalEngine(Options(model=str(checkpoint), min_pixels=3_000_000)).max_pixels == 3_000_000


def test_a_page_beyond_the_context_is_told(checkpoint: Path) -> None:
    engine = LocalEngine(Options(model=str(checkpoint), min_pixels=2048 * 28 * 28))
    with pytest.raises(PageError, match="more than the model's 2048: give a smaller --max-pixels"):
        read(engine, Image.new("RGB", (1000, 1000)))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "ran out of memory on it: give a smaller --max-pixels"),
        (torch.OutOfMemoryError("CUDA out of memory"), "ran out of memory on it: give a smaller --max-pixels"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "ran out of memory on it"),
        (RuntimeError("CUDA error: an illegal\nmemory access"), "the model failed on it: CUDA error: an illegal$"),
    ],
)
def test_a_failure_is_one_of_the_page(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    # With several threads prompts are read ahead, with one the lane reads them.
    for module in ("prefill", "decode"):
        monkeypatch.setattr(f"docparse.runtime.{module}.prefill", fail)
    with pytest.raises(PageError, match=words):
        read(LocalEngine(Options(model=str(checkpoint))), Image.new("RGB", (90, 90)))


class LastFirst(Decoder):
    """Answers who asked last, and lets the others wait."""

    def begin(self, jobs: list[Job]) -> None:
        pass

    def wait(self, groups: list[list[Job]]) -> list[int]:
        super().begin(groups[-1])
        super().wait(groups[-1:])
        return [len(groups) - 1]


def test_who_has_his_answers_does_not_wait_for_others(reader: Path, lessons: Lessons) -> None:
    asker = LocalEngine(Options(engine="local", model=str(reader), dtype="float32")).load()
    asker.decoder = LastFirst(asker.model, 2)
    heard: list[str] = []

    def read(name: str, *images: Image.Image) -> Reading[str]:
        for image in images:
            (answer,) = yield [View(image, None)]
            heard.append(name)
        return answer.text

    (first, one), (second, other) = lessons
    readings = [read("a", first), read("b", first, second, first)]
    assert asker.converse(readings, Clock(60), lambda _: None) == [one, one]
    assert heard == ["b", "b", "b", "a"]
    assert one != other


def test_where_one_fails_the_others_are_not_left_at_work(
    reader: Path, lessons: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that ends while torch computes in another thread is aborted."""
    asker = LocalEngine(Options(engine="local", model=str(reader), dtype="float32")).load()
    job, jobs = asker.job, []

    def keep(view: View, clock: Clock) -> Job:
        jobs.append(job(view, clock))
        return jobs[-1]

    def read(*images: Image.Image) -> Reading[None]:
        for image in images:
            yield [View(image, None)]

    def fail() -> Reading[None]:
        yield []
        raise PageError("of no use")

    monkeypatch.setattr(asker, "job", keep)
    image = lessons[0][0]
    with pytest.raises(PageError):
        asker.converse([read(image), fail(), read(image, image)], Clock(60), lambda _: None)
    assert len(jobs) == 2
    assert all(job.sequence.ended for job in jobs)
    assert all(len(job.sequence.tokens) < 10 for job in jobs)
