"""The question to the model: system prompt, image, request, in the checkpoint's own chat template."""

from typing import Any

from ..errors import ModelError

IMAGE_TOKEN = "<|image_pad|>"
# Qwen's ChatML, for a checkpoint that brings no template.
_CHATML = (
    "<|im_start|>system\n{system}<|im_end|>\n"
    "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{user}<|im_end|>\n"
    "<|im_start|>assistant\n"
)


def prompt_tokens(tokenizer: Any, system: str, user: str, image_tokens: int) -> list[int]:
    """Token ids of the question; the image stands in it as ``image_tokens`` placeholders.

    Raises:
        ModelError: the checkpoint's template or tokenizer has no place for an image.
    """
    if tokenizer.chat_template:
        content = [{"type": "image"}, {"type": "text", "text": user}]
        messages = [{"role": "system", "content": system}, {"role": "user", "content": content}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    else:
        text = _CHATML.format(system=system, user=user)
    if text.count(IMAGE_TOKEN) != 1:
        raise ModelError(f"the checkpoint's chat template has no single place for an image ({IMAGE_TOKEN})")
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    placeholder = tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)
    if tokens.count(placeholder) != 1:
        raise ModelError(f"the checkpoint's tokenizer does not know {IMAGE_TOKEN}")
    place = tokens.index(placeholder)
    return [*tokens[:place], *[placeholder] * image_tokens, *tokens[place + 1 :]]
