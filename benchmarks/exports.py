"""Pages a second from a model's answer to each format, and whether the time grows with the answer's length.

Processor time of this process, on one core (what else the machine runs still slows it down); RDKit and verovio are
not asked. Nothing else is needed, no corpus.
"""

import argparse
import gc
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from docparse import __version__
from docparse.document import Document, Page, Source, StopReason
from docparse.engines.base import EnginePage, ModelOutput
from docparse.export.files import serialise
from docparse.interpret import interpret
from docparse.options import CHUNK_TOKENS, Format
from docparse.qwenvl.validate import validate

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


def seconds(works: Iterable[Callable[[], object]]) -> float:
    """Processor time of the quickest: what else the machine does only adds."""
    taken = []
    for work in works:
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def read_all(answers: Sequence[str]) -> list[Page]:
    return [read(text, number) for number, text in enumerate(answers, start=1)]


def rates(batches: Sequence[Sequence[str]]) -> Table:
    """Pages a second. Each batch is read once, for its formulas are remembered once they are converted."""
    documents: list[Document] = []
    number = len(batches[0])
    reading = seconds(lambda batch=batch: documents.append(document_of(read_all(batch))) for batch in batches)
    works: dict[str, Callable[[Document], object]] = {
        form.value: partial(serialise, form=form, furniture=True, chunk_tokens=CHUNK_TOKENS) for form in Format
    }
    written = [document.to_qwenvl() for document in documents]
    taken = {name: seconds(partial(work, document) for document in documents) for name, work in works.items()}
    taken["validate what was written as qwenvl"] = seconds(partial(validate, text) for text in written)
    table = Table("", "pages/s", "with reading", title=f"{number} pages")
    table.add_row("parse, repair, interpret", f"{number / reading:.0f}", "")
    for name, each in taken.items():
        table.add_row(name, f"{number / each:.0f}", f"{number / (reading + each):.0f}")
    table.add_row("all of these", "", f"{number / (reading + sum(taken.values())):.0f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--megabytes", type=float, nargs="*", default=[1, 2, 5, 10], help="lengths of one answer")
    parser.add_argument("--no-gc", action="store_true", help="without Python's garbage collector")
    given = parser.parse_args()
    if given.no_gc:
        gc.disable()
    console = Console()

    batches = [
        [answer(number) for number in range(first, first + given.pages)]
        for first in range(1, given.repeats * given.pages, given.pages)
    ]
    console.print(rates(batches))

    table = Table("MB", "read s", "HTML s", "Markdown s", "s/MB", "of linear", title="one answer")
    first = 0.0
    for megabytes in given.megabytes:
        body = "\n".join(batches[0])
        text = (body * (int(megabytes * 1e6) // len(body) + 1))[: int(megabytes * 1e6)]
        pages: list[Page] = []
        reading = seconds([lambda text=text, pages=pages: pages.append(read(text))])
        whole = document_of(pages)
        html = seconds([whole.to_html])
        markdown = seconds([whole.to_markdown])
        each = (reading + html + markdown) / megabytes
        first = first or each
        figures = (f"{reading:.2f}", f"{html:.2f}", f"{markdown:.2f}", f"{each:.2f}", f"{each / first:.2f}")
        table.add_row(f"{megabytes:g}", *figures)
    console.print(table)


if __name__ == "__main__":
    main()
