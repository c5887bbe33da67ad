"""Keep an endpoint's key out of whatever the endpoint says, however it repeats it."""

import base64
from collections.abc import Iterator

# A key this long is hidden in every response. A shorter one is a placeholder ("ollama", "EMPTY"),
# and a word that an article may hold; messages hide it, and only as a whole.
LONG = 16
# The shortest run of a long key's characters that gives some of it away.
PART = 8
HIDDEN = "[key]"


def hide_key(text: str, key: str) -> str:
    """Return the text without the key: in clear, in base64 and in hex, whole or in part.

    A run of at least `PART` characters of a key counts as a part of it. A key shorter than `LONG`
    is left alone.
    """
    if len(key) < LONG:
        return text
    kept: list[str] = []
    end = 0
    for start in sorted(place for part in _parts(key) for place in _places(part, text)):
        if start > end or not kept:
            kept += [text[end:start], HIDDEN]
        end = start + PART
    return "".join((*kept, text[end:]))


def _parts(key: str) -> set[str]:
    raw = key.encode()
    # At each of its three offsets; the first and last characters depend on what stands beside it.
    shifted = (base64.b64encode(b"\0" * n + raw).decode()[(0, 2, 3)[n] :] for n in range(3))
    spellings = (key, raw.hex(), *(text.rstrip("=")[:-1] for text in shifted))
    return {text[at : at + PART] for text in spellings for at in range(len(text) - PART + 1)}


def _places(part: str, text: str) -> Iterator[int]:
    """Yield where the part starts in the text, overlaps included."""
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)
