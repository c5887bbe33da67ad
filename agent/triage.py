"""Decide, before any model is asked, whether a text can carry a brief at all."""

from agent.errors import DeclinedError
from agent.sections import cues
from schemas.sources import Sources

FEWEST_WORDS = 60
FEWEST_SENTENCES = 3
# Shares of sentences with at least one word of the kind; measured on the texts named in docs/.
LEAST_ON_TOPIC = 0.15
ENOUGH_ON_TOPIC = 8  # sentences
MOST_OFF_TOPIC = 0.25


def require_substance(sources: Sources) -> None:
    """Raise unless the sources together can carry a brief.

    Too few words or sentences cannot; nor can a text that says next to nothing of politics,
    security, cyber, the economy or disasters, such as a recipe or a match report. The
    word lists are English: a text known to be in another language is judged by length alone.

    Raises:
        DeclinedError: With what is missing, and that `--force` overrides.
    """
    words = sum(_word_count(sentence.text) for sentence in sources.sentences.values())
    count = len(sources.sentences)
    if words < FEWEST_WORDS or count < FEWEST_SENTENCES:
        raise DeclinedError(
            f"declined: {words} words in {count} sentences are too little for a brief; "
            "add sources, or use --force"
        )
    readable = tuple(s for s in sources.items if s.language in {None, "en"})
    if not readable:
        return
    judged = Sources(items=readable)
    on, off = topic_shares(judged)
    # A long annex of names or readings may stand below a short text that says what it is about.
    thin = on < LEAST_ON_TOPIC and on * len(judged.sentences) < ENOUGH_ON_TOPIC
    if thin or (off > MOST_OFF_TOPIC and off > on / 2):
        raise DeclinedError(
            "declined: the text is about nothing that an intelligence brief could serve "
            f"({on:.0%} of its sentences concern politics, security, cyber, the economy or a "
            "disaster); "
            "use --force to brief it all the same"
        )


def topic_shares(sources: Sources) -> tuple[float, float]:
    """Return the share of sentences with words of a domain, and with words of cooking or sport."""
    sentences = sources.sentences.values()
    topics = (*cues.DOMAINS.values(), cues.DISASTER)
    on = sum(1 for s in sentences if any(cues.matches(topic, s) for topic in topics))
    off = sum(1 for s in sentences if cues.matches(cues.OFF_TOPIC, s))
    return on / len(sources.sentences), off / len(sources.sentences)


def _word_count(text: str) -> int:
    # Scripts without spaces have about two letters to a word.
    return max(len(text.split()), sum(1 for letter in text if ord(letter) >= 0x2E80) // 2)
