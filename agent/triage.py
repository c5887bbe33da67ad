"""Decide, before any model is asked, whether a text can carry a brief at all."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice

from agent.errors import DeclinedError
from agent.sections import cues
from agent.sources.language import count_words
from schemas.sources import Sentence, Sources

FEWEST_WORDS = 60
FEWEST_SENTENCES = 3
# Shares of sentences with at least one word of the kind; measured on the texts named in docs/.
LEAST_ON_TOPIC = 0.15
LEAST_ANCHORED = 0.15
# Sentences; an annex below so many, however long, changes nothing.
ENOUGH_ON_TOPIC = 8
ENOUGH_ANCHORED = 4
ON_TOPIC_WITHOUT_ANCHORS = 0.35
LEAST_FIGURES = 0.5
MOST_OFF_TOPIC = 0.25
MOST_PAGE = 0.25
MOST_ADDRESSED = 0.35
# Shares of lines, and of words. The highest that real news had: 0.10 and 0.03.
MOST_CODE = 0.5
MOST_REPEATED = 0.1

FINISHED_STATEMENT = 8  # words
OPEN_STATEMENT = 12  # words; chronologies and bulletins do without full stops
LONGEST_CODE = 200  # characters; the patterns below are quadratic in the length of a line
SAMPLE = 1_000  # sentences
CLOSERS = "\"'”’»)]›」』*_ "
GOES_ON = frozenset(",;:،؛·•*&@#%/\\")

CODE = re.compile(
    "|".join(
        (
            r".*[{};]",
            r"[\])}]+[,:]?",
            r"[@#/<].*[\w)>\"'/-]",  # a decorator, a comment, a tag
            r".*\)\s*(?::|->\s*\S+:|=>\s*\S*)",
            r"[\w.\[\]\"'*$ ]{1,50}\s*(?:[-+:*/|]?=|<-|=>|->)\s*\S.*",
            r"[\w.$]+\(.*\)?,?",
            r"(?:import|from|return|raise|def|class|try|else|elif|except|finally|yield|break"
            r"|continue|pass|fi|done|esac|then|end|endif|const|let|var|package|using|require"
            r"|include|func|fn|pub)\b(?::|.*[\w)\]}\"'*]:?)?",
        )
    )
)
WORD = re.compile(r"[^\W\d_]+")
QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”")
ADDRESSED = re.compile(r"\b(?:you|your|yours|yourself|yourselves)\b", re.IGNORECASE)

# What a reader could look up: a figure, a day or month, a name of two words, initials.
ANCHOR = re.compile(
    r"\d|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|(?<=[\w,] )[A-Z][\w’'-]+(?: (?:of |the |and |de |al-)*[A-Z][\w’'-]+)+|\b[A-Z]{2,}\b"
)
_COUNT = (
    r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|scores"
    r"|hundreds|thousands)"
)
DEATH_TOLL = re.compile(
    rf"\b(?:{_COUNT}(?: \w+){{0,3}} (?:killed|dead|died)(?! (?:at|aged))"
    rf"|(?:killed|killing|kills)(?: \w+){{0,2}} {_COUNT}|death toll)\b",
    re.IGNORECASE,
)
# What shops and consent walls say to a visitor; a report on them uses few of these phrases.
PAGE = re.compile(
    r"\b(?:add(?:ed)? to (?:your )?(?:cart|basket|bag|wish ?list)|(?:in|out of) stock|buy now"
    r"|free (?:shipping|delivery|returns)|(?:customer|verified) (?:reviews?|service|purchases?"
    r"|buyers?)|customers also|out of 5|(?:one|two|three|four|five|\d) stars?|warranty"
    r"|your (?:first )?order|orders over|ships? within|price includes|pay later|newsletter"
    r"|discounts?|coupons?|product details|size guide|accept all|reject all|such as cookies"
    r"|(?:we|you) use cookies|(?:these|our|necessary|performance|advertising|functional) cookies"
    r"|cookie (?:policy|settings)|(?:manage|privacy) (?:preferences|settings|choices)"
    r"|your (?:choices|consent|device)|privacy policy|terms of (?:use|service)"
    r"|(?:our|some) (?:\d+ )?partners|personali[sz]ed ads|sign (?:in|up)|log in)\b",
    re.IGNORECASE,
)


def require_substance(sources: Sources) -> None:
    """Raise unless the sources together can carry a brief.

    Too few words or sentences cannot, nor can what is no running text: verse, lists, tables,
    source code, words that a machine repeats. In English a brief also needs a matter that it
    can serve (politics, security, cyber, the economy, disasters) and something to check
    (figures, dates, full names), and a page that speaks to its visitor is none. The word lists
    are English: a text known to be in another language is judged by length and form alone.

    Raises:
        DeclinedError: With what is missing, and that `--force` overrides.
    """
    sentences = tuple(sources.sentences.values())
    words = sum(count_words(sentence.text) for sentence in sentences)
    if words < FEWEST_WORDS or len(sentences) < FEWEST_SENTENCES:
        raise DeclinedError(
            f"declined: {words} words in {len(sentences)} sentences are too little for a brief; "
            "add sources, or use --force"
        )
    fault = _fault_of_form(sources)
    readable = tuple(s for s in sources.items if s.language in {None, "en"})
    if not fault and readable:
        fault = _fault_of_matter(Sources(items=readable))
    if fault:
        raise DeclinedError(f"declined: {fault}; use --force to brief it all the same")


def topic_shares(sources: Sources) -> tuple[float, float]:
    """Return the share of sentences with words of a domain, and with words of cooking or sport."""
    sentences = sources.sentences.values()
    topics = (*cues.DOMAINS.values(), cues.DISASTER)
    on = sum(1 for s in sentences if any(cues.matches(topic, s) for topic in topics))
    off = sum(1 for s in sentences if cues.matches(cues.OFF_TOPIC, s))
    return on / len(sources.sentences), off / len(sources.sentences)


def _fault_of_form(sources: Sources) -> str | None:
    """Return why this is no running text, in any language, or None."""
    code = _share_of_code(sources)
    if code > MOST_CODE:
        return f"the text reads like source code ({code:.0%} of its lines)"
    if _share_repeated(sources) > MOST_REPEATED:
        return "the text says the same words over and over, as a failed translation does"
    sentences = tuple(sources.sentences.values())
    counts = [(s, count_words(s.text)) for s in sentences]
    stated = sum(words for s, words in counts if _is_statement(s, words))
    broken = stated < FEWEST_WORDS and stated < sum(words for _, words in counts) / 2
    # A list with figures in most of its lines may be one of sanctions, strikes or casualties.
    if broken and _share(cues.FIGURE, sentences) < LEAST_FIGURES:
        return (
            "the text is made of fragments, as verse, lists and tables are; "
            f"whole sentences hold {stated} words of it"
        )
    return None


def _fault_of_matter(sources: Sources) -> str | None:
    """Return why a text in English says nothing that a brief could use, or None."""
    sentences = tuple(sources.sentences.values())
    on, off = topic_shares(sources)
    # A long annex of names or readings may stand below a short text that says what it is about.
    thin = on < LEAST_ON_TOPIC and on * len(sentences) < ENOUGH_ON_TOPIC
    elsewhere = off > MOST_OFF_TOPIC and off > on / 2
    # A count of the dead is news whatever the words around it, such as those of a match.
    if (thin or elsewhere) and not _share(DEATH_TOLL, sentences):
        return (
            "the text is about nothing that an intelligence brief could serve "
            f"({on:.0%} of its sentences concern politics, security, cyber, the economy or a "
            "disaster)"
        )
    anchored = _share(ANCHOR, sentences)
    vague = anchored < LEAST_ANCHORED and anchored * len(sentences) < ENOUGH_ANCHORED
    if vague and on < ON_TOPIC_WITHOUT_ANCHORS:
        return (
            "the text gives next to nothing to check, as tales do "
            f"({anchored:.0%} of its sentences have a figure, a date or a full name)"
        )
    return _fault_of_address(sentences, on, anchored)


def _fault_of_address(sentences: Sequence[Sentence], on: float, anchored: float) -> str | None:
    """Return that the text speaks to a visitor, a customer or a pupil, or None."""
    page = _share(PAGE, sentences)
    if page > MOST_PAGE and page > on / 2:
        return f"the text is what a shop or a consent wall says ({page:.0%} of its sentences)"
    # What is quoted may well say "you".
    unquoted = [QUOTATION.sub(" ", s.text) for s in sentences]
    addressed = sum(1 for text in unquoted if ADDRESSED.search(text)) / len(sentences)
    if addressed > max(MOST_ADDRESSED, on, anchored):
        return f"the text is addressed to its reader ({addressed:.0%} of its sentences say you)"
    return None


def _share(pattern: re.Pattern[str], sentences: Sequence[Sentence]) -> float:
    return sum(1 for s in sentences if pattern.search(s.text)) / len(sentences)


def _share_of_code(sources: Sources) -> float:
    lines = [line.strip() for source in sources.items for line in source.text.split("\n")]
    lines = [line for line in lines if line]
    code = sum(1 for line in lines if len(line) <= LONGEST_CODE and CODE.fullmatch(line))
    return code / len(lines)


def _share_repeated(sources: Sources) -> float:
    """Return the share of words that repeat the one, two or three words right before them.

    Inside a sentence alone: the lines of a list may well begin alike.
    """
    again = total = 0
    for sentence in islice(sources.sentences.values(), SAMPLE):
        words = [word.lower() for word in WORD.findall(sentence.text)]
        total += len(words)
        again += sum(
            1
            for i in range(1, len(words))
            if any(words[i : i + n] == words[max(0, i - n) : i] for n in (1, 2, 3))
        )
    return again / max(1, total)


def _is_statement(sentence: Sentence, words: int) -> bool:
    """Whether it is long enough to say something; a finished one, in any script, may be shorter."""
    end = sentence.text.rstrip(CLOSERS)[-1:]
    finished = bool(end) and end not in GOES_ON and unicodedata.category(end) == "Po"
    return words >= (FINISHED_STATEMENT if finished else OPEN_STATEMENT)
