"""``docparse synth``: documents with ground truth, to train on and to measure with."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import UsageError

from . import console

if TYPE_CHECKING:
    from docparse.synth.folder import Tally


def synth(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder; it is made where it does not exist.")],
    count: Annotated[int, typer.Option("--count", "-n", help="Pages.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pages.")] = 0,
    look: Annotated[
        Literal["clean", "scan", "photo", "mixed"], typer.Option(help="Born-digital, scanned, photographed, or all.")
    ] = "mixed",
    kinds: Annotated[
        str, typer.Option(metavar="LIST", help="Some of article,table,receipt,form,letter. [default: all]")
    ] = "",
    languages: Annotated[str, typer.Option(metavar="LIST", help="Such as en,de,ru. [default: all]")] = "",
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help="png, pdf or both.")] = "png",
    size: Annotated[str, typer.Option(metavar="WxH", help="Of the images, in pixels. [default: paper formats]")] = "",
    cell_boxes: Annotated[bool, typer.Option(help="Boxes for the cells of tables.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 for one a core.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """Make synthetic documents: images or PDFs, their truth as QwenVL HTML, and the place of every letter."""
    from docparse.synth.folder import Order, write_folder
    from docparse.synth.settings import LOOKS, SynthSettings

    settings = SynthSettings(
        size=_size(size),
        kinds=_list(kinds),
        languages=_list(languages),
        looks=LOOKS if look == "mixed" else (look,),
        cell_boxes=cell_boxes,
    )
    started = time.monotonic()
    with console.progress(1, quiet=quiet) as progress:
        progress.begin("pages", count)
        order = Order(out, seed, settings, _list(formats))
        tally = write_folder(order, count, jobs or _cores(), progress.advance)
    if not quiet:
        _tell(out, tally, time.monotonic() - started)


def _tell(out: Path, tally: "Tally", seconds: float) -> None:
    dropped = ", ".join(f"{number} {reason}" for reason, number in tally.dropped.most_common())
    console.note(
        f"{out}: {tally.written:,} pages, {tally.characters:,} characters, "
        f"{tally.dropped.total()} dropped{f' ({dropped})' if dropped else ''}, "
        f"{tally.written / max(seconds, 1e-3):.1f} pages a second"
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _size(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 64 <= int(width) <= 8000 and 64 <= int(height) <= 8000):
        raise UsageError("--size takes WIDTHxHEIGHT in pixels, both from 64 to 8000, such as 1056x1488")
    return int(width), int(height)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
