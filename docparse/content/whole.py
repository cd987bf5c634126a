"""What only the whole document tells: the step after all its pages are known."""

from collections.abc import Sequence

from ..document import Document
from ..wire import OutlineEntry
from .furniture import mark_furniture
from .headings import level_headings
from .language import language_of
from .lists import nest_lists
from .paragraphs import join_cut


def make_whole(document: Document, outline: Sequence[OutlineEntry] = ()) -> None:
    """Bring the document's text together, in place. No word is lost, none is added.

    Pages that are written before the last is read (``-f jsonl`` to standard output) do not have this.
    """
    texts = (element.text for page in document.pages for element in page.elements)
    document.language = language_of(texts) or document.language
    mark_furniture(document.pages)
    level_headings(document.pages, outline)
    nest_lists(document.pages)
    gone = join_cut(document.pages)
    for problems in (document.problems, *(page.problems for page in document.pages)):
        for problem in problems:
            if problem.element is not None:
                problem.element = gone.get(problem.element, problem.element)
