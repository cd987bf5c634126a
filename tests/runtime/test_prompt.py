"""The question as tokens."""

from typing import Any

import pytest

from docparse.errors import ModelError
from docparse.runtime.prompt import prompt_tokens
from tests.checkpoints import make_tokenizer

CHATML = (
    "<|im_start|>system\nRead.<|im_end|>\n"
    "<|im_start|>user\n<|vision_start|><|image_pad|><|image_pad|><|image_pad|><|vision_end|>QwenVL HTML<|im_end|>\n"
    "<|im_start|>assistant\n"
)


@pytest.fixture
def tokenizer() -> Any:
    return make_tokenizer()


def written(tokenizer: Any) -> str:
    return str(tokenizer.decode(prompt_tokens(tokenizer, "Read.", "QwenVL HTML", 3)))


def test_the_checkpoints_own_template_is_used(tokenizer: Any) -> None:
    assert written(tokenizer) == CHATML
    tokenizer.chat_template = "{% for m in messages %}{{ m.role }}: <|image_pad|>{% break %}{% endfor %}"
    assert written(tokenizer) == "system: <|image_pad|><|image_pad|><|image_pad|>"


@pytest.mark.parametrize("template", [None, "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"])
def test_without_a_template_for_images_it_is_chatml(tokenizer: Any, template: str | None) -> None:
    tokenizer.chat_template = template
    assert written(tokenizer) == CHATML


@pytest.mark.parametrize(
    "template", ["{{ raise_exception('no system message, please') }}", "{% if %}", "<|image_pad|><|image_pad|>"]
)
def test_a_template_that_cannot_be_used_is_told(tokenizer: Any, template: str) -> None:
    tokenizer.chat_template = template
    with pytest.raises(ModelError, match="template"):
        prompt_tokens(tokenizer, "Read.", "QwenVL HTML", 3)
