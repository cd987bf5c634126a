"""Several pages at once give what each gives alone."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from PIL import Image

from docparse.document import StopReason
from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.runtime.cache import slots_that_fit
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.decode import decode
from docparse.runtime.images import to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import Placement
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.sequence import Job, Sequence
from tests.conftest import SAMPLES

CROPS = [(130, 375, 816, 455), (130, 375, 460, 475), (130, 420, 330, 500), (400, 375, 540, 395), (130, 430, 500, 560)]
"""Left, top, right and bottom, in pixels of the scanned sample."""
LIMIT = 30


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load(check(BUNDLED[NANO]), Placement("cpu", "float32", "tests compare tokens"))


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
                    time.monotonic() + 600,
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


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_each_answer_is_that_of_generate(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]], slots: int
) -> None:
    jobs = make_jobs()
    decode(model, jobs, slots)
    assert [job.sequence.tokens for job in jobs] == alone
    assert len({tuple(tokens) for tokens in alone}) == len(alone)
    assert all(len(job.sequence.logprobs) == len(job.sequence.tokens) for job in jobs)


def test_one_that_ends_early_or_fails_leaves_the_others_as_they_are(
    model: LoadedModel, make_jobs: Callable[[], list[Job]], alone: list[list[int]]
) -> None:
    jobs = make_jobs()
    # The largest image and the first in its slot: others are read where its numbers stood.
    broken = jobs[0] = Job(jobs[0].sequence, replace(jobs[0].patches, values=jobs[0].patches.values * math.nan))
    jobs[1].sequence.limit = 3
    jobs[3].sequence.deadline = time.monotonic()
    decode(model, jobs, 2)
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
    decode(model, [], 8)
