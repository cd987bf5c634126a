"""nano's shape: a ``Qwen2_5_VLForConditionalGeneration`` of some 7 million weights, as it is before training."""

from dataclasses import dataclass
from typing import Any

import torch

from .vocabulary import MOST_PIXELS_A_SIDE, PREFIX, Vocabulary

WINDOW = 128
"""Pixels, both ways, of the vision tower's windows."""
PATCH, MERGE, FRAMES = 8, 2, 2
MROPE = (2, 7, 7)
"""Frequencies of a head's rotation that turn with time, row and column."""
_CERTAINTY = 12.0
"""Logits above any other token: e^12 is more than a page has."""
_SWING = 3.0
"""Logits, so that a head takes between 5 and 95 % of the token that swings."""
_LAST_ROW, _FIRST_COLUMN = MROPE[0] + MROPE[1] - 1, MROPE[0] + MROPE[1]
_PLACE_HEADS = tuple(
    (frequency, phase) for frequency in (_FIRST_COLUMN, _LAST_ROW, _LAST_ROW - 2) for phase in (0.0, torch.pi / 2)
)
"""Frequency and phase of each."""
HEADS = len(_PLACE_HEADS)
"""Fewest heads of the decoder's first layer."""
HEAD_DIM = 2 * sum(MROPE)
"""Of the decoder."""
CONTEXT = 16384
"""Tokens, image and answer together."""
_TEXT_SCALE = 12.0
"""Tokens of text must not be lost beside those of the image, whose features are of this size."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the two halves. ``text_width`` is a multiple of ``HEAD_DIM``, at least ``HEADS`` times; there must be
    at least four text layers (see ``forward.POINTER_LAYERS``)."""

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
        if self.text_width % HEAD_DIM or self.text_width < HEADS * HEAD_DIM or self.text_layers < 4:
            raise ValueError(f"no nano of {self.text_layers} layers of {self.text_width} can be made")


NANO = Shape()
TINY = Shape(
    text_width=192,
    text_inner=64,
    text_layers=4,
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
    _order_places(network, vocabulary)
    _know_places(network, vocabulary)
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


@torch.no_grad()
def _order_places(network: Any, vocabulary: Vocabulary) -> None:
    """Tokens of places that lie close together begin with embeddings that lie close together."""
    weight = network.model.language_model.embed_tokens.weight
    spread = float(weight.std())
    for family in vocabulary.place_families():
        pixels = torch.tensor([pixels for _, pixels in family], dtype=torch.float32)
        periods = MOST_PIXELS_A_SIDE / 1.5 ** torch.arange(12)
        angles = pixels[:, None] / periods * 2 * torch.pi
        waves = torch.cat([angles.sin(), angles.cos()], 1)
        towards = torch.randn(waves.shape[1], weight.shape[1]) / waves.shape[1] ** 0.5
        weight[[token for token, _ in family]] = spread * (waves @ towards + 0.5 * torch.randn(weight.shape[1]))


@torch.no_grad()
def _know_places(network: Any, vocabulary: Vocabulary) -> None:
    """Have six heads of the decoder's first layer tell each token of the image its row and column from the start.

    MRoPE knows only differences of positions, so that an absolute one must be measured from a token whose place is
    fixed. Each of these heads weighs two such tokens of the prompt against each other: the score of the first (the
    start of the image) swings with the row or the column as sine or cosine, that of the second is constant. How much
    the head takes of the one is then a number that tells the place. From random weights this is not found in hours.
    """
    decoder = network.model.language_model
    attention = decoder.layers[0].self_attn
    width, half = attention.head_dim, attention.head_dim // 2
    frequencies = decoder.rotary_emb.inv_freq
    swinging, constant = vocabulary.ids["<|vision_start|>"], vocabulary.ids["system\n"]
    dims = network.config.text_config.hidden_size
    for token, dim in ((swinging, dims - 1), (constant, dims - 2)):
        decoder.embed_tokens.weight[token] *= 0.05
        decoder.embed_tokens.weight[token, dim] = 1.0
    reach = dims**0.5
    """What that dimension is after the norm of the layer: nearly all there is."""
    image_at = len(vocabulary.encode(PREFIX))
    keys = attention.k_proj.weight.view(-1, width, dims)
    queries = attention.q_proj.bias.view(-1, width)
    steady = 0
    keys[:, :, dims - 2 :] = 0.0
    for dim, at in ((dims - 1, image_at - 1), (dims - 2, 1)):
        angle = float(frequencies[steady]) * (image_at - at)
        keys[:, steady, dim] = torch.cos(torch.tensor(angle)) * _CERTAINTY / reach
        keys[:, steady + half, dim] = torch.sin(torch.tensor(angle)) * _CERTAINTY / reach
    for frequency in {frequency for frequency, _ in _PLACE_HEADS}:
        keys[:, frequency, dims - 1] = 1 / reach
    for head, (frequency, phase) in enumerate(_PLACE_HEADS):
        queries[head, steady] = width**0.5
        # A difference of one position, as the image starts one after the token that it is measured from.
        turn = torch.tensor(phase - float(frequencies[frequency]))
        queries[head, frequency] = _SWING * width**0.5 * torch.cos(turn)
        queries[head, frequency + half] = _SWING * width**0.5 * torch.sin(turn)
    attention.o_proj.weight.view(dims, -1, width)[:, : len(_PLACE_HEADS)] *= 12
