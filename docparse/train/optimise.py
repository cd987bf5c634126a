"""Muon for matrices, AdamW for everything else."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from ..errors import UsageError

_WEIGHT_DECAY = 0.01
_BETAS = (0.9, 0.98)
_TABLES = ("embed_tokens.weight", "visual.merger.mlp.0.weight")
"""Matrices that are AdamW's: a table is no map, and Muon's step of the merger's first layer would take a fifth of the
time of all."""
_SCALE = "scale"


@dataclass(frozen=True)
class Optimisers:
    """Of the decoder, and of the vision tower with the dense head; for each Muon and AdamW."""

    decoder: list[torch.optim.Optimizer]
    tower: list[torch.optim.Optimizer]

    @property
    def all(self) -> list[torch.optim.Optimizer]:
        return [*self.decoder, *self.tower]


def nano_optimisers(network: nn.Module, heads: nn.Module, tower_scale: float = 1.0) -> Optimisers:
    """``tower_scale`` is what the rate is multiplied with for the tower.

    Raises:
        UsageError: this torch has no Muon.
    """
    if not hasattr(torch.optim, "Muon"):
        raise UsageError(f"training nano needs torch 2.9 or newer, not {torch.__version__}: pip install -U torch")
    matrices: dict[bool, list[nn.Parameter]] = {False: [], True: []}
    rest: dict[bool, list[nn.Parameter]] = {False: [], True: []}
    for name, parameter in network.named_parameters():
        is_matrix = parameter.ndim == 2 and not name.endswith(_TABLES)
        (matrices if is_matrix else rest)[".visual." in name].append(parameter)
    for name, parameter in heads.named_parameters():
        rest[name.startswith("dense.")].append(parameter)
    return Optimisers(_pair(matrices[False], rest[False], 1.0), _pair(matrices[True], rest[True], tower_scale))


def _pair(matrices: list[nn.Parameter], rest: list[nn.Parameter], scale: float) -> list[torch.optim.Optimizer]:
    # The step of a matrix is made as large as AdamW's would be, so that one rate fits both.
    muon = torch.optim.Muon(
        [{"params": matrices, _SCALE: scale}], weight_decay=_WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"
    )
    return [muon, torch.optim.AdamW([{"params": rest, _SCALE: scale}], weight_decay=0.0, betas=_BETAS)]


def set_rate(optimisers: Iterable[torch.optim.Optimizer], rate: float) -> None:
    """The learning rate of all groups, each with its own scale."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate * group.get(_SCALE, 1.0)


def take_moments(optimisers: list[torch.optim.Optimizer], held: list[dict[str, object]]) -> bool:
    """What other optimisers have gathered, where they are of the same parameters; whether they are.

    Without it the first fifty steps of a stage are lost.
    """
    if len(held) != len(optimisers):
        return False
    for optimiser, state in zip(optimisers, held, strict=True):
        groups = state["param_groups"]
        assert isinstance(groups, list)
        if [len(group["params"]) for group in groups] != [len(group["params"]) for group in optimiser.param_groups]:
            return False
    for optimiser, state in zip(optimisers, held, strict=True):
        # Rates, scales and the like stay those of the new run.
        optimiser.load_state_dict({"state": state["state"], "param_groups": optimiser.state_dict()["param_groups"]})
    return True
