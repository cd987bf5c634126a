"""``docparse models``: which checkpoints there are, and where."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(help="The checkpoints that docparse can use.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models() -> None:
    """List the aliases, the checkpoints in the local cache, and the one that is configured."""
    from docparse.config import configured_model
    from docparse.options import Options
    from docparse.runtime.checkpoint import ALIASES, BUNDLED, cached

    here = {hub_id: _state(folder) for hub_id, folder in cached()}
    rows = [(alias, "comes with docparse", _state(folder)) for alias, folder in BUNDLED.items()]
    rows += [(alias, hub_id, here.pop(hub_id, "not here")) for alias, hub_id in ALIASES.items()]
    rows += [("", hub_id, state) for hub_id, state in here.items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for alias, hub_id, place in rows:
        print(f"{alias:{widths[0]}}  {hub_id:{widths[1]}}  {place}")
    model, origin = configured_model(Options())
    print(f"configured: {model} (by {origin})" if model else "configured: none")


@app.command("where")
def where(model: Annotated[str, typer.Argument(metavar="ALIAS|DIR|HUB_ID")]) -> None:
    """Print the folder of a checkpoint that is on this machine, after a check of its files."""
    from docparse.runtime.checkpoint import check, locate

    path = locate(model, download=False)
    check(path)
    print(path)


def _state(folder: "Path") -> str:
    """Where a checkpoint lies, and whether all of it does."""
    from docparse.errors import ModelError
    from docparse.runtime.checkpoint import check

    try:
        check(folder)
    except ModelError:
        return f"{folder} (not whole: docparse models where says what is wrong)"
    return str(folder)
