"""Blocks of printed lines with the place of each character: what the vision tower learns to read from.

A crop is cheap (about a millisecond) and full of letters, unlike a page. It is drawn by Pillow, one line at a time,
in one of the faces found on the machine; half of the crops look scanned.
"""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT_FOLDERS = (Path("/usr/share/fonts"),)
# Faces for running text; symbol, display and hairline faces teach nothing that pages have.
FAMILIES = (
    "Nimbus", "P052", "C059", "URWBookman", "URWGothic", "Tinos", "texgyre", "STIX", "Roboto-", "RobotoCondensed-",
    "OpenSans", "NotoSerif-", "NotoSans-", "NotoSansMono", "Liberation", "Lato-", "lmroman", "lmsans", "lmmono",
    "Junicode", "Hack-", "GentiumPlus", "GentiumBookPlus", "Free", "DejaVu", "Cousine", "CourierPrime", "ComicNeue",
    "Charis", "Carlito", "Caladea", "cmun", "Arimo", "OldStandard", "LinBiolinum", "LinLibertine", "Fanwood",
    "FiraCode", "EBGaramond", "Inconsolata", "Quattrocento", "Cantarell",
)  # fmt: skip
_NOT = (
    "Oblique-BoldSemi", "Thin", "Hairline", "Outline", "Initials", "Keyboard", "caps", "Caps", "SC-", "Shadow",
    "unsl", "dunh", "lmmonoltcond", "cmunui", "Extra", "_DR", "_Lah", "Display", "UltraLight", "5-", "6-",
)  # fmt: skip


_NEEDED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'()-%/é")


@dataclass(frozen=True)
class Crop:
    """``image`` is gray, ``uint8 [height, width]``; ``boxes`` ``float32 [n, 4]`` are the characters' places in
    pixels (x0, y0, x1, y1; vertically the band of the small letters), ``text`` the characters, line after line in
    ``lines``."""

    image: npt.NDArray[np.uint8]
    text: str
    boxes: npt.NDArray[np.float32]
    lines: npt.NDArray[np.int32]


@lru_cache(1)
def faces(script: str = "latin") -> tuple[str, ...]:
    found = []
    for folder in FONT_FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in (".ttf", ".otf", ".t1", ".pfb") or path.suffix in (".t1", ".pfb"):
                continue
            if (
                path.name.startswith(FAMILIES)
                and not any(word in path.name for word in _NOT)
                and letters(str(path)).issuperset(_NEEDED)
            ):
                found.append(str(path))
    return tuple(found)


