"""``models``, ``doctor``, and the local engine from the command line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.checkpoints import make_checkpoint, make_reader
from tests.conftest import SAMPLES, Run

ANSWER = (
    '```html\n<html><body>\n<h2 data-bbox="28 14 140 42">Minutes</h2>\n'
    '<p data-bbox="14 56 168 224">Read &amp; <b>approved</b>.</p>\n</body></html>\n```'
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that answers the scan with ``ANSWER``."""
    return make_reader(tmp_path_factory.mktemp("models") / "reader", Image.open(SAMPLES / "scan.png"), ANSWER)


def test_a_scan_is_read_by_the_local_engine(docparse: Run, reader: Path, tmp_path: Path) -> None:
    ran = docparse(SAMPLES / "scan.png", "--model", reader, "-f", "json", "--dtype", "float32", "--save-raw", "raw")
    assert ran.code == 0, ran.err
    (page,) = ran.json["pages"]
    assert (page["engine"], page["model"], page["stop_reason"]) == ("local", reader.name, "end")
    heading, paragraph = page["elements"]
    assert (heading["kind"], heading["text"]) == ("heading", "Minutes")
    assert (paragraph["kind"], paragraph["text"]) == ("paragraph", "Read & approved.")
    raw = json.loads(next((tmp_path / "raw").rglob("page-0001.json")).read_text())
    assert raw["text"] == ANSWER
    assert len(raw["token_logprobs"]) == len(raw["token_ends"])
    assert raw["token_ends"][-1] == len(ANSWER)
    # The model saw the page smaller than it is; boxes are in the page's own pixels.
    factors = [page["width"] / raw["image_size"][0], page["height"] / raw["image_size"][1]] * 2
    assert heading["box"] == pytest.approx([v * f for v, f in zip((28, 14, 140, 42), factors, strict=True)], abs=0.01)
    again = docparse(SAMPLES / "scan.png", "--engine", "replay", "--model", "raw", "-f", "json")
    assert again.json["pages"][0]["elements"] == page["elements"]


def test_an_answer_that_is_cut_off_is_told(docparse: Run, reader: Path) -> None:
    ran = docparse(
        SAMPLES / "scan.png", "--model", reader, "-f", "json", "--dtype", "float32", "--max-new-tokens", "90"
    )
    assert ran.code == 7
    assert "--max-new-tokens" in ran.messages[0]
    (page,) = ran.json["pages"]
    assert (page["status"], page["stop_reason"]) == ("partial", "length")
    assert page["elements"][0]["text"] == "Minutes"
    assert "answer-cut-off" in {problem["kind"] for problem in page["problems"]}


def test_auto_takes_the_model_that_is_configured(docparse: Run, reader: Path) -> None:
    ran = docparse(SAMPLES / "scan.png", "-f", "json", "--max-new-tokens", "2", env={"DOCPARSE_MODEL": str(reader)})
    assert ran.json["pages"][0]["engine"] == "local"


def test_a_blank_page_is_not_given_to_the_model(docparse: Run, reader: Path, tmp_path: Path) -> None:
    Image.new("RGB", (200, 300), "white").save(tmp_path / "blank.png")
    ran = docparse("blank.png", "--model", reader, "-f", "json")
    assert ran.code == 0
    assert ran.json["pages"][0]["elements"] == []


def test_what_is_wrong_with_a_checkpoint_is_one_line_and_exit_5(docparse: Run, tmp_path: Path) -> None:
    sharded = make_checkpoint(tmp_path / "sharded", shards=3)
    next(iter(sorted(sharded.glob("model-*")))).unlink()
    other = tmp_path / "other"
    shutil.copytree(sharded, other)
    (other / "config.json").write_text('{"model_type": "bert"}')
    for folder, words in (
        ("sharded", "is missing"),
        ("other", "model_type 'bert'"),
        ("empty", "none of the aliases"),
    ):
        ran = docparse(SAMPLES / "scan.png", "--engine", "local", "--model", tmp_path / folder)
        assert (ran.code, len(ran.messages)) == (5, 1), ran.err
        assert words in ran.err or "there is no folder" in ran.err


