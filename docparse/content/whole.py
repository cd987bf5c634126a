"""What only the whole document tells: the step after all its pages are known."""

from collections.abc import Sequence

from ..document import Caption, Document
from ..wire import OutlineEntry
from .continued import join_tables
from .furniture import mark_furniture
from .headings import level_headings
from .language import language_of
from .lists import nest_lists
from .paragraphs import join_cut


def make_whole(document: Document, outline: Sequence[OutlineEntry] = ()) -> None:
    """Bring the document together, in place. No word is lost but the head that a table repeats on its next page,
    none is added.

    Pages that are written before the last is read (``-f jsonl`` to standard output) do not have this.
    """
    texts = (element.text for page in document.pages for element in page.elements)
    document.language = language_of(texts) or document.language
    mark_furniture(document.pages)
    level_headings(document.pages, outline)
    nest_lists(document.pages)
    # Tables first: a text that goes on above one still stands there and keeps it apart.
    gone = join_tables(document.pages) | join_cut(document.pages)
    for page in document.pages:
        for element in page.elements:
            if isinstance(element, Caption) and element.target is not None:
                element.target = gone.get(element.target, element.target)
    for problems in (document.problems, *(page.problems for page in document.pages)):
        for problem in problems:
            if problem.element is not None:
                problem.element = gone.get(problem.element, problem.element)
