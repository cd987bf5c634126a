"""The loop on nano's stages: losses fall, a run that was interrupted is the run that was not, states are safe."""

import json
import math
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from docparse.errors import InputError, ModelError, OutputError, UsageError
from docparse.train.batches import Pages
from docparse.train.history import CURVE, LOG
from docparse.train.nano import Nano, train_stage
from docparse.train.network import TINY
from docparse.train.recipe import PIECES, STAGES, Pace, Stage
from docparse.train.rounds import Pieces
from docparse.train.state import NAME
from docparse.train.task import Outcome, Progress, Run

from .conftest import READING, SEEING


def fresh() -> Nano:
    return Nano.fresh(0, TINY)


def learn(nano: Nano, stage: Stage, run: Run, **options: Any) -> Outcome:
    return train_stage(nano, stage, run, compile=False, **options)


def run_of(folder: Path, steps: int, **options: Any) -> Run:
    return Run(folder, steps=steps, device="cpu", bfloat16=False, workers=0, **options)


def mean(outcome: Outcome, name: str, rows: slice) -> float:
    values = [row[name] for row in outcome.rows[rows]]
    return sum(values) / len(values)


def differences(one: Nano, other: Nano) -> list[str]:
    theirs = other.weights()
    return [
        f"{part} {name}"
        for part, tensors in one.weights().items()
        for name, tensor in tensors.items()
        if not torch.equal(tensor, theirs[part][name])
    ]


def test_losses_fall_and_the_curve_shows_it(tmp_path: Path) -> None:
    told: list[Progress] = []
    outcome = learn(fresh(), replace(READING, joint_every=2), run_of(tmp_path, 20), tell=told.append)
    for name in ("answer", "place", "dense"):
        assert mean(outcome, name, slice(-4, None)) < 0.9 * mean(outcome, name, slice(4)), name
    rows = [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()]
    assert rows == outcome.rows
    assert [row["step"] for row in rows] == [*range(1, 21)]
    assert [progress.step for progress in told] == [10, 20]
    assert told[-1].share == 1
    with Image.open(tmp_path / CURVE) as curve:
        assert len(curve.convert("RGB").getcolors(10**6) or ()) > 20


def test_a_run_that_was_interrupted_is_the_one_that_was_not(tmp_path: Path) -> None:
    stage = replace(READING, joint_every=2)
    through, stopped = fresh(), fresh()
    whole = learn(through, stage, run_of(tmp_path / "whole", 5))

    def stop(progress: Progress) -> None:
        if progress.step == 2:  # while step 2 is saved: the next one is done before the run ends
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        learn(stopped, stage, run_of(tmp_path / "parts", 5, save_steps=2), tell=stop)
    resumed = fresh()  # all that it knows is in the folder
    parts = learn(resumed, stage, run_of(tmp_path / "parts", 5))
    assert (whole.resumed_at, parts.resumed_at) == (0, 3)
    assert differences(through, stopped)
    assert not differences(through, resumed)
    states = [torch.load(tmp_path / name / NAME, weights_only=True)["opts"] for name in ("whole", "parts")]
    moments = [[m for o in state for s in o["state"].values() for m in s.values()] for state in states]
    assert len(moments[0]) > 50
    assert all(torch.equal(torch.as_tensor(a), torch.as_tensor(b)) for a, b in zip(*moments, strict=True))
    figures = [[{k: v for k, v in row.items() if k != "minutes"} for row in one.rows] for one in (whole, parts)]
    assert figures[0] == figures[1]


def test_seed_and_processes(tmp_path: Path) -> None:
    nanos = [fresh() for _ in range(3)]
    learn(nanos[0], SEEING, run_of(tmp_path / "0", 2))
    learn(nanos[1], SEEING, replace(run_of(tmp_path / "1", 2), workers=1))
    learn(nanos[2], SEEING, run_of(tmp_path / "2", 2, seed=7))
    assert not differences(nanos[0], nanos[1])
    assert differences(nanos[0], nanos[2])


