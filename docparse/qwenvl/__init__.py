"""QwenVL HTML, the format in which Qwen2.5-VL writes down a page: read from model text, checked, written.

Source: the Qwen2.5-VL technical report (arXiv:2502.13923, section 2.2.1), and what checkpoints really write.
"""

from .answer import Answer, Dialect
from .parse import parse
from .validate import Finding, validate
from .write import write, write_body

__all__ = ["Answer", "Dialect", "Finding", "parse", "validate", "write", "write_body"]
