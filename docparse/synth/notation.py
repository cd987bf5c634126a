"""Random formulas in LaTeX, molecules in SMILES, tunes in ABC."""

from fractions import Fraction
from random import Random

_LETTERS = "a b c d e f g h k m n p q r s t u v w x y z A B C D E F G H K L M N P Q R S T U V X".split()
_GREEK = (
    "alpha beta gamma delta epsilon theta lambda mu nu pi rho sigma tau phi psi omega Gamma Delta Omega Phi".split()
)
_RELATIONS = ("=", "=", "=", "=", r"\leq", r"\geq", "<", ">", r"\approx", r"\equiv", r"\in", r"\to", r"\neq", r"\sim")
_OPERATORS = ("+", "-", "+", "-", r"\cdot", r"\times", r"\pm", "/")
_FUNCTIONS = (r"\sin", r"\cos", r"\log", r"\exp", r"\ln", r"\tan", r"\max", r"\min")

_CORES = (
    "c1ccc({})cc1",
    "c1cc({})cc({})c1",
    "c1ccc({})c({})c1",
    "C1CCC({})CC1",
    "c1ccnc({})c1",
    "c1cc({})oc1",
    "c1cc({})sc1",
    "C1CCN({})CC1",
    "c1ccc2c(c1)cc({})cc2",
    "C1COCCN1{}",
    "C({})C({})",
    "CC({})C",
    "c1cnc({})nc1",
    "C1CC1{}",
    "O=C({})N{}",
    "c1ccc2[nH]cc({})c2c1",
    "CCOC(=O){}",
    "C1CCCC1{}",
)
_BRANCHES = (
    "C",
    "CC",
    "O",
    "OC",
    "N",
    "Cl",
    "F",
    "Br",
    "C(=O)O",
    "C(=O)N",
    "C#N",
    "N(C)C",
    "S(=O)(=O)N",
    "C(F)(F)F",
    "C=C",
    "C(C)C",
    "C(C)(C)C",
    "[N+](=O)[O-]",
    "C=O",
    "S",
    "I",
    "OCC",
    "C(=O)OC",
    "P(=O)(O)O",
    "[H]",
    "[H]",
    "[H]",
)

_KEYS = ("C", "G", "D", "A", "F", "Bb", "Eb", "Am", "Em", "Dm", "Bm", "Gm")
_METERS = ((4, 4), (3, 4), (2, 4), (6, 8))
_PITCHES = ("C", "D", "E", "F", "G", "A", "B", "c", "d", "e", "f", "g", "a")


def latex(rng: Random) -> str:
    """An equation of what matplotlib's mathtext can set."""
    sides = [_sum(rng, 2), _sum(rng, rng.choice((1, 2, 2)))]
    if rng.random() < 0.15:
        sides.append(_sum(rng, 1))
    text = sides[0]
    for side in sides[1:]:
        text += f" {rng.choice(_RELATIONS)} {side}"
    return " ".join(text.split())


def _sum(rng: Random, depth: int) -> str:
    terms = [_term(rng, depth) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
    text = terms[0]
    for term in terms[1:]:
        text += f" {rng.choice(_OPERATORS)} {term}"
    return text


def _term(rng: Random, depth: int) -> str:
    if depth <= 0:
        return _symbol(rng)
    inner = depth - 1
    match rng.randrange(11):
        case 0 | 1:
            return rf"\frac{{{_sum(rng, inner)}}}{{{_sum(rng, inner)}}}"
        case 2:
            return rf"\sqrt{{{_sum(rng, inner)}}}"
        case 3:
            return rf"\left( {_sum(rng, inner)} \right)" + rng.choice(("", "^{2}", "^{n}", "^{-1}"))
        case 4:
            index, last = rng.choice("ijkn"), rng.choice(("n", "N", r"\infty", "m"))
            big, body = rng.choice((r"\sum", r"\prod")), rng.choice(_LETTERS)
            return rf"{big}_{{{index}={rng.choice('01')}}}^{{{last}}} {body}_{{{index}}}"
        case 5:
            limits = rng.choice(("", "_{0}^{1}", r"_{0}^{\infty}", "_{a}^{b}", r"_{-\infty}^{\infty}"))
            return rf"\int{limits} {_symbol(rng)} \, d{rng.choice('xtsu')}"
        case 6:
            return rf"{rng.choice(_FUNCTIONS)} {_symbol(rng)}"
        case 7:
            return rf"\frac{{\partial {rng.choice(_LETTERS)}}}{{\partial {rng.choice('xytz')}}}"
        case _:
            return _symbol(rng) + _symbol(rng) if rng.random() < 0.4 else _symbol(rng)


def _symbol(rng: Random) -> str:
    base = rng.choice(
        (rng.choice(_LETTERS), rng.choice(_LETTERS), "\\" + rng.choice(_GREEK), str(rng.randint(0, 99)))
    )
    if base.isdigit():
        return base
    if rng.random() < 0.1:
        base = rf"\{rng.choice(('hat', 'bar', 'vec', 'tilde'))}{{{base}}}"
    if rng.random() < 0.3:
        base += f"_{{{rng.choice((*'0123ijknm', 'ij', 'n+1', 'max'))}}}"
    if rng.random() < 0.25:
        base += f"^{{{rng.choice((*'23nk', '-1', '2n', chr(92) + 'ast'))}}}"
    # A command must not run into the letter that follows it.
    return base + " " if base.startswith("\\") and base[-1].isalpha() else base


def smiles(rng: Random, depth: int = 1) -> str:
    """A molecule that a chemist could draw; not canonical, and not one that need exist."""
    core = rng.choice(_CORES)
    parts = [
        smiles(rng, depth - 1) if depth and rng.random() < 0.3 else rng.choice(_BRANCHES)
        for _ in range(core.count("{}"))
    ]
    # Ring numbers of a branch must not close those of the core, which are open around it.
    shift = str.maketrans("12", "34") if depth else {}
    return core.format(*(part.translate(shift) for part in parts))


def abc(rng: Random) -> str:
    """A tune without title: meter, unit, key, and two to eight bars; some with triplets, some repeated."""
    beats, unit = rng.choice(_METERS)
    whole = Fraction(beats, unit) * 8
    place = rng.randrange(2, 9)
    bars = []
    for _ in range(rng.choice((2, 3, 4, 4, 6, 8))):
        left = whole
        groups: list[str] = []
        beam = ""
        while left > 0:
            length = min(left, Fraction(rng.choice((1, 1, 1, 2, 2, 2, 3, 4) if unit == 4 else (1, 1, 2, 3, 3))))
            place = max(0, min(len(_PITCHES) - 1, place + rng.randint(-3, 3)))
            if length == 2 and not beam and rng.random() < 0.08:
                groups.append("(3" + "".join(rng.choice(_PITCHES[max(0, place - 2) : place + 3]) for _ in range(3)))
                left -= length
                continue
            note = "z" if rng.random() < 0.06 else rng.choice(("",) * 10 + ("^", "_", "=")) + _PITCHES[place]
            beam += note + ("" if length == 1 else str(length))
            left -= length
            if length > 1 or (whole - left) % (4 if unit == 4 else 3) == 0:
                groups.append(beam)
                beam = ""
        bars.append(" ".join([*groups, beam] if beam else groups))
    first, last = ("|: ", " :|") if rng.random() < 0.15 else ("", " |]")
    return f"M:{beats}/{unit}\nL:1/8\nK:{rng.choice(_KEYS)}\n{first}{' | '.join(bars)}{last}"
