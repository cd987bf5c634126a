"""docparse's decoding around a network of a vendor checkpoint's true dimensions, with random weights.

    python benchmarks/dimensions.py 3b            # on the CPU: what the loop around the model costs, and the memory
    python benchmarks/dimensions.py 3b 7b --cuda  # on a GPU: tokens a second against generate and the bandwidth

Weights are random, so nothing sensible is written, but each pass takes as long as it would. The bound for one answer
at a time is the device's measured copy bandwidth over the bytes of the weights that a pass reads. Skips where what it
needs is not there.
"""

import argparse
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import docparse.runtime  # noqa: F401  # before torch: how its threads wait

# isort: split
import numpy as np
import psutil
import torch
from rich.console import Console
from rich.table import Table
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from docparse import bench
from docparse.runtime import attention
from docparse.runtime.decode import Lane
from docparse.runtime.decoder import Decoder
from docparse.runtime.images import ImageSettings, Patches
from docparse.runtime.model import LoadedModel
from docparse.runtime.sequence import Clock, Job, Sequence

# config.json of Qwen/Qwen2.5-VL-3B-Instruct and -7B-Instruct.
TEXT = {
    "3b": {"hidden_size": 2048, "intermediate_size": 11008, "num_hidden_layers": 36, "num_attention_heads": 16},
    "7b": {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28},
}
KEY_VALUE_HEADS = {"3b": 2, "7b": 4}
VOCABULARY = {"3b": 151936, "7b": 152064}
IMAGE_TOKEN, VISION_START = 151655, 151652


def make(name: str, device: str, layers: int | None) -> LoadedModel:
    text = {
        **TEXT[name],
        "num_key_value_heads": KEY_VALUE_HEADS[name],
        "vocab_size": VOCABULARY[name],
        "max_position_embeddings": 128000,
        "rope_parameters": {"rope_type": "default", "mrope_section": [16, 24, 24], "rope_theta": 1e6},
    }
    if layers is not None:
        text["num_hidden_layers"] = layers
    config = Qwen2_5_VLConfig(
        text_config=text,
        # One layer: the prompt is read once, and is not what is measured.
        vision_config={"depth": 1, "out_hidden_size": text["hidden_size"], "fullatt_block_indexes": [0]},
        image_token_id=IMAGE_TOKEN,
        vision_start_token_id=VISION_START,
        tie_word_embeddings=name == "3b",
    )
    config._attn_implementation = "sdpa"
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("meta"):
        network = Qwen2_5_VLForConditionalGeneration(config)
    network = network.to_empty(device=device)
    # What is computed from the config rather than loaded.
    for module in network.modules():
        if hasattr(module, "inv_freq"):
            size = module.inv_freq.shape[0]
            module.inv_freq = (1e6 ** -(torch.arange(size, dtype=torch.float32, device=device) / size)).float()
            if hasattr(module, "original_inv_freq"):
                module.original_inv_freq = module.inv_freq
    network.tie_weights()
    for parameter in network.parameters():
        # A row of random numbers, the same for all: filling them one by one takes longer than all that follows.
        parameter.data.copy_((torch.randn(parameter.shape[-1], device=device) * 0.02).expand_as(parameter))
    torch.set_default_dtype(torch.float32)
    network.eval()
    network.requires_grad_(False)
    network.generation_config.eos_token_id = None
    attention.use_in(network)
    settings = ImageSettings()
    return LoadedModel(network, None, settings, frozenset(), 128000, torch.device(device))


def jobs(count: int, limit: int) -> list[Job]:
    """Each a small image: 16 tokens of it, some words, and ``limit`` tokens to write."""
    grid = (1, 8, 8)
    patches = Patches(np.zeros((64, 1176), dtype=np.float32), grid, (112, 112))
    prompt = [*range(100, 148), VISION_START, *[IMAGE_TOKEN] * 16, *range(200, 220)]
    return [Job(Sequence([*prompt, 300 + number], limit, Clock(3600)), patches) for number in range(count)]


