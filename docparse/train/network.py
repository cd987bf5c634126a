"""nano's shape, and a forward pass for training it: the modules of transformers, batched, with dense supervision.

What is computed is what ``Qwen2_5_VLForConditionalGeneration`` computes (a test holds the two equal). What differs is
the way: images of one size in a batch, all windows of the vision tower in one attention call, and access to what the
auxiliary losses look at.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .vocabulary import PREFIX, Vocabulary

CELL = 16
"""Pixels, both ways, that one token of the image sees: patches of 8, 2 by 2 of them merged."""
WINDOW = 128
MROPE = (2, 7, 7)
"""Frequencies of a head's rotation that turn with time, row and column."""
SLOTS = 6
"""Characters that one cell can hold for the dense supervision: six of the narrowest at the smallest size."""
POINTER_LAYER = 2
"""The decoder's layer whose first heads are taught to look at the character that comes next."""


def make_network(vocabulary: Vocabulary, seed: int) -> Any:
    """nano with random weights: ``Qwen2_5_VLForConditionalGeneration`` of some 7 million."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(seed)
    ids = vocabulary.ids
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(vocabulary),
            "hidden_size": 256,
            "intermediate_size": 768,
            "num_hidden_layers": 5,
            "num_attention_heads": 8,
            "num_key_value_heads": 2,
            "max_position_embeddings": 16384,
            # Periods of 6 to 90 rows and 120 to 900 columns of cells: a page has some 90 by 70.
            "rope_parameters": {"rope_type": "default", "rope_theta": 200.0, "mrope_section": list(MROPE)},
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
            "tie_word_embeddings": True,
        },
        vision_config={
            "depth": 4,
            "hidden_size": 192,
            "intermediate_size": 512,
            "num_heads": 6,
            "out_hidden_size": 256,
            "patch_size": 8,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": WINDOW,
            "fullatt_block_indexes": [2],
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    network = Qwen2_5_VLForConditionalGeneration(config)
    with torch.no_grad():
        kernel = network.model.visual.patch_embed.proj.weight
        # All channels and frames alike: then gray lessons teach them alike, and colours are seen as gray.
        kernel.copy_(kernel[:, :1, :1].expand_as(kernel).clone())
        decoder = network.model.language_model
        # Tokens of text must not be lost beside those of the image, whose features are of this size; the last norm
        # brings the logits back to where they began.
        decoder.embed_tokens.weight *= 12
        decoder.norm.weight *= 1 / 12
    _order_places(network, vocabulary)
    _know_places(network, vocabulary)
    network.generation_config.eos_token_id = [ids["<|im_end|>"]]
    network.generation_config.pad_token_id = ids["<|endoftext|>"]
    return network


@torch.no_grad()
def _order_places(network: Any, vocabulary: Vocabulary) -> None:
    """Tokens of places that lie close together begin with embeddings that lie close together."""
    weight = network.model.language_model.embed_tokens.weight
    spread = float(weight.std())
    for family in vocabulary.place_families():
        pixels = torch.tensor([pixels for _, pixels in family], dtype=torch.float32)
        periods = 2560.0 / 1.5 ** torch.arange(12)
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


_CERTAINTY = 12.0
"""Logits above any other token: e^12 is more than a page has."""
_SWING = 3.0
"""Logits, so that a head takes between 5 and 95 % of the token that swings."""
_LAST_ROW, _FIRST_COLUMN = MROPE[0] + MROPE[1] - 1, MROPE[0] + MROPE[1]
_PLACE_HEADS = tuple(
    (frequency, phase)
    for frequency in (_FIRST_COLUMN, _LAST_ROW, _LAST_ROW - 2)
    for phase in (0.0, torch.pi / 2)
)
"""Frequency and phase of each."""


class DenseHead(nn.Module):
    """From one token of the image to the characters whose centre lies in its cell, left to right."""

    def __init__(self, width: int, vocabulary_size: int, rank: int = 96) -> None:
        super().__init__()
        self.slots = nn.Linear(width, SLOTS * rank)
        self.characters = nn.Linear(rank, vocabulary_size)

    def forward(self, cells: Tensor) -> Tensor:
        """``[..., width]`` to logits ``[..., SLOTS, vocabulary]``; token 0 means that there is no character."""
        ranks = self.slots(cells).unflatten(-1, (SLOTS, -1))
        return self.characters(F.gelu(ranks))


def patch_batch(images: Tensor) -> Tensor:
    """Gray images ``uint8 [batch, height, width]`` to patches ``[batch, cells down, cells across, 4, 64]`` in -1..1."""
    batch, height, width = images.shape
    down, across = height // CELL, width // CELL
    values = images.float() / 127.5 - 1
    cut = values.reshape(batch, down, 2, 8, across, 2, 8).permute(0, 1, 4, 2, 5, 3, 6)
    return cut.reshape(batch, down, across, 4, 64)


def see(tower: Any, patches: Tensor) -> Tensor:
    """The vision tower over a batch of gray images of one size.

    ``patches`` is what ``patch_batch`` gives; the result is ``[batch, cells down, cells across, out_hidden_size]``.
    """
    batch, down, across = patches.shape[:3]
    kernel = tower.patch_embed.proj.weight
    x = F.linear(patches, kernel.sum((1, 2)).flatten(1))
    cos, sin = _rotation(tower, down, across, patches.device)
    side = tower.window_size // CELL
    for index, block in enumerate(tower.blocks):
        attention = block.attn
        heads = attention.num_heads
        qkv = attention.qkv(block.norm1(x)).unflatten(-1, (3, heads, -1))
        q, k, v = qkv.unbind(-3)
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        if index in tower.fullatt_block_indexes:
            seen = _attend(q, k, v, max(down, across))
        else:
            seen = _attend(q, k, v, side)
        x = x + attention.proj(seen.flatten(-2))
        x = x + block.mlp(block.norm2(x))
    merger = tower.merger
    return merger.mlp(merger.ln_q(x).flatten(-2))


def _rotation(tower: Any, down: int, across: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines of 2D RoPE, ``[down, across, 4, 1, head_dim]``."""
    rows = torch.arange(down * 2, device=device).reshape(down, 1, 2, 1).expand(down, across, 2, 2)
    columns = torch.arange(across * 2, device=device).reshape(1, across, 1, 2).expand(down, across, 2, 2)
    positions = torch.stack([rows.reshape(-1), columns.reshape(-1)], 1)
    cos, sin = tower.rotary_pos_emb(torch.empty(0, device=device), positions)
    return cos.reshape(down, across, 4, 1, -1), sin.reshape(down, across, 4, 1, -1)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    turned = torch.cat((-x[..., half:], x[..., :half]), -1)
    return x * cos + turned * sin


