"""Take out of an extracted text the lines that only point at other articles."""

import re

LONGEST_TEASER = 30  # words
LONGEST_TAIL = 0.4  # of the text
TEASER = re.compile(
    r"(?:also read|read also|read next|read more|see also|watch also|don[’']t miss|related"
    r"|recommended|more on this(?: story)?|mehr zum thema|lesen sie auch|lire aussi|à lire aussi"
    r"|lea también|leia também|leggi anche|lees ook|читайте также)\s*[:|»>]",
    re.IGNORECASE,
)
PITCH = re.compile(
    r"(?:sign up (?:for|to) (?:our|the|receive)|get the latest news from|subscribe to our"
    r"|follow us on|join our (?:newsletter|whatsapp|telegram))\b",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:more (?:from|in|on)|you (?:may|might) also (?:like|be interested in)|read (?:more|next)"
    r"|(?:related|recommended|latest) (?:stories|articles|news|content|posts|topics|for you)"
    r"|most (?:read|popular|viewed)|trending|mehr zum thema|das könnte sie auch interessieren"
    r"|sur le même sujet|te puede interesar)\b[^.!?]{0,60}",
    re.IGNORECASE,
)


def remove_teasers(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the paragraphs without those that advertise another page, and a note on how many.

    A teaser is a short line that opens with a label such as `ALSO READ:`, an invitation to sign
    up, or what stands behind a heading such as `More from The Courier` at the very end. As a
    sentence of the source it could be cited as if the article had said it.
    """
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    kept = [part for part in paragraphs[: _tail_start(paragraphs)] if not _is_teaser(part)]
    count = len(paragraphs) - len(kept)
    if not count:
        return text, ()
    note = f"{count:,} lines that advertise other pages were left out"
    if count == 1:
        note = "1 line that advertises another page was left out"
    return "\n\n".join(kept), (note,)


def _is_teaser(paragraph: str) -> bool:
    if len(paragraph.split()) > LONGEST_TEASER:
        return False
    return bool(TEASER.match(paragraph) or PITCH.match(paragraph))


def _tail_start(paragraphs: list[str]) -> int:
    """Return where a list of other articles begins that goes on to the end, or the length.

    It is a heading of the known sort, with at least three short paragraphs behind it, two of
    them without a full stop: headlines.
    """
    words = [len(part.split()) for part in paragraphs]
    for at, paragraph in enumerate(paragraphs):
        behind = paragraphs[at + 1 :]
        if len(behind) < 3 or not TAIL.fullmatch(paragraph.strip()):
            continue
        headlines = sum(1 for part in behind if not part.rstrip("”\"’' ").endswith((".", "…")))
        is_short = all(count <= LONGEST_TEASER for count in words[at + 1 :])
        if is_short and headlines >= 2 and sum(words[at:]) < LONGEST_TAIL * sum(words):
            return at
    return len(paragraphs)