@lru_cache(None)
def letters(face: str) -> frozenset[str]:
    with TTFont(face, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@lru_cache(4096)
def _font(face: str, size: int) -> tuple[ImageFont.FreeTypeFont, float, float]:
    font = ImageFont.truetype(face, size, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("x", anchor="ls")
    return font, top, bottom


class Words:
    """Endless words of many kinds, as they stand in documents."""

    def __init__(self, random: random.Random, languages: tuple[tuple[str, float], ...]):
        from wordfreq import top_n_list, word_frequency

        self.random = random
        self.lists = []
        for language, weight in languages:
            words = [word for word in top_n_list(language, 20000) if not word.isdigit()]
            frequencies = np.array([word_frequency(word, language) for word in words]) ** 0.6
            self.lists.append((words, np.cumsum(frequencies / frequencies.sum()), weight))

    def word(self) -> str:
        r = self.random
        kind = r.random()
        if kind < 0.62:
            words, cumulative, _ = r.choices(self.lists, [weight for *_, weight in self.lists])[0]
            word = words[min(int(np.searchsorted(cumulative, r.random())), len(words) - 1)]
            case = r.random()
            if case < 0.16:
                word = word.capitalize()
            elif case < 0.22:
                word = word.upper()
            tail = r.random()
            if tail < 0.16:
                word += r.choice(",.,.,.,.:;?!")
            elif tail < 0.19:
                word = r.choice(["({})", "“{}”", "'{}'", "[{}]", '"{}"', "‘{}’", "«{}»", "{}-", "{}’s", "{}…", "„{}“"]).format(word)
            return str(word)
        if kind < 0.80:
            return self.number()
        if kind < 0.93:
            n = min(1 + int(r.expovariate(0.25)), 14)
            pool = r.choice(
                [
                    "abcdefghijklmnopqrstuvwxyz",
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
                    "abcdefghijklmnopqrstuvwxyz0123456789-_./@",
                    "0123456789ABCDEF",
                    "ilI1|jt!fr",
                    "oO0QDceasgq9",
                ]
            )
            return "".join(r.choice(pool) for _ in range(n))
        if kind < 0.97:
            return "".join(r.choice(PUNCTUATION) for _ in range(r.choice([1, 1, 1, 2, 3])))
        return "".join(r.choice(ACCENTED + "abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(2, 8)))

    def number(self) -> str:
        r = self.random
        n = r.randint(0, 10 ** r.randint(1, 7))
        return r.choice(
            [
                str(n),
                f"{n:,}",
                f"{n / 100:.2f}",
                f"{n / 100:,.2f}",
                f"{n / 10:.1f}%",
                f"${n / 100:,.2f}",
                f"€{n}",
                f"{n % 31 + 1:02d}/{n % 12 + 1:02d}/{1950 + n % 90}",
                f"{1950 + n % 90}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                f"{n % 24:02d}:{n % 60:02d}",
                f"({n % 100})",
                f"{n % 30}.",
                f"{n % 20}.{n % 13}",
                f"-{n}",
                f"+{n % 99} {n % 1000:03d} {n % 9999:04d}",
                f"#{n}",
                f"[{n % 60}]",
            ]
        )

    def line(self) -> Iterator[str]:
        while True:
            yield self.word()


PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–—•…“”‘’€£§©®°±×÷·«»¿¡†½²³µ→≤≥≈"
ACCENTED = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžčřěůąćęłńśźżőűÀÁÂÄÅÆÇÈÉÊÍÎÑÓÔÖØÚÜŒŠŽČŁŚŻ"


def make_crop(r: random.Random, words: Words, width: int, height: int) -> Crop:
    """Lines of text from edge to edge; a character cut by an edge counts where its centre is inside."""
    paper = r.choice([255, 255, 255, r.randint(205, 254)])
    ink = r.choice([0, 0, r.randint(0, 90)])
    if r.random() < 0.05:
        paper, ink = ink, paper
    image = Image.new("L", (width, height), paper)
    draw = ImageDraw.Draw(image)
    text: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    numbers: list[int] = []
    kind = r.random()
    size = int(r.triangular(10, 26, 14)) if kind < 0.93 else r.randint(26, 60)
    face = r.choice(faces())
    font, top, bottom = _font(face, size)
    known = letters(face)
    pitch = max(round(size * r.uniform(1.0, 1.7)), 11)
    y = r.uniform(0, pitch) + (size if r.random() < 0.5 else 0)
    number = 0
    gap = r.choice([1.0, 1.0, r.uniform(0.7, 2.5)])
    while y + bottom < height + size * 0.3:
        if r.random() < 0.06:
            face = r.choice(faces())
            font, top, bottom = _font(face, size)
            known = letters(face)
        x = r.uniform(-2 * size, 1.5 * size) if r.random() < 0.7 else r.uniform(0, width * 0.7)
        limit = width if r.random() < 0.8 else r.uniform(0.3, 1) * width
        space = font.getlength(" ") * gap * r.uniform(0.9, 1.3)
        for word in words.line():
            if x >= limit:
                break
            word = "".join(letter for letter in word if letter in known or letter == " ")
            if not word:
                continue
            draw.text((x, y), word, fill=ink, font=font, anchor="ls")
            before = 0.0
            for index, letter in enumerate(word):
                after = font.getlength(word[: index + 1])
                if letter != " ":
                    text.append(letter)
                    boxes.append((x + before, y + top, x + after, y + bottom))
                    numbers.append(number)
                before = after
            end = x + before
            if r.random() < 0.03:
                draw.line([(x, y + 2), (end, y + 2)], fill=ink, width=1)
            x = end + space * (1 if r.random() < 0.96 else r.uniform(2, 8))
        y += pitch * (1 if r.random() < 0.93 else r.uniform(1.2, 2))
        number += 1
    if r.random() < 0.12:
        for _ in range(r.randint(1, 3)):
            if r.random() < 0.5:
                at = r.randint(0, height - 1)
                draw.line([(0, at), (width, at)], fill=ink, width=r.randint(1, 2))
            else:
                at = r.randint(0, width - 1)
                draw.line([(at, 0), (at, height)], fill=ink, width=r.randint(1, 2))
    places = np.array(boxes, np.float32).reshape(-1, 4)
    image, places = degrade(r, image, places, paper)
    return Crop(np.asarray(image), "".join(text), places, np.array(numbers, np.int32))


def degrade(
    r: random.Random, image: Image.Image, boxes: npt.NDArray[np.float32], paper: int
) -> tuple[Image.Image, npt.NDArray[np.float32]]:
    """What a scanner or a camera does to a page: turn, blur, noise, threshold, compression."""
    if r.random() < 0.45:
        return image, boxes
    width, height = image.size
    if r.random() < 0.5:
        angle = r.gauss(0, 0.8)
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=paper)
        turn = -np.deg2rad(angle)
        cx, cy = width / 2, height / 2
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2 - cx, (boxes[:, 1] + boxes[:, 3]) / 2 - cy
        half = np.stack([boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]], 1) / 2
        centre = np.stack([x * np.cos(turn) - y * np.sin(turn) + cx, x * np.sin(turn) + y * np.cos(turn) + cy], 1)
        boxes = np.concatenate([centre - half, centre + half], 1).astype(np.float32)
    if r.random() < 0.25:
        factor = r.uniform(0.55, 0.95)
        small = image.resize((max(int(width * factor), 8), max(int(height * factor), 8)), Image.Resampling.BILINEAR)
        image = small.resize((width, height), Image.Resampling.BICUBIC)
    if r.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(r.uniform(0.3, 1.0)))
    kind = r.random()
    if kind < 0.12:
        image = image.filter(ImageFilter.MinFilter(3))
    array = np.asarray(image, np.float32)
    noise = np.random.default_rng(r.getrandbits(32))
    if r.random() < 0.5:
        array = array + noise.normal(0, r.uniform(2, 22), array.shape).astype(np.float32)
    if r.random() < 0.2:
        slope = np.linspace(r.uniform(0.6, 1), r.uniform(0.6, 1), width, dtype=np.float32)
        array = array * slope[None, :]
    if r.random() < 0.2:
        level = r.uniform(0.4, 0.75) * max(float(np.percentile(array, 95)), 60)
        array = np.where(array > level, np.float32(255), np.float32(0))
    if r.random() < 0.15:
        spots = noise.random(array.shape)
        share = r.uniform(0.0005, 0.01)
        array = np.where(spots < share, np.float32(0), np.where(spots > 1 - share, np.float32(255), array))
    image = Image.fromarray(np.clip(array, 0, 255).astype(np.uint8))
    if r.random() < 0.2:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=r.randint(25, 80))
        image = Image.open(buffer).convert("L")
    return image, boxes
