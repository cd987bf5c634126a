"""The Typer app, and the one place where an exception becomes an exit code and a line on stderr."""

import atexit
import os
import sys
from typing import NoReturn

import typer

from docparse.errors import DocparseError, ExitCode, defect
from docparse.worker import prepare

from . import (
    bench,
    console,
    convert,
    doctor,
    evaluate,
    interrupts,
    models,
    music,
    parse,
    schema,
    synth,
    tables,
    train,
    validate,
)

# Plain help: rich takes a third of its time to load.
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command("parse", epilog=parse.EPILOG)(parse.parse)
app.command("convert")(convert.convert)
app.command("tables")(tables.tables)
app.command("music")(music.music)
app.command("validate")(validate.validate)
app.command("eval")(evaluate.evaluate)
app.command("schema")(schema.schema)
app.command("bench")(bench.bench)
app.command("doctor")(doctor.doctor)
app.command("synth")(synth.synth)
app.add_typer(models.app, name="models")
app.add_typer(train.app, name="train")

VERBS = (
    "parse",
    "convert",
    "tables",
    "music",
    "validate",
    "eval",
    "models",
    "schema",
    "bench",
    "doctor",
    "synth",
    "train",
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    The bare form is ``parse``: ``docparse x.pdf``. A file that is called like a verb needs ``docparse parse``.
    """
    interrupts.listen()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not arguments or arguments[0] not in VERBS:
        arguments.insert(0, "parse")
    if arguments[0] == "parse" and len(arguments) > 1 and not {"--help", "--version"} & set(arguments):
        # It takes longer to start than all that we have to do before it is needed.
        prepare()
    code = _run(arguments)
    interrupts.stop_listening(heard=code == ExitCode.INTERRUPTED)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
    if code == ExitCode.INTERRUPTED:
        # A model in another thread would go on to the end of its page: what waits for no thread is done without it.
        atexit._run_exitfuncs()
        os._exit(code)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        result = app(arguments, prog_name="docparse", standalone_mode=False)
        if result == ExitCode.INTERRUPTED and not isinstance(result, ExitCode):
            raise KeyboardInterrupt  # this is how typer returns one, without a word
        return int(result or 0)
    except DocparseError as error:
        if debug:
            raise
        console.error(str(error))
        return error.exit_code
    except console.ReaderGoneError:
        # Whoever reads us has seen enough (``docparse x.pdf | head -1``): no error of anybody.
        _drop_stdout()
        return ExitCode.OK
    except (KeyboardInterrupt, typer.Abort):
        console.error("interrupted")
        return ExitCode.INTERRUPTED
    except typer.Exit as stop:
        return int(stop.exit_code)
    except Exception as error:
        if hasattr(error, "format_message"):  # the parser of options has its own errors
            console.error(f"{' '.join(error.format_message().split())} (docparse --help lists the options)")
            return ExitCode.USAGE
        if debug:
            raise
        console.error(str(defect(error)))
        return ExitCode.DEFECT


def _drop_stdout() -> None:
    """Have the interpreter's own last flush go nowhere instead of failing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
