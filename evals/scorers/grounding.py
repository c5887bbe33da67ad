"""Is what the claims say in the source? Found by rules of its own, not by the verifier's."""

import re
from functools import lru_cache

from evals.scorers.case import Case, share
from evals.scorers.words import plain, tokens
from schemas.claims import CheckedClaim
from schemas.sources import Sources

FIGURE = re.compile(r"\d+(?:\.\d+)?")
NAME = re.compile(r"(?<![.!?:\"(] )(?<!^)\b[A-Z][\w'-]+")
QUOTATION = re.compile(r'"([^"]+)"')
FEWEST_QUOTED = 3  # words; fewer are a term in scare quotes
WINDOW = 3  # sentences
FEWEST_LETTERS = 4
STEM = 6  # letters: enough to tell words apart, few enough to pass over endings


def evidence_resolves(case: Case) -> float | None:
    """Return the share of drafted claims that cite something, and only what exists."""
    if case.sources is None:
        return None
    known = case.sources.sentences
    good = sum(1 for c in case.drafted if c.evidence and all(id in known for id in c.evidence))
    return share(good, len(case.drafted))


def quotations_verbatim(case: Case) -> float | None:
    """Return the share of quotations in drafted claims that the source has word for word."""
    found = [q in _whole(case.sources) for c in case.drafted for q in quotations_in(c.text)]
    return share(sum(found), len(found))


def specifics_found(case: Case) -> float | None:
    """Return the share of figures, dates and names in drafted claims that the source has."""
    if case.sources is None:
        return None
    known = _vocabulary(case.sources)
    found = [word in known for claim in case.drafted for word in specifics_in(claim.text)]
    return share(sum(found), len(found))


def lexical_support(case: Case) -> float | None:
    """Return how much of a drafted claim's words one passage of the source holds, on average.

    Token recall in the best three sentences in a row, and 0 for a claim with a figure or a name
    that the source does not have. On public labelled data the same idea reaches a balanced
    accuracy of 64 (docs/verification.md): weak, but none of the verifier's own.
    """
    if case.sources is None or not case.drafted:
        return None
    return sum(_support(claim, case.sources) for claim in case.drafted) / len(case.drafted)


def invented_figures(claims: tuple[CheckedClaim, ...], sources: Sources) -> tuple[str, ...]:
    """Return the ids of the claims with a figure that the source nowhere has."""
    known = _vocabulary(sources)
    return tuple(c.id for c in claims if any(f not in known for f in FIGURE.findall(plain(c.text))))


def false_quotations(claims: tuple[CheckedClaim, ...], sources: Sources) -> tuple[str, ...]:
    """Return the ids of the claims with a quotation that the source does not have."""
    whole = _whole(sources)
    return tuple(c.id for c in claims if any(q not in whole for q in quotations_in(c.text)))


def quotations_in(text: str) -> tuple[str, ...]:
    """Return the quotations of three words or more, as plain tokens."""
    quoted = (" ".join(tokens(q)) for q in QUOTATION.findall(plain(text)))
    return tuple(q for q in quoted if len(q.split()) >= FEWEST_QUOTED)


def specifics_in(text: str) -> tuple[str, ...]:
    """Return figures, and words with a capital that do not begin a sentence, in lower case."""
    line = plain(text)
    names = (token for name in NAME.findall(line) for token in tokens(name))
    return (*FIGURE.findall(line), *names)


def _support(claim: CheckedClaim, sources: Sources) -> float:
    known = _vocabulary(sources)
    if any(word not in known for word in specifics_in(claim.text)):
        return 0.0
    wanted = _stems(claim.text)
    if not wanted:
        return 0.0
    return max(len(wanted & window) for window in _windows(sources)) / len(wanted)


# A source is scored once for each claim of each version: what is derived from it is kept. Sources
# are values without a hash, so their digests stand for them.
def _vocabulary(sources: Sources) -> frozenset[str]:
    return _words_of(tuple(_told(sources)))


def _whole(sources: Sources | None) -> str:
    return _line_of(tuple(s.text for s in sources.items)) if sources else ""


def _windows(sources: Sources) -> tuple[frozenset[str], ...]:
    return _windows_of(tuple(s.text for s in sources.sentences.values()))


def _told(sources: Sources) -> list[str]:
    told = []
    for source in sources.items:
        date = source.published
        head = (source.title, source.publisher, source.author, date and f"{date:%Y %B %d %-d}")
        told += [source.text, *(part for part in head if part)]
    return told


@lru_cache(maxsize=64)
def _words_of(texts: tuple[str, ...]) -> frozenset[str]:
    words = (word for text in texts for token in tokens(text) for word in (token, *_parts(token)))
    # Also the figures inside words, such as the 9 of 9th.
    figures = (figure for text in texts for figure in FIGURE.findall(plain(text)))
    return frozenset((*words, *figures))


@lru_cache(maxsize=64)
def _line_of(texts: tuple[str, ...]) -> str:
    return " ".join(token for text in texts for token in tokens(text))


@lru_cache(maxsize=64)
def _windows_of(sentences: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    stems = [_stems(sentence) for sentence in sentences]
    count = max(1, len(stems) - WINDOW + 1)
    return tuple(frozenset().union(*stems[n : n + WINDOW]) for n in range(count))


def _parts(token: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[-'’]", token) if part != token)


def _stems(text: str) -> frozenset[str]:
    return frozenset(t[:STEM] for t in tokens(text) if len(t) >= FEWEST_LETTERS or t.isdigit())
