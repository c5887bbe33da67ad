"""Read what the sentences count and date, each with who says so, so that readings can be compared.

A reading is precise rather than complete: what it counts has to be plain from the words beside the
figure. Nothing here asks a model.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent.analysis.speakers import Speaker
from agent.verify.moments import Moment, moments_in
from agent.verify.numerals import Figure, figures_in
from agent.verify.words import STOP_WORDS, content, fold, plain, stem
from schemas.sources import Sentence, Sources

# What is counted, where a word close by says so whatever the noun: 41 bodies and 41 people killed.
# "One of the dead" and "buried" are left out: they tell of a person, not of a count.
TOPICS: Mapping[str, frozenset[str]] = {
    "dead": frozenset("kill die body fatality perish drown death".split()),
    "wounded": frozenset("wound injur hurt".split()),
    "missing": frozenset("miss unaccount".split()),
    "displaced": frozenset("displac evacuat homeless".split()),
    "detained": frozenset("detain arrest".split()),
}
# What happens at a moment; the words of one line tell of one event.
EVENTS: Mapping[str, frozenset[str]] = {
    "attack": frozenset("attack explosion blast bomb explod strik strike raid ambush".split()),
    "collapse": frozenset("collaps breach burst".split()),
    "clash": frozenset("clash battl battle fight".split()),
    "crash": frozenset("crash derail".split()),
}
_PERSONS = frozenset("person body die victim man woman kill wound casualty dead other".split())
# Everybody counts these: that two figures share one says nothing.
_COMMON = _PERSONS | frozenset(
    """time year month week day hour minut minute second kilometer kilometr km mile meter metr foot
    percent case part group country name list question step point count charge
    odd trial usd eur gbp jpy million billion""".split()
)
_SAME = {"troop": "soldier", "trooper": "soldier"}
_NO_CONTEXT = frozenset(
    """say tell report add state claim about some more than least up total number figure estimat
    estimate monday tuesday wednesday thursday friday saturday sunday only no not january february
    march april may june july august september october november december second per""".split()
)
_OPEN = re.compile(r"^\"?With\b|\b(?:if|whether|unless)\b", re.IGNORECASE)
_AGE = re.compile(r"-?(?:year|month)s?[- ]old\b| years? old\b")
# "The death penalty" kills nobody yet.
_NO_DEATH = re.compile(r"\bdeath (?:penalt|sentence|threat|row|certificate|toll)\w*")
_PART = re.compile(r"^ of (?:them|those|these|whom|which|us)\b(?! \w+ )")
_VERB = re.compile(r" (?:was|were|had|have)\b")
_NONE = re.compile(r"\b[Nn]one of (?:its|the|their|our|his|her) (?P<unit>\w+)")
_BARE = re.compile(r"\b(?:figure|number|toll|count|total|estimate)s?\b", re.IGNORECASE)
_ENDED = re.compile(r"\b(?:stop|end|ceas|until|before|after|by|since)\w*\W+(?:\w+\W+){0,2}$")
_SINCE = re.compile(r"\bsince (?:\w+ )?$")
NEAR = 7  # content words on each side of a figure that may say that it counts the dead
BESIDE = 4  # the same for anything else
MOST_FIGURES = 3
CLOSE = 8  # content words between an event and the time at which it happened


@dataclass(frozen=True, eq=False)
class Reading:
    """One figure or moment of a sentence, and what it is the figure or moment of.

    Attributes:
        sentence: Where it stands.
        speaker: Who says so.
        text: The figure or moment as written, such as `at least 112` or `7:15 a.m.`
        figure: The figure, or None.
        moment: The moment, or None.
        topic: A key of TOPICS or of EVENTS, or nothing.
        unit: Stems of what is counted, in order.
        names: Names beside the figure, such as `vardunan`.
        context: Other stems beside it, and the figures beside it with their units.
        years: Years the sentence states.
        past: Whether they all lie before the year before publication: what is told is history.
    """

    sentence: Sentence
    speaker: Speaker
    text: str
    figure: Figure | None = None
    moment: Moment | None = None
    topic: str = ""
    unit: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    past: bool = False

    @property
    def rare(self) -> frozenset[str]:
        """The stems of the unit that few things are counted in."""
        return frozenset(stem for stem in self.unit if len(stem) > 2) - _COMMON


def readings_in(
    sources: Sources, voices: Mapping[str, Sequence[tuple[int, Speaker]]]
) -> tuple[Reading, ...]:
    """Return every figure and clock time of the sources that says plainly what it is of.

    A sentence that another source repeats word for word is read once, in the first of them.

    Args:
        sources: What was read.
        voices: Who speaks in each sentence, by id, with the offset where they begin.
    """
    seen: set[str] = set()
    found: list[Reading] = []
    for sentence in sources.sentences.values():
        words = " ".join(content(sentence.text))
        # Under a condition nothing is stated: "if five gates were open".
        if words in seen or _OPEN.search(plain(sentence.text)):
            continue
        seen.add(words)
        here = [*_counts(sentence, voices[sentence.id]), *_times(sentence, voices[sentence.id])]
        published = sources.of(sentence.id).published
        found += [replace(reading, past=_is_past(reading, published)) for reading in here]
    return tuple(found)


def _years(text: str) -> frozenset[int]:
    """Return the years in which something happened; "since 2011" says when nothing did."""
    stated = (m for m in moments_in(text) if m.year and not _SINCE.search(text[: m.start]))
    return frozenset(m.year for m in stated if m.year)


def _is_past(reading: Reading, published: date | None) -> bool:
    return bool(published and reading.years and max(reading.years) < published.year - 1)


def _counts(sentence: Sentence, voices: Sequence[tuple[int, Speaker]]) -> Iterator[Reading]:
    text = plain(sentence.text)
    figures = _whole(figures_in(sentence.text), text)
    years = _years(text)
    spent = 0  # up to here the words belong to an earlier figure
    names: frozenset[str] = frozenset()
    unit: tuple[str, ...] = ()
    for at, figure in enumerate(figures):
        until = figures[at + 1].start if at + 1 < len(figures) else len(text)
        after, before = text[figure.end : until], text[spent : figure.start]
        topic, spent = _topic(before, after, figure)
        # "Three guards were killed, 11 were wounded": guards too.
        if not (topic and not figure.unit and _VERB.match(after)):
            unit, names = _unit(figure), _names(text[figure.end :])
        if not topic and len(figures) > MOST_FIGURES:
            continue  # a list: its words belong to no figure in particular
        yield Reading(
            sentence=sentence,
            speaker=_voice(voices, figure.start),
            text=_as_written(figure, text),
            figure=figure,
            topic=topic,
            unit=unit,
            names=names,
            context=_context(before, after, [*figures[:at], *figures[at + 1 :]]) - set(unit),
            years=years,
        )
    yield from _nones(sentence, voices)


def _whole(figures: Sequence[Figure], text: str) -> list[Figure]:
    """Return the figures that count something: "three of the dam's five gates" is one of them.

    "18 of them" is left out, since the words do not say of whom.
    """
    counted: list[Figure] = []
    for figure in figures:
        if figure.kind == "ordinal" or _PART.match(text[figure.end :]) or _is_age(figure, text):
            continue
        if counted and _is_part(counted[-1], figure, text):
            counted[-1] = replace(counted[-1], unit=figure.unit, end=figure.end)
        else:
            counted.append(figure)
    return counted


def _is_age(figure: Figure, text: str) -> bool:
    """Tell the age in "a 61-year-old shepherd" and in "Teresa Amaro, 52, a shopkeeper"."""
    between = text[: figure.start].endswith(", ") and text[figure.end : figure.end + 1] == ","
    return bool(between or _AGE.match(text[figure.end :]))


def _nones(sentence: Sentence, voices: Sequence[tuple[int, Speaker]]) -> Iterator[Reading]:
    """Yield "none of its soldiers had been killed" as a count of 0."""
    text = plain(sentence.text)
    found = _NONE.search(text)
    if not found:
        return
    after = content(text[found.end() :])[:NEAR]
    topic = next((name for name, words in TOPICS.items() if words & set(after)), "")
    if topic:
        yield Reading(
            sentence=sentence,
            speaker=_voice(voices, found.start()),
            text=found.group(),
            figure=Figure(0.0, 0.0, start=found.start(), end=found.end(), text="none"),
            topic=topic,
            unit=tuple(_SAME.get(w, w) for w in content(found["unit"])),
        )


def _topic(before: str, after: str, figure: Figure) -> tuple[str, int]:
    """Return what is counted, and up to which offset the words are used up.

    The words behind a figure go before those in front of it: in "three were killed, 11 were
    wounded" the 11 are not the killed.
    """
    if figure.unit[:1] and figure.unit[0] in _COMMON - _PERSONS:
        return "", figure.end  # "in two days" counts no dead
    before, after = _NO_DEATH.sub("", before), _NO_DEATH.sub("", after)
    clause = re.split(r"[;:]|, (?:and|but|which|who|of) ", after)[0]
    behind = _first_topic(list(content(clause))[:NEAR])
    if behind:
        return behind, figure.end + len(clause)
    in_front = _first_topic(list(reversed(content(before)))[:NEAR])
    return in_front, figure.end


def _first_topic(words: Sequence[str]) -> str:
    for word in words:
        for topic, stems in TOPICS.items():
            if word in stems:
                return topic
    return ""


def _unit(figure: Figure) -> tuple[str, ...]:
    if figure.kind == "percent":
        return ("percent",)
    return tuple(_SAME.get(stem, stem) for stem in figure.unit if not stem[0].isdigit())


def _is_part(figure: Figure, whole: Figure, text: str) -> bool:
    """Tell "three of the dam's five gates", where the second figure is only the whole."""
    between = text[figure.end : whole.start]
    return len(between) < 40 and bool(re.match(r" of (?:the|its|their|his|her)\b[^,.;]*$", between))


def _names(after: str) -> frozenset[str]:
    words = re.match(r"(?: [^\W\d_][\w'-]*)*", after)
    names: set[str] = set()
    for word in (words[0].split() if words else [])[:3]:
        if word.lower() in STOP_WORDS:
            break
        if word[0].isupper():
            names |= set(content(word))
    return frozenset(names)


def _context(before: str, after: str, others: Sequence[Figure]) -> frozenset[str]:
    words = {*content(before)[-BESIDE:], *content(after)[:BESIDE]}
    beside = {f"{f.low:g} {unit}" for f in others for unit in f.unit[:1]}
    return frozenset(w for w in words if not w[0].isdigit()) - _NO_CONTEXT | beside


def _times(sentence: Sentence, voices: Sequence[tuple[int, Speaker]]) -> Iterator[Reading]:
    text = plain(sentence.text)
    for moment in moments_in(sentence.text):
        before = text[: moment.start]
        if moment.minute is None or _ENDED.search(before):
            continue
        near = set(content(before)[-CLOSE:])
        event = next((name for name, words in EVENTS.items() if words & near), "")
        if event:
            yield Reading(
                sentence=sentence,
                speaker=_voice(voices, moment.start),
                text=moment.text,
                moment=moment,
                topic=event,
                years=_years(text),
            )


def _voice(voices: Sequence[tuple[int, Speaker]], offset: int) -> Speaker:
    return [speaker for start, speaker in voices if start <= offset][-1]


def _as_written(figure: Figure, text: str) -> str:
    """Return the figure with what it is marked by and what it counts, such as `at least 112`."""
    mark = re.search(
        r"(?:between|at least|at most|more than|fewer than|less than|up to|about|some|roughly"
        r"|nearly|almost|around|over|closer to|only) $",
        text[: figure.start],
    )
    end = figure.end
    for word in list(re.finditer(r"[^\W\d_][\w'-]*", text[figure.end : figure.end + 60]))[:5]:
        if stem(fold(word[0])) in figure.unit and word[0] not in {"died", "killed", "dying"}:
            end = figure.end + word.end()
        elif fold(word[0]) not in STOP_WORDS or ")" in text[end : figure.end + word.start()]:
            break
    return f"{mark[0] if mark else ''}{text[figure.start : end]}"


def is_bare(reading: Reading) -> bool:
    """Tell a figure that is only called a figure or a number, as in "stood by the figure of 12"."""
    text = plain(reading.sentence.text)
    return bool(
        reading.figure
        and not reading.rare
        and _BARE.search(text[max(0, reading.figure.start - 45) : reading.figure.start])
    )
