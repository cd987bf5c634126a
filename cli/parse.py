"""``docparse [parse] INPUT...``: the main job."""

import os
import time
import traceback
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import DocparseError, ExitCode, OutputError, UsageError, defect
from docparse.options import (
    CHUNK_TOKENS,
    MOST_READINGS,
    SYSTEM_PROMPT,
    USER_PROMPT,
    DtypeName,
    EngineName,
    Format,
    ImagesMode,
    Options,
    QuantizeName,
)

from . import console, interrupts

if TYPE_CHECKING:
    from docparse import Document, Pipeline
    from docparse.batch.plan import Job
    from docparse.document import Page
    from docparse.opened import OpenDocument


EPILOG = (
    "Other commands: docparse models (checkpoints), docparse convert (saved JSON to other formats), "
    "docparse tables and docparse music (as files of their own), docparse validate (QwenVL HTML), "
    "docparse eval (against ground truth), docparse synth and docparse train, "
    "docparse schema (of the JSON), docparse doctor (what will be used and why). "
    "A file that is called like a command: docparse parse FILE."
)


def _version(wanted: bool) -> None:
    if wanted:
        from docparse.version import __version__

        print(f"docparse {__version__}")
        raise typer.Exit


def parse(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="PDF or image files, a folder, or - for stdin.")
    ],
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", "-f", help="May be given several times with -o. [default: md, or as -o ends]"),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE|DIR", help="[default, or -: one document to stdout]"),
    ] = None,
    images: Annotated[
        ImagesMode | None,
        typer.Option(help="Pictures cut from the pages. [default: embed for HTML alone, files with -o, else none]"),
    ] = None,
    furniture: Annotated[
        Literal["drop", "keep"],
        typer.Option(help="Running page headers and footers in Markdown and chunks."),
    ] = "drop",
    chunk_tokens: Annotated[
        int, typer.Option(metavar="N", min=16, help="Most tokens of a chunk (-f chunks), estimated.")
    ] = CHUNK_TOKENS,
    save_raw: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep every engine answer, for --engine replay."),
    ] = None,
    pages: Annotated[str | None, typer.Option(metavar="LIST", help="Such as 1-3,7,-1.")] = None,
    password: Annotated[str | None, typer.Option(metavar="TEXT", help="Of an encrypted PDF.")] = None,
    engine: Annotated[EngineName, typer.Option(help="What reads the pages.")] = "auto",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="ALIAS|DIR|HUB_ID",
            help="3b, 7b, 32b, 72b, a checkpoint's folder or hub id; "
            "for --engine replay the folder of --save-raw. [env: DOCPARSE_MODEL]",
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="auto|cpu|cuda:0|mps", help="Where the model runs.")] = "auto",
    dtype: Annotated[DtypeName, typer.Option(help="The model's arithmetic.")] = "auto",
    quantize: Annotated[
        QuantizeName | None,
        typer.Option(help="Its weights in fewer bits: 4bit and 8bit by bitsandbytes, int8 by torchao."),
    ] = None,
    max_memory: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DEVICE=SIZE",
            help="How much of it the model may take, such as cuda:0=20GiB or cpu=40GiB; may be given several times. "
            "The rest goes to the disk.",
        ),
    ] = None,
    system_prompt: Annotated[
        str,
        typer.Option(metavar="TEXT", help="[default: the one for document parsing]", show_default=False),
    ] = SYSTEM_PROMPT,
    user_prompt: Annotated[str, typer.Option(metavar="TEXT", help="The request.")] = USER_PROMPT,
    min_pixels: Annotated[int | None, typer.Option(metavar="N", help="Of the image that the model sees.")] = None,
    max_pixels: Annotated[int | None, typer.Option(metavar="N", help="Of the image that the model sees.")] = None,
    max_new_tokens: Annotated[int, typer.Option(metavar="N", help="Of a page's answer.")] = 8192,
    readings: Annotated[
        int, typer.Option(metavar="N", help="Most, of what nano is not sure of; 1 is fast, and reads worse.")
    ] = MOST_READINGS,
    page_timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Once for rendering, once for decoding. [default: 30, 900]"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Processes that read pages. [default: one a core, at most 4]"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Every problem; on a terminal also what the model is writing.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> int:
    """PDFs and scans to HTML, Markdown and JSON, every element with its place on the page."""
    if debug:
        os.environ["DOCPARSE_DEBUG"] = "1"
    from docparse.batch.plan import plan

    jobs = plan(inputs, formats or [], output)
    options = Options(
        engine=engine,
        model=model,
        device=device,
        dtype=dtype,
        quantize=quantize,
        pages=pages,
        password=password,
        min_pixels=min_pixels,
        max_pixels=max_pixels,
        max_new_tokens=max_new_tokens,
        readings=readings,
        page_timeout=page_timeout,
        images=images or _images_for(jobs[0]),
        save_raw=save_raw,
        system_prompt=system_prompt,
        user_prompt=user_prompt,
        workers=workers,
        max_memory=_memory(max_memory or []),
    )
    if options.images == "files" and jobs[0].target is None:
        raise UsageError("--images files needs -o: there is no folder to put them in")
    from docparse import Pipeline
    from docparse.export.files import check_writable

    if jobs[0].target is not None:
        # Told now and not after a night's work.
        check_writable(jobs[0].path(jobs[0].formats[0]))
    run = _Run(
        Pipeline(options), furniture=furniture == "keep", chunk_tokens=chunk_tokens, quiet=quiet, verbose=verbose
    )
    return run.one(jobs[0]) if len(jobs) == 1 and not Path(inputs[0]).is_dir() else run.many(jobs)


