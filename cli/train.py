"""``docparse train``: nano by its recipe, or a checkpoint on pages of one's own."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import UsageError

from . import console

if TYPE_CHECKING:
    from docparse.train.task import Outcome, Progress, Run

app = typer.Typer(
    help="Train nano, the small reader, or fine-tune a Qwen2.5-VL. A run that was interrupted goes on where it was.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_FIGURES = ("answer", "read", "placed", "pointed", "tokens", "dense", "seen")
_PAUSE = 10.0
"""Seconds between two lines of progress."""
Minutes = Annotated[float | None, typer.Option(metavar="M", min=0.01, help="How long, interruptions not counted.")]
Steps = Annotated[int | None, typer.Option(metavar="N", min=1, help="How long, in steps: then to the bit the same.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed sees the same pages in the same order.")]
Rate = Annotated[float | None, typer.Option(metavar="R", min=0.0, help="Learning rate. [default: one that suits]")]
Device = Annotated[str, typer.Option(metavar="auto|cpu|cuda:0|mps", help="Where it runs.")]
Dtype = Annotated[
    Literal["auto", "bfloat16", "float32"], typer.Option(help="Of the arithmetic; weights are in float32 always.")
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="Processes that make batches. [default: by the cores]")
]
SaveEvery = Annotated[float, typer.Option(metavar="MINUTES", min=0.0, help="Between two saved states.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
Debug = Annotated[bool, typer.Option("--debug", help="Tracebacks.")]


@app.command("nano")
def nano(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder for states, logs and curves, one a stage.")],
    stage: Annotated[
        int | None,
        typer.Option(min=1, max=3, help="1 seeing, 2 reading, 3 whole pages. [default: all, one after the other]"),
    ] = None,
    minutes: Minutes = None,
    steps: Steps = None,
    init: Annotated[
        Path | None,
        typer.Option(
            metavar="CKPT",
            help="Where the first stage begins: a state.pt, its folder, or a checkpoint of nano. "
            "[default: the stage before it in OUT, or chance]",
        ),
    ] = None,
    seed: Seed = 0,
    rate: Rate = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
    compile: Annotated[
        bool | None, typer.Option("--compile/--no-compile", help="torch.compile. [default: on a CPU with a compiler]")
    ] = None,
    workers: Workers = None,
    save_every: SaveEvery = 5.0,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Train nano from synthetic pages: its recipe's stages, or one of them.

    --minutes is for all stages together, each with its share; --steps is for each. The result is in OUT/checkpoint.
    """
    if minutes is not None and steps is not None:
        raise UsageError("give --minutes or --steps, and not both")
    _prepare(debug)
    from docparse.train.export import CHECKPOINT, check_folder
    from docparse.train.nano import Nano, stage_folder, train_stage
    from docparse.train.recipe import STAGES
    from docparse.train.state import NAME
    from docparse.train.task import Run

    check_folder(out / CHECKPOINT)
    chosen = [one for one in STAGES if stage in (None, one.number)]
    pupil = Nano.fresh(seed)
    before = [stage_folder(out, one) for one in reversed(STAGES[: chosen[0].number - 1])]
    start = init or next((folder for folder in before if (folder / NAME).exists()), None)
    for one in chosen:
        share = one.minutes / sum(other.minutes for other in chosen)
        run = Run(
            folder=stage_folder(out, one),
            minutes=None if steps else one.minutes if minutes is None else minutes * share,
            steps=steps,
            seed=seed,
            device=device,
            bfloat16=_is_bfloat16(device, dtype),
            workers=_workers(workers),
            save_minutes=save_every,
        )
        pace = replace(one.pace, rate=rate or one.pace.rate)
        tell = _teller(f"stage {one.number}", quiet)
        outcome = train_stage(pupil, replace(one, pace=pace), run, start=start, compile=compile, tell=tell)
        start = run.folder
        if not quiet:
            _sum_up(run, outcome, ("answer", "read", "dense", "seen"))
    pupil.export(out / CHECKPOINT)
    if not quiet:
        console.note(f"nano is written to {out / CHECKPOINT}")


@app.command("export")
def export(
    state: Annotated[Path, typer.Argument(metavar="STATE", help="A state.pt, or the folder of a stage.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of the checkpoint.")],
    debug: Debug = False,
) -> None:
    """Write nano as it is in the middle of its training as a Qwen2.5-VL checkpoint."""
    _prepare(debug)
    from docparse.train.nano import Nano

    pupil = Nano.fresh(0)
    pupil.start_from(state)
    pupil.export(out)


