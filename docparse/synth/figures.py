"""Formulas, charts, pictures, molecules and music between paragraphs, with their captions."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from ..geometry import Box
from . import pictures
from .blocks import Column
from .charts import chart
from .desk import Desk, readable
from .item import Item
from .typeset import break_lines, line_width, set_line, set_lines

_SMALLEST = 0.75
"""Share of its natural size to which a formula may shrink to fit a column."""


def figure(desk: Desk, column: Column, kind: str) -> list[Item]:
    """A figure of this kind with or without a caption; nothing where it does not fit."""
    rng = desk.rng
    if kind == "formula":
        return _engraved(desk, column, kind, pictures.formula, rng.uniform(1.0, 1.25))
    captioned = rng.random() < (0.75 if kind in ("chart", "picture") else 0.35)
    style = replace(
        desk.style(rng.choice(("regular", "italic")), rng.uniform(0.8, 0.95)), align=rng.choice(("left", "center"))
    )
    number = f"{rng.choice(('Figure', 'Fig.', desk.prose.label()))} {rng.randint(1, 40)}"
    text = readable(f"{number}{rng.choice((':', '.', ' –'))} {desk.prose.sentence(longest=14)}", style.face)
    lines = break_lines(text, style, column.width) if captioned else []
    below = len(lines) * style.leading + (0.5 * desk.em if lines else 0.0)
    inner = Column(column.x, column.y, column.width, column.bottom - below)
    match kind:
        case "chart":
            made = _chart(desk, inner)
        case "molecule":
            made = _engraved(desk, inner, "chemical", pictures.molecule, rng.uniform(0.7, 1.0))
        case "music":
            made = _engraved(desk, inner, "music", pictures.music, rng.uniform(1.2, 1.8))
        case _:
            made = _picture(desk, inner)
    if made and lines:
        made.append(Item("caption", set_lines(desk.sheet, text, lines, column.x, inner.y, column.width, style)))
        inner.y += below
    column.y = inner.y + (0.6 * desk.em if made else 0.0)
    return made


def _engraved(
    desk: Desk, column: Column, kind: str, make: Callable[[int], pictures.Engraved], scale: float
) -> list[Item]:
    drawn = make(desk.rng.randrange(pictures.NUMBERS))
    factor = desk.em * scale / drawn.em
    # The wider of two tries is as good as any: what is still too wide shrinks, but not to be unreadable.
    shrunk = min(1.0, (column.width - 2) / (drawn.image.width * factor))
    gap = 0.7 * desk.em
    width, height = drawn.image.width * factor * shrunk, drawn.image.height * factor * shrunk
    if shrunk < _SMALLEST or height + 2 * gap > column.room:
        return []
    x = column.x + (column.width - width) / 2 if kind != "music" or desk.rng.random() < 0.5 else column.x
    box = Box(x, column.y + gap, x + width, column.y + gap + height)
    desk.sheet.picture(box, drawn.image)
    column.y += height + 2 * gap
    return [Item(kind, notation=drawn.notation, ink=[box])]


def _chart(desk: Desk, column: Column) -> list[Item]:
    width = min(column.width, desk.em * desk.rng.uniform(20, 34))
    height = width * desk.rng.uniform(0.45, 0.75)
    if width < 14 * desk.em or height + desk.em > column.room:
        return []
    item = chart(desk, column.x + (column.width - width) / 2, column.y + 0.5 * desk.em, width, height)
    column.y += height + 1.2 * desk.em
    return [item]


def _picture(desk: Desk, column: Column) -> list[Item]:
    """A scene, or a sign with words on it, which then are its truth."""
    rng = desk.rng
    width = column.width * rng.choice((1.0, 0.8, 0.6, 0.5))
    height = width * rng.uniform(0.35, 0.8)
    if height + desk.em > column.room or min(width, height) < 3 * desk.em:
        return []
    x = column.x + (column.width - width) / 2
    box = Box(x, column.y + 0.4 * desk.em, x + width, column.y + 0.4 * desk.em + height)
    column.y = box.y1 + 0.5 * desk.em
    if rng.random() < 0.35:
        return [_sign(desk, box)]
    seed = rng.getrandbits(32)
    desk.sheet.picture(box, _scene(seed, max(8, int(width / 2)), max(8, int(height / 2)), color=desk.color))
    return [Item("picture", ink=[box])]


def _sign(desk: Desk, box: Box) -> Item:
    """Words on a plain ground, light on dark or dark on light."""
    rng = desk.rng
    dark = rng.random() < 0.5
    tone = rng.uniform(0.05, 0.3) if dark else rng.uniform(0.75, 0.92)
    ground = tuple(min(1.0, max(0.0, tone + (rng.uniform(-0.15, 0.15) if desk.color else 0.0))) for _ in range(3))
    desk.sheet.fill(box, (ground[0], ground[1], ground[2]))
    style = desk.style(
        "bold", rng.uniform(1.0, 1.6), heading=True, color=(1.0, 1.0, 1.0) if dark else (0.0, 0.0, 0.0)
    )
    text = readable(desk.prose.title(3), style.face)
    item = Item("picture", ink=[box])
    if line_width(text, style) < 0.9 * box.width:
        x = box.x0 + (box.width - line_width(text, style)) / 2
        item.printed = set_line(desk.sheet, text, x, box.center[1] + 0.35 * style.size, style)
    return item


def _scene(seed: int, width: int, height: int, *, color: bool) -> Image.Image:
    """Sky, hills, a sun and some blocks: enough to be no text."""
    generator = np.random.default_rng(seed)
    base = generator.uniform(60, 210, 3) if color else np.full(3, generator.uniform(60, 210))
    ramp = np.linspace(generator.uniform(-40, 40), generator.uniform(-60, 20), height)
    pixels = np.clip(base + ramp[:, None, None] + generator.normal(0, 6, (height, width, 1)), 0, 235).astype(np.uint8)
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)

    def shade() -> tuple[int, int, int]:
        red, green, blue = generator.integers(10, 230, 3) if color else np.repeat(generator.integers(10, 230), 3)
        return int(red), int(green), int(blue)

    for layer in range(int(generator.integers(1, 4))):
        level = height * (0.4 + 0.2 * layer)
        waves = [generator.uniform(0.5, 4), generator.uniform(0, 6), generator.uniform(0.03, 0.2) * height]
        hill = [(x, level + waves[2] * np.sin(waves[0] * x / width * 6 + waves[1])) for x in range(0, width + 4, 4)]
        draw.polygon([(0, height), *hill, (width, height)], fill=shade())
    for _ in range(int(generator.integers(1, 7))):
        x, y = generator.uniform(0, width), generator.uniform(0, height)
        w, h = generator.uniform(0.03, 0.3, 2) * (width, height)
        (draw.ellipse if generator.random() < 0.5 else draw.rectangle)((x, y, x + w, y + h), fill=shade())
    return image.filter(ImageFilter.BoxBlur(1)) if generator.random() < 0.5 else image
