"""The pages that went worst beside their truth, as HTML or as a picture."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps
from rapidfuzz.distance import Levenshtein

from ..document import AnyElement
from ..errors import InputError, UsageError
from ..export.files import write_bytes
from .cases import Case
from .content import Content
from .plaintext import HYPHEN_AT_LINE_END
from .score import Score
from .summary import MEASURES, reader_of

TRUTH_COLOUR, OUTPUT_COLOUR = "#1864ab", "#e8590c"
_PAGE_WIDTH = 860
"""Pixels of the page's picture."""
_MOST_CHARACTERS = 6000
"""Of a text that is shown; marking the differences takes memory with the product of both lengths."""
_STYLE = f"""
body {{ font-family: sans-serif; margin: 16px; color: #212529 }}
h2 {{ font-size: 15px; margin: 0 }}
p.values {{ font-size: 12px; margin: 4px 0 8px }}
.truth {{ color: {TRUTH_COLOUR} }}
.output {{ color: {OUTPUT_COLOUR} }}
.text {{ font-size: 12px; line-height: 1.35 }}
.del {{ background-color: #a5d8ff }}
.ins {{ background-color: #ffc9a3 }}
"""
_GRID = """
section { border-top: 2px solid #868e96; padding: 12px 0 }
.row { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 16px }
.row img { width: 100%; border: 1px solid #adb5bd }
"""
# Of the picture, in points; it is drawn at 2 pixels a point.
_COLUMN, _GAP, _HEAD, _ZOOM = _PAGE_WIDTH / 2, 14.0, 54.0, 2.0


@dataclass(frozen=True)
class Sheet:
    """One page as it is shown; texts are HTML in which the differences are marked."""

    title: str
    values: str
    image: Image.Image
    truth: str
    output: str


def write_worst(path: Path, scores: Sequence[Score], count: int) -> None:
    """Write the ``count`` worst pages to ``path``, which ends in ``.html`` or ``.png``.

    Raises:
        UsageError: it ends in something else.
        InputError: a page's image cannot be read any more.
        OutputError: it cannot be written.
    """
    if path.suffix.lower() not in (".html", ".png"):
        raise UsageError(f"--worst takes a name that ends in .html or .png, not {path}")
    sheets = [sheet(score) for score in sorted(scores, key=badness, reverse=True)[:count]]
    write_bytes(path, _html(sheets) if path.suffix.lower() == ".html" else _png(sheets))


def badness(score: Score) -> float:
    """The mean of what is lost, each part from 0 to 1: CER (1 at most), box F1 at 0.5, word recall (where there is
    no CER), TEDS, formulas, SMILES and notes; of those that the case has."""
    values = score.values
    parts = [min(1.0, value) for key in ("cer", "formula_distance") if (value := values.get(key)) is not None]
    gains = ["box_f1_50", "teds", "smiles_exact", "note_accuracy", *(["text_recall"] if "cer" not in values else [])]
    parts += [1 - value for key in gains if (value := values.get(key)) is not None]
    return sum(parts) / len(parts) if parts else 0.0


def sheet(score: Score) -> Sheet:
    """
    Raises:
        InputError: the page's image cannot be read any more.
    """
    case, values = score.case, score.values
    told = [
        f"{measure.heading} {value:{measure.form}}"
        for measure in MEASURES
        if (value := values.get(measure.key)) is not None
    ]
    marked = differences(_notated(score.truth_text, case.truth), _notated(score.output_text, score.found))
    failed = f" - {score.reading.failure}" if score.reading.failure else ""
    title = f"{case.name} ({case.look}) - read by {reader_of(score)}{failed}"
    return Sheet(title, ", ".join(told), _drawn(score), *marked)


def differences(truth: str, output: str) -> tuple[str, str]:
    """Both texts as HTML; characters that the other lacks are in spans, ``del`` in the truth, ``ins`` in the
    output. Where they agree, both have the truth's line ends, so that they can be read side by side."""
    truth, output = (_shown(text) for text in (truth, output))
    sides: tuple[list[str], list[str]] = ([], [])
    for step in Levenshtein.opcodes(truth.replace("\n", " "), output.replace("\n", " ")):
        wanted, got = truth[step.src_start : step.src_end], output[step.dest_start : step.dest_end]
        if step.tag == "equal":
            for side in sides:
                side.append(_lines(wanted))
            continue
        for side, part, name in ((sides[0], wanted, "del"), (sides[1], got.replace("\n", " "), "ins")):
            if part:
                side.append(f'<span class="{name}">{_lines(part)}</span>')
    return "".join(sides[0]), "".join(sides[1])


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _shown(text: str) -> str:
    lines = (" ".join(line.split()) for line in HYPHEN_AT_LINE_END.sub("", text).splitlines())
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + " […]"


