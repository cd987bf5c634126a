"""transformers' ``generate`` and docparse's own decoding, on the same pages with the same checkpoint."""

import gc
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .engines.base import Engine, EnginePage, ModelOutput
from .engines.local import LocalEngine
from .errors import DocparseError, InputError, PageError
from .options import Options
from .pipeline import Pipeline
from .runtime.checkpoint import NANO, check, locate
from .runtime.placement import place
from .source import NamedFile

if TYPE_CHECKING:
    from .runtime.model import LoadedModel
    from .runtime.sequence import Job


@dataclass(frozen=True)
class Measured:
    """One way to have all pages written down."""

    name: str
    pages: int
    seconds: float
    prompt_seconds: float
    """Of these, what the prompts alone take with their images, measured by itself."""
    tokens: int
    passes: int
    """Of the model, counted for each answer: as many as tokens where nothing is foreseen."""
    proposed: int
    peak_bytes: int | None
    """Of memory, the weights included: the GPU's where the model is there, else the process's; None where the system
    does not tell."""
    equal: bool
    """Whether all answers are, token for token, those of ``generate``."""

    @property
    def decode_seconds(self) -> float:
        """Without the prompts: what the tokens after the first take."""
        return max(1e-9, self.seconds - self.prompt_seconds)

    @property
    def acceptance(self) -> float | None:
        """Of the tokens that were proposed, how many were right; None where none was."""
        return (self.tokens - self.passes) / self.proposed if self.proposed else None


class _Gathering(Pipeline):
    """Reads pages up to where the engine would be asked."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.gathered: list[EnginePage] = []

    def ask(self, engine: Engine, page: EnginePage) -> ModelOutput:
        self.gathered.append(page)
        raise PageError("it is only looked at")


def bench(given: Sequence[str | Path | NamedFile], options: Options, limit: int) -> Iterator[Measured]:
    """Measure each way in turn on the pages of ``given``, ``limit`` tokens an answer at most.

    Raises:
        DocparseError: a file cannot be read, the model cannot be used, or no page is there to be read.
    """
    # Named, it is the same for prompts and for what follows them: generate knows but one.
    dtype = place(options.device, options.dtype, check(locate(options.model or NANO)).parameters).dtype
    pipeline = _Gathering(replace(options, engine="local", dtype=dtype))
    for opened in pipeline.open_all(given):
        if isinstance(opened, DocparseError):
            raise opened
        list(opened.pages())
    pages = sorted(pipeline.gathered, key=lambda page: (page.source_name, page.number))
    pages = [page for page in pages if page.image is not None]
    if not pages:
        raise InputError("there is no page in it for a model to read")
    engine = pipeline.engines.with_text
    assert isinstance(engine, LocalEngine)
    yield from _Bench(engine, pages, limit).measure()


class _Bench:
    def __init__(self, engine: LocalEngine, pages: list[EnginePage], limit: int) -> None:
        self._engine, self._pages, self._limit = engine, pages, limit
        self._loaded = engine.load()
        self._expected: list[list[int]] | None = None

    def measure(self) -> Iterator[Measured]:
        # What is done but once, such as finding the fastest kernels, is nobody's time.
        self._one_by_one(self._jobs(drafts=True, limit=2)[:1])
        yield self._run("generate", self._generated, drafts=False)
        for drafts, words in ((False, "no drafts"), (True, "drafts")):
            yield self._run(f"page by page, {words}", self._one_by_one, drafts=drafts)
        if len(self._pages) > 1:
            for drafts, words in ((False, "no drafts"), (True, "drafts")):
                yield self._run(f"all at once, {words}", self._together, drafts=drafts)

    def _jobs(self, *, drafts: bool, limit: int) -> list[list["Job"]]:
        pages = [self._engine.jobs(page) for page in self._pages]
        for job in (job for page in pages for job in page):
            job.sequence.limit = min(job.sequence.limit, limit)
            if not drafts:
                job.sequence.proposals = None
        return pages

    def _run(self, name: str, write: Callable[[list[list["Job"]]], None], *, drafts: bool) -> Measured:
        prompts = self._jobs(drafts=False, limit=1)
        prompt_seconds = _seconds(lambda: write(prompts))
        pages = self._jobs(drafts=drafts, limit=self._limit)
        peak = _Peak(self._loaded.model.device)
        seconds = _seconds(lambda: write(pages))
        jobs = [job for page in pages for job in page]
        if errors := [job.sequence.error for job in jobs if job.sequence.error is not None]:
            raise errors[0]
        answers = [job.sequence.tokens for job in jobs]
        if self._expected is None:
            self._expected = answers
        return Measured(
            name=name,
            pages=len(pages),
            seconds=seconds,
            prompt_seconds=prompt_seconds,
            tokens=sum(map(len, answers)),
            passes=sum(job.sequence.passes for job in jobs),
            proposed=sum(job.sequence.proposed for job in jobs),
            peak_bytes=peak.bytes(),
            equal=answers == self._expected,
        )

    def _generated(self, pages: list[list["Job"]]) -> None:
        for page in pages:
            for job in page:
                _generate(self._loaded.model, job)

    def _one_by_one(self, pages: list[list["Job"]]) -> None:
        for page in pages:
            self._loaded.decoder.write(page)

    def _together(self, pages: list[list["Job"]]) -> None:
        self._loaded.decoder.write([job for page in pages for job in page])


def _generate(model: "LoadedModel", job: "Job") -> None:
    """As a user of transformers would, with its own attention."""
    import torch

    from .runtime.attention import as_in_transformers

    sequence, patches = job.sequence, job.patches
    prompt = torch.tensor([sequence.prompt], device=model.device)
    with torch.inference_mode(), as_in_transformers(model.network):
        written: Any = model.network.generate(
            input_ids=prompt,
            attention_mask=torch.ones_like(prompt),
            pixel_values=torch.from_numpy(patches.values).to(model.device, model.network.dtype),
            image_grid_thw=torch.tensor([patches.grid], device=model.device),
            mm_token_type_ids=(prompt == model.network.config.image_token_id).int(),
            do_sample=False,
            repetition_penalty=1.0,
            max_new_tokens=sequence.limit,
            eos_token_id=sorted(model.end_tokens) or None,
        )
    tokens = written[0, prompt.shape[1] :].tolist()
    sequence.passes = len(tokens)
    sequence.tokens = [token for token in tokens if token not in model.end_tokens]


def _seconds(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


class _Peak:
    """The most memory that is held from now on."""

    def __init__(self, device: Any) -> None:
        import torch

        self._device = device
        gc.collect()
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        elif sys.platform == "linux":
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # man 5 proc: resets VmHWM

    def bytes(self) -> int | None:
        import torch

        if self._device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self._device))
        if sys.platform != "linux":
            return None
        found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
        return int(found[1]) * 1024 if found else None
