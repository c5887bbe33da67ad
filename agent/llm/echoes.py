"""Keep what a model was told, its system text, out of what it answers."""

import base64
import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel

S = TypeVar("S", bound=BaseModel)

ECHO = "[left out: it repeats what the model was told]"
# So many words in a row are no chance.
RUN = 6
WORD = re.compile(r"[^\W_]+")
# A name or a key: letters, and a digit, an underscore or a hyphen among them.
KEY = re.compile(r"(?=[\w-]*[^\W\d_])(?=[\w-]*[\d_-])\w[\w-]{6,}\w")
CODED = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")


def without_echoes(answer: S, *, told: str, shown: str) -> S:
    """Return the answer, each text that repeats what the model was told replaced by a remark.

    A text repeats it when it shares six words in a row with it, or holds a key of it (a word with
    a digit, a hyphen or an underscore inside), in the clear, backwards, by ROT13, spelled out, in
    base64, in hexadecimal digits or with percent signs. Other codes are not seen.

    Args:
        answer: What the model filled.
        told: The system text.
        shown: The rest of the prompt; what stands there too is no secret.
    """
    known = _bare(shown)
    keys = {_bare(key) for key in KEY.findall(told)}
    secret = frozenset(key for key in keys if key not in known)
    runs = _runs(told) - _runs(shown)

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            return ECHO if _repeats(value, secret, runs) else value
        if isinstance(value, list | tuple):
            return type(value)(scrub(part) for part in value)
        if isinstance(value, BaseModel):
            fields = {name: getattr(value, name) for name in type(value).model_fields}
            changed = {n: new for n, old in fields.items() if (new := scrub(old)) != old}
            return value.model_copy(update=changed) if changed else value
        return value

    scrubbed: S = scrub(answer)
    return scrubbed


def _repeats(text: str, secret: frozenset[str], runs: frozenset[tuple[str, ...]]) -> bool:
    if not runs.isdisjoint(_runs(text)):
        return True
    return any(key in form for form in map(_bare, _readings(text)) for key in secret)


def _readings(text: str) -> Iterator[str]:
    """Yield the text as it stands and as its plain codes read."""
    yield from (text, text[::-1], codecs.encode(text, "rot13"), unquote(text))
    for coded in CODED.findall(text):
        for decode in (_from_base64, bytes.fromhex):
            # What is no such code is read as the words that it is.
            with suppress(ValueError):
                yield decode(coded.rstrip("=")).decode("utf-8", "replace")


def _from_base64(letters: str) -> bytes:
    plain = letters.replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = [word.casefold() for word in WORD.findall(text)]
    return frozenset(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _bare(text: str) -> str:
    return "".join(WORD.findall(text)).casefold()