def _notated(text: str, content: Content) -> str:
    """The text, and below it the notations, which are no text but may be what went wrong."""
    notations = (("formula", content.formulas), ("molecule", content.molecules), ("music", content.music))
    return "\n".join([text, *(f"[{name}] {source}" for name, sources in notations for source in sources)])


def _drawn(score: Score) -> Image.Image:
    """The page with the truth's boxes in one colour and the output's in the other."""
    image = _page_image(score.case)
    image = image.resize((_PAGE_WIDTH, max(1, round(_PAGE_WIDTH * image.height / image.width))))
    size = score.case.truth.size
    if size is None or "elements" not in score.case.told:
        return image
    pen = ImageDraw.Draw(image)
    scale = (image.width / size[0], image.height / size[1])
    _draw_boxes(pen, score.case.truth.elements or (), scale, TRUTH_COLOUR, 3)
    _draw_boxes(pen, score.found.elements or (), scale, OUTPUT_COLOUR, 1)
    return image


def _draw_boxes(
    pen: ImageDraw.ImageDraw, elements: Sequence[AnyElement], scale: tuple[float, float], colour: str, width: int
) -> None:
    """Outlines, drawn outside the box by half of their width or more, to cover no ink."""
    for element in elements:
        if element.box is not None and element.box.area > 0:
            pen.rectangle(tuple(element.box.scaled(*scale).grown(width)), outline=colour, width=width)


def _page_image(case: Case) -> Image.Image:
    try:
        if case.input.suffix.lower() != ".pdf":
            with Image.open(case.input) as image:
                return ImageOps.exif_transpose(image).convert("RGB")
        import pymupdf

        with pymupdf.open(case.input) as document:
            pixels = document[0].get_pixmap(dpi=120, colorspace=pymupdf.csRGB, alpha=False)
            return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
    except (OSError, RuntimeError, IndexError) as error:
        raise InputError(f"cannot draw {case.input}: {error}") from error


def _html(sheets: Sequence[Sheet]) -> bytes:
    parts = [f'<!DOCTYPE html><html><head><meta charset="utf-8"><style>{_STYLE}{_GRID}</style></head><body>']
    for one in sheets:
        picture = base64.b64encode(_jpeg(one.image)).decode("ascii")
        parts.append(
            f'<section><h2>{escape(one.title)}</h2><p class="values">{escape(one.values)}</p><div class="row">'
            f'<img alt="page" src="data:image/jpeg;base64,{picture}">'
            f'<div class="text"><b class="truth">truth</b><br/>{one.truth}</div>'
            f'<div class="text"><b class="output">output</b><br/>{one.output}</div></div></section>'
        )
    return "\n".join([*parts, "</body></html>"]).encode("utf-8", "replace")


def _png(sheets: Sequence[Sheet]) -> bytes:
    """The sheets one below the other, set by MuPDF, which brings fonts for most scripts; long text is made
    smaller until it fits."""
    import pymupdf

    pictures = []
    width = 3 * _COLUMN + 4 * _GAP
    with pymupdf.open() as document:
        for one in sheets:
            height = _COLUMN * one.image.height / one.image.width
            page = document.new_page(width=width, height=_HEAD + height + _GAP)
            title = f'<h2>{escape(one.title)}</h2><p class="values">{escape(one.values)}</p>'
            page.insert_htmlbox(pymupdf.Rect(_GAP, 4, width - _GAP, _HEAD), title, css=_STYLE, scale_low=0)
            page.insert_image(pymupdf.Rect(_GAP, _HEAD, _GAP + _COLUMN, _HEAD + height), stream=_jpeg(one.image))
            for column, (name, text) in enumerate((("truth", one.truth), ("output", one.output)), start=1):
                left = _GAP + column * (_COLUMN + _GAP)
                html = f'<div class="text"><b class="{name}">{name}</b><br/>{text}</div>'
                place = pymupdf.Rect(left, _HEAD, left + _COLUMN, _HEAD + height)
                page.insert_htmlbox(place, html, css=_STYLE, scale_low=0)
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(_ZOOM, _ZOOM), colorspace=pymupdf.csRGB, alpha=False)
            pictures.append(Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples))
    whole = Image.new("RGB", (max(p.width for p in pictures), sum(p.height for p in pictures)), "white")
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    buffer = io.BytesIO()
    whole.save(buffer, "PNG")
    return buffer.getvalue()


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
