"""Fine-tuning: any Qwen2.5-VL checkpoint on a folder of pages, all of its weights or LoRA's beside them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import ModelError, UsageError
from ..extra import extra
from ..options import DtypeName
from ..runtime.checkpoint import CheckpointInfo, check, first_line
from ..runtime.model import load, quietly
from ..runtime.placement import Placement
from .export import CHECKPOINT, check_folder, export_tuned
from .folder import FolderPages, Found, Model, PageQuestion, find_pages
from .loop import train
from .losses import Loss
from .recipe import Pace
from .state import Weights
from .task import Outcome, Run, Task, Tell, Turn, silent

FULL_RATE, LORA_RATE = 1e-5, 1e-4
_LARGE = 1_000_000_000
"""Parameters from which activations are computed anew instead of kept: a third slower, and it fits."""
# The decoder's linear layers; the vision tower sees well enough.
_LORA_TARGETS = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
_WEIGHT_DECAY = 0.01


@dataclass(frozen=True)
class Tuning:
    """How a checkpoint is fine-tuned."""

    lora_rank: int | None = None
    """None learns all weights."""
    rate: float | None = None
    """None takes one that suits."""
    pages: int = 4
    """A step."""
    max_pixels: int | None = None
    """Of the image that the model sees; None takes the checkpoint's own setting."""

    @property
    def pace(self) -> Pace:
        return Pace(self.rate or (LORA_RATE if self.lora_rank else FULL_RATE), warm_up=20)


class AnswerLoss(nn.Module):
    """The answer alone: nothing is learnt from the question."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        self._image_token = network.config.image_token_id

    def forward(self, batch: PageQuestion[Tensor], step: int) -> Loss:
        length = batch.answer.shape[1]
        result = self.network(
            input_ids=batch.tokens,
            attention_mask=torch.ones_like(batch.tokens),
            pixel_values=batch.values,
            image_grid_thw=batch.grid,
            mm_token_type_ids=(batch.tokens == self._image_token).int(),
            use_cache=False,
            # The logits of the whole page's image tokens would take gigabytes.
            logits_to_keep=length + 1,
        )
        logits = result.logits[0, :-1].float()
        wanted = batch.answer[0]
        loss = F.cross_entropy(logits, wanted)
        right = (logits.detach().argmax(-1) == wanted).float().mean()
        return Loss(loss, {"answer": loss.detach(), "tokens": right})


@dataclass
class Tuner:
    """A checkpoint that is being fine-tuned."""

    network: Any
    info: CheckpointInfo
    model: Model
    found: Found
    tuning: Tuning

    @classmethod
    def open(cls, checkpoint: Path, data: Path, tuning: Tuning, run: Run) -> "Tuner":
        """
        Raises:
            InputError: there is nothing to learn from.
            ModelError: the checkpoint cannot be loaded or fine-tuned.
            OutputError: the run's folder cannot be written.
            UsageError: peft is missing.
        """
        extra("matplotlib", "train")  # told now and not after the first hour
        if tuning.lora_rank:
            extra("peft", "lora")
        check_folder(run.folder / CHECKPOINT)
        info = check(checkpoint)
        if info.quantised:
            raise ModelError(f"{checkpoint} is quantised ({info.quantised}): fine-tune the one that it was made from")
        model = Model(checkpoint, info.image_settings.limited(None, tuning.max_pixels), info.context_length)
        found = find_pages(data, model)
        # What is not learnt need not be exact; what is learnt must be, for a step is smaller than bfloat16 can tell.
        dtype: DtypeName = "bfloat16" if tuning.lora_rank and run.bfloat16 else "float32"
        network = load(info, Placement("cpu", dtype, "training")).network
        network = (
            _with_lora(network, tuning.lora_rank, run.seed) if tuning.lora_rank else network.requires_grad_(True)
        )
        if info.parameters > _LARGE:
            with quietly():
                network.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        return cls(network.train(), info, model, found, tuning)

    def train(self, run: Run, tell: Tell = silent) -> Outcome:
        """Go on where the run's folder ended, or begin.

        Raises:
            DocparseError: see ``loop.train``.
            KeyboardInterrupt: after the state was saved.
        """
        learning = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        optimiser = torch.optim.AdamW(learning, weight_decay=_WEIGHT_DECAY)
        make = FolderPages(tuple(self.found.pages), self.model)
        how = f"LoRA of rank {self.tuning.lora_rank}" if self.tuning.lora_rank else "all weights"
        pages = f"{self.tuning.pages} of {len(self.found.pages)} pages a step"
        task = Task(
            # The pages' number too: with others, batch k would be another one.
            name=f"fine-tuning of {self.info.path.name} ({how}, {pages})",
            turns=[Turn(AnswerLoss(self.network), make, [[optimiser]], accumulate=self.tuning.pages)],
            optimisers=[optimiser],
            pace=self.tuning.pace,
            weights=self._weights,
            take=self._take,
        )
        return train(task, run, tell)

    def export(self, run: Run) -> Path:
        """The folder of the fine-tuned checkpoint, LoRA's weights merged into it; to be called last.

        Raises:
            OutputError: it cannot be written.
        """
        network = self.network.merge_and_unload() if self.tuning.lora_rank else self.network
        folder = run.folder / CHECKPOINT
        export_tuned(network, self.info.path, folder)
        return folder

    def _weights(self) -> Weights:
        named = self.network.named_parameters()
        return {"learnt": {name: parameter.detach() for name, parameter in named if parameter.requires_grad}}

    def _take(self, weights: Weights) -> None:
        _, unknown = self.network.load_state_dict(weights["learnt"], strict=False)
        if unknown:
            raise ModelError(f"the state is of another checkpoint: it has {unknown[0]}")


def _with_lora(network: Any, rank: int, seed: int) -> Any:
    if rank < 1:
        raise UsageError(f"--lora-rank must be at least 1, not {rank}")
    peft = extra("peft", "lora")
    torch.manual_seed(seed)
    config = peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=_LORA_TARGETS, lora_dropout=0.0)
    try:
        with quietly():
            return peft.get_peft_model(network, config)
    except ValueError as error:
        raise ModelError(f"LoRA finds none of its layers in the checkpoint: {first_line(error)}") from error
