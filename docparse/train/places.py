"""How nano's knowledge of places begins: what training from random weights does not find in hours."""

from typing import Any

import torch

from .vocabulary import MOST_PIXELS_A_SIDE, PREFIX, Vocabulary

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


@torch.no_grad()
def order_places(network: Any, vocabulary: Vocabulary) -> None:
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
def know_places(network: Any, vocabulary: Vocabulary) -> None:
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
