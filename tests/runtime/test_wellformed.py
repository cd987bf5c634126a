"""Answers that can end no tag that is not open."""

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.pieces import cut
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
    "<td>",
    "</td>",
    "<img",
    "<br/>",
    "<",
    ">",
    "/>",
    "<0xC3>",
]
VOCABULARY = {text: token for token, text in enumerate(["<end>", *MARKUP, ' a="', ' b="c"', '"', '">', '"/>', "x"])}
ATTRIBUTE = re.compile(r' [ab]="[^"]*"')
END = VOCABULARY["<end>"]
TEXTS = {token: text for text, token in VOCABULARY.items()}


def after(*texts: str) -> set[str]:
    """What may come next after these."""
    form = WellFormed(Markup(VOCABULARY, {END}))
    for text in texts:
        assert VOCABULARY[text] not in form.refused()
        form.take(VOCABULARY[text])
    return set(VOCABULARY) - {TEXTS[token] for token in form.refused()}


def test_only_what_is_open_can_be_ended() -> None:
    assert {"</p>", "</td>", "\n</body></html>"}.isdisjoint(after())
    assert after("<td>") & {"</p>", "</td>", "\n</body></html>", "<end>"} == {"</td>"}
    assert "\n</body></html>" in after("<html><body>\n", "<td>", "</td>")


def test_nothing_ends_while_something_is_open() -> None:
    assert "<end>" not in after("<td>")
    assert "<end>" in after("<td>", "</td>")
    assert "<end>" in after("<img", ' a="', '"/>', "<br/>"), "these hold nothing"


def test_a_tag_has_attributes_and_an_end() -> None:
    assert after("<p") == {' a="', ' b="c"', ">"}
    assert after("<p", ' a="', "x") == {"x", "<0xC3>", '"', '">'}
    assert after("<p", ' a="', '"') == after("<p", ' b="c"') == after("<p")


def test_text_stands_where_it_may() -> None:
    assert "x" not in after()
    assert "x" not in after("<html><body>\n")
    assert {"x", "<0xC3>"} <= after("<html><body>\n", "<p", ">"), "bytes of letters are text too"


def test_markup_is_no_text() -> None:
    assert {"<", ' a="', ' b="c"', '">', '"/>'}.isdisjoint(after("<td>"))


@given(st.lists(st.integers(0, 2**16), max_size=60))
def test_whatever_is_chosen_the_answer_is_well_formed(choices: list[int]) -> None:
    form = WellFormed(Markup(VOCABULARY, {END}))
    written = ""
    # What is begun is ended as soon as may be, once there is no more to choose.
    while choices or END in form.refused():
        allowed = sorted(set(VOCABULARY.values()) - set(form.refused()))
        ends = [token for token in allowed if TEXTS[token] in ('"', ">", "/>") or "</" in TEXTS[token]]
        token = allowed[choices.pop() % len(allowed)] if choices else max(ends, key=lambda end: "</" in TEXTS[end])
        if token == END:
            break
        form.take(token)
        written += TEXTS[token].replace("<0xC3>", "y")
    # Whether an attribute is there twice is the model's affair.
    etree.fromstring(f"<all>{ATTRIBUTE.sub('', written)}</all>")


def test_nano_cannot_end_what_is_not_open() -> None:
    info = check(BUNDLED[NANO])
    assert info.pieces is not None
    nano = load(info, place("cpu", "float32"))
    markup = Markup(nano.tokenizer.get_vocab(), nano.end_tokens)
    jobs = []
    # A list of the sample that it ends as a paragraph, if it may.
    for piece in cut(Image.open(SAMPLES / "scan.png"), info.pieces, info.image_settings.factor)[2:4]:
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
