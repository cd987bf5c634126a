"""nano's shape: a ``Qwen2_5_VLForConditionalGeneration`` of some 7 million weights, as it is before training."""

from dataclasses import dataclass
from typing import Any

import torch

from .places import HEADS, MROPE, know_places, order_places
from .vocabulary import Vocabulary

WINDOW = 128
"""Pixels, both ways, of the vision tower's windows."""
PATCH, MERGE, FRAMES = 8, 2, 2
HEAD_DIM = 2 * sum(MROPE)
"""Of the decoder."""
CONTEXT = 16384
"""Tokens, image and answer together."""
_TEXT_SCALE = 12.0
"""Tokens of text must not be lost beside those of the image, whose features are of this size."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the two halves. ``text_width`` is a multiple of ``HEAD_DIM``, at least ``HEADS`` times; there must be
    at least three text layers (see ``forward.POINTER_LAYER``)."""

    text_width: int = 256
    text_inner: int = 768
    text_layers: int = 5
    vision_width: int = 192
    vision_inner: int = 512
    vision_heads: int = 6
    vision_layers: int = 4
    full_attention: tuple[int, ...] = (2,)
    """The vision layers that see the whole image and not windows of it."""

    def __post_init__(self) -> None:
        if self.text_width % HEAD_DIM or self.text_width < HEADS * HEAD_DIM or self.text_layers < 3:
            raise ValueError(f"no nano of {self.text_layers} layers of {self.text_width} can be made")


NANO = Shape()
TINY = Shape(
    text_width=192,
    text_inner=64,
    text_layers=3,
    vision_width=32,
    vision_inner=64,
    vision_heads=2,
    vision_layers=2,
    full_attention=(1,),
)
"""For tests."""


def make_network(vocabulary: Vocabulary, seed: int, shape: Shape = NANO) -> Any:
    """``Qwen2_5_VLForConditionalGeneration`` with weights drawn from the seed, in float32."""
    from transformers import Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(seed)
    ids = vocabulary.ids
    network = Qwen2_5_VLForConditionalGeneration(_config(vocabulary, shape))
    with torch.no_grad():
        kernel = network.model.visual.patch_embed.proj.weight
        # All channels and frames alike: then gray lessons teach them alike, and colours are seen as gray.
        kernel.copy_(kernel[:, :1, :1].expand_as(kernel).clone())
        decoder = network.model.language_model
        decoder.embed_tokens.weight *= _TEXT_SCALE
        # The last norm brings the logits back to where they began, for the weights are the head's too.
        decoder.norm.weight *= 1 / _TEXT_SCALE
    order_places(network, vocabulary)
    know_places(network, vocabulary)
    network.generation_config.eos_token_id = [ids["<|im_end|>"]]
    network.generation_config.pad_token_id = ids["<|endoftext|>"]
    return network


def _config(vocabulary: Vocabulary, shape: Shape) -> Any:
    from transformers import Qwen2_5_VLConfig

    ids = vocabulary.ids
    return Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(vocabulary),
            "hidden_size": shape.text_width,
            "intermediate_size": shape.text_inner,
            "num_hidden_layers": shape.text_layers,
            "num_attention_heads": shape.text_width // HEAD_DIM,
            "num_key_value_heads": 2,
            "max_position_embeddings": CONTEXT,
            # Periods of 6 to 90 rows and 120 to 900 columns of cells: a page has some 90 by 70.
            "rope_parameters": {"rope_type": "default", "rope_theta": 200.0, "mrope_section": list(MROPE)},
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
            "tie_word_embeddings": True,
        },
        vision_config={
            "depth": shape.vision_layers,
            "hidden_size": shape.vision_width,
            "intermediate_size": shape.vision_inner,
            "num_heads": shape.vision_heads,
            "out_hidden_size": shape.text_width,
            "patch_size": PATCH,
            "spatial_merge_size": MERGE,
            "temporal_patch_size": FRAMES,
            "window_size": WINDOW,
            "fullatt_block_indexes": list(shape.full_attention),
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
