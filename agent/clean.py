"""Make text from outside safe to keep, print and quote: every such string passes here first."""

import re
import unicodedata

LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# One pattern for each kind of character that is dropped, and what a reader is told of it.
DROPPED = (
    (re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]"), "control character"),
    (re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"), "text direction character"),
    (re.compile("[\xad\u180e\u200b\u2060-\u2065\ufeff\ufff9-\ufffb]"), "invisible character"),
    (re.compile("[\U000e0000-\U000e007f]"), "hidden tag character"),
    (re.compile("[\ud800-\udfff\ufffe\uffff]"), "broken character"),
)
# Emoji and some scripts need up to two joiners or selectors in a row; longer runs hide messages.
JOINERS = re.compile(
    "([\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]{2})"
    "[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
JOINING = "\u200c\u200d"
FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+$")  # a flag is two of these
# Normalising takes time that grows with the square of such a run (UAX #15 allows 30 marks).
MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ufe20-\ufe2f"
    "\U0001d165-\U0001d169\U0001d16d-\U0001d172\U0001d17b-\U0001d182\U0001d185-\U0001d18b]{30})"
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ufe20-\ufe2f"
    "\U0001d165-\U0001d169\U0001d16d-\U0001d172\U0001d17b-\U0001d182\U0001d185-\U0001d18b]+"
)


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text in NFC, without what no reader can see, and a note on each kind dropped.

    Line ends become newlines. Control characters other than newline and tab, characters that
    turn the direction of text, invisible ones, the tag block and lone surrogates are dropped.
    Joiners and variation selectors stay, two in a row at most, since emoji and scripts need
    them. Cleaning twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text, ()
    notes = []
    cleaned = LINE_ENDS.sub("\n", text)
    for pattern, kind in DROPPED:
        cleaned, count = pattern.subn("", cleaned)
        if count:
            notes.append(f"{count:,} {kind}{'s' if count > 1 else ''} removed")
    cleaned = JOINERS.sub(r"\1", cleaned)
    cleaned = MARKS.sub(r"\1", cleaned)
    return unicodedata.normalize("NFC", cleaned), tuple(notes)


def cut(text: str, length: int) -> str:
    """Return the beginning of a text, at most `length` characters, no letter or emoji cut in two.

    Letters are kept with their marks, emoji with what joins them and flags in pairs, as far as
    they are told by UAX #29, rules GB9, GB11 and GB12.
    """
    end = min(length, len(text))
    # No letter is longer than this; a text that is one endless letter is cut all the same.
    for place in range(end, max(end - 64, 0), -1):
        if place == len(text) or not _is_inside(text, place):
            return text[:place]
    return text[:end]


def one_line(text: str, limit: int = 200) -> str:
    """Return the cleaned text on one line, at most `limit` characters, cut with an ellipsis."""
    # Nothing far behind the limit can show, and a server may answer with megabytes.
    words, _ = clean_text(text[: 20 * limit])
    line = " ".join(words.split())
    return line if len(line) <= limit else cut(line, limit - 1).rstrip() + "…"


def _is_inside(text: str, place: int) -> bool:
    """Whether the characters before and after a place make one letter, emoji or flag."""
    before, after = text[place - 1], text[place]
    if before in JOINING or after in JOINING or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if unicodedata.category(after).startswith("M"):
        return True
    flags = FLAGS.search(text, max(place - 64, 0), place) if FLAGS.match(after) else None
    return flags is not None and len(flags.group()) % 2 == 1
