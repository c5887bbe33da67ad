"""Turn sentences into the numbered text that every prompt starts with, in parts that fit."""

import hashlib
import re
from collections.abc import Iterable, Sequence

from schemas.sources import Sentence, Source, Sources

# English in common tokenizers needs about four characters a token, other scripts down to one. Three
# characters, or one beyond ASCII, errs on the safe side: a prompt that does not fit is refused.
ASCII_PER_TOKEN = 3
# OpenAI refuses a schema with more than 1,000 enumerated values; every sentence shown is one.
MOST_IDS = 800
LONGEST_CLAIM = 1_000  # characters kept of a claim; one that long is refused as malformed anyway
LINE_TOKENS = 8  # the id, its brackets and the newline
# What opens a tag, or a control token of some chat template: <|im_end|>, </s>, <<SYS>>, [/INST].
TAG = re.compile(r"<(?=[a-zA-Z/!?<|\uff5c])|\[(?=/?[A-Z_]{3,}\]|gMASK\])")
TAG_END = re.compile(r"(?<=[|\uff5c])>|(?<=>)>")
# What the prompts themselves use: a sentence's id in brackets, a fence, the rule of a heading.
FORGED_ID = re.compile(r"[\[\u3010\uff3b](?=\s*\d+\.\d)")
FENCE = re.compile(r"([+#`~=\"-])\1{2,}|#(?=#)")


def estimate_tokens(text: str) -> int:
    """Return an upper estimate of how many tokens a model needs for the text."""
    beyond = sum(1 for character in text if ord(character) > 127)
    return (len(text) - beyond) // ASCII_PER_TOKEN + beyond + 1


def line_tokens(sentence: Sentence) -> int:
    """Return an upper estimate of what one numbered line costs."""
    return estimate_tokens(sentence.text) + LINE_TOKENS


def split_to_fit(sources: Sources, room_tokens: int) -> tuple[tuple[Sentence, ...], ...]:
    """Return all sentences in reading order, cut into chunks of at most `room_tokens` each.

    A chunk also ends after as many sentences as a schema can enumerate. Every sentence is in
    exactly one chunk; one that alone exceeds the room gets a chunk of its own.
    """
    chunks: list[list[Sentence]] = [[]]
    left = room_tokens
    for sentence in sources.sentences.values():
        need = line_tokens(sentence)
        if (need > left and chunks[-1]) or len(chunks[-1]) == MOST_IDS:
            chunks.append([])
            left = room_tokens
        chunks[-1].append(sentence)
        left -= need
    return tuple(tuple(chunk) for chunk in chunks)


def number_lines(sentences: Iterable[Sentence], sources: Sources) -> str:
    """Return the sentences one to a line, each with its id, under a heading for each source."""
    lines = []
    current: Source | None = None
    for sentence in sentences:
        source = sources.of(sentence.id)
        if source is not current:
            lines.append(_heading(source))
            current = source
        # One line per sentence: a newline inside one could otherwise forge the next id.
        lines.append(f"[{sentence.id}] {_inert(sentence.text)}")
    return "\n".join(lines)


def marker(text: str) -> str:
    """Return eight hex digits that do not stand in the text.

    They come from its own hash, so that they differ for each source, that a source cannot close
    the block it stands in, and that the same input still gives the same prompt. Eight digits can
    be hit by trying four thousand million texts; a text that did is hashed again.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    while digest[:8] in text.lower():
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return digest[:8]


def break_tags(text: str) -> str:
    """Return the text with a space put into whatever a chat template could take for its own.

    Servers read the control tokens of their template wherever they stand in a message, so a
    source that writes `<|im_end|>` would end the user's turn. `< |im_end| >` is only text. The
    closing of a block, `</source`, is broken by the same rule. Doing it twice changes nothing.
    """
    return TAG_END.sub(" >", TAG.sub(r"\g<0> ", text))


def fold(text: str) -> str:
    """Return the text on one line, each run of white space as one space."""
    return " ".join(text.split())


def cite(ids: Sequence[str]) -> str:
    """Return ids the way prompts and briefs show them, such as [1.3, 1.7]."""
    return f"[{', '.join(ids)}]"


def _heading(source: Source) -> str:
    parts = (source.publisher, source.published and source.published.isoformat(), source.title)
    return f"Source {source.number}: " + _inert("; ".join(str(part) for part in parts if part))


def _inert(text: str) -> str:
    """Return outside text on one line, with nothing in it that could pass for a prompt's own.

    For prompts alone: claims and quotations are checked against the text as it is.
    """
    return FENCE.sub(r"\1", FORGED_ID.sub("(", break_tags(fold(text))))
