"""A checkpoint that really repeats itself without end, as a user meets it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.checkpoints import make_network, make_tokenizer, save
from tests.conftest import SAMPLES, Run


@pytest.fixture(scope="module")
def looping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its layers do nothing, so that the next token hangs on the last one alone."""
    tokenizer = make_tokenizer()
    network = make_network(tokenizer, seed=0)
    for layer in network.model.language_model.layers:
        layer.self_attn.o_proj.weight.data.zero_()
        layer.mlp.down_proj.weight.data.zero_()
    folder: Path = tmp_path_factory.mktemp("looping")
    save(folder, network, tokenizer)
    return folder


def page_of(docparse: Run, code: int, *arguments: object) -> dict[str, Any]:
    ran = docparse(*arguments, "-f", "json", "--max-new-tokens", 700)
    assert ran.code == code, ran.err
    page: dict[str, Any] = json.loads(ran.out)["pages"][0]
    return page


def test_a_scan_is_given_up_and_said_to_be_incomplete(docparse: Run, looping: Path) -> None:
    page = page_of(docparse, 7, SAMPLES / "scan.png", "--model", looping)
    assert page["stop_reason"] == "loop"
    problems = {problem["kind"]: problem["message"] for problem in page["problems"]}
    assert "repeated itself without end" in problems["answer-cut-off"]
    assert "in other ways" in problems["read-again"]


def test_a_page_with_a_text_layer_is_read_from_that(docparse: Run, looping: Path) -> None:
    page = page_of(docparse, 0, SAMPLES / "report.pdf", "--pages", "1", "--model", looping)
    assert (page["engine"], page["stop_reason"], page["status"]) == ("layout", "end", "ok")
    assert page["elements"][2]["text"] == "Eleven Winters of Ice on Lake Orrin"
    assert [problem["kind"] for problem in page["problems"]] == ["read-again"]
