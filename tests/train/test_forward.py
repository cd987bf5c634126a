"""Our forward pass for training against transformers' own, number for number."""

from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.runtime.images import ImageSettings, to_patches
from docparse.runtime.prompt import prompt_tokens
from docparse.synth import SynthPage
from docparse.train.batches import PADDING, Canvas, PageBatch, collate
from docparse.train.forward import patch_batch, read, see
from docparse.train.lessons import make_lesson
from docparse.train.losses import Heads, ReadingLoss, disturb
from docparse.train.network import TINY, make_network
from docparse.train.vocabulary import Vocabulary

CLOSE = {"atol": 1e-4, "rtol": 1e-4}


@pytest.fixture(scope="module")
def network(vocabulary: Vocabulary) -> Any:
    return make_network(vocabulary, 3, TINY).eval()


def question(vocabulary: Vocabulary, image: np.ndarray) -> dict[str, torch.Tensor]:
    """The arguments of a forward pass over the prompt, made by the runtime from the picture."""
    settings = ImageSettings(8, 2, 2, 64, 10**7, (0.5,) * 3, (0.5,) * 3)
    patches = to_patches(Image.fromarray(image), settings)
    tokens = torch.tensor([prompt_tokens(vocabulary.tokenizer(), SYSTEM_PROMPT, USER_PROMPT, patches.token_count(2))])
    return {
        "input_ids": tokens,
        "pixel_values": torch.from_numpy(patches.values),
        "image_grid_thw": torch.tensor([patches.grid]),
        "mm_token_type_ids": (tokens == vocabulary.ids["<|image_pad|>"]).int(),
    }


# Whole windows; windows cut at the right and lower edge; less than a window.
@pytest.mark.parametrize("size", [(128, 256), (160, 304), (48, 112)])
@torch.no_grad()
def test_images_are_seen_alike(network: Any, vocabulary: Vocabulary, size: tuple[int, int]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, *size), dtype=np.uint8)
    cells = see(network.model.visual, patch_batch(torch.from_numpy(images)))
    assert cells.shape == (2, size[0] // 16, size[1] // 16, TINY.text_width)
    for ours, image in zip(cells, images, strict=True):
        asked = question(vocabulary, image)
        theirs = network.model.get_image_features(asked["pixel_values"], asked["image_grid_thw"]).pooler_output
        assert torch.allclose(ours.flatten(0, 1), torch.cat(tuple(theirs)), **CLOSE)


@torch.no_grad()
def test_answers_are_read_alike(network: Any, page: SynthPage, vocabulary: Vocabulary) -> None:
    lesson = make_lesson(page, vocabulary)
    asked = question(vocabulary, lesson.image)
    answer = torch.from_numpy(lesson.tokens)[None]
    tokens = torch.cat([asked.pop("input_ids"), answer], 1)
    asked["mm_token_type_ids"] = (tokens == vocabulary.ids["<|image_pad|>"]).int()
    theirs = network(input_ids=tokens, **asked).logits
    cells = see(network.model.visual, patch_batch(torch.from_numpy(lesson.image)[None]))
    embeddings = network.model.language_model.embed_tokens(tokens)
    embeddings[asked["mm_token_type_ids"].bool()] = cells.flatten(0, 2)
    positions, _ = network.model.get_rope_index(
        tokens, mm_token_type_ids=asked["mm_token_type_ids"], image_grid_thw=asked["image_grid_thw"]
    )
    ours = network.lm_head(read(network, embeddings, positions).hidden)
    assert torch.allclose(ours, theirs, **CLOSE)
    # And so is the loss, of a batch in which the answer is padded.
    batch = collate([lesson], Canvas(lesson.image.shape[1], lesson.image.shape[0], 1, answer.shape[1] + 7))
    loss = ReadingLoss(network, Heads(TINY.text_width), vocabulary, lambda function: function)
    told = loss(_tensors(batch), 0).told
    wanted = torch.nn.functional.cross_entropy(theirs[0, -answer.shape[1] - 1 : -1], answer[0])
    assert float(told["answer"]) == pytest.approx(float(wanted), abs=1e-4)


@torch.no_grad()
def test_pages_of_a_batch_do_not_see_each_other(network: Any, page: SynthPage, vocabulary: Vocabulary) -> None:
    lessons = [make_lesson(page, vocabulary, Random(seed)) for seed in range(2)]
    canvas = Canvas(480, 288, 1, max(len(lesson.tokens) for lesson in lessons))
    loss = ReadingLoss(network, Heads(TINY.text_width), vocabulary, lambda function: function)
    alone = [float(loss(_tensors(collate([lesson], canvas)), 0).told["answer"]) for lesson in lessons]
    together = float(loss(_tensors(collate(lessons, canvas)), 0).told["answer"])
    counts = [len(lesson.tokens) for lesson in lessons]
    assert together == pytest.approx(np.average(alone, weights=counts), abs=1e-4)


def test_a_frozen_tower_learns_nothing_from_reading(page: SynthPage, vocabulary: Vocabulary) -> None:
    network = make_network(vocabulary, 3, TINY)
    heads = Heads(TINY.text_width)
    lesson = make_lesson(page, vocabulary)
    batch = _tensors(collate([lesson], Canvas(448, 256, 1, len(lesson.tokens))))
    assert (batch.tokens != PADDING).all()
    loss = ReadingLoss(network, heads, vocabulary, lambda function: function, frozen_steps=1, joint_every=2)
    tower, decoder = network.model.visual.blocks[0].attn.qkv.weight, network.lm_head.weight
    for step, learns in ((0, False), (1, False), (2, True)):
        network.zero_grad()
        loss(batch, step).total.backward()
        assert decoder.grad.abs().sum() > 0
        assert (tower.grad is not None) is learns


def test_what_was_written_is_disturbed_in_its_characters_alone() -> None:
    torch.manual_seed(1)
    tokens = torch.randint(100, (300, 200))
    may = tokens >= 50
    changed = disturb(tokens, may, 0.1) != tokens
    assert not changed[~may].any()
    shares = changed.sum(1) / may.sum(1)
    assert 0.25 < (shares == 0).float().mean() < 0.5
    assert 0.08 < shares.max() < 0.2


def _tensors(batch: PageBatch[Any]) -> PageBatch[torch.Tensor]:
    return PageBatch(*map(torch.from_numpy, (batch.images, batch.tokens, batch.cells, batch.slots)))
