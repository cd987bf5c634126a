"""Pages a second from a model's answer to each format, and whether the time grows with the answer's length.

Processor time of this process, on one core; RDKit and verovio are not asked. Nothing else is needed, no corpus.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

from rich.console import Console
from rich.table import Table

from docparse import __version__
from docparse.document import Document, Page, Source, StopReason
from docparse.engines.base import EnginePage, ModelOutput
from docparse.export.files import serialise
from docparse.interpret import interpret
from docparse.options import Format

_PROSE = (
    "The outer basin was sounded in %d places, and R&amp;D spent $48 \\mathrm{~kEUR}$ on it; the depth was "
    "$d_{%d} \\geq 9.5$ m at the mole, as the figures below say in more detail than those of the year before."
)


def answer(number: int) -> str:
    """A page of ten paragraphs, a heading, a list, a table of forty cells and a formula."""
    parts = [f'<h2 data-bbox="70 60 900 100">{number}. Soundings</h2>']
    parts += [
        f'<p data-bbox="70 {120 + 60 * row} 900 {170 + 60 * row}">{_PROSE % (number, row)}</p>' for row in range(10)
    ]
    items = (f'<li data-bbox="70 {800 + 30 * row} 900 {825 + 30 * row}">the berth {row}</li>' for row in range(4))
    parts.append(f"<ul>{''.join(items)}</ul>")
    rows = (f"<tr>{''.join(f'<td>{number}.{row}{column}</td>' for column in range(5))}</tr>" for row in range(8))
    parts.append(f'<div class="table" data-bbox="70 950 900 1300"><table>{"".join(rows)}</table></div>')
    latex = f"$$\\frac{{a_{{{number}}}}}{{b}}=\\sqrt{{x^{{2}}}}$$"
    parts.append(f'<div class="formula" data-bbox="70 1310 900 1400"><img/><div>{latex}</div></div>')
    return "\n".join(parts)


def read(text: str, number: int = 1) -> Page:
    page = Page(number=number, width=595, height=842, unit="pt")
    seen = EnginePage("a.pdf", "0" * 64, number, page.width, page.height, None, None)
    page.elements, _ = interpret(ModelOutput(text, StopReason.END, (1204, 1708), "none", "none"), seen)
    return page


def document_of(pages: list[Page]) -> Document:
    source = Source(name="a.pdf", media_type="application/pdf", bytes=0, sha256="0" * 64, page_count=len(pages))
    return Document(generator=f"docparse {__version__}", source=source, pages=pages)


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The least of its repeats: what else the machine does only adds."""
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--megabytes", type=float, nargs="*", default=[1, 2, 5, 10], help="lengths of one answer")
    given = parser.parse_args()
    console = Console()

    answers = [answer(number) for number in range(1, given.pages + 1)]
    document = document_of([read(text, number) for number, text in enumerate(answers, start=1)])
    reading = seconds(lambda: [read(text) for text in answers], given.repeats)
    table = Table("", "pages/s", "with reading", title=f"{given.pages} pages")
    table.add_row("parse, repair, interpret", f"{given.pages / reading:.0f}", "")
    for form in Format:
        taken = seconds(partial(serialise, document, form, furniture=True), given.repeats)
        table.add_row(form.value, f"{given.pages / taken:.0f}", f"{given.pages / (reading + taken):.0f}")
    console.print(table)

    table = Table("MB", "read s", "HTML s", "Markdown s", "s/MB", "of linear", title="one answer")
    first = 0.0
    for megabytes in given.megabytes:
        body = "\n".join(answers)
        text = (body * (int(megabytes * 1e6) // len(body) + 1))[: int(megabytes * 1e6)]
        reading = seconds(partial(read, text), 1)
        whole = document_of([read(text)])
        html = seconds(partial(serialise, whole, Format.HTML, furniture=True), 1)
        markdown = seconds(partial(serialise, whole, Format.MARKDOWN, furniture=True), 1)
        each = (reading + html + markdown) / megabytes
        first = first or each
        figures = (f"{reading:.2f}", f"{html:.2f}", f"{markdown:.2f}", f"{each:.2f}", f"{each / first:.2f}")
        table.add_row(f"{megabytes:g}", *figures)
    console.print(table)


if __name__ == "__main__":
    main()
