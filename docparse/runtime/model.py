"""Loading: transformers' Qwen2.5-VL modules, accelerate's placement."""

import logging
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from ..options import QuantizeName
from . import quantise
from .checkpoint import CheckpointInfo, first_line
from .images import ImageSettings
from .placement import Placement, is_small, layout

if TYPE_CHECKING:
    from .fused import FusedDecoder
    from .fused_prompt import FusedPrompt

_CHATTY = ("accelerate", "bitsandbytes", "torchao", "torch.utils._pytree")
"""Loggers. Where torchao is installed transformers imports it, whether it is needed or not."""


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
    prompt_dtype: Any = None
    """The ``torch.dtype`` that products of matrices are computed in while a prompt is read; None: as all else."""
    fused: "FusedDecoder | None" = None
    """What computes the steps after a prompt in place of ``network``, where that is faster."""
    fused_prompt: "FusedPrompt | None" = None
    """The same for the prompt."""

    def tokens(self, text: str) -> list[int]:
        """``text`` in tokens, without special ones around it."""
        return list(self.tokenizer.encode(text, add_special_tokens=False))

    def text(self, tokens: list[int]) -> str:
        """What these tokens say; special ones say nothing."""
        return str(self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def token_ends(self, tokens: list[int]) -> list[int]:
        """Where in the text each token ends. A character may be spread over tokens: then the first of them end where
        it begins."""
        ends: list[int] = []
        finished = 0
        pending: list[int] = []
        for token in tokens:
            pending.append(token)
            piece = self.text(pending)
            if not piece.endswith("\ufffd") or len(pending) > 8:
                finished += len(piece)
                pending = []
            ends.append(finished)
        return ends


def load(
    info: CheckpointInfo,
    placement: Placement,
    max_memory: Mapping[str, str] | None = None,
    quantize: QuantizeName | None = None,
) -> LoadedModel:
    """Load a checkpoint that ``check`` has found whole.

    The whole model goes to one device where it fits. With ``max_memory`` (as accelerate takes it), or where it does
    not fit, its layers are spread over the GPUs, the CPU's memory and the disk.

    Raises:
        ModelError: the files cannot be loaded, or do not fit.
    """
    path = info.path
    folder = None
    with quietly():
        import torch
        from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

        from . import attention
        from .fused import FusedDecoder, can_fuse
        from .fused_prompt import FusedPrompt

        memory = layout(placement, info.weight_bytes_as(placement.dtype, quantize), max_memory or {})
        where: dict[str, Any] = {"device_map": {"": placement.device}}
        if memory is not None:
            folder = tempfile.mkdtemp(prefix="docparse-offload-")
            where = {"device_map": "auto", "max_memory": memory, "offload_folder": folder}
        dtype = getattr(torch, placement.dtype)
        try:
            if quantize is not None:
                where["quantization_config"] = quantise.settings(quantize, dtype)
            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
            network, report = Qwen2_5_VLForConditionalGeneration.from_pretrained(
                path,
                dtype=dtype,
                attn_implementation="sdpa",
                local_files_only=True,
                output_loading_info=True,
                **where,
            )
        except BaseException as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            # The tokenizers and safetensors libraries raise plain Exceptions.
            if not isinstance(error, Exception):
                raise
            why = first_line(error)
            if quantize is not None and memory is not None:
                # The libraries say the same in many words, or none.
                why = f"with --quantize {quantize} all of it has to fit on the GPUs, or all into the CPU's memory"
            raise ModelError(f"{path} cannot be loaded: {why}") from error
    if folder is not None:
        # What stands on the disk is needed as long as the model is.
        weakref.finalize(network, shutil.rmtree, folder, ignore_errors=True)
    if missing := sorted(report["missing_keys"]):
        # transformers fills them with random numbers.
        raise ModelError(f"{path} is incomplete: {len(missing)} weights are in none of its files, e.g. {missing[0]}")
    # It would say of each pass of 8 bits that it rounds.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    network.eval()
    network.requires_grad_(False)
    attention.use_in(network)
    device = torch.device(_input_device(network, placement))
    prompt_dtype = None if placement.prompt_dtype is None else getattr(torch, placement.prompt_dtype)
    fuses = is_small(info.parameters) and can_fuse(network, device)
    return LoadedModel(
        network=network,
        tokenizer=tokenizer,
        image_settings=info.image_settings,
        end_tokens=_end_tokens(network, tokenizer),
        context_length=info.context_length,
        device=device,
        prompt_dtype=prompt_dtype,
        fused=FusedDecoder(network) if fuses else None,
        fused_prompt=FusedPrompt(network, prompt_dtype or torch.float32) if fuses else None,
    )


def _end_tokens(network: Any, tokenizer: Any) -> frozenset[int]:
    """Every token that any of the checkpoint's files calls its end, and the one that ends a turn of ChatML."""
    ends: set[int] = set()
    for config in (network.generation_config, network.config, network.config.get_text_config()):
        stated = getattr(config, "eos_token_id", None)
        ends.update([stated] if isinstance(stated, int) else stated or ())
    closing = tokenizer.get_vocab().get("<|im_end|>")
    return frozenset(ends if closing is None else {*ends, closing})


def _input_device(network: Any, placement: Placement) -> str:
    """accelerate's hooks take the inputs on from here; spread out, the first GPU computes what is offloaded too."""
    used = [device for device in getattr(network, "hf_device_map", {}).values() if device not in ("cpu", "disk")]
    if not used:
        return "cpu" if hasattr(network, "hf_device_map") else placement.device
    return f"cuda:{used[0]}" if isinstance(used[0], int) else str(used[0])


@contextmanager
def quietly() -> Iterator[None]:
    """Nothing but the document goes to stdout, and nothing but our own words to stderr."""
    loggers = {logging.getLogger(name): logging.getLogger(name).level for name in _CHATTY}
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import transformers

        verbosity = transformers.logging.get_verbosity()
        shows_progress = transformers.logging.is_progress_bar_enabled()
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        try:
            yield
        finally:
            transformers.logging.set_verbosity(verbosity)
            for logger, level in loggers.items():
                logger.setLevel(level)
            if shows_progress:
                transformers.logging.enable_progress_bar()
