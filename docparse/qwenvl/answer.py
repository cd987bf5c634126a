"""What is understood of a model's answer."""

from dataclasses import dataclass
from typing import Literal

from ..document import AnyElement, Problem, Severity

Dialect = Literal["qwenvl", "qwen3vl", "qwenvl-markdown", "html", "markdown", "spotting-json", "text"]
"""``qwenvl`` as the report has it; ``qwen3vl`` with ``div.text``; ``qwenvl-markdown`` what Qwen3-VL has
beside it, where pictures and tables alone have boxes, in comments; the others are what checkpoints write that
ignore the prompt."""


@dataclass(frozen=True)
class Answer:
    """Elements in the order of the answer, boxes in the space that the answer uses, ids not yet given."""

    elements: list[AnyElement]
    problems: list[Problem]
    dialect: Dialect


class Findings:
    """Collects problems; the same defect many times over is told once, with its number."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, Severity, str], int] = {}

    def add(self, kind: str, severity: Severity, message: str) -> None:
        key = (kind, severity, message)
        self._counts[key] = self._counts.get(key, 0) + 1

    def info(self, kind: str, message: str) -> None:
        self.add(kind, Severity.INFO, message)

    def warn(self, kind: str, message: str) -> None:
        self.add(kind, Severity.WARNING, message)

    def problems(self) -> list[Problem]:
        return [
            Problem(kind=kind, severity=severity, message=message if count == 1 else f"{message} ({count} times)")
            for (kind, severity, message), count in self._counts.items()
        ]
