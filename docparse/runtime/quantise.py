"""Weights in fewer bits than the checkpoint has them: which library does it, and of what.

Only the matrices of the decoder's layers: they are most of the model, and each token reads them all. The vision tower
is small, and print suffers where it is coarse; so does the choice of the next token, at the head.
"""

import re
from importlib.util import find_spec
from typing import Any

from ..errors import UsageError
from ..options import QuantizeName

MATRICES = re.compile(r"\blayers\.\d+\..*_proj\.weight$")
"""What the tensors that are meant are called; the vision tower has ``blocks``."""
BYTES_EACH = {"4bit": 0.5 + 4 / 64, "8bit": 1.0, "int8": 1.0}
"""Of one weight. Four bits go with a float32 for every 64 of them; what the others note of each row is next to
nothing."""
_KEPT = ["model.visual", "lm_head"]
_PACKAGES = {"4bit": "bitsandbytes", "8bit": "bitsandbytes", "int8": "torchao"}


def require(how: QuantizeName) -> None:
    """
    Raises:
        UsageError: the library is not installed.
    """
    package = _PACKAGES[how]
    if find_spec(package) is None:
        raise UsageError(f"--quantize {how} needs the package {package}: pip install 'docparse[quantize]'")


def settings(how: QuantizeName, dtype: Any) -> Any:
    """What transformers wants to know. ``dtype`` is torch's, of the arithmetic."""
    from transformers import BitsAndBytesConfig, TorchAoConfig

    if how == "int8":
        from torchao.quantization import Int8WeightOnlyConfig

        return TorchAoConfig(Int8WeightOnlyConfig(), modules_to_not_convert=_KEPT)
    if how == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=_KEPT)
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype, llm_int8_skip_modules=_KEPT
    )