def test_a_stage_goes_on_from_the_one_before(tmp_path: Path) -> None:
    seen, reads = fresh(), Nano.fresh(1, TINY)
    learn(seen, SEEING, run_of(tmp_path / "1", 2))
    learn(reads, replace(READING, pace=Pace(1e-9, 1)), run_of(tmp_path / "2", 1), start=tmp_path / "1")
    for before, after in zip(seen.weights()["net"].values(), reads.weights()["net"].values(), strict=True):
        assert torch.allclose(before, after, atol=1e-6)
    # The tower's optimisers went on too: two looks in the two steps of the one stage, two in the step of the other.
    steps = [torch.load(tmp_path / name / NAME, weights_only=True)["opts"][3]["state"][0]["step"] for name in "12"]
    assert [int(step) for step in steps] == [2, 4]


def test_weights_alone_and_checkpoints_are_a_start_too(tmp_path: Path) -> None:
    nano, other, third = fresh(), Nano.fresh(1, TINY), Nano.fresh(2, TINY)
    torch.save({"net": nano.network.state_dict()}, tmp_path / "weights.pt")
    assert other.start_from(tmp_path / "weights.pt") == []
    assert all(name.startswith("aux") for name in differences(nano, other))
    nano.export(tmp_path / "checkpoint")
    assert third.start_from(tmp_path / "checkpoint") == []
    for ours, theirs in zip(nano.weights()["net"].values(), third.weights()["net"].values(), strict=True):
        assert torch.equal(ours.bfloat16().float(), theirs)


def test_what_is_no_state_is_told(tmp_path: Path) -> None:
    nano = fresh()
    torch.save({"net": Nano.fresh(0).network.state_dict()}, tmp_path / "large.pt")
    torch.save({"other": 1}, tmp_path / "other.pt")
    (tmp_path / "broken.pt").write_bytes(b"PK nothing")
    for name, error, words in (
        ("none.pt", InputError, "does not exist"),
        ("broken.pt", InputError, "cannot be read"),
        ("other.pt", InputError, "holds no weights of nano"),
        ("large.pt", ModelError, "not of nano's shape"),
    ):
        with pytest.raises(error, match=words):
            nano.start_from(tmp_path / name)
    learn(nano, SEEING, run_of(tmp_path / "run", 1))
    with pytest.raises(UsageError, match=r"holds the state of nano stage 1 .* give another folder"):
        learn(nano, READING, run_of(tmp_path / "run", 1))
    with pytest.raises(UsageError, match="with seed 3"):
        learn(nano, SEEING, run_of(tmp_path / "run", 1, seed=3))
    (tmp_path / "run" / NAME).write_bytes(b"")
    with pytest.raises(InputError, match="cannot be read"):
        learn(nano, SEEING, run_of(tmp_path / "run", 1))
    with pytest.raises(OutputError, match="cannot write"):
        learn(nano, SEEING, run_of(tmp_path / "large.pt" / "run", 1))


def test_what_is_no_number_is_never_saved(tmp_path: Path) -> None:
    nano = fresh()
    learn(nano, SEEING, run_of(tmp_path, 1))
    before = (tmp_path / NAME).read_bytes()
    broken = replace(SEEING, pace=Pace(math.inf, 1))
    with pytest.raises(ModelError, match="no number any more"):
        learn(nano, broken, run_of(tmp_path, 4))
    assert (tmp_path / NAME).read_bytes() == before


def test_a_run_that_is_done_does_nothing(tmp_path: Path) -> None:
    nano = fresh()
    learn(nano, SEEING, run_of(tmp_path, 1))
    again = learn(nano, SEEING, run_of(tmp_path, 1))
    assert (again.step, again.resumed_at) == (1, 1)


def test_the_pace_rises_stays_and_falls() -> None:
    pace = Pace(2.0, warm_up=4, decay=0.5, floor=0.1)
    assert [pace.at(step, 0.0) for step in (0, 1, 3, 9)] == [0.5, 1.0, 2.0, 2.0]
    assert [pace.at(9, share) for share in (0.5, 0.75, 1.0)] == [2.0, 1.0, 0.2]


def test_the_recipe_is_whole() -> None:
    assert [stage.number for stage in STAGES] == [1, 2, 3]
    _, fragments, pieces = STAGES
    assert isinstance(fragments.reading, Pages)
    # Batches of all canvases take about as long and as much memory.
    assert max(canvas.count * canvas.tokens for canvas in fragments.reading.canvases) <= 5120
    assert isinstance(pieces.reading, Pieces)
    assert pieces.reading.settings == PIECES
