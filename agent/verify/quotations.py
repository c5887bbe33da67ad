"""Check that every quoted run of a claim stands word for word in a source."""

import re
from functools import lru_cache

from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import STOP_WORDS, plain, tokens
from schemas.claims import Claim, Verdict

# Single marks count only around several words: alone they are apostrophes far more often.
_QUOTED = re.compile(
    r"\"([^\"]+)\"|(?<![\w'])'(?!s\b|\s)((?=[^']*\s)[^']*(?:\w'\w[^']*)*(?<!\s))'(?![\w'])"
)


def check_quotations(claim: Claim, passage: Passage) -> Verdict | None:
    """Return a failing verdict for the first quotation that no source has word for word.

    Typographic marks are made plain, runs of whitespace fold, and a comma or full stop just inside
    the closing mark belongs to the claim; nothing else is forgiven. A fuzzy match would
    call a misquotation evidence. A title, in which every word of weight takes a capital, may
    differ in case. A quotation close to a cited sentence is `contradicted`.
    """
    if plain(claim.text).count('"') % 2:
        return against(
            claim, method="quotations", reason="has a quotation mark without its partner"
        )
    for quote in quotes_in(claim.text):
        if _holder(quote, passage) is None:
            return _misquoted(claim, quote, passage)
    return None


def locate_quotations(claim: Claim, passage: Passage) -> tuple[str, ...]:
    """Return the ids of the sentences that hold the claim's quotations."""
    found = (_holder(quote, passage) for quote in quotes_in(claim.text))
    return tuple(id for ids in found if ids for id in ids)


@lru_cache(maxsize=4096)
def quotes_in(text: str) -> tuple[str, ...]:
    """Return the quoted runs of a text in plain marks, without closing commas and full stops."""
    found = (a or b for a, b in _QUOTED.findall(plain(text)))
    trimmed = (quote.strip().rstrip(",.").strip() for quote in found)
    return tuple(quote for quote in trimmed if re.search(r"\w", quote))


def is_title(quote: str) -> bool:
    """Tell the title of a work from something said: all its words of weight take a capital."""
    words = [w for w in re.findall(r"[^\W_]+", quote) if w.lower() not in STOP_WORDS]
    return bool(words) and all(w[0].isupper() or w[0].isdigit() for w in words)


def outside_quotes(text: str) -> str:
    """Return the plain text with each quoted run replaced by a pair of empty marks."""
    return _QUOTED.sub('""', plain(text))


def _holder(quote: str, passage: Passage) -> tuple[str, ...] | None:
    for sentence in (*passage.cited, *passage.elsewhere):
        if _holds(plain(sentence.text), quote):
            return (sentence.id,)
    # A quotation of several sentences is cut by the numbering: try the running text.
    for source in passage.sources.items:
        at = plain(source.text).find(quote)
        if at >= 0 and _holds(plain(source.text), quote):
            return tuple(s.id for s in source.sentences if plain(s.text) in quote)[:1]
    return None


def _holds(text: str, quote: str) -> bool:
    # Whole words: "war" is no quotation of "warning". A capital at the start is the claim's own.
    if is_title(quote):
        text, quote = text.casefold(), quote.casefold()
    lowered = quote[0].lower() + quote[1:]
    raised = quote[0].upper() + quote[1:]
    return any(
        form in text and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text)
        for form in (quote, lowered, raised)
    )


def _misquoted(claim: Claim, quote: str, passage: Passage) -> Verdict:
    wanted = set(tokens(quote))
    best = max(passage.cited, key=lambda s: len(wanted & set(tokens(s.text))), default=None)
    if best and len(wanted & set(tokens(best.text))) >= 0.6 * len(wanted) and len(wanted) > 2:
        return against(
            claim,
            method="quotations",
            label="contradicted",
            reason=f'quotes "{quote}"; sentence {best.id} has other words',
            evidence=(best.id,),
        )
    return against(
        claim,
        method="quotations",
        reason=f'quotes "{quote}", which no source says',
        evidence=passage.ids,
    )
