"""The curves of a training as a picture: losses above, shares of what is right below, over the steps."""

import io
from collections.abc import Sequence

from .extra import extra

LOSSES = ("answer", "pointer", "place", "dense", "page_dense")
SHARES = ("read", "tokens", "placed", "marked", "pointed", "seen", "page_seen")
_MEANINGS = {
    "answer": "answer, nats a token",
    "pointer": "pointer, nats a token",
    "place": "place, nats a cell",
    "dense": "dense on crops, nats a character",
    "page_dense": "dense on pages, nats a character",
    "read": "characters of the answer",
    "tokens": "tokens of the answer",
    "placed": "places of the answer",
    "marked": "markup and the rest",
    "pointed": "pointer",
    "seen": "characters in their cells, crops",
    "page_seen": "characters in their cells, pages",
}
_POINTS = 400
"""Of a curve; each is the mean of as many steps as there are a point."""


def draw(rows: Sequence[dict[str, float]], title: str) -> bytes:
    """A PNG of the rows of ``History``.

    Raises:
        UsageError: matplotlib is missing.
    """
    extra("matplotlib.backends.backend_agg")
    figure = extra("matplotlib.figure").Figure(figsize=(9, 7), layout="constrained")
    figure.suptitle(title)
    parts = [names for names in (LOSSES, SHARES) if any(name in row for name in names for row in rows[:1])]
    for axes, names in zip(figure.subplots(len(parts) or 1, 1, squeeze=False)[:, 0], parts, strict=False):
        for name in names:
            points = [(row["step"], row[name]) for row in rows if name in row]
            if points:
                steps, values = zip(*_thinned(points), strict=True)
                axes.plot(steps, values, label=_MEANINGS[name], linewidth=1.2)
        if names is LOSSES:
            axes.set_yscale("log")
            axes.set_ylabel("loss")
        else:
            axes.set_ylim(0, 1)
            axes.set_ylabel("share that is right")
        axes.set_xlabel("step")
        axes.grid(alpha=0.3, which="both")
        axes.legend(fontsize="small")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    return stream.getvalue()


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    size = -(-len(points) // _POINTS)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(group[-1][0], sum(value for _, value in group) / len(group)) for group in groups]
