"""Take the words of rejected claims out of whatever else in a brief may quote them."""

import re
from collections.abc import Collection, Iterable

from agent.views.lines import plain
from schemas.brief import Brief
from schemas.claims import CheckedClaim

REJECTED = "(rejected in review)"
# What only a source says stays: nobody can take it back, and its hash holds the text.
OF_SOURCES = frozenset({"title", "sources", "sourcing", "run"})
# A shorter text is a word or two, which other sentences have by chance.
FEWEST = 12  # code points
END = " .!?"


def redact(brief: Brief, rejected: Iterable[CheckedClaim], *, kept: Collection[str]) -> Brief:
    """Return the brief with every other quotation of a rejected sentence replaced.

    Reasons, notes, results and the record of the review may quote it; upper and lower case and
    white space aside. The texts of claims that were kept are the reviewer's own choice and stay,
    and so do the sentences of the sources. A rejected label is only a name, which others may use.

    Args:
        brief: One from which the rejected claims themselves are gone.
        rejected: Those claims, as they were drafted.
        kept: The ids of the claims in the body.
    """
    texts = {form for c in rejected if c.form == "sentence" for form in (c.text, plain(c.text))}
    patterns = {_pattern(text) for text in texts if len(text) >= FEWEST}
    if not patterns:
        return brief
    # The longest first: one may hold another.
    whole = re.compile("|".join(sorted(patterns, key=len, reverse=True)), re.IGNORECASE)
    fields = brief.model_dump(exclude=set(OF_SOURCES))
    return Brief.model_validate(
        dict(brief) | {k: _scrub(v, whole, kept) for k, v in fields.items()}
    )


def _pattern(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in text.rstrip(END).split())


def _scrub(value: object, pattern: re.Pattern[str], kept: Collection[str]) -> object:
    if isinstance(value, str):
        return pattern.sub(REJECTED, value)
    if isinstance(value, dict):
        return {
            key: item if _stays(key, value, kept) else _scrub(item, pattern, kept)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return tuple(_scrub(item, pattern, kept) for item in value)
    return value


def _stays(key: str, record: dict[str, object], kept: Collection[str]) -> bool:
    """Whether a field is a sentence of a source, or the text of a claim that was kept."""
    return key == "signal" or (key == "text" and record.get("id", record.get("claim")) in kept)
