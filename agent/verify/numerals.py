"""Read the figures of a text: digits, words, scales, percentages, money, ranges and rounding."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from agent.verify.moments import moments_in
from agent.verify.words import STOP_WORDS, fold, plain, stem

Kind = Literal["count", "percent", "money", "ordinal"]
Marker = Literal["", "about", "above", "below"]

_UNITS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mln": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}
_CURRENCIES = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy"}
_CURRENCY_WORDS = {"dollar": "usd", "euro": "eur", "pound": "gbp", "yen": "jpy", "usd": "usd"}

_ABOUT = frozenset(
    "about some roughly around approximately approx nearly almost estimated circa".split()
)
_ABOVE = frozenset("over above exceed exceeding exceeded least surpass topped".split())
_BELOW = frozenset("under below within up".split())

_PIECE = re.compile(
    r"(?P<cash>US\$|[$€£¥])|(?P<digits>\d[\d,.]*\d|\d)|(?P<percent>%)|(?P<word>[^\W\d_]+(?:'[a-z]+)?)"
    r"|(?P<other>[^\w\s])"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


# Words that stand between a figure and what it counts: two of its posts.
_LINKING = frozenset("of the those its".split())


@dataclass(frozen=True)
class Figure:
    """One figure of a text.

    Attributes:
        low: Its value, scale applied; the lower end of a range.
        high: The same value again, or the upper end of a range.
        kind: A percentage, an amount of money, an ordinal, or any other count.
        unit: Stems of the words it counts, up to three, or the currency.
        noun: The first of those words as written.
        marker: Whether it is given as about, above (at least) or below (at most) the value.
        spelled: Whether it stands in words.
        significant: Significant digits of the value as written.
        start: Offset in the plain text.
        end: Offset in the plain text.
        text: The figure as written, with its percent sign or scale.
    """

    low: float
    high: float
    kind: Kind = "count"
    unit: tuple[str, ...] = ()
    noun: str = ""
    marker: Marker = ""
    spelled: bool = False
    significant: int = 1
    start: int = 0
    end: int = 0
    text: str = ""


@lru_cache(maxsize=16384)
def figures_in(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text in order; dates, times, codes and addresses are none.

    Offsets refer to `plain(text)`. A single `one` or `1` is mostly a pronoun and counts only
    before a scale word or a percent sign. A range such as 60 to 90 is one figure, and a unit said
    once after a list belongs to all its members.
    """
    flat = plain(text)
    found = list(_read(flat))
    return tuple(_joined(_shared_units(found, flat), flat))


