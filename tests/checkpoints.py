"""Small checkpoints of the real architecture, made here: the runtime is tested on files that transformers loads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.runtime.images import ImageSettings, to_patches
from docparse.runtime.prompt import prompt_tokens

# With more of them, steps this small take forty times as long beside any other work on the machine.
torch.set_num_threads(1)

SPECIAL = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
# Qwen's own, shortened to what a system message and one user message with an image need.
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MIN_PIXELS = 4 * 28 * 28
MAX_PIXELS = 64 * 28 * 28
SPREAD = 0.1
"""Of the first weights: so large that ink in the image reaches the decoder of so narrow a network."""
LEARNING_RATE = 2e-3
CERTAIN = 0.9
"""Probability that each token of a learnt answer must have."""
MOST_STEPS = 1000
PROCESSOR = {
    "image_processor_type": "Qwen2VLImageProcessor",
    "patch_size": 14,
    "merge_size": 2,
    "temporal_patch_size": 2,
    "min_pixels": MIN_PIXELS,
    "max_pixels": MAX_PIXELS,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "rescale_factor": 1 / 255,
    "resample": 3,
}


def make_checkpoint(folder: Path, *, shards: int = 1, seed: int = 0) -> Path:
    """A checkpoint of a quarter of a million random weights."""
    tokenizer = make_tokenizer()
    save(folder, make_network(tokenizer, seed), tokenizer, shards=shards)
    return folder


def make_reader(folder: Path, image: Image.Image, answer: str) -> Path:
    """A checkpoint that has learnt one thing by heart: to write ``answer`` when it sees ``image``."""
    return make_reader_of(folder, [(image, answer)])


def make_reader_of(folder: Path, lessons: Sequence[tuple[Image.Image, str]]) -> Path:
    """A checkpoint that has learnt several pages by heart. With more than one it must look at the image.

    It learns the default prompts, and the images as ``PROCESSOR`` has the model see them: give a page as it is
    rendered. Takes a second for one page, some ten for two. Every token ends at a probability above ``CERTAIN``, so
    that other arithmetic (bfloat16) writes the same.
    """
    tokenizer = make_tokenizer()
    network = make_network(tokenizer, seed=1)
    batches = [_lesson(network, tokenizer, image, answer) for image, answer in lessons]
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE)
    network.train()
    for _ in range(MOST_STEPS):
        results = [network(**batch) for batch in batches]
        if (
            min(
                _least_certain(result.logits, batch["labels"]) for result, batch in zip(results, batches, strict=True)
            )
            > CERTAIN
        ):
            break
        optimiser.zero_grad()
        loss = torch.stack([result.loss for result in results]).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
    else:
        raise AssertionError(f"the small reader did not learn its lines in {MOST_STEPS} steps")
    save(folder, network, tokenizer)
    return folder


def _least_certain(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """The lowest probability of a token of the answer. Shapes ``[1, tokens, vocabulary]`` and ``[1, tokens]``."""
    probabilities = logits.detach()[0, :-1].softmax(-1)
    wanted = labels[0, 1:]
    return float(probabilities[wanted != -100, wanted[wanted != -100]].min())


def _lesson(network: Any, tokenizer: Any, image: Image.Image, answer: str) -> dict[str, torch.Tensor]:
    """The arguments of a forward pass whose loss is that of the answer alone."""
    settings = ImageSettings(min_pixels=MIN_PIXELS, max_pixels=MAX_PIXELS)
    patches = to_patches(image, settings)
    prompt = prompt_tokens(tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(settings.merge_size))
    target = tokenizer(answer, add_special_tokens=False)["input_ids"]
    tokens = torch.tensor([[*prompt, *target, tokenizer.convert_tokens_to_ids("<|im_end|>")]])
    labels = tokens.clone()
    labels[:, : len(prompt)] = -100
    return {
        "input_ids": tokens,
        "labels": labels,
        "pixel_values": torch.from_numpy(patches.values),
        "image_grid_thw": torch.tensor([patches.grid]),
        "mm_token_type_ids": (tokens == network.config.image_token_id).int(),
    }


def make_tokenizer() -> Any:
    """Byte-level BPE with Qwen's special tokens. The prompts are short in it; most else is bytes, one a token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=512,
        min_frequency=1,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([SYSTEM_PROMPT, USER_PROMPT], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=SPECIAL,
        chat_template=CHAT_TEMPLATE,
    )


def make_network(tokenizer: Any, seed: int) -> Any:
    torch.manual_seed(seed)
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "initializer_range": SPREAD,
            "max_position_embeddings": 2048,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]},
            "eos_token_id": tokenizer.convert_tokens_to_ids("<|im_end|>"),
            "bos_token_id": tokenizer.convert_tokens_to_ids("<|endoftext|>"),
            "pad_token_id": tokenizer.convert_tokens_to_ids("<|endoftext|>"),
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 4,
            "initializer_range": SPREAD,
            "out_hidden_size": 64,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "fullatt_block_indexes": [1],
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<|image_pad|>"),
        video_token_id=tokenizer.convert_tokens_to_ids("<|video_pad|>"),
        vision_start_token_id=tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
        tie_word_embeddings=False,
    )
    network = Qwen2_5_VLForConditionalGeneration(config)
    network.generation_config.eos_token_id = [tokenizer.convert_tokens_to_ids("<|im_end|>")]
    network.generation_config.pad_token_id = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    return network


def save(folder: Path, network: Any, tokenizer: Any, *, shards: int = 1) -> None:
    size = sum(parameter.numel() * parameter.element_size() for parameter in network.parameters())
    network.save_pretrained(folder, max_shard_size=size // shards + 1 if shards > 1 else "1GB")
    tokenizer.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PROCESSOR))
