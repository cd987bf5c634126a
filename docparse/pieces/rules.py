"""The strokes across a page that something stands on: under a field of a form, between the rows of a table."""

from collections.abc import Iterator, Sequence

import numpy as np

from .ink import stretches
from .sheet import Region, Sheet

_CLOSE = 3
"""Pixels between the strokes that make one rule at the most."""
_UNDER = 1.2
"""From the foot of a line to a rule under it at the most, in heights of the text."""


def rules_of(sheet: Sheet) -> list[Region]:
    """Each rule of the page, of however many strokes."""
    found: list[Region] = []
    for row in np.flatnonzero(sheet.rules.any(axis=1)).tolist():
        for left, right in stretches(sheet.rules[row]):
            rule = Region(left, row, right, row + 1)
            for other in [other for other in found if _is_close(other, rule)]:
                found.remove(other)
                rule = Region(min(other.left, rule.left), other.top, max(other.right, rule.right), row + 1)
            found.append(rule)
    return found


def own_rules(sheet: Sheet, part: Region, rules: Sequence[Region]) -> Iterator[Region]:
    """The rules between and under the part's lines that nothing beside it stands on, as far as they reach."""
    reach = round(_UNDER * sheet.unit)
    for rule in rules:
        if part.top <= rule.bottom and rule.top <= part.bottom + reach and _overlap(part, rule):
            above = sheet.text[max(0, rule.top - reach) : rule.top]
            if not (above[:, rule.left : part.left].any() or above[:, part.right : rule.right].any()):
                yield rule


def _is_close(above: Region, rule: Region) -> bool:
    return (
        rule.top - above.bottom <= _CLOSE and rule.left - _CLOSE <= above.right and above.left <= rule.right + _CLOSE
    )


def _overlap(one: Region, other: Region) -> bool:
    return one.left <= other.right and other.left <= one.right