class _Piece(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def _pieces(text: str) -> list[_Piece]:
    spans = [(m.start, m.end) for m in moments_in(text)]
    pieces = []
    for match in _PIECE.finditer(text):
        dated = any(start <= match.start() < end for start, end in spans)
        kind = "other" if dated else str(match.lastgroup)
        if kind == "digits" and not _is_number(text, match):
            kind = "other"
        pieces.append(_Piece(kind, match.group(), match.start(), match.end()))
    return pieces


def _is_number(text: str, match: re.Match[str]) -> bool:
    """Tell a number from the digits of a code, a version, a score or an address."""
    before = text[max(0, match.start() - 2) : match.start()]
    if re.search(r"[A-Za-z_/#@.]-?$", before) and not before.endswith("S"):
        return False
    if re.match(r"s\b", text[match.end() : match.end() + 2]):
        return False
    after = text[match.end() : match.end() + 2]
    if re.match(r"[-/:.]?\d|[/:]", after) and not re.match(r"-\d", after):
        return False
    return _GROUPED.fullmatch(match.group()) is not None


def _read(text: str) -> Iterator[Figure]:
    pieces = _pieces(text)
    at = 0
    while at < len(pieces):
        read = _figure_at(pieces, at)
        if read is None:
            at += 1
            continue
        figure, after = read
        yield replace(figure, text=text[figure.start : figure.end])
        at = after


def _figure_at(pieces: list[_Piece], at: int) -> tuple[Figure, int] | None:
    fraction = _fraction_at(pieces, at)
    if fraction:
        return fraction
    first, cash = at, ""
    if pieces[at].kind == "cash" and at + 1 < len(pieces):
        cash, at = _CURRENCIES[pieces[at].text[-1]], at + 1
    value = _digits_at(pieces, at) or _words_at(pieces, at)
    if value is None:
        return None
    amount, significant, spelled, after = value
    figure = Figure(
        low=amount,
        high=amount,
        significant=significant,
        spelled=spelled,
        start=pieces[first].start,
        end=pieces[after - 1].end,
        marker=_marker(pieces, first),
    )
    return _with_unit(figure, pieces, after, cash)


def _digits_at(pieces: list[_Piece], at: int) -> tuple[float, int, bool, int] | None:
    if pieces[at].kind != "digits":
        return None
    digits = pieces[at].text.replace(",", "")
    significant = len(digits.replace(".", "").lstrip("0").rstrip("0" if "." not in digits else ""))
    amount, after = float(digits), at + 1
    while after < len(pieces) and _scale(pieces, after):
        amount, after = amount * _scale(pieces, after), after + 1
    if digits == "1" and after == at + 1 and not _is_ratio(pieces, after):
        return None
    return amount, max(significant, 1), False, after


def _is_ratio(pieces: list[_Piece], at: int) -> bool:
    return at < len(pieces) and pieces[at].text.lower() in ("%", "percent", "per", "st")


def _scale(pieces: list[_Piece], at: int) -> float:
    word = pieces[at].text.lower()
    attached = pieces[at].start == pieces[at - 1].end
    if pieces[at].kind != "word" or (len(word) == 1 and not attached):
        return 0.0
    hyphen = pieces[at - 1].text == "-"
    return 0.0 if hyphen else _SCALES.get(word, 0.0)


def _words_at(pieces: list[_Piece], at: int) -> tuple[float, int, bool, int] | None:
    """Read a number in words, such as two hundred and fifty-one."""
    total, group, after, seen, start = 0.0, 0.0, at, False, at
    while after < len(pieces):
        word = pieces[after].text.lower()
        if word in _UNITS or word in _TENS:
            group += _UNITS.get(word, _TENS.get(word, 0))
            seen = True
        elif word in _SCALES and len(word) > 2 and (seen or _article(pieces, start)):
            group = (group or _article(pieces, start) or 1.0) * _SCALES[word]
            if _SCALES[word] > 100:
                total, group = total + group, 0.0
            seen = True
        elif not (seen and word in ("and", "-") and _goes_on(pieces, after, group)):
            break
        after += 1
    if not seen or total + group <= 1:
        return None
    amount = total + group
    return amount, len(f"{amount:.0f}".rstrip("0")) or 1, True, after


def _article(pieces: list[_Piece], at: int) -> float:
    """Return what stands before a bare scale word: a (hundred), half a (million), or nothing."""
    before = [p.text.lower() for p in pieces[max(0, at - 2) : at]]
    if before[-1:] == ["half"] or before == ["half", "a"]:
        return 0.5
    return 1.0 if before[-1:] in (["a"], ["an"]) else 0.0


def _goes_on(pieces: list[_Piece], at: int, group: float) -> bool:
    """Tell `hundred and fifty` and `twenty-one` from `two and three` and `two-man`."""
    if at + 1 >= len(pieces):
        return False
    word = pieces[at + 1].text.lower()
    if pieces[at].text == "-":
        return group % 100 >= 20 and group % 10 == 0 and word in _UNITS
    return group >= 100 and group % 100 == 0 and (word in _UNITS or word in _TENS)


def _fraction_at(pieces: list[_Piece], at: int) -> tuple[Figure, int] | None:
    """Read a third of, two-thirds, half the, one in five; each is a percentage."""
    words = [p.text.lower() for p in pieces[at : at + 4]]
    share, used = _share(words)
    if not share or (at and pieces[at - 1].text.lower() in ("first", "second", "other", "latter")):
        return None
    last = pieces[at + used - 1]
    figure = Figure(
        low=100 * share,
        high=100 * share,
        kind="percent",
        # Nobody means 33.3 by a third: it is as good as a rounded figure.
        marker=_marker(pieces, at) or "about",
        spelled=True,
        start=pieces[at].start,
        end=last.end,
    )
    return figure, at + used


def _share(words: list[str]) -> tuple[float, int]:
    match words:
        case ["a" | "one", part, "of", *_] if part in _PARTS:
            return 1 / _PARTS[part], 2
        case ["half", "of" | "the" | "its" | "their" | "his" | "all", *_]:
            return 1 / 2, 1
        case ["one", "in", base, *_] if base in _UNITS and _UNITS[base] > 1:
            return 1 / _UNITS[base], 3
        case [count, "-", parts, *_] if count in _UNITS and parts.rstrip("s") in _PARTS:
            return _UNITS[count] / _PARTS[parts.rstrip("s")], 3
        case [count, parts, *_] if count in _UNITS and parts[:-1] in _PARTS and parts[-1] == "s":
            return _UNITS[count] / _PARTS[parts[:-1]], 2
    return 0.0, 0


def _marker(pieces: list[_Piece], at: int) -> Marker:
    words = [p.text.lower() for p in pieces[max(0, at - 3) : at]]
    joined = " ".join(words)
    if re.search(
        r"\b(?:more|greater|higher|larger|better) than$|\bno (?:less|fewer) than$", joined
    ):
        return "above"
    if re.search(r"\b(?:less|fewer|lower|smaller) than$|\bup to$|\bas many as$|\bat most$", joined):
        return "below"
    near = set(words[-2:])
    if near & (_ABOUT - {"some"}) or words[-1:] == ["some"] or "close to" in joined:
        return "about"
    if near & _ABOVE:
        return "above"
    return "below" if near & (_BELOW - {"up"}) else ""


def _with_unit(figure: Figure, pieces: list[_Piece], after: int, cash: str) -> tuple[Figure, int]:
    """Return the figure with its percent sign, currency, ordinal ending or counted words."""
    ahead = after + (after < len(pieces) and pieces[after].text == "-")
    words = [p.text.lower() for p in pieces[ahead : ahead + 2]]
    if words[:1] == ["%"] or words[:1] in (["percent"], ["percentage"], ["pc"], ["pct"]):
        return replace(figure, kind="percent", end=pieces[ahead].end), ahead + 1
    if words == ["per", "cent"]:
        return replace(figure, kind="percent", end=pieces[ahead + 1].end), ahead + 2
    if words[:1] in (["st"], ["nd"], ["rd"], ["th"]) and pieces[ahead].start == figure.end:
        unit = _counted(pieces, ahead + 1)
        return replace(figure, kind="ordinal", unit=unit, end=pieces[ahead].end), ahead + 1
    unit = _counted(pieces, ahead)
    currency = cash or next((_CURRENCY_WORDS[u] for u in unit[:1] if u in _CURRENCY_WORDS), "")
    if currency:
        return replace(figure, kind="money", unit=(currency,)), after
    noun = next((p.text for p in pieces[ahead : ahead + 3] if stem(fold(p.text)) in unit[:1]), "")
    return replace(figure, unit=unit, noun=noun), after


def _counted(pieces: list[_Piece], at: int) -> tuple[str, ...]:
    found: list[str] = []
    for piece in pieces[at : at + 6]:
        word = fold(piece.text)
        if piece.kind == "other" and piece.text != "-":
            break
        if piece.kind == "word" and word in STOP_WORDS - _LINKING:
            break
        if piece.kind == "word" and word not in STOP_WORDS:
            found.append(stem(word))
    return tuple(found[:3])


def _shared_units(found: list[Figure], text: str) -> list[Figure]:
    """Give `2 or 3 percent` and `11, 12 and 15 percent` one unit."""
    shared = list(found)
    for at in range(len(shared) - 2, -1, -1):
        this, following = shared[at], shared[at + 1]
        between = text[this.end : following.start].strip().lower()
        linked = between in ("to", "or", "and", "-", ",", ", and", "to about", "and about")
        if linked and this.kind == "count" and not this.unit and not this.spelled:
            kind = following.kind if following.kind != "ordinal" else "count"
            shared[at] = replace(this, kind=kind, unit=following.unit)
            shared[at] = _scaled(shared[at], following)
        elif linked and following.kind == "count" and this.kind == "money" and not following.unit:
            shared[at + 1] = replace(following, kind="money", unit=this.unit)
    return shared


def _scaled(this: Figure, following: Figure) -> Figure:
    """Give `60 to 90 million` one scale, where the first end has none of its own."""
    scales = [_SCALES[w] for w in re.findall(r"[a-z]{3,}", following.text.lower()) if w in _SCALES]
    if not scales or this.low >= scales[0]:
        return this
    return replace(this, low=this.low * scales[0], high=this.high * scales[0])


def _joined(found: list[Figure], text: str) -> Iterator[Figure]:
    """Join the two ends of a range into one figure, where the words say that it is one."""
    at = 0
    while at < len(found):
        this = found[at]
        following = found[at + 1] if at + 1 < len(found) else None
        if following and this.low < following.low and _is_range(this, following, text):
            yield replace(
                this,
                high=following.high,
                kind=following.kind,
                unit=following.unit,
                noun=following.noun,
                end=following.end,
                text=text[this.start : following.end],
            )
            at += 2
        else:
            yield this
            at += 1


def _is_range(this: Figure, following: Figure, text: str) -> bool:
    between = text[this.end : following.start].strip().lower()
    if this.kind != following.kind:
        return False
    if between in ("-", "to"):
        # "rose from 5 to 7" gives two figures, each of them a fact of its own.
        return not re.search(r"\bfrom\s+\S*$", text[: this.start] + " ".strip())
    return between == "and" and bool(re.search(r"\bbetween\s+\S*$", text[: this.start]))
