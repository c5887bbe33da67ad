"""Find words and phrases in texts, apart from the verifier and more simply than it does."""

import re
from collections.abc import Iterable

from evals.items import Marks

TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u202f](?=\d{3}(?!\d))")
QUOTES = str.maketrans("‘’‚‛“”„‟«»–—‑", '\'\'\'\'""""""---')


def plain(text: str) -> str:
    """Return the text with plain quotation marks and dashes, figures without group marks."""
    return THOUSANDS.sub("", text.translate(QUOTES))


def tokens(text: str) -> list[str]:
    """Return the words and figures of a text in lower case, without a possessive 's, in order."""
    return [token.casefold().removesuffix("'s") for token in TOKEN.findall(plain(text))]


def has_marks(text: str, marks: Marks) -> bool:
    """Return whether the text has, as whole words, one alternative of every group."""
    line = _line(text)
    return all(any(_line(mark) in line for mark in group) for group in marks)


def any_has_marks(texts: Iterable[str], marks: Marks) -> bool:
    """Return whether one of the texts alone has an alternative of every group."""
    return any(has_marks(text, marks) for text in texts)


def _line(text: str) -> str:
    return f" {' '.join(tokens(text))} "
