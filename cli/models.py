"""``docparse models``: which checkpoints there are, and where."""

from typing import TYPE_CHECKING, Annotated

import typer

from docparse.options import QuantizeName

from .console import note

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(help="The checkpoints that docparse can use.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models() -> None:
    """List the aliases, the checkpoints in the local cache, and the one that is configured."""
    from docparse.config import configured_model
    from docparse.options import Options
    from docparse.runtime.checkpoint import ALIASES, BUNDLED, NANO, cached

    here = {hub_id: _state(folder) for hub_id, folder in cached()}
    rows = [(alias, "comes with docparse", _state(folder)) for alias, folder in BUNDLED.items()]
    rows += [(alias, hub_id, here.pop(hub_id, "not here")) for alias, hub_id in ALIASES.items()]
    rows += [("", hub_id, state) for hub_id, state in here.items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for alias, hub_id, place in rows:
        print(f"{alias:{widths[0]}}  {hub_id:{widths[1]}}  {place}")
    model, origin = configured_model(Options())
    print(f"configured: {model} (by {origin})" if model else f"configured: none, so {NANO} is used")


@app.command("where")
def where(model: Annotated[str, typer.Argument(metavar="ALIAS|DIR|HUB_ID")]) -> None:
    """Print the folder of a checkpoint that is on this machine, after a check of its files."""
    from docparse.runtime.checkpoint import check, locate

    path = locate(model, download=False)
    check(path)
    print(path)


@app.command("pull")
def pull(model: Annotated[str, typer.Argument(metavar="ALIAS|HUB_ID")]) -> None:
    """Fetch a checkpoint from the hub, what is here already excepted, and print its folder."""
    from docparse.runtime.checkpoint import BUNDLED, check, hub_id_of
    from docparse.runtime.download import fetch

    path = BUNDLED.get(model.lower()) or fetch(hub_id_of(model), tell=note)
    check(path)
    print(path)


@app.command("check")
def check_model(
    model: Annotated[str, typer.Argument(metavar="ALIAS|DIR|HUB_ID")],
    quantize: Annotated[QuantizeName | None, typer.Option(help="As it would run with that option of parse.")] = None,
) -> None:
    """Look whether a checkpoint is whole and sound, what memory it takes, and how it would run here."""
    from docparse.engines.asker import longest
    from docparse.options import Options
    from docparse.runtime.checkpoint import check, locate, name_of
    from docparse.runtime.placement import free_memory, place, shares
    from docparse.runtime.verify import check_tokenizer, compare_hashes

    path = locate(model, download=False)
    info = check(path)
    _row("folder", path)
    kind = f"{info.architecture}, {info.parameters / 1e6:,.1f} million weights in {info.dtype}"
    _row("checkpoint", f"{name_of(path)}: {kind}{f', quantised ({info.quantised})' if info.quantised else ''}")
    shards = "1 file of weights" if info.shards == 1 else f"{info.shards} files of weights"
    _row("files", f"whole: config, image settings, tokenizer, {shards} ({_size(info.weight_bytes)})")
    tokens = check_tokenizer(path)
    _row("tokenizer", f"{tokens:,} tokens" if tokens else "vocab.json and merges.txt")
    compared = compare_hashes(path)
    _row("hashes", f"{compared} files are as on the hub" if compared else "none are known of files in such a folder")

    placement = place("auto", "auto", info.parameters)
    weights = info.weight_bytes_as(placement.dtype, quantize)
    most = longest(info, Options())
    cache = most * info.cache_bytes_as(placement.dtype)
    _row("arithmetic", f"{placement.dtype} on {placement.device}: {placement.why}")
    page = f"{_size(cache)} for each answer at a time ({most:,} tokens)"
    _row("memory", f"{_size(weights)} of weights and up to {page}")
    _row("free", ", ".join(f"{_size(size)} ({device})" for device, size in free_memory().items()))
    places = shares(placement, weights)
    where = ", ".join(f"{_size(size)} on {device}" for device, size in places.items())
    if "disk" in places:
        _row("fits", f"no: {where}, where each token would read it again")
    elif list(places) == [placement.device] and weights + cache <= free_memory().get(placement.device, 0):
        _row("fits", f"yes: all on {placement.device}")
    else:
        _row("fits", f"barely: {where}")


def _row(name: str, value: object) -> None:
    print(f"{name:<10}  {value}")


def _size(number: float) -> str:
    return f"{number / 2**30:,.1f} GiB" if number >= 2**30 else f"{number / 2**20:,.1f} MiB"


def _state(folder: "Path") -> str:
    """Where a checkpoint lies, and whether all of it does."""
    from docparse.errors import ModelError
    from docparse.runtime.checkpoint import check

    try:
        check(folder)
    except ModelError:
        return f"{folder} (not whole: docparse models where says what is wrong)"
    return str(folder)
