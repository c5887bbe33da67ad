"""Reduce text to comparable words: one place for marks, tokens, stems and stop words."""

import re
import unicodedata
from functools import lru_cache

_MARKS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
    | {"\u2026": "..."}
)

_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}(?![A-Za-z])")
_TOKEN = re.compile(r"#[\w.~%$€£¥-]+|[^\W_]+(?:'[^\W_]+)*")

NEGATORS = frozenset(
    """not no never none nor neither nobody nothing nowhere without cannot hardly barely scarcely
    fail deny refuse decline reject unable lack absent""".split()
)

HEDGES = frozenset(
    """may might could would plan expect intend hope aim propose threaten consider appear seem
    suggest allege suspect likely unlikely possible possibly probable probably perhaps if unless
    potential potentially apparent apparently forecast predict scheduled due about-to try attempt
    want seek call urge demand offer should""".split()
)

STOP_WORDS = frozenset(
    """a an the this that these those of to in on at by for with from into onto upon over as and or
    but so than then there here it its they them their he him his she her hers who whom whose which
    what when where while is are was were be been being am has have had having do does did doing
    will shall can also both such some any each other s t re ve ll d m i we our you your my me
    very just still own about around during through between among amid within since until because
    after before up down out off again further once more most only same too now however meanwhile
    although though even yet one""".split()
)

# Words that look empty but turn a statement round; they count as content.
_KEPT = frozenset("no not nor only more most before after over up down off until if".split())

_IRREGULAR = {
    form: base
    for base, forms in {
        "say": "said says saying",
        "tell": "told",
        "give": "gave given",
        "take": "took taken",
        "make": "made making",
        "go": "went gone goes",
        "come": "came coming",
        "fall": "fell fallen",
        "rise": "rose risen rising",
        "send": "sent",
        "begin": "began begun",
        "hold": "held",
        "lose": "lost loses losing",
        "win": "won",
        "find": "found",
        "leave": "left leaves leaving",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "meet": "met",
        "pay": "paid",
        "run": "ran",
        "see": "saw seen",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "write": "wrote written writing",
        "grow": "grew grown",
        "know": "knew known",
        "show": "shown",
        "think": "thought",
        "get": "got gotten",
        "keep": "kept",
        "become": "became",
        "lead": "led",
        "feel": "felt",
        "fight": "fought",
        "shoot": "shot",
        "strike": "struck",
        "steal": "stole stolen",
        "break": "broke broken",
        "choose": "chose chosen",
        "drive": "drove driven",
        "draw": "drew drawn",
        "wear": "wore worn",
        "hide": "hid hidden",
        "lie": "lay lain lies lying",
        "die": "died dies dying dead death deaths",
        "sell": "sold",
        "seek": "sought",
        "teach": "taught",
        "catch": "caught",
        "blow": "blew blown",
        "bear": "bore borne",
        "agree": "agreed agrees agreeing",
        "deny": "denied denies denying",
        "man": "men",
        "woman": "women",
        "child": "children",
        "person": "people persons",
        "january": "jan",
        "february": "feb",
        "august": "aug",
        "september": "sept sep",
        "october": "oct",
        "november": "nov",
        "december": "dec",
        "century": "centuries",
        "no": "none",
        "not": "cannot",
    }.items()
    for form in forms.split()
}


def plain(text: str) -> str:
    """Return the text with typographic marks made plain and runs of whitespace folded.

    Curly and straight quotation marks, dashes and ellipses become one form each, and invisible
    characters go. Nothing else changes, so an exact comparison stays exact.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_MARKS).split())


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return the word in lower case, without accents, dots or a possessive ending."""
    bare = unicodedata.normalize("NFKD", word.translate(_MARKS))
    bare = "".join(c for c in bare if not unicodedata.combining(c)).casefold()
    bare = re.sub(r"'s?$", "", bare)
    return bare.replace(".", "")


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """Return every word of the text, folded, in order; `n't` becomes a word `not`."""
    joined = _DOTTED.sub(lambda m: m.group().replace(".", ""), plain(text))
    joined = re.sub(r"\b(?:can't|cannot)\b", "can not", joined, flags=re.IGNORECASE)
    joined = re.sub(r"\bwon't\b", "will not", joined, flags=re.IGNORECASE)
    joined = re.sub(r"n't\b", " not", joined, flags=re.IGNORECASE)
    return tuple(fold(t) for t in _TOKEN.findall(joined))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the light stem of a folded word: plural, past and -ing endings are dropped.

    Irregular verbs that news text uses often map to their base. The stem need not be a word.
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word[0] == "#":
        return word
    return _undouble(_strip_ending(word))


@lru_cache(maxsize=65536)
def content(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry meaning, in order; numbers and negators stay."""
    return tuple(stem(t) for t in tokens(text) if t in _KEPT or t not in STOP_WORDS)


def sentence_like(text: str) -> int:
    """Return how many sentences the text seems to hold, abbreviations and initials aside."""
    masked = re.sub(r"\b(?:[A-Z]|[A-Z][a-z]{0,4}|[a-z])\.(?=\s)", "x", plain(text))
    return len(re.findall(r"[.!?][\"')\]]*\s+[\"'(\[]*[A-Z0-9]", masked)) + 1


def _strip_ending(word: str) -> str:
    for ending, put in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ied", "y"),
        ("ingly", ""),
        ("edly", ""),
        ("ing", ""),
        ("ed", ""),
        ("ly", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + put
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undouble(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