def _attend(q: Tensor, k: Tensor, v: Tensor, side: int) -> Tensor:
    """Attention within windows of ``side`` × ``side`` cells; those at the right and lower edge may be smaller.

    All of one size go through in one call. Shapes ``[batch, down, across, 4, heads, head_dim]``.
    """
    batch, down, across, four, heads, width = q.shape
    full_down, full_across = down // side * side, across // side * side
    rows: list[Tensor] = []
    for top, bottom in ((0, full_down), (full_down, down)):
        if top == bottom:
            continue
        columns: list[Tensor] = []
        for left, right in ((0, full_across), (full_across, across)):
            if left == right:
                continue
            high, wide = min(side, bottom - top), min(side, right - left)
            count_down, count_across = (bottom - top) // high, (right - left) // wide
            parts = [
                part[:, top:bottom, left:right]
                .reshape(batch, count_down, high, count_across, wide, four, heads, width)
                .permute(0, 1, 3, 6, 2, 4, 5, 7)
                .reshape(batch * count_down * count_across, heads, high * wide * four, width)
                for part in (q, k, v)
            ]
            seen = F.scaled_dot_product_attention(*parts)
            seen = seen.reshape(batch, count_down, count_across, heads, high, wide, four, width)
            seen = seen.permute(0, 1, 4, 2, 5, 6, 3, 7)
            columns.append(seen.reshape(batch, bottom - top, right - left, four, heads, width))
        rows.append(torch.cat(columns, 2))
    return torch.cat(rows, 1)


@dataclass
class Reading:
    """What a pass through the decoder gives: its last hidden states, and those after its second layer
    (``[batch, tokens, width]``); ``pointer`` holds the queries and keys of the taught layer, after rotation."""

    hidden: Tensor
    early: Tensor
    queries: Tensor
    keys: Tensor


def read(network: Any, embeddings: Tensor, positions: Tensor) -> Reading:
    """The decoder over ``embeddings`` ``[batch, tokens, width]`` at MRoPE ``positions`` ``[3, batch, tokens]``.

    Causal without a mask: padding stands at the end, where nothing looks back at it.
    """
    decoder = network.model.language_model
    cos, sin = decoder.rotary_emb(embeddings, positions)
    # The rotation of transformers is [batch, tokens, head_dim]; heads come second here.
    cos, sin = cos.unsqueeze(1), sin.unsqueeze(1)
    x = embeddings
    early = queries = keys = x
    for index, layer in enumerate(decoder.layers):
        attention = layer.self_attn
        normed = layer.input_layernorm(x)
        q, k, v = (
            projection(normed).unflatten(-1, (-1, attention.head_dim)).transpose(1, 2)
            for projection in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        if index == POINTER_LAYER:
            queries, keys = q, k
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + attention.o_proj(seen.transpose(1, 2).flatten(-2))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        if index == 1:
            early = x
    return Reading(decoder.norm(x), early, queries, keys)
