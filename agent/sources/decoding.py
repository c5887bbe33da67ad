"""Turn bytes into text, with a note whenever they were not UTF-8."""

import codecs
import re
from typing import Any

from charset_normalizer import from_bytes

from agent.errors import SourceError
from agent.sources.worker import serve

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Without those that stand where Polish, Czech or Turkish text has its own letters.
WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒ‘’“”–—…€£§«»°©®·•„ \xa0"
)
SAMPLE = 200_000  # bytes the detector sees


def decode(raw: bytes, *, name: str, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text of some bytes, and a note when they were read as anything but UTF-8.

    The order is byte order mark, UTF-8, the declared encoding, then detection: text that is
    valid UTF-8 by chance is rare, and a wrong declaration is common.

    Raises:
        SourceError: No encoding gives readable text.
    """
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return _whole(raw, encoding)
    if wide := _wide(raw):
        return _whole(raw, wide)
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _by_hint(raw, declared) or _nearly_utf8(raw) or _detected(raw, name)


def _whole(raw: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = raw.decode(encoding, "replace")
    replaced = text.count("\N{REPLACEMENT CHARACTER}")
    if encoding == "utf-8-sig" and not replaced:
        return text, ()
    return text, (_note(encoding.removesuffix("-sig"), replaced),)


def _wide(raw: bytes) -> str | None:
    """Return UTF-16's name when every other byte is mostly zero, as in unmarked Latin text."""
    sample = raw[:4_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 8 or max(even, odd) < len(sample) * 0.3 or min(even, odd) > len(sample) * 0.05:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _by_hint(raw: bytes, declared: str | None) -> tuple[str, tuple[str, ...]] | None:
    try:
        encoding = codecs.lookup(declared or "").name
        # As browsers do: what calls itself Latin-1 is Windows-1252.
        encoding = "cp1252" if encoding in {"iso8859-1", "ascii"} else encoding
        text = raw.decode(encoding)
    # A codec such as hex is no text encoding: LookupError. A NUL in the name: ValueError.
    except (LookupError, ValueError):
        return None
    return text, (_note(encoding, 0),)


def _nearly_utf8(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return the text when it is UTF-8 but for a few broken places."""
    text = raw.decode("utf-8", "replace")
    replaced = text.count("\N{REPLACEMENT CHARACTER}")
    foreign = len(re.findall(r"[^\x00-\x7f]", text)) - replaced
    return (text, (_note("utf-8", replaced),)) if foreign > 5 * replaced else None


def _detected(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    found = from_bytes(raw[:SAMPLE])
    best = found.best()
    if best is None:
        raise SourceError(name, "its encoding cannot be determined; save it as UTF-8")
    encoding = "cp1252" if _is_western(raw[:SAMPLE]) else best.encoding
    text = raw.decode(encoding, "replace")
    return text, (_note(encoding, text.count("\N{REPLACEMENT CHARACTER}")),)


def _is_western(raw: bytes) -> bool:
    """Whether the accents are those of western languages, few among plain letters.

    The detector takes a short French text for Baltic or Turkish as often as not.
    """
    foreign = re.findall(rb"[\x80-\xff]", raw)
    is_sparse = 4 * len(foreign) < len(re.findall(rb"[A-Za-z]", raw))
    return is_sparse and all(byte.decode("cp1252", "replace") in WESTERN for byte in foreign)


def _note(encoding: str, replaced: int) -> str:
    shown = {"cp1252": "Windows-1252", "utf-8": "UTF-8"}.get(encoding, encoding)
    if not replaced:
        return f"read as {shown}"
    return f"read as {shown}, {replaced:,} broken character{'s' if replaced > 1 else ''} replaced"


def _handle(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    text, notes = decode(raw, name=job["name"], declared=job.get("declared"))
    return {"notes": notes}, text.encode("utf-8", "surrogatepass")


if __name__ == "__main__":
    serve(_handle)
