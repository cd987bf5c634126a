"""What is foreseen from a draft, on text alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.runtime.live_draft import LiveDraft, Manner
from docparse.runtime.proposals import Proposals

DRAFT = """<html><body>
<p data-bbox="100 100 500 120">The harbour in figures</p>
<p data-bbox="100 140 500 300">Ships pay a toll at the outer basin, which rises with the tide.</p>
<p data-bbox="102 320 500 420">Timber goes out in spring &amp; grain comes in before the winter.</p>
<div class="table" data-bbox="100 440 500 600"><table><tr><td>Grain</td><td>12</td></tr>\
<tr><td>Timber</td><td>7</td></tr></table></div>
</body></html>"""
ANSWER = """```html
<html><body>
<h2 data-bbox="101 98 498 121">The harbour in figures</h2>\x20
 <p data-bbox="101 143 499 301">Ships pay a toll at the outer basin, which rises with the tide.</p>\x20
 <p data-bbox="101 322 499 421">Timber goes out in spring & grain comes in before the winter.</p>\x20
 <div class="table" data-bbox="101 442 499 603"><table><tbody><tr><td style="text-align: left">Grain</td>\
<td style="text-align: left">12</td></tr><tr><td style="text-align: left">Timber</td>\
<td style="text-align: left">7</td></tr></tbody></table></div>\x20
</body></html>
```"""


def after(written: str, length: int = 30, draft: str = DRAFT) -> str:
    live = LiveDraft(draft)
    live.feed(written)
    return live.continuation(length)


def up_to(end: str) -> str:
    return ANSWER[: ANSWER.index(end) + len(end)]


def test_the_words_of_the_draft_come_next() -> None:
    assert after(up_to("Ships pay a toll")).startswith(" at the outer basin, which")
    assert after(up_to("Timber goes out in")).startswith(" spring & grain")


@pytest.mark.parametrize("read", ["Ships pay a tall", "Ships pay atoll", "Ships pay a troll", "Ships pay a t oll"])
def test_the_place_is_found_again_after_a_difference(read: str) -> None:
    written = up_to('499 301">') + read
    assert after(written).startswith(" at the outer basin")


def test_the_place_is_found_where_the_model_reads_in_another_order() -> None:
    written = up_to('<p data-bbox="101 143 499 301">') + "Timber goes out in spring"
    assert after(written).startswith(" & grain comes")


def test_tags_are_written_as_the_model_writes_them() -> None:
    assert after(up_to("rises with the tide.")).startswith('</p> \n <p data-bbox="')
    assert after(up_to('">Grain'), 80).startswith('</td><td style="text-align: left">12</td>')


def test_digits_lead_to_the_nearest_number() -> None:
    assert after(up_to("</h2> \n") + ' <p data-bbox="').startswith(
        "101 "
    )  # as the heading above, not the draft's 100
    assert after(up_to("</h2> \n") + ' <p data-bbox="101 13').startswith("9 ")
    assert after(up_to("</h2> \n") + ' <p data-bbox="101 15').startswith("0 ")


def test_what_one_page_has_shown_serves_the_next() -> None:
    manner = Manner()
    LiveDraft(DRAFT, manner).feed(ANSWER)
    assert LiveDraft(DRAFT, manner).continuation(40).startswith('```html\n<html><body>\n<h2 data-bbox="100 100')


def test_it_follows_to_the_end_in_few_passes() -> None:
    """A token is a character here."""
    proposals = Proposals(LiveDraft(DRAFT), lambda text: list(map(ord, text)), lambda ids: "".join(map(chr, ids)))
    answer = list(map(ord, ANSWER))
    done = passes = 0
    while done < len(answer):
        proposed = proposals.next(64)
        right = 0
        while right < len(proposed) and answer[done + right : done + right + 1] == [proposed[right]]:
            right += 1
        written = answer[done : done + right + 1]
        proposals.take(written, len(proposed))
        done += len(written)
        passes += 1
    assert len(answer) / passes > 5


MARKUP = st.lists(
    st.sampled_from(["<", ">", "<p", ' data-bbox="', "1 2 ", "3 4", '">', "</p>", "<td>", "</td>", "<div", "\n", " "])
    | st.text(max_size=6)
).map("".join)


@given(MARKUP, MARKUP, st.integers(0, 200), st.randoms(use_true_random=False))
def test_nothing_raises_whatever_is_drafted_and_written(
    draft: str, written: str, length: int, chance: random.Random
) -> None:
    live = LiveDraft(draft)
    for part in (written[:9], written[9:]):
        live.feed(part)
        assert isinstance(live.continuation(length), str)
        live.feed(live.continuation(length)[: chance.randint(0, 40)])
