"""nano's tokens: characters, markup in one piece, places, and Qwen's special tokens.

nano writes where it reads. Between characters stand tokens for places in the image that decode to nothing (or to the
space before a word): the row of a printed line, the column where its next word begins. They cost nothing on the line
and little at its start, they keep a small model on its line, and they give every word its place. The numbers of a box
are one token each.

In the vocabulary such a token has a mark in its text, which the tokenizer's decoder removes; so any tool that loads
the checkpoint decodes plain QwenVL HTML.
"""

import re
from functools import cached_property
from typing import Any

from ..options import SYSTEM_PROMPT, USER_PROMPT

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
"""Qwen2.5-VL's own."""
MARKUP = (
    "<html>", "</html>", "<body>", "</body>", "<html><body>\n", "\n</body></html>", ' data-bbox="', '">', '"/>', "\n",
    "<p", "</p>", "<h1", "</h1>", "<h2", "</h2>", "<h3", "</h3>", "<h4", "</h4>", "<h5", "</h5>", "<h6", "</h6>",
    "<ul", "</ul>", "<ol", "</ol>", "<li", "</li>", "<div", "</div>", "<table", "</table>", "<table>",
    "<thead>", "</thead>", "<tbody>", "</tbody>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "</th>",
    "<td", "<th", ' colspan="', ' rowspan="', ' data-marker="', ' format="', ' style="', ' href="', ' alt="',
    "<img", "/>", "<br/>", "<sub>", "</sub>", "<sup>", "</sup>", "<b>", "</b>", "<i>", "</i>",
    "<a", "</a>", "<address", "</address>", ' class="author"', ' class="caption"', ' class="footnote"',
    ' class="page-header"', ' class="page-footer"', ' class="table"', ' class="chart"', ' class="formula"',
    ' class="image"', ' class="image caption"', ' class="image ocr"', ' class="image caption ocr"', ' class="ocr"',
    ' class="chemical formula" format="smile"', ' class="music sheet" format="abc notation"',
    "&amp;", "&lt;", "&gt;", "&quot;",
)  # fmt: skip
PROMPTS = (SYSTEM_PROMPT, USER_PROMPT, "system\n", "user\n", "assistant\n")
PREFIX = f"<|im_start|>system\n{SYSTEM_PROMPT}<|im_end|>\n<|im_start|>user\n<|vision_start|>"
"""What stands before the image."""
SUFFIX = f"<|vision_end|>{USER_PROMPT}<|im_end|>\n<|im_start|>assistant\n"
"""What stands between the image and the answer."""
_LATIN = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x180)]))
_GREEK = "".join(chr(code) for code in range(0x386, 0x3CF) if chr(code).isalpha())
_CYRILLIC = "".join(map(chr, range(0x400, 0x460))) + "Ґґ"
_OTHER = "ȘșȚțẞ–—―‘’‚“”„†‡•…‰′″‹›⁄€₣₤₽₹™ΩℓⅠ№←↑→↓↔⇒⇔∂∆∏∑−∓√∝∞∫≈≠≡≤≥⋅∈∉⊂∪∩∀∃∇∅ℝℕℤ■□▪●○◦★✓✗☐☑☒►ﬁﬂ⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉♭♯"
CHARACTERS = "".join(dict.fromkeys(_LATIN + _GREEK + _CYRILLIC + _OTHER))
"""Those that have a token of their own; any other is written as the bytes of its UTF-8."""

BOX_STEP = 4
"""Pixels: the numbers in ``data-bbox`` are multiples of it."""
PLACE_STEP = 16
"""Pixels between the rows and columns that a place token can name: the cells of the image's tokens."""
MOST_PIXELS_A_SIDE = 2560
_BOX, _ROW, _COLUMN, _WORD = "⟦", "⟨r", "⟨c", " ⟨c"
_PLACES = 320
"""Twice as many as ``PLACE_STEP`` needs: the ids are those of weights that were trained with finer ones."""


