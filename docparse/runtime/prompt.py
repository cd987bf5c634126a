"""The question to the model: system prompt, image, request, in the checkpoint's own chat template."""

from typing import Any

from ..errors import ModelError
from .checkpoint import first_line

IMAGE_TOKEN = "<|image_pad|>"
# Qwen's ChatML, for a checkpoint that brings no template, or that of a text model, as fine-tuning often leaves it.
_CHATML = (
    "<|im_start|>system\n{system}<|im_end|>\n"
    "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{user}<|im_end|>\n"
    "<|im_start|>assistant\n"
)


def prompt_tokens(tokenizer: Any, system: str, user: str, image_tokens: int) -> list[int]:
    """Token ids of the question; the image stands in it as ``image_tokens`` placeholders.

    Raises:
        ModelError: the checkpoint's template fails, or its tokenizer has no place for an image.
    """
    text = _from_template(tokenizer, system, user) if tokenizer.chat_template else ""
    if IMAGE_TOKEN not in text:
        text = _CHATML.format(system=system, user=user)
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    placeholder = tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)
    if tokens.count(placeholder) != 1:
        raise ModelError(f"tokenizer, chat template and prompts must leave one place for an image ({IMAGE_TOKEN})")
    place = tokens.index(placeholder)
    return [*tokens[:place], *[placeholder] * image_tokens, *tokens[place + 1 :]]


def _from_template(tokenizer: Any, system: str, user: str) -> str:
    content = [{"type": "image"}, {"type": "text", "text": user}]
    messages = [{"role": "system", "content": system}, {"role": "user", "content": content}]
    try:
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
    # A template is a program of the checkpoint's author: it may raise anything.
    except Exception as error:
        raise ModelError(f"the checkpoint's chat template fails: {first_line(error)}") from error
