"""Steps of rounded shapes, replayed: what a GPU would record is computed here each time from the same tensors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from docparse.runtime import decode, graphs
from docparse.runtime.checkpoint import check
from docparse.runtime.decoder import Decoder
from docparse.runtime.graphs import Outputs, can_record
from docparse.runtime.images import to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.proposals import Proposals
from docparse.runtime.sequence import Clock, Job, Sequence

SIZES = [(56, 56), (120, 90), (64, 200), (300, 300), (90, 90)]
LIMIT = 40


class Proposing(Proposals):
    """Proposes so many tokens at a time, all of them right but the last."""

    def __init__(self, answer: list[int], count: int) -> None:
        self._answer, self._count, self._taken = answer, count, 0

    def next(self, most: int) -> list[int]:
        tokens = self._answer[self._taken : self._taken + min(most, self._count)]
        return [*tokens[:-1], 0] if len(tokens) > 1 else tokens

    def take(self, tokens: list[int], proposed: int) -> None:
        self._taken += len(tokens)


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> LoadedModel:
    return load(check(checkpoint), Placement("cpu", "float32", "tests compare tokens"))


def jobs(model: LoadedModel) -> list[Job]:
    """The first ends early: another takes its slot."""
    made = []
    for number, (width, height) in enumerate(SIZES):
        values = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
        patches = to_patches(Image.fromarray(values), model.image_settings)
        prompt = prompt_tokens(model.tokenizer, "Read.", "QwenVL HTML", patches.token_count(2))
        made.append(Job(Sequence(prompt, LIMIT if number else LIMIT // 3, Clock(60)), patches))
    return made


@pytest.fixture
def recordings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One for each step that was recorded."""
    told: list[str] = []

    def record(compute: Callable[[], Outputs]) -> Callable[[], Outputs]:
        told.append("recorded")
        outputs = compute()

        def replay() -> Outputs:
            for tensor, new in zip(outputs, compute(), strict=True):
                tensor.copy_(new)
            return outputs

        return replay

    def replayed(recorded: graphs.Recorded, *arguments: Any) -> Outputs:
        outputs = call(recorded, *arguments)
        # What Python does in a step is done when it is recorded, and not again.
        recorded._compute.__self__._cache.step(torch.zeros(0, 0), 0)  # type: ignore[attr-defined]
        return outputs

    call = graphs.Recorded.__call__
    monkeypatch.setattr(graphs.Recorded, "__call__", replayed)
    monkeypatch.setattr(graphs, "record", record)
    monkeypatch.setattr(decode, "can_record", lambda *_: True)
    monkeypatch.setattr(graphs, "_REACH", 16)
    return told


@pytest.mark.parametrize("slots", [1, 3, 8])
@pytest.mark.parametrize("proposed", [0, 2, 5])
def test_what_is_replayed_gives_the_same_tokens(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch, recordings: list[str], slots: int, proposed: int
) -> None:
    with monkeypatch.context() as plain:
        plain.setattr(decode, "can_record", lambda *_: False)
        expected = jobs(model)
        Decoder(model, slots=1).write(expected)
    assert not recordings
    asked = jobs(model)
    for job, known in zip(asked, expected, strict=True):
        if proposed:
            job.sequence.proposals = Proposing(known.sequence.tokens, proposed)
    # All have room from the start, and the longest none to spare.
    length = max(job.sequence.longest for job in asked)
    Decoder(model, slots=slots, length=length, tokens_a_pass=32).write(asked)
    assert [job.sequence.tokens for job in asked] == [job.sequence.tokens for job in expected]
    for job, known in zip(asked, expected, strict=True):
        assert job.sequence.error is None
        assert job.sequence.logprobs == pytest.approx(known.sequence.logprobs, abs=1e-4)
    assert 0 < len(recordings) < sum(job.sequence.passes for job in asked)


def test_what_cannot_be_recorded_is_computed(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch, recordings: list[str]
) -> None:
    def fail(_: object) -> Callable[[], Outputs]:
        recordings.append("tried")
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(graphs, "record", fail)
    asked = jobs(model)
    Decoder(model, slots=1, length=max(job.sequence.longest for job in asked)).write(asked)
    assert recordings == ["tried"]
    assert all(job.sequence.error is None and job.sequence.tokens for job in asked)


def test_only_a_network_on_one_gpu_is_recorded(model: LoadedModel) -> None:
    assert not can_record(model.network, torch.device("cpu"))
    assert not can_record(model.network, torch.device("cuda:0"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_gpu_replays_what_it_would_compute(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(check(checkpoint), Placement("cuda:0", "float32", "tests compare tokens"))
    assert can_record(model.network, model.device)
    replayed = jobs(model)
    Decoder(model, slots=4, tokens_a_pass=32).write(replayed)
    monkeypatch.setattr(decode, "can_record", lambda *_: False)
    computed = jobs(model)
    Decoder(model, slots=4, tokens_a_pass=32).write(computed)
    assert [job.sequence.tokens for job in replayed] == [job.sequence.tokens for job in computed]
