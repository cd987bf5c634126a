"""Answers that can end no tag that is not open."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.pieces import cut, straighten
from docparse.qwenvl.grammar import contents
from docparse.runtime.checkpoint import BUNDLED, NANO, check
from docparse.runtime.decoder import Decoder
from docparse.runtime.images import to_patches
from docparse.runtime.model import load
from docparse.runtime.placement import place
from docparse.runtime.prompt import prompt_tokens
from docparse.runtime.sequence import Clock, Job, Sequence
from docparse.runtime.wellformed import Markup, WellFormed
from tests.conftest import SAMPLES

MARKUP = [
    "<html><body>\n",
    "\n</body></html>",
    "<p",
    "</p>",
    "<ul",
    "</ul>",
    "<li",
    "</li>",
    "<div",
    "</div>",
    "<table>",
    "</table>",
    "<tbody>",
    "</tbody>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<img",
    "<br/>",
    "<i>",
    "<",
    ">",
    "/>",
    "<0xC3>",
]
ATTRIBUTES = [' data-bbox="', ' data-marker="', ' class="caption"']
VOCABULARY = {text: token for token, text in enumerate(["<end>", *MARKUP, *ATTRIBUTES, '"', '">', '"/>', "x"])}
END = VOCABULARY["<end>"]
TEXTS = {token: text for text, token in VOCABULARY.items()}
BODY = "<html><body>\n"
TABLE = (BODY, "<div", ">", "<table>", "<tbody>", "<tr>")


def form() -> WellFormed:
    return WellFormed(Markup(VOCABULARY, {END}, contents()))


def after(*texts: str) -> set[str]:
    """What may come next after these."""
    answer = form()
    for text in texts:
        assert VOCABULARY[text] not in answer.refused()
        answer.take(VOCABULARY[text])
    return set(VOCABULARY) - {TEXTS[token] for token in answer.refused()}


def test_only_what_is_open_can_be_ended() -> None:
    assert {"</p>", "</td>", "\n</body></html>"}.isdisjoint(after())
    assert after(*TABLE, "<td>") & {"</p>", "</tr>", "</td>", "\n</body></html>"} == {"</td>"}
    assert "\n</body></html>" in after(BODY, "<p", ">", "</p>")


def test_nothing_ends_while_something_is_open() -> None:
    assert "<end>" not in after(BODY)
    assert after(BODY, "\n</body></html>") == {"<end>"}


def test_a_tag_has_attributes_and_an_end() -> None:
    assert after(BODY, "<p") == {' data-bbox="', ' class="caption"', ">"}
    assert after(BODY, "<p", ' data-bbox="', "x") == {"x", "<0xC3>", '"', '">'}
    assert after(BODY, "<p", ' class="caption"') == {' data-bbox="', ">"}, "each of them once"
    assert after(BODY, "<p", ' data-bbox="', "x", '"', ' class="caption"') == {">"}
    assert after(BODY, "<div", ">", "<img", ' data-bbox="', "x") == {"x", "<0xC3>", '"', '"/>'}


def test_the_quotes_around_a_value_are_closed() -> None:
    assert after(BODY, "<p", ' data-bbox="', *"xxxxxxx") == {'"', '">'}


def test_text_stands_where_it_may() -> None:
    assert "x" not in after()
    assert "x" not in after(BODY)
    assert {"x", "<0xC3>"} <= after(BODY, "<p", ">"), "bytes of letters are text too"


def test_an_element_holds_what_the_format_lets_it() -> None:
    assert after() == {BODY}
    assert after(BODY) == {"\n</body></html>", "<p", "<ul", "<div"}
    assert after(BODY, "<ul", ">") == {"<ul", "<li", "</ul>"}
    inside = after(BODY, "<p", ">")
    assert {"<br/>", "</p>"} <= inside
    assert {"<i>", "<p", "<li", "<td>"}.isdisjoint(inside)
    assert after(*TABLE) == {"<td>", "</tr>"}


def test_markup_is_no_text() -> None:
    assert {"<", '">', '"/>', *ATTRIBUTES}.isdisjoint(after(BODY, "<p", ">"))


@given(st.lists(st.integers(0, 2**16), max_size=60))
def test_whatever_is_chosen_the_answer_is_well_formed(choices: list[int]) -> None:
    answer = form()
    written = ""
    # What is begun is ended as soon as may be, once there is no more to choose.
    while choices or END in answer.refused():
        allowed = sorted(set(VOCABULARY.values()) - set(answer.refused()))
        if choices:
            token = allowed[choices.pop() % len(allowed)]
        else:
            ends = [one for one in allowed if TEXTS[one] in ('"', ">", "/>") or "</" in TEXTS[one]]
            token = max(ends or allowed, key=lambda end: "</" in TEXTS[end])
        if token == END:
            break
        answer.take(token)
        written += TEXTS[token].replace("<0xC3>", "y")
    etree.fromstring(written)


def test_nano_cannot_end_what_is_not_open() -> None:
    info = check(BUNDLED[NANO])
    assert info.pieces is not None
    nano = load(info, place("cpu", "float32"))
    markup = Markup(nano.tokenizer.get_vocab(), nano.end_tokens, contents())
    jobs = []
    # A list of the sample that it ends as a paragraph, if it may.
    sheet = straighten(Image.open(SAMPLES / "scan.png"), info.pieces.text_height)
    for piece in cut(sheet, info.pieces, info.image_settings.factor)[2:4]:
        patches = to_patches(piece.image, info.image_settings)
        prompt = prompt_tokens(nano.tokenizer, SYSTEM_PROMPT, USER_PROMPT, patches.token_count(2))
        forms = (None, WellFormed(markup))
        jobs += [Job(Sequence(prompt, 1000, Clock(600), form=form), patches) for form in forms]
    Decoder(nano, slots=4).write(jobs)
    free, formed = ([is_well_formed(nano.text(job.sequence.tokens)) for job in jobs[first::2]] for first in (0, 1))
    assert not all(free), "the sample does not show it any more"
    assert all(formed)


def is_well_formed(text: str) -> bool:
    try:
        etree.fromstring(text)
    except etree.XMLSyntaxError:
        return False
    return True
