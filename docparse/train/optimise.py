"""Muon for matrices, AdamW for everything else."""

from collections.abc import Iterable

import torch
from torch import nn

from ..errors import UsageError

WEIGHT_DECAY = 0.01
_BETAS = (0.9, 0.98)


def nano_optimisers(
    network: nn.Module, heads: nn.Module, learning: Iterable[nn.Parameter]
) -> list[torch.optim.Optimizer]:
    """For those of the parameters of both that are ``learning``.

    Muon takes the network's matrices but the embeddings, which are a table and no map, and the merger's first layer,
    whose step would take a fifth of the time of all; the auxiliary heads are AdamW's.

    Raises:
        UsageError: this torch has no Muon.
    """
    if not hasattr(torch.optim, "Muon"):
        raise UsageError(f"training nano needs torch 2.9 or newer, not {torch.__version__}: pip install -U torch")
    wanted = {id(parameter) for parameter in learning}
    tables = ("embed_tokens.weight", "lm_head.weight", "visual.merger.mlp.0.weight")
    matrices: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        if id(parameter) in wanted:
            (matrices if parameter.ndim == 2 and not name.endswith(tables) else rest).append(parameter)
    rest += [parameter for parameter in heads.parameters() if id(parameter) in wanted]
    # The step of a matrix is made as large as AdamW's would be, so that one rate fits both.
    muon = torch.optim.Muon(matrices, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw")
    return [muon, torch.optim.AdamW(rest, weight_decay=0.0, betas=_BETAS)]


def set_rate(optimisers: Iterable[torch.optim.Optimizer], rate: float) -> None:
    """The learning rate of all groups."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate
