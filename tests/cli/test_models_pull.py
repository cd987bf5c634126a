"""``models pull`` and ``models check``, against a hub on this machine."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkpoints import make_checkpoint
from tests.conftest import COMMAND, Run
from tests.hub import COMMIT, HUB_ID, Hub, hub_of

SHARD = "model-00002-of-00004.safetensors"


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("hub") / "sharded", shards=3)


@pytest.fixture
def hub(sharded: Path) -> Iterator[Hub]:
    with hub_of(sharded) as hub:
        yield hub


@pytest.fixture
def environment(hub: Hub, tmp_path: Path) -> dict[str, str]:
    return hub.environment | {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_CACHE": str(tmp_path / "hf" / "hub")}


def test_a_checkpoint_is_fetched_once_and_found(docparse: Run, hub: Hub, environment: dict[str, str]) -> None:
    hub.files |= {"pytorch_model.bin": b"old", "picture.png": b"large"}
    pulled = docparse("models", "pull", HUB_ID, env=environment)
    assert pulled.code == 0, pulled.err
    snapshot = Path(pulled.text.strip())
    assert snapshot.name == COMMIT
    assert "pytorch_model.bin" not in hub.fetched
    assert "picture.png" not in hub.fetched
    assert f"fetching {HUB_ID}" in pulled.err
    hub.fetched.clear()
    assert docparse("models", "pull", HUB_ID, env=environment).text == pulled.text
    assert hub.fetched == []
    offline = environment | {"HF_HUB_OFFLINE": "1"}
    for command in ("pull", "where"):
        assert docparse("models", command, HUB_ID, env=offline).text == pulled.text
    assert str(snapshot) in docparse("models", "list", env=offline).text


def test_a_connection_that_breaks_is_taken_up_where_it_was(
    docparse: Run, hub: Hub, environment: dict[str, str]
) -> None:
    # The client keeps blocks of 10 MiB.
    hub.files["large.safetensors"] = bytes(7) + bytes(range(256)) * 60_000
    hub.breaks["large.safetensors"] = 11 * 2**20
    pulled = docparse("models", "pull", HUB_ID, env=environment)
    assert pulled.code == 0, pulled.err
    assert hub.ranges == [f"large.safetensors {10 * 2**20}"]
    assert (Path(pulled.text.strip()) / "large.safetensors").read_bytes() == hub.files["large.safetensors"]


def test_after_an_interruption_only_what_is_missing_is_fetched(
    docparse: Run, hub: Hub, environment: dict[str, str], tmp_path: Path
) -> None:
    hub.stalls[SHARD] = 1000
    command = [*COMMAND, "models", "pull", HUB_ID]
    with subprocess.Popen(
        command, env=os.environ | environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        blobs = tmp_path / "hf" / "hub" / "models--someone--reader" / "snapshots" / COMMIT
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if blobs.is_dir() and len(list(blobs.iterdir())) == len(hub.files) - 1 and SHARD in hub.fetched:
                break
            time.sleep(0.05)
        # What cannot be handled: the machine goes off.
        process.send_signal(signal.SIGKILL)
    told = docparse("models", "where", HUB_ID, env=environment)
    assert (told.code, len(told.messages)) == (5, 1), told.err
    assert SHARD in told.err
    hub.stalls.clear()
    hub.fetched.clear()
    pulled = docparse("models", "pull", HUB_ID, env=environment)
    assert pulled.code == 0, pulled.err
    assert hub.fetched == [SHARD]
    assert f"1 files ({len(hub.files) - 1} are here)" in pulled.err


def test_ctrl_c_does_not_wait_for_the_file(hub: Hub, environment: dict[str, str], tmp_path: Path) -> None:
    name = "large.safetensors"
    hub.files[name] = bytes(300 * 2**20)
    hub.trickles.add(name)
    with subprocess.Popen(
        [*COMMAND, "models", "pull", HUB_ID],
        env=os.environ | environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell starts what runs in the background deaf to SIGINT, the tests and what they start included.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        while process.poll() is None and not hub.sent:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=100)
    assert process.returncode == 130, told
    assert hub.sent < len(hub.files[name])
    assert [*tmp_path.rglob("*.incomplete")] == []


def test_why_it_cannot_be_fetched_is_one_line(
    docparse: Run, hub: Hub, environment: dict[str, str], tmp_path: Path
) -> None:
    def told(name: str = HUB_ID, **more: str) -> str:
        ran = docparse("models", "pull", name, env=environment | more)
        assert (ran.code, ran.text, len(ran.messages)) == (5, "", 1), ran.err
        return ran.err

    assert "there is no model someone/else" in told("someone/else")
    assert "none of the aliases" in told("8b")
    assert "HF_HUB_OFFLINE forbids" in told(HF_HUB_OFFLINE="1")
    assert "where there is a network" in told(HF_ENDPOINT="http://127.0.0.1:9")
    assert hub.fetched == []
    hub.stated_sizes[SHARD] = 10**15
    assert "1,000,000.0 GB" in told()
    hub.stated_sizes.clear()
    hub.gated = True
    assert "accept its terms at http://127.0.0.1" in told()
    hub.gated = False
    hub.files["config.json"] = b'{"model_type": "bert"}'
    # In an empty cache, for what a commit holds never changes.
    assert "model_type 'bert'" in told(HF_HUB_CACHE=str(tmp_path / "empty"))
    assert set(hub.fetched) <= {"config.json"}


def test_check_holds_the_files_against_their_hashes(docparse: Run, hub: Hub, environment: dict[str, str]) -> None:
    snapshot = Path(docparse("models", "pull", HUB_ID, env=environment).text.strip())
    sound = docparse("models", "check", HUB_ID, env=environment)
    assert sound.code == 0, sound.err
    assert f"{len(hub.files)} files are as on the hub" in sound.text
    assert "4 files of weights" in sound.text
    blob = (snapshot / SHARD).resolve()
    content = bytearray(blob.read_bytes())
    content[-1] ^= 1
    blob.write_bytes(content)
    damaged = docparse("models", "check", HUB_ID, env=environment)
    assert (damaged.code, len(damaged.messages)) == (5, 1), damaged.err
    assert f"{SHARD} is damaged" in damaged.err


def test_check_tells_what_a_checkpoint_needs(docparse: Run) -> None:
    checked = docparse("models", "check", "nano")
    assert checked.code == 0, checked.err
    rows = dict(line.split(maxsplit=1) for line in checked.text.splitlines())
    assert rows["hashes"].startswith("none are known")
    assert re.match(r"\d+\.\d MiB of weights and up to \d+\.\d MiB", rows["memory"])
    assert rows["fits"].startswith("yes: all on")


def test_check_tells_files_that_contradict_each_other(docparse: Run, tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "tiny", shards=3)
    index = folder / "model.safetensors.index.json"
    stated = json.loads(index.read_text())
    stated["weight_map"] |= {"lm_head.bias": SHARD}
    index.write_text(json.dumps(stated))
    ran = docparse("models", "check", folder)
    assert (ran.code, len(ran.messages)) == (5, 1), ran.err
    assert f"{SHARD} holds lm_head.bias, which it does not" in ran.err
    del stated["weight_map"]["lm_head.bias"]
    index.write_text(json.dumps(stated))
    tokenizer = folder / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text().replace("<|image_pad|>", "<|image_pod|>"))
    ran = docparse("models", "check", folder)
    assert (ran.code, len(ran.messages)) == (5, 1), ran.err
    assert "it has no <|image_pad|>" in ran.err