class Vocabulary:
    """Text to ids and back, for training. The tokenizer that ships is made by ``tokenizer()``."""

    def __init__(self) -> None:
        tokens = [
            *SPECIAL,
            *(token for token in dict.fromkeys((*MARKUP, *PROMPTS)) if len(token) > 1 or token == "\n"),
            *CHARACTERS,
            *(f"<0x{byte:02X}>" for byte in range(256)),
            *(f"{_BOX}{value}" for value in range(0, MOST_PIXELS_A_SIDE + 1, BOX_STEP)),
            *(f"{_ROW}{index}⟩" for index in range(_PLACES)),
            *(f"{_COLUMN}{index}⟩" for index in range(_PLACES)),
            *(f"{_WORD}{index}⟩" for index in range(_PLACES)),
        ]
        tokens = list(dict.fromkeys(tokens))
        tokens += [f"<|unused_{index}|>" for index in range(-len(tokens) % 64)]
        self.tokens: tuple[str, ...] = tuple(tokens)
        self.ids: dict[str, int] = {token: index for index, token in enumerate(tokens)}
        self._box = self.ids[f"{_BOX}0"]
        self._row = self.ids[f"{_ROW}0⟩"]
        self._column = self.ids[f"{_COLUMN}0⟩"]
        self._word = self.ids[f"{_WORD}0⟩"]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def _pieces(self) -> re.Pattern[str]:
        markup = sorted((t for t in (*MARKUP, *PROMPTS, *SPECIAL) if len(t) > 1 or t == "\n"), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, markup)) + "|.", re.DOTALL)

    def pieces(self, text: str) -> list[str]:
        """Text cut into markup and characters."""
        return self._pieces.findall(text)

    def encode_piece(self, piece: str) -> list[int]:
        """Ids of markup in one piece or of a character: one, or as many as its UTF-8 has bytes."""
        token = self.ids.get(piece)
        return [token] if token is not None else [self.ids[f"<0x{byte:02X}>"] for byte in piece.encode()]

    def encode(self, text: str) -> list[int]:
        """Ids of text without places."""
        return [token for piece in self.pieces(text) for token in self.encode_piece(piece)]

    def box(self, pixels: float) -> int:
        """The token of a number in ``data-bbox``."""
        return self._box + min(max(round(pixels / BOX_STEP), 0), MOST_PIXELS_A_SIDE // BOX_STEP)

    def row(self, y: float) -> int:
        """The token that says on which row a line is printed; ``y`` is the middle of its small letters."""
        return self._row + _place(y)

    def column(self, x: float) -> int:
        """The token that says where a line begins; ``x`` is the middle of its first character."""
        return self._column + _place(x)

    def word(self, x: float) -> int:
        """The token for a space and the place of the next word's first character, whose middle is ``x``."""
        return self._word + _place(x)

    def place_families(self) -> list[list[tuple[int, float]]]:
        """Tokens of one kind with the pixel that each of them names."""
        boxes = [(self._box + index, index * BOX_STEP * 1.0) for index in range(MOST_PIXELS_A_SIDE // BOX_STEP + 1)]
        return [boxes] + [
            [(first + index, (index + 0.5) * PLACE_STEP) for index in range(_PLACES)]
            for first in (self._row, self._column, self._word)
        ]

    def places(self) -> range:
        """The tokens of rows and columns."""
        return range(self._row, self._word + _PLACES)

    def decode(self, ids: list[int]) -> str:
        """Text without special tokens, as the tokenizer that ships gives it."""
        return str(self.tokenizer().decode(ids, skip_special_tokens=True))

    def tokenizer(self) -> Any:
        """The same as a ``PreTrainedTokenizerFast`` of transformers, with Qwen's chat template."""
        return self._tokenizer

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models
        from transformers import PreTrainedTokenizerFast

        # Without merges BPE takes text character by character, and what it does not know as bytes.
        tokenizer = Tokenizer(models.BPE(vocab=self.ids, merges=[], byte_fallback=True))
        tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
        pieces = dict.fromkeys(t for t in (*MARKUP, *PROMPTS) if len(t) > 1)
        tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in pieces])
        tokenizer.decoder = decoders.Sequence(
            [
                decoders.ByteFallback(),
                decoders.Replace(Regex(rf"⟨[rc]\d+⟩|{_BOX}"), ""),
                decoders.Fuse(),
            ]
        )
        return PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            eos_token="<|im_end|>",
            pad_token="<|endoftext|>",
            additional_special_tokens=list(SPECIAL),
            chat_template=CHAT_TEMPLATE,
            clean_up_tokenization_spaces=False,
        )


CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' or 'image' in part or 'image_url' in part %}"
    "<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Qwen2.5-VL's, without the system message that it adds where there is none, and without videos."""


def _place(pixels: float) -> int:
    return min(max(int(pixels // PLACE_STEP), 0), _PLACES - 1)
