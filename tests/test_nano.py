"""nano, the checkpoint that comes with docparse: stock transformers loads it, and it reads what has no text layer."""

import math
from pathlib import Path

import pymupdf
import pytest
import torch
from PIL import Image
from rapidfuzz.distance import Levenshtein
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.pieces import cut, straighten
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.decoder import Decoder
from docparse.runtime.images import to_patches
from docparse.runtime.model import load
from docparse.runtime.placement import place
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.sequence import Clock, Job, Sequence
from samples.source import minutes
from tests.conftest import SAMPLES, Run

FOLDER = BUNDLED[NANO]
MOST_WRONG = 0.35
"""Characters of the sample that may be wrong; measured figures are in the model card."""


@pytest.fixture(scope="module")
def paragraph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first paragraph of the scanned sample."""
    path = tmp_path_factory.mktemp("crops") / "paragraph.png"
    Image.open(SAMPLES / "scan.png").crop((130, 375, 1110, 490)).save(path)
    return path


def test_it_is_small_enough_to_come_along() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 40 * 2**20


def test_stock_transformers_writes_the_same(paragraph: Path) -> None:
    info = check(FOLDER)
    assert info.pieces is not None
    sheet = straighten(Image.open(paragraph), info.pieces.text_height)
    (piece, *_) = cut(sheet, info.pieces, info.image_settings.factor)
    model = load(info, place("cpu", "float32"))
    patches = to_patches(piece.image, info.image_settings)
    prompt = prompt_tokens(model.tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(2))
    ours = Sequence(prompt=prompt, limit=2048, clock=Clock(math.inf))
    Decoder(model, slots=1).write([Job(ours, patches)])
    network = Qwen2_5_VLForConditionalGeneration.from_pretrained(FOLDER, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    question = torch.tensor([prompt])
    written = network.generate(
        input_ids=question,
        attention_mask=torch.ones_like(question),
        pixel_values=torch.from_numpy(patches.values),
        image_grid_thw=torch.tensor([patches.grid]),
        mm_token_type_ids=(question == network.config.image_token_id).int(),
        do_sample=False,
        max_new_tokens=2048,
    )[0, len(prompt) :]
    assert tokenizer.decode(written, skip_special_tokens=True) == tokenizer.decode(ours.tokens)
    assert len(ours.tokens) > 50


def test_it_reads_a_scan(docparse: Run) -> None:
    ran = docparse(SAMPLES / "scan.png", "-f", "json")
    (page,) = ran.json["pages"]
    assert (page["engine"], page["model"]) == ("local", "nano")
    printed = " ".join(
        ["ELM LANE ALLOTMENT SOCIETY", minutes.TITLE, minutes.PLACE, minutes.ROLL, minutes.ITEMS_TITLE]
        + [f"{number}. {item}" for number, item in enumerate(minutes.ITEMS, 1)]
        + [minutes.REPORT_TITLE, *minutes.REPORT, "1"]
    )
    read = " ".join(f"{element.get('marker', '')} {element['text']}".strip() for element in page["elements"])
    assert Levenshtein.normalized_distance(" ".join(read.split()), printed) < MOST_WRONG
    assert sum(element["box"] is not None for element in page["elements"]) > 0.8 * len(page["elements"])
    assert all(0 < element["confidence"] <= 1 for element in page["elements"])


def test_it_reads_the_pages_that_have_no_text_layer(docparse: Run) -> None:
    ran = docparse(SAMPLES / "mixed.pdf", "-f", "json")
    assert [page["engine"] for page in ran.json["pages"]] == ["layout", "local"]


def test_it_reads_a_scan_that_somebody_has_stamped(docparse: Run, tmp_path: Path) -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=595, height=842)
        page.insert_image(page.rect, filename=SAMPLES / "scan.png")
        page.insert_text((400, 820), "Copy 3 of 5", fontsize=8)
        document.save(tmp_path / "stamped.pdf")
    read = docparse("stamped.pdf", "-f", "json", "--max-new-tokens", "20")
    assert [page["engine"] for page in read.json["pages"]] == ["local"]


def test_pieces_that_are_not_read_to_their_end_are_told(docparse: Run) -> None:
    ran = docparse(SAMPLES / "scan.png", "-f", "json", "--max-new-tokens", "30", "--save-raw", "raw")
    (page,) = ran.json["pages"]
    assert (ran.code, page["status"]) == (7, "partial")
    assert page["stop_reason"] == "length"
    assert {"answer-cut-off", "unclosed-at-end"} <= {problem["kind"] for problem in page["problems"]}
    # They are all read as far as the limit lets them, and once more in halves.
    assert len(page["elements"]) > 5
    again = docparse(SAMPLES / "scan.png", "-f", "json", "--engine", "replay", "--model", "raw")
    assert again.json["pages"][0]["elements"] == page["elements"]