def test_a_device_that_is_not_there(docparse: Run, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "tiny")
    ran = docparse(SAMPLES / "scan.png", "--model", checkpoint, "--device", "cuda:7")
    assert (ran.code, len(ran.messages)) == (5, 1), ran.err
    assert "this machine has" in ran.err


DEAD_GPU = """
import sys
from docparse.cli import main
from docparse.runtime.cache import SlotCache
from docparse.runtime.decode import Lane

begin, calls = Lane._begin, []

def fail(*_):
    raise RuntimeError("CUDA error: unspecified launch failure")

def begin_or_fail(lane, job):
    calls.append(job)
    return fail() if len(calls) == 2 else begin(lane, job)

Lane._begin = begin_or_fail
if {is_dead}:
    SlotCache.clear = fail
main(sys.argv[1:])
"""


@pytest.mark.parametrize("is_dead", [False, True])
def test_what_fails_in_the_decoding_thread_costs_the_pages_at_hand(
    docparse: Run, reader: Path, tmp_path: Path, is_dead: bool
) -> None:
    """Where the device is dead nothing can be cleared up either. Nobody waits for ever; what can be read is."""
    scan = Image.open(SAMPLES / "scan.png")
    scan.save(tmp_path / "three.tiff", save_all=True, append_images=[scan] * 3)
    command = [sys.executable, "-c", DEAD_GPU.format(is_dead=is_dead), "three.tiff", "--model", str(reader)]
    ran = subprocess.run(
        [*command, "-f", "json", "--dtype", "float32"], cwd=tmp_path, capture_output=True, timeout=200, text=True
    )
    assert ran.returncode == 7, ran.stderr
    assert "the model failed on it: CUDA error: unspecified launch failure" in ran.stderr
    assert "Traceback" not in ran.stderr
    statuses = [page["status"] for page in json.loads(ran.stdout)["pages"]]
    assert set(statuses) == {"ok", "failed"}
    assert is_dead or statuses.count("failed") == 1


def test_models_list_and_where(docparse: Run, tmp_path: Path) -> None:
    listed = docparse("models", "list")
    assert "Qwen/Qwen2.5-VL-3B-Instruct" in listed.text
    assert "configured: none" in listed.text
    checkpoint = make_checkpoint(tmp_path / "tiny")
    snapshot = tmp_path / "hub" / "models--Qwen--Qwen2.5-VL-3B-Instruct" / "snapshots" / "1"
    shutil.copytree(checkpoint, snapshot)
    listing = ("models", "list")
    hub = {"HF_HUB_CACHE": str(tmp_path / "hub")}
    assert f"Qwen/Qwen2.5-VL-3B-Instruct   {snapshot}\n" in docparse(*listing, env=hub).text
    (snapshot / "model.safetensors").unlink()
    assert f"{snapshot} (not whole" in docparse(*listing, env=hub).text
    assert docparse("models", "where", checkpoint).text.strip() == str(checkpoint)
    missing = docparse("models", "where", "3b", env={"HF_HUB_CACHE": str(tmp_path / "no-cache")})
    assert (missing.code, len(missing.messages)) == (5, 1)


def test_doctor_tells_what_will_be_used_and_why(docparse: Run, reader: Path) -> None:
    plain = docparse("doctor")
    assert plain.code == 0, plain.err
    assert "no model is configured" in plain.text
    configured = docparse("doctor", env={"DOCPARSE_MODEL": str(reader)})
    assert "configured by DOCPARSE_MODEL" in configured.text
    assert "scans and pictures: local" in configured.text
    broken = docparse("doctor", env={"DOCPARSE_MODEL": "nowhere"})
    assert broken.code == 5


def test_check_foresees_what_quantising_saves(docparse: Run) -> None:
    def memory(*options: str) -> str:
        ran = docparse("models", "check", "nano", *options)
        assert ran.code == 0, ran.err
        (row,) = (line for line in ran.text.splitlines() if line.startswith("memory"))
        return row.split(" of weights")[0].split(None, 1)[1]

    assert [memory(), memory("--quantize", "4bit"), memory("--quantize", "int8")] == [
        "27.0 MiB",
        "14.6 MiB",
        "16.2 MiB",
    ]
    assert docparse("models", "check", "nano", "--quantize", "3bit").code == 2
