"""Put together what the facts of a brief rest on: speakers, grades, cards, agreement, conflict."""

from collections.abc import Mapping, Sequence

from agent.analysis.admiralty import FIGURES, LETTERS, earned_credibility, is_interested
from agent.analysis.comparison import find_agreements, find_conflicts
from agent.analysis.disputes import find_disputes
from agent.analysis.independence import independent_groups
from agent.analysis.readings import readings_in
from agent.analysis.source_cards import source_cards, state_media_share
from agent.analysis.speakers import OUTLET, Speaker, speakers_of
from agent.clean import one_line
from agent.sections.grades import Grades
from agent.sections.signals import SpokenSentence
from agent.verify.moments import moments_in
from agent.verify.numerals import figures_in
from agent.verify.quotations import quotes_in
from schemas.sources import Sources
from schemas.sourcing import Agreement, KeyFact, Sourcing

# Every two are compared, so a hostile table of figures would take hours.
MOST_READINGS = 300
_INTERESTED = {"yes": True, "no": False, "not known": None}


def describe_sourcing(
    sources: Sources, signals: Sequence[SpokenSentence], grades: Grades
) -> Sourcing:
    """Return the sourcing of the brief; the same input always gives the same.

    Args:
        sources: What was read.
        signals: The sentences that the brief accounts for.
        grades: What the graders said of them; a fact without a grade is F6.
    """
    voices = speakers_of(sources)
    groups = independent_groups(sources.items)
    group_of = {source.number: group[0].number for group in groups for source in group}
    found = readings_in(sources, voices)
    readings = found[:MOST_READINGS]
    agreements = find_agreements(readings, sources, group_of)
    confirmed = _confirmed(agreements)
    facts = tuple(
        _key_fact(spoken, sources, voices, grades, confirmed=spoken.sentence.id in confirmed)
        for spoken in signals
    )
    return Sourcing(
        facts=facts,
        cards=source_cards(sources, facts, groups),
        agreements=agreements,
        conflicts=(*find_conflicts(readings, sources), *find_disputes(sources, voices)),
        figures_not_compared=len(found) - len(readings),
        independent_sources=len(groups),
        state_media_share=state_media_share(facts),
    )


def _confirmed(agreements: Sequence[Agreement]) -> set[str]:
    return {id for row in agreements if row.independent > 1 for id in row.evidence}


def _key_fact(
    spoken: SpokenSentence,
    sources: Sources,
    voices: Mapping[str, Sequence[tuple[int, Speaker]]],
    grades: Grades,
    *,
    confirmed: bool,
) -> KeyFact:
    sentence = spoken.sentence
    speaker, item = grades.speakers.get(sentence.id), grades.items.get(sentence.id)
    judged = _INTERESTED[speaker.interested] if speaker else None
    return KeyFact(
        evidence=sentence.id,
        text=sentence.text,
        speaker=spoken.speaker,
        chain=_chain(spoken, sources, voices[sentence.id]),
        kind=spoken.kind,
        interested=is_interested(spoken.kind, judged),
        figures=tuple(figure.text for figure in figures_in(sentence.text)),
        dates=tuple(moment.text for moment in moments_in(sentence.text)),
        quotations=quotes_in(sentence.text),
        reliability=LETTERS[speaker.reliability] if speaker else "F",
        reliability_basis=speaker.basis if speaker else None,
        credibility=earned_credibility(
            FIGURES[item.credibility] if item else 6, confirmed=confirmed
        ),
        credibility_basis=item.basis if item else None,
    )


def _chain(
    spoken: SpokenSentence, sources: Sources, voices: Sequence[tuple[int, Speaker]]
) -> tuple[str, ...]:
    """Return the way a statement came: "Kim, state media reported" has two speakers before it."""
    source = sources.of(spoken.sentence.id)
    outlet = one_line(source.publisher or source.title)
    first = voices[0][1].name
    nested = spoken.kind in ("state media", "wire") and first != spoken.speaker
    names = [first if nested else "", spoken.speaker, outlet]
    return tuple(dict.fromkeys(name for name in names if name and name != OUTLET))
