"""Loading: transformers' Qwen2.5-VL modules, accelerate's placement."""

import logging
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .images import ImageSettings
from .placement import Placement


@dataclass(frozen=True)
class LoadedModel:
    """A model with what belongs to it. ``network`` is transformers' ``Qwen2_5_VLForConditionalGeneration``."""

    network: Any
    tokenizer: Any
    image_settings: ImageSettings
    end_tokens: frozenset[int]
    context_length: int
    device: Any
    """Where its inputs go."""


def load(path: Path, placement: Placement, max_memory: Mapping[str, str], context_length: int) -> LoadedModel:
    """Load the checkpoint in ``path``.

    With ``max_memory`` (as accelerate takes it), or on a GPU that is too small, layers are spread over devices, the
    CPU's memory and the disk.

    Raises:
        ModelError: the files cannot be loaded, or do not fit.
    """
    with _quietly():
        import torch
        from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

        try:
            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
            network = Qwen2_5_VLForConditionalGeneration.from_pretrained(
                path,
                dtype=getattr(torch, placement.dtype),
                attn_implementation="sdpa",
                local_files_only=True,
                **_map(placement, max_memory),
            )
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, ImportError, AttributeError) as error:
            first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ModelError(f"{path} cannot be loaded: {first_line[:300]}") from error
    network.eval()
    network.requires_grad_(False)
    ends = network.generation_config.eos_token_id
    if ends is None:
        ends = network.config.get_text_config().eos_token_id
    end_tokens = {ends} if isinstance(ends, int) else set(ends or ())
    closing = tokenizer.convert_tokens_to_ids("<|im_end|>")
    if isinstance(closing, int):
        end_tokens.add(closing)
    return LoadedModel(
        network=network,
        tokenizer=tokenizer,
        image_settings=ImageSettings.load(path),
        end_tokens=frozenset(end_tokens),
        context_length=context_length,
        device=network.get_input_embeddings().weight.device if not max_memory else torch.device(placement.device),
    )


def _map(placement: Placement, max_memory: Mapping[str, str]) -> dict[str, Any]:
    """The arguments that say where the layers go."""
    if not max_memory and placement.device in ("cpu", "mps"):
        return {"device_map": {"": placement.device}}
    limits = {int(name[5:]) if name.startswith("cuda:") else name: size for name, size in max_memory.items()}
    # accelerate fills the first device, then the next, then the CPU, then this folder.
    offload = tempfile.mkdtemp(prefix="docparse-offload-")
    return {"device_map": "auto", "max_memory": limits or None, "offload_folder": offload}


@contextmanager
def _quietly() -> Iterator[None]:
    """Nothing but the document goes to stdout, and nothing but our own words to stderr."""
    import transformers

    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    accelerate_logger = logging.getLogger("accelerate")
    level = accelerate_logger.level
    accelerate_logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers.logging.set_verbosity(verbosity)
        accelerate_logger.setLevel(level)