@dataclass
class Watch:
    """Seconds inside of the network, and of these in passes over a token for each answer."""

    seconds: float = 0.0
    passes: int = 0

    def around(self, network: torch.nn.Module, device: torch.device) -> Callable[[], None]:
        begun = 0.0

        def before(*_: object) -> None:
            nonlocal begun
            _wait(device)
            begun = time.perf_counter()

        def after(*_: object) -> None:
            _wait(device)
            self.seconds += time.perf_counter() - begun
            self.passes += 1

        handles = network.register_forward_pre_hook(before), network.register_forward_hook(after)
        return lambda: [handle.remove() for handle in handles] and None


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def overhead(model: LoadedModel, tokens: int) -> tuple[float, float, int]:
    """Seconds a token inside of the network and around it, and bytes that its cache was planned to take."""
    lane = Lane(model, deque(jobs(1, tokens)), 1)
    lane.advance()
    watch = Watch()
    remove = watch.around(model.network, model.device)
    started = time.perf_counter()
    while lane.has_work:
        lane.advance()
    _wait(model.device)
    seconds = time.perf_counter() - started
    remove()
    config = model.network.config.get_text_config()
    head = config.hidden_size // config.num_attention_heads
    length = lane._cache.length
    planned = 2 * config.num_hidden_layers * config.num_key_value_heads * head * length * model.network.dtype.itemsize
    return watch.seconds / watch.passes, (seconds - watch.seconds) / watch.passes, planned


def resident(device: torch.device) -> int:
    """Bytes that are taken now."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device)
    return psutil.Process().memory_info().rss


def speed(model: LoadedModel, count: int, tokens: int) -> float:
    """Tokens a second of ``count`` answers side by side, their prompts left out."""
    asked = jobs(count, tokens)
    decoder = Decoder(model, count)
    decoder.write(jobs(count, 2))
    started = time.perf_counter()
    decoder.write(jobs(count, 1))
    prompts = time.perf_counter() - started
    started = time.perf_counter()
    decoder.write(asked)
    if errors := [job.sequence.error for job in asked if job.sequence.error]:
        raise errors[0]
    return count * (tokens - 1) / (time.perf_counter() - started - prompts)


def by_generate(model: LoadedModel, tokens: int) -> float:
    """Tokens a second of transformers' generate, the prompt left out."""
    bench._generate(model, jobs(1, 2)[0])
    seconds = []
    for limit in (1, tokens):
        started = time.perf_counter()
        bench._generate(model, jobs(1, limit)[0])
        seconds.append(time.perf_counter() - started)
    return (tokens - 1) / (seconds[1] - seconds[0])


def bandwidth(device: torch.device) -> float:
    """Bytes a second that the device copies, read and written counted."""
    source = torch.empty(2**30, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    best = float("inf")
    for _ in range(5):
        _wait(device)
        started = time.perf_counter()
        target.copy_(source)
        _wait(device)
        best = min(best, time.perf_counter() - started)
    return 2 * source.numel() / best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=sorted(TEXT))
    parser.add_argument("--cuda", action="store_true")
    parser.add_argument("--layers", type=int, help="fewer than there are: for a machine without the memory")
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--many", type=int, default=32, help="answers side by side")
    options = parser.parse_args()
    if options.cuda and not torch.cuda.is_available():
        print("skipped: there is no GPU here")
        return 0
    table = Table("", "what", "measured", title="cuda" if options.cuda else f"cpu, {torch.get_num_threads()} threads")
    for name in options.names:
        device = torch.device("cuda" if options.cuda else "cpu")
        before = resident(device)
        model = make(name, device.type, options.layers)
        weights = sum(parameter.numel() * parameter.element_size() for parameter in model.network.parameters())
        peak = bench._Peak(device)
        inside, around, cache = overhead(model, options.tokens)
        taken = (peak.bytes() or 0) - before
        one, generated = speed(model, 1, options.tokens), by_generate(model, options.tokens)
        bound = bandwidth(model.device) / weights
        table.add_row(
            name, "weights", f"{weights / 1e9:.2f} GB, {model.network.config.text_config.num_hidden_layers} layers"
        )
        table.add_row("", "a pass of one token", f"{inside * 1e3:.1f} ms")
        table.add_row("", "the loop around it", f"{around * 1e3:.2f} ms, {around / inside:.2%} of the pass")
        table.add_row("", "memory over weights and planned cache", f"{taken / (weights + cache) - 1:+.1%}")
        table.add_row(
            "", "tokens a second, one answer", f"{one:.2f}, {one / bound:.0%} of the bandwidth's {bound:.1f}"
        )
        table.add_row("", "transformers' generate", f"{generated:.2f}; docparse {one / generated:.2f}×")
        if options.cuda:
            many = speed(model, options.many, options.tokens)
            table.add_row("", f"{options.many} answers side by side", f"{many:.1f}, {many / one:.1f}× one")
        table.add_section()
        del model
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
