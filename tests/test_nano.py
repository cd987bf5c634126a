"""nano, the checkpoint that comes with docparse: stock transformers loads it, and it reads."""

import pytest
import torch
from PIL import Image
from rapidfuzz.distance import Levenshtein
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

from docparse.engines.base import EnginePage, ModelOutput, PageImage
from docparse.engines.local import LocalEngine
from docparse.options import SYSTEM_PROMPT, USER_PROMPT, Options
from docparse.qwenvl import parse
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.images import to_patches
from docparse.runtime.prompt import prompt_tokens
from samples.source import minutes
from tests.conftest import SAMPLES

FOLDER = BUNDLED[NANO]
MOST_WRONG = 0.5
"""Share of the characters. The measured figures are in the model card."""


@pytest.fixture(scope="module")
def paragraph() -> Image.Image:
    """The first paragraph of the scanned sample, its letters as large as those that nano has learnt from."""
    return Image.open(SAMPLES / "scan.png").convert("RGB").crop((130, 375, 1110, 490)).resize((686, 80))


@pytest.fixture(scope="module")
def ours(paragraph: Image.Image) -> ModelOutput:
    page = EnginePage("a", "b", 1, *paragraph.size, PageImage(1, *paragraph.size, paragraph), text_layer=None)
    return LocalEngine(Options(model=NANO, dtype="float32")).read(page)


def test_it_is_small_enough_to_come_along() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 40 * 2**20


def test_stock_transformers_writes_the_same(paragraph: Image.Image, ours: ModelOutput) -> None:
    network = Qwen2_5_VLForConditionalGeneration.from_pretrained(FOLDER, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    patches = to_patches(paragraph, check(FOLDER).image_settings)
    prompt = torch.tensor([prompt_tokens(tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(2))])
    written = network.generate(
        input_ids=prompt,
        attention_mask=torch.ones_like(prompt),
        pixel_values=torch.from_numpy(patches.values),
        image_grid_thw=torch.tensor([patches.grid]),
        mm_token_type_ids=(prompt == network.config.image_token_id).int(),
        do_sample=False,
        max_new_tokens=2048,
    )[0, prompt.shape[1] :]
    assert tokenizer.decode(written, skip_special_tokens=True) == ours.text


def test_it_reads(ours: ModelOutput) -> None:
    elements = parse(ours.text).elements
    read = " ".join(" ".join(element.text.split()) for element in elements)
    assert Levenshtein.normalized_distance(read, minutes.ROLL) < MOST_WRONG
    assert all(element.box for element in elements)