@app.command("finetune")
def finetune(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A Qwen2.5-VL: an alias, a folder or a hub id.")],
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="A folder of X.png beside X.html, as docparse synth writes it.")
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A folder for the state, the curves and the checkpoint.")
    ],
    minutes: Minutes = None,
    steps: Steps = None,
    lora: Annotated[
        bool, typer.Option("--lora", help="Learn small matrices beside the weights, merged into them at the end.")
    ] = False,
    lora_rank: Annotated[int, typer.Option(metavar="R", min=1, help="Of these matrices.")] = 16,
    pages: Annotated[int, typer.Option(metavar="N", min=1, help="Pages a step.")] = 4,
    max_pixels: Annotated[
        int | None, typer.Option(metavar="N", min=28 * 28, help="Of the image that the model sees.")
    ] = None,
    seed: Seed = 0,
    rate: Rate = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
    workers: Workers = None,
    save_every: SaveEvery = 10.0,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Fine-tune a Qwen2.5-VL on pages with their truth; the result is in OUT/checkpoint."""
    if (minutes is None) == (steps is None):
        raise UsageError("say how long: --minutes or --steps, and not both")
    _prepare(debug)
    from docparse.runtime.checkpoint import locate
    from docparse.train.finetune import Tuner, Tuning
    from docparse.train.task import Run

    run = Run(
        folder=out,
        minutes=minutes,
        steps=steps,
        seed=seed,
        device=device,
        bfloat16=_is_bfloat16(device, dtype),
        workers=min(1, _workers(workers)),
        save_minutes=save_every,
    )
    tuning = Tuning(lora_rank=lora_rank if lora else None, rate=rate, pages=pages, max_pixels=max_pixels)
    tuner = Tuner.open(locate(model), data, tuning, run)
    if not quiet:
        left_out = ", ".join(f"{count} {reason}" for reason, count in tuner.found.left_out.most_common())
        told = f", left out: {left_out} ({tuner.found.example})" if left_out else ""
        console.note(f"{data}: {len(tuner.found.pages)} pages{told}")
    outcome = tuner.train(run, _teller("fine-tuning", quiet))
    if not quiet:
        _sum_up(run, outcome, ("answer", "tokens"))
    folder = tuner.export(run)
    if not quiet:
        console.note(f"the checkpoint is written to {folder}")


def _prepare(debug: bool) -> None:
    if debug:
        os.environ["DOCPARSE_DEBUG"] = "1"
    from docparse import runtime  # noqa: F401  # it says how torch's threads wait, before torch is imported


def _teller(name: str, quiet: bool) -> "Callable[[Progress], None]":
    """What is called now and then while something learns, and writes a line where there was none for a while."""
    last = -_PAUSE

    def tell(progress: "Progress") -> None:
        nonlocal last
        if quiet or (progress.share < 1 and time.monotonic() - last < _PAUSE):
            return
        last = time.monotonic()
        figures = " ".join(f"{key} {progress.means[key]:.3f}" for key in _FIGURES if key in progress.means)
        console.note(
            f"{name}: step {progress.step} ({min(1.0, progress.share):.0%}) {progress.minutes:.1f} min "
            f"{progress.seconds_a_step:.2f} s/step {figures} rate {progress.means['rate']:.2g}"
        )

    return tell


def _is_bfloat16(device: str, dtype: str) -> bool:
    if dtype != "auto":
        return dtype == "bfloat16"
    from docparse.runtime.placement import place

    return place(device, "auto").dtype == "bfloat16"


def _workers(given: int | None) -> int:
    """One for each two cores: the other one learns."""
    if given is not None:
        return given
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // 2)


def _sum_up(run: "Run", outcome: "Outcome", names: tuple[str, ...]) -> None:
    """The closing line of a run: how far it is, and what its last tenth was like beside its first."""
    if outcome.step == outcome.resumed_at:
        console.note(f"{run.folder}: nothing is left to do after {outcome.step} steps; give more of them to go on")
        return
    tenth = max(1, len(outcome.rows) // 10)
    first, last = outcome.rows[:tenth], outcome.rows[-tenth:]
    figures = [
        f"{name} {sum(row[name] for row in first) / tenth:.3f} to {sum(row[name] for row in last) / tenth:.3f}"
        for name in names
        if name in outcome.rows[0]
    ]
    begun = f" (from step {outcome.resumed_at})" if outcome.resumed_at else ""
    console.note(f"{run.folder}: {outcome.step} steps{begun} in {outcome.minutes:.1f} min; {', '.join(figures)}")
