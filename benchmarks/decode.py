"""Several images at once: transformers' `generate`, one after the other, against docparse's decoding with slots.

The images are synthetic fragments of pages, the same for all; the checkpoint is nano unless said otherwise. All ways
take the same prompts and the same limit, and the tokens are compared one by one.
"""

import argparse
import os
import time
from dataclasses import dataclass, replace
from typing import Any

import docparse.runtime  # noqa: F401  # before torch: how its threads wait

# isort: split
import torch
from rich.console import Console
from rich.table import Table

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.runtime.attention import as_in_transformers
from docparse.runtime.checkpoint import check, locate
from docparse.runtime.decoder import Decoder
from docparse.runtime.images import Patches, to_patches
from docparse.runtime.model import LoadedModel, load
from docparse.runtime.placement import place
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.sequence import Clock, Job, Sequence
from docparse.synth.page import make_page
from docparse.synth.settings import SynthSettings


@dataclass(frozen=True)
class Question:
    prompt: list[int]
    patches: Patches


def questions(model: LoadedModel, count: int) -> list[Question]:
    """Of some 500 tokens for nano, no two images of one size."""
    merge = model.image_settings.merge_size
    asked = []
    for number in range(count):
        page = make_page(number, SynthSettings(size=(448 + 16 * (number % 8), 240 + 8 * (number % 5))))
        patches = to_patches(page.image, model.image_settings)
        tokens = prompt_tokens(model.tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(merge))
        asked.append(Question(tokens, patches))
    return asked


def by_generate(model: LoadedModel, asked: list[Question], limit: int) -> list[list[int]]:
    """As a user of transformers would, with its own attention."""
    answers = []
    for question in asked:
        prompt = torch.tensor([question.prompt], device=model.device)
        with as_in_transformers(model.network):
            written: Any = model.network.generate(
                input_ids=prompt,
                attention_mask=torch.ones_like(prompt),
                pixel_values=torch.from_numpy(question.patches.values).to(model.device, model.network.dtype),
                image_grid_thw=torch.tensor([question.patches.grid], device=model.device),
                mm_token_type_ids=(prompt == model.network.config.image_token_id).int(),
                do_sample=False,
                repetition_penalty=1.0,
                max_new_tokens=limit,
                eos_token_id=sorted(model.end_tokens) or None,
            )
        tokens = written[0, prompt.shape[1] :].tolist()
        answers.append([token for token in tokens if token not in model.end_tokens])
    return answers


def by_slots(model: LoadedModel, asked: list[Question], limit: int, slots: int, threads: int) -> list[list[int]]:
    jobs = [Job(Sequence(question.prompt, limit, Clock(3600)), question.patches) for question in asked]
    Decoder(model, slots, threads=threads).write(jobs)
    if errors := [str(job.sequence.error) for job in jobs if job.sequence.error is not None]:
        raise SystemExit(errors[0])
    return [job.sequence.tokens for job in jobs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--dtype", default="float32", choices=["auto", "float32", "bfloat16", "float16"])
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--limit", type=int, default=300, help="most tokens of an answer")
    parser.add_argument("--slots", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--threads", type=int, default=1, help="for a small model: each computes on one core")
    parser.add_argument("--no-end", action="store_true", help="write up to the limit: as many steps for each image")
    options = parser.parse_args()

    model = load(check(locate(options.model)), place("auto", options.dtype))
    if options.no_end:
        model.network.generation_config.eos_token_id = None
        model = replace(model, end_tokens=frozenset())
    asked = questions(model, options.images)
    by_slots(model, asked[:1], 2, 1, 0)
    table = Table("", "seconds", "tokens/s", "CPU s", "CPU ms/token", "equal", title=_title(model, asked))
    started = _now()
    expected = by_generate(model, asked, options.limit)
    _row(table, "generate, one by one", started, expected, expected)
    for slots in options.slots:
        started = _now()
        answers = by_slots(model, asked, options.limit, slots, options.threads)
        _row(table, f"docparse, {slots} slots, {options.threads} threads", started, answers, expected)
    Console().print(table)


def _title(model: LoadedModel, asked: list[Question]) -> str:
    lengths = [len(question.prompt) for question in asked]
    where = f"{model.device}, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}"
    return f"{len(asked)} prompts of {min(lengths)} to {max(lengths)} tokens, {model.network.dtype}, {where}"


def _now() -> tuple[float, float]:
    """By the clock, and of this process on all cores: the latter hardly depends on what else the machine does."""
    return time.perf_counter(), time.process_time()


def _row(
    table: Table, name: str, started: tuple[float, float], answers: list[list[int]], expected: list[list[int]]
) -> None:
    seconds, computing = (now - before for now, before in zip(_now(), started, strict=True))
    tokens = sum(map(len, answers))
    equal = sum(ours == theirs for ours, theirs in zip(answers, expected, strict=True))
    per_token = f"{1000 * computing / tokens:.2f}"
    table.add_row(
        name, f"{seconds:.1f}", f"{tokens / seconds:.0f}", f"{computing:.2f}", per_token, f"{equal}/{len(answers)}"
    )


if __name__ == "__main__":
    main()
