"""Sentences, titles, figures, codes: what stands on the pages. It means nothing, but looks like what does."""

import string
from random import Random

from .languages import LANGUAGES
from .words import lexicon, people

_ABBREVIATIONS = (
    "e.g.",
    "i.e.",
    "No.",
    "Fig. 3",
    "vs.",
    "approx.",
    "Dr.",
    "etc.",
    "p. 12",
    "cf.",
    "Ltd.",
    "a.m.",
    "St.",
)
_SIGNS = "@#%&*+-/=<>[]{}()_~^|\\!?;:'\"$§°±×÷€£©®™•…–—½²³µ"
_UNITS = ("kg", "km", "cm", "mm", "°C", "kWh", "MHz", "GB", "m²", "%", "ml", "Hz", "V", "µm", "h", "min")
_DOMAINS = ("com", "org", "net", "de", "fr", "eu", "io", "info", "co.uk", "edu")
_CODES = string.ascii_uppercase + string.digits
_MIXED = string.ascii_letters + string.digits + "-_./:#+*"


class Prose:
    """Text in one language, drawn from one generator of chance."""

    def __init__(self, code: str, rng: Random) -> None:
        self.rng = rng
        self.language = LANGUAGES[code]
        self._lexicon = lexicon(code)
        self._people = people(code)
        self._words: list[str] = []
        # A share of pages where words cannot be guessed, so that a reader learns to look.
        self.oddity = rng.choice((0.0, 0.02, 0.02, 0.05, 0.15, 0.5))

    def word(self) -> str:
        if not self._words:
            self._words = self._lexicon.sample(self.rng, 300)
        return self._words.pop()

    def words(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))

    def capital(self, text: str) -> str:
        return text[:1].upper() + text[1:]

    def title(self, longest: int = 9) -> str:
        """A heading without a full stop."""
        rng = self.rng
        words = [self._token() if rng.random() < 0.06 else self.word() for _ in range(rng.randint(1, longest))]
        style = rng.random()
        if style < 0.25:
            return " ".join(self.capital(word) for word in words)
        if style < 0.37:
            return " ".join(words).upper()
        text = self.capital(" ".join(words))
        return text + rng.choice(("", "", "", "", ":", "?", "!"))

    def sentence(self, shortest: int = 3, longest: int = 22) -> str:
        rng = self.rng
        parts: list[str] = []
        for position in range(rng.randint(shortest, longest)):
            chance = rng.random()
            if chance < self.oddity:
                word = self.odd()
            elif chance > 0.9:
                word = self._token()
            else:
                word = self.word()
                if chance > 0.86 or (chance > 0.62 and self.language.code == "de"):
                    word = self.capital(word)
            if position and rng.random() < 0.09:
                parts[-1] += rng.choice((",", ",", ",", ",", ";", ":", " –"))
            parts.append(word)
        text = self.capital(" ".join(parts))
        if rng.random() < 0.06:
            return self.language.quotes[0] + text + rng.choice(".?!,") + self.language.quotes[1]
        return text + rng.choice(("." * 14) + "?!:")

    def paragraph(self, characters: int) -> str:
        """Sentences of about this many characters."""
        if self.rng.random() < 0.25 * self.oddity:
            return " ".join(self.odd() for _ in range(max(2, characters // 7)))
        sentences: list[str] = []
        length = 0
        while length < characters or not sentences:
            sentences.append(self.sentence(longest=max(4, min(22, (characters - length) // 5))))
            length += len(sentences[-1]) + 1
        return " ".join(sentences)

    def _token(self) -> str:
        """Anything in running text that is no plain word."""
        rng = self.rng
        match rng.randrange(18):
            case 0 | 1:
                return self.integer()
            case 2:
                return self.decimal()
            case 3:
                return self.date()
            case 4:
                return self.amount()
            case 5:
                return f"({self.words(rng.randint(1, 4))})"
            case 6:
                return f"{self.language.quotes[0]}{self.words(rng.randint(1, 3))}{self.language.quotes[1]}"
            case 7:
                return rng.choice(_ABBREVIATIONS)
            case 8:
                return f"{self.word()}-{self.word()}"
            case 9:
                return self.word().upper()
            case 10:
                return self.email() if rng.random() < 0.5 else self.url()
            case 11:
                return f"{rng.randint(1, 99)}{rng.choice(('–', '-'))}{rng.randint(100, 999)}"
            case 12:
                return f"{self.decimal()} {rng.choice(_UNITS)}"
            case 13:
                return self.name()
            case 14:
                return f"[{rng.randint(1, 60)}]"
            case 15:
                return self.odd()
            case 16:
                return f"{rng.randint(1900, 2030)}"
            case _:
                return f"{self.word()}/{self.word()}"

    def odd(self) -> str:
        """A string that nobody can guess."""
        rng = self.rng
        chance = rng.random()
        length = rng.randint(1, 9)
        if chance < 0.45:
            letters = self.language.letters
            text = "".join(rng.choices(letters, k=length))
            return text.lower() if rng.random() < 0.6 else text
        if chance < 0.65:
            return "".join(rng.choices(string.digits, k=length))
        if chance < 0.9:
            return "".join(rng.choices(_MIXED, k=length))
        return "".join(rng.choices(_SIGNS, k=rng.randint(1, 3)))

    def code(self) -> str:
        rng = self.rng
        parts = ["".join(rng.choices(_CODES, k=rng.randint(2, 5))) for _ in range(rng.randint(1, 3))]
        return rng.choice(("-", "/", ".", "")).join(parts)

    def integer(self) -> str:
        value = self.rng.choice((10, 100, 1000, 100_000, 10_000_000))
        return self.grouped(self.rng.randrange(value))

    def grouped(self, value: int) -> str:
        if value < 10_000 and self.rng.random() < 0.6:
            return str(value)
        mark = "." if self.language.comma else ","
        return f"{value:,}".replace(",", mark)

    def decimal(self, digits: int | None = None) -> str:
        digits = self.rng.randint(1, 3) if digits is None else digits
        value = self.rng.random() * self.rng.choice((1, 10, 100, 1000, 100_000))
        return self.fixed(value, digits)

    def fixed(self, value: float, digits: int) -> str:
        text = f"{value:,.{digits}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language.comma else text

    def amount(self, value: float | None = None) -> str:
        value = self.rng.random() * self.rng.choice((10, 100, 1000, 50_000)) if value is None else value
        number, sign = self.fixed(value, 2), self.language.currency
        if not self.language.comma:
            return self.rng.choice((f"${number}", f"${number}", f"£{number}", f"USD {number}"))
        return self.rng.choice((f"{number} {sign}", f"{number} {sign}", f"EUR {number}"))

    def percent(self) -> str:
        return self.fixed(self.rng.uniform(-20, 100), self.rng.randint(0, 2)) + self.rng.choice(("%", " %"))

    def date(self) -> str:
        rng = self.rng
        day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1950, 2029)
        if self.language.months and rng.random() < 0.5:
            name = self.language.months[month - 1]
            if self.language.code == "en":
                return rng.choice((f"{name} {day}, {year}", f"{day} {name} {year}", f"{name[:3]} {day}, {year}"))
            return f"{day}{'.' if self.language.code == 'de' else ''} {name} {year}"
        forms = (f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}", f"{month:02}/{day:02}/{year}")
        return rng.choice((*forms, f"{day}.{month}.{year % 100:02}"))

    def time(self) -> str:
        return f"{self.rng.randrange(24):02}:{self.rng.randrange(60):02}"

    def name(self) -> str:
        return self.rng.choice(self._people.names)

    def street(self) -> str:
        return self.rng.choice(self._people.streets)

    def city(self) -> str:
        return self.rng.choice(self._people.cities)

    def company(self) -> str:
        return self.rng.choice(self._people.companies)

    def phone(self) -> str:
        return self.rng.choice(self._people.phones)

    def email(self) -> str:
        rng = self.rng
        latin = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9)))
        return f"{latin}{rng.choice(('.', '_', '', '-'))}{rng.randint(1, 99)}@{self._host()}"

    def url(self) -> str:
        rng = self.rng
        path = "/".join(
            "".join(rng.choices(string.ascii_lowercase + "-_0123456789", k=rng.randint(2, 8))) for _ in "ab"
        )
        return (
            rng.choice(("https://", "http://", "www.", ""))
            + self._host()
            + "/"
            + path
            + rng.choice(("", ".html", "?id=7"))
        )

    def _host(self) -> str:
        host = "".join(self.rng.choices(string.ascii_lowercase, k=self.rng.randint(4, 10)))
        return f"{host}.{self.rng.choice(_DOMAINS)}"

    def label(self) -> str:
        return self.capital(self.words(self.rng.randint(1, 3)))