def _memory(limits: list[str]) -> dict[str, str]:
    parted = [limit.partition("=") for limit in limits]
    if wrong := next(
        (limit for limit, (name, _, size) in zip(limits, parted, strict=True) if not name or not size), None
    ):
        raise UsageError(f"--max-memory takes DEVICE=SIZE such as cuda:0=20GiB, not {wrong!r}")
    return {name: size for name, _, size in parted}


def _images_for(job: "Job") -> ImagesMode:
    if job.formats == (Format.HTML,):
        return "embed"
    return "none" if job.target is None else "files"


class _Run:
    """One call of the command."""

    def __init__(
        self, pipeline: "Pipeline", *, furniture: bool, chunk_tokens: int, quiet: bool, verbose: bool
    ) -> None:
        self._pipeline = pipeline
        self._furniture = furniture
        self._chunk_tokens = chunk_tokens
        self._quiet = quiet
        self._verbose = verbose
        self._streaming: OpenDocument | None = None
        self._streamed = 0
        """Pages of that document which standard output has already."""

    def one(self, job: "Job") -> int:
        """A single document: its error is the command's."""
        with console.progress(1, quiet=self._quiet, shows_text=self._verbose) as bar:
            started = time.monotonic()
            with self._pipeline.open(job.given) as opened:
                try:
                    document = self._document(job, opened, bar)
                except KeyboardInterrupt:
                    if self._keep(job, opened) is None:
                        raise
                    return ExitCode.INTERRUPTED
        self._tell(document, time.monotonic() - started)
        interrupts.heed()
        return ExitCode.OK if document.is_complete else ExitCode.PARTIAL

    def many(self, jobs: "list[Job]") -> int:
        """Many documents: what is wrong with one harms no other."""
        tally = console.Tally(len(jobs))
        started = time.monotonic()
        interrupted = False
        with console.progress(len(jobs), quiet=self._quiet, shows_text=self._verbose) as bar:
            try:
                with closing(self._pipeline.open_all(job.given for job in jobs)) as all_opened:
                    for job, opened in zip(jobs, all_opened, strict=True):
                        tally.count(self._one_of_many(job, opened, bar))
                        interrupts.heed()
            except KeyboardInterrupt:
                interrupted = True
                console.error("interrupted")
                for place, begun in self._pipeline.begun.items():
                    document = None if isinstance(begun, DocparseError) else self._keep(jobs[place], begun)
                    if document is not None:
                        tally.count(document)
        if not self._quiet:
            console.batch_summary(tally, time.monotonic() - started)
        if interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.PARTIAL if tally.failed else ExitCode.OK

    def _one_of_many(
        self, job: "Job", opened: "OpenDocument | DocparseError", bar: console.Progress
    ) -> "Document | None":
        """None where nothing came of it, which was told."""
        try:
            if isinstance(opened, DocparseError):
                raise opened
            document = self._document(job, opened, bar)
        except (OutputError, console.ReaderGoneError):
            raise
        except DocparseError as error:
            console.error(str(error))
            return None
        except Exception as error:
            if os.environ.get("DOCPARSE_DEBUG"):
                traceback.print_exception(error)
            console.error(f"{job.given}: {defect(error)}")
            return None
        console.losses(document)
        if self._verbose:
            self._tell_problems(document)
        return document

    def _document(self, job: "Job", opened: "OpenDocument", bar: console.Progress) -> "Document":
        from docparse.pipeline import refuse_if_unread

        pages: list[Page] = []
        self._streaming, self._streamed = opened, 0
        bar.begin(opened.source.name, len(opened.numbers), opened.writing)
        try:
            for page in opened.pages():
                pages.append(page)
                with interrupts.held():
                    self._stream(job, opened, [page])
                    self._streamed += 1
                interrupts.heed()
                bar.advance()
        except DocparseError as error:
            if job.target is not None or not isinstance(error, OutputError):
                self._keep(job, opened, str(error))
            raise
        with interrupts.held():
            document = opened.assemble(pages)
            refuse_if_unread(document)
            self._write(document, job)
        return document

    def _keep(self, job: "Job", opened: "OpenDocument", why: str = "interrupted") -> "Document | None":
        """Write what is finished of a document that is not waited for. None: nothing is, or all is written."""
        pages = [] if opened.is_assembled else opened.finished()
        if all(page.status.value == "failed" for page in pages):
            return None
        missing = opened.missing(pages)
        with interrupts.held():
            self._stream(job, opened, pages[self._streamed if opened is self._streaming else 0 :])
            document = opened.assemble(pages, stopped=why if missing else None)
            self._write(document, job)
        console.losses(document)
        if missing:
            count = f"{len(pages)} of {len(opened.numbers)} pages are written"
            console.error(f"{opened.source.name}: {why}: {count}, without {missing}")
        return document

    def _stream(self, job: "Job", opened: "OpenDocument", pages: "list[Page]") -> None:
        """Standard output gets a line a page as soon as there is one."""
        if job.target is None and job.formats == (Format.JSONL,):
            from docparse.export.json import page_line

            for page in pages:
                console.write_stdout(page_line(opened.source, page))

    def _write(self, document: "Document", job: "Job") -> None:
        from docparse.export.files import detach_assets, write_text

        if job.target is None:
            if job.formats != (Format.JSONL,):
                console.write_stdout(self._serialised(document, job.formats[0]))
            return
        if self._pipeline.options.images == "files":
            detach_assets(document, job.assets)
        for form in job.formats:
            write_text(job.path(form), self._serialised(document, form))

    def _serialised(self, document: "Document", form: Format) -> str:
        from docparse.export.files import serialise

        return serialise(document, form, furniture=self._furniture, chunk_tokens=self._chunk_tokens)

    def _tell(self, document: "Document", seconds: float) -> None:
        if self._verbose:
            self._tell_problems(document)
        console.losses(document)
        if not self._quiet:
            console.summary(document, seconds)

    def _tell_problems(self, document: "Document") -> None:
        found = [*document.problems, *(problem for page in document.pages for problem in page.problems)]
        console.problems(document.source.name, found)
