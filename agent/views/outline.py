"""The order in which a brief is printed, as blocks that a view only has to set in type.

Terminal and Markdown walk the same blocks, so that neither can drop a claim, a mark or a notice
that the other has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from agent.clean import cut
from agent.material import cite
from agent.views import lines
from agent.views.blocks import (
    Block,
    Field,
    Group,
    Heading,
    Item,
    Labels,
    Matrix,
    MatrixLine,
    Note,
    Reference,
    Table,
    TableLine,
)
from agent.views.changes import changes
from schemas.brief import Ach, Brief, Part, Section, Technique
from schemas.claims import CheckedClaim
from schemas.cross_impact import CrossImpact, EventOutcome
from schemas.sources import Source
from schemas.sourcing import Sourcing
from schemas.techniques import AssumptionCheck, Effect, Indicators

SIGNAL_LENGTH = 96  # code points; two rows of the matrix at 80 columns
EFFECTS: Mapping[Effect, str] = MappingProxyType(
    {"more likely": "+", "no change": "·", "less likely": "-"}
)


def outline(brief: Brief, *, full: bool) -> Iterator[Block]:
    """Yield the blocks of the brief in the order of reading.

    Args:
        brief: What to print.
        full: Whether to add what defends the brief: every reason for its confidence, every
            withheld claim, every cited sentence. Without it, one line says how much there is.
    """
    yield from _head(brief, full)
    yield from changes(brief)
    for number, section in enumerate(lines.sections(brief), start=1):
        yield from _section(number, section, brief.sources)
    yield from _differences(brief, full)
    yield from _agreements(brief)
    yield from _techniques(brief, full)
    if full:
        yield from _withheld(brief)
        yield from _sources(brief)
    yield from _foot(brief, full)


def _head(brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading(brief.title, 1)
    if brief.tlp:
        yield Field("Marking", f"TLP:{brief.tlp}")
    yield Field("Status", lines.status(brief))
    if brief.category:
        yield Field("Filed under", brief.category)
    yield Field("Published on", lines.published(brief))
    yield Field("Sources", "; ".join(lines.source_line(s) for s in brief.sources))
    for source in brief.sources:
        for note in source.notes:
            yield Field("Note", f"source {source.number}: {note}")
    if brief.sourcing.facts:
        yield Field("Key facts", lines.key_facts(brief.sourcing))
    yield Field("Marks", lines.marks_key())
    yield from _confidence(brief, full)


def _confidence(brief: Brief, full: bool) -> Iterator[Block]:
    level, reasons = brief.confidence.level, brief.confidence.reasons
    if full and brief.confidence.factors:
        yield Field("Confidence", " ".join((f"{level}.", brief.confidence.rule)))
        for factor in brief.confidence.factors:
            yield Field("Allows", lines.factor_line(factor))
        return
    if full or len(reasons) < 2:
        yield Field("Confidence", "; ".join((level, *reasons)))
        return
    # Of all the reasons, the first that sets the level is the one to know.
    deciding = next((reason for reason in reasons if f"caps at {level}" in reason), reasons[0])
    more = f"{len(reasons) - 1} more with {lines.IN_FULL}"
    yield Field("Confidence", f"{level}; {deciding} ({more})")


def _section(number: int, section: Section, sources: tuple[Source, ...]) -> Iterator[Block]:
    yield Heading(f"{number}. {section.title}", 2)
    if section.note:
        yield Note("", section.note)
    for part in section.parts:
        title = part.title if len(section.parts) > 1 else ""
        yield from _part(title, part, sources, in_a_line=section.name == "tags")


def _part(
    title: str, part: Part, sources: tuple[Source, ...], *, in_a_line: bool = False
) -> Iterator[Block]:
    items = tuple(_item(claim, sources) for claim in part.claims)
    if not items:
        yield Note(title, part.note) if part.note else Group(title)
    elif in_a_line:
        yield from _group(title, part.note, (_labels(items),))
    elif len(items) == 1 and not part.note:
        yield replace(items[0], title=title)
    else:
        yield from _group(title, part.note, items)


def _group(title: str, note: str | None, below: Iterable[Item | Labels]) -> Iterator[Block]:
    if title:
        yield Group(title, note or "")
    elif note:
        yield Note("", note)
    for line in below:
        yield replace(line, grouped=bool(title))


def _labels(items: tuple[Item, ...]) -> Labels:
    marks = {item.mark for item in items}
    if len(marks) > 1:
        return Labels("", items)
    return Labels(marks.pop(), tuple(replace(item, mark="") for item in items))


def _item(claim: CheckedClaim, sources: tuple[Source, ...]) -> Item:
    return Item(
        mark=lines.MARKS[claim.basis],
        title="",
        odds=lines.odds(claim),
        text=lines.words(claim, sources),
        cites=lines.cites(claim),
        remark=lines.caveat(claim),
        claim=claim.id,
    )


def _differences(brief: Brief, full: bool) -> Iterator[Block]:
    """Yield what speakers and sources differ on, each side with its sentences."""
    if not brief.sourcing.conflicts:
        return
    yield Heading("Where the Sources Differ", 2)
    for conflict in brief.sourcing.conflicts:
        yield Group(lines.matter(conflict.about, conflict.what))
        for side in conflict.sides:
            said = lines.side_line(side)
            long = conflict.about == "account" and not full
            yield _said(_shorten(said, SIGNAL_LENGTH) if long else said, side.evidence)
    if brief.sourcing.figures_not_compared:
        yield Note("", f"{brief.sourcing.figures_not_compared} more figures were not compared.")


def _agreements(brief: Brief) -> Iterator[Block]:
    if not brief.sourcing.agreements:
        return
    yield Heading("Where Unrelated Speakers Agree", 2)
    for row in brief.sourcing.agreements:
        yield _said(lines.agreement_line(row), row.evidence, grouped=False)


def _said(text: str, evidence: tuple[str, ...], *, grouped: bool = True) -> Item:
    return Item(
        mark="", title="", odds="", text=text, cites=cite(evidence), remark="", grouped=grouped
    )


def _techniques(brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading("Structured Analytic Techniques Applied", 2)
    if not brief.techniques:
        yield Note("", "None was carried out.")
    for technique in brief.techniques:
        yield from _technique(technique, brief, full)


def _technique(technique: Technique, brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading(technique.name, 3)
    yield Note("Method", technique.method)
    yield Note("Result", technique.result)
    yield Note("Changed", lines.changed(technique, brief))
    if technique.ach:
        yield _matrix(technique.ach, full)
        yield Note("", lines.ach_reading(technique.ach))
    if technique.indicators:
        yield _watch_list(technique.indicators, brief, full)
        yield Note("", lines.watch_reading())
    if technique.assumptions:
        yield _challenges(technique.assumptions, brief, full)
        yield Note("", lines.challenge_reading())
    if technique.cross_impact:
        yield from _simulation(technique.cross_impact, brief, full)
    for part in technique.parts:
        if technique.deception:
            yield from _card(part, brief, [claim.part.capitalize() for claim in part.claims])
        elif technique.assumptions:
            numbers = range(1, len(part.claims) + 1)
            yield from _card(part, brief, [f"If {number} is false" for number in numbers])
        else:
            yield from _part(part.title, part, brief.sources)


def _card(part: Part, brief: Brief, titles: Iterable[str]) -> Iterator[Block]:
    """Yield a part whose claims have a title each."""
    yield Group(part.title, part.note or "")
    for title, claim in zip(titles, part.claims, strict=True):
        yield replace(_item(claim, brief.sources), title=title, grouped=True)


def _watch_list(table: Indicators, brief: Brief, full: bool) -> Table:
    texts = {claim.id: claim.text for claim in brief.ledger}
    rows = tuple(
        TableLine(
            id=str(number),
            text=_text(texts[row.claim], full),
            cells=tuple(EFFECTS[effect] for effect in row.effects),
        )
        for number, row in enumerate(table.rows, start=1)
    )
    return Table("Indicator", table.outcomes, rows)


def _challenges(checks: tuple[AssumptionCheck, ...], brief: Brief, full: bool) -> Table:
    texts = {claim.id: claim.text for claim in brief.ledger}
    rows = tuple(
        TableLine(
            id=str(number),
            text=_text(texts[check.assumption], full),
            cells=(
                check.standing,
                ", ".join(lines.short_place(id, brief) for id in check.resting) or "none named",
            ),
        )
        for number, check in enumerate(checks, start=1)
    )
    return Table("Assumption", ("Class", "Rests on it"), rows)


def _simulation(result: CrossImpact, brief: Brief, full: bool) -> Iterator[Block]:
    texts = {claim.id: claim.text for claim in brief.ledger}
    names = {o.event: f"E{number}" for number, o in enumerate(result.outcomes, start=1)}
    rows = tuple(
        TableLine(
            id=names[outcome.event],
            text=_text(texts[outcome.event], full),
            cells=(f"{outcome.before:.0%}", f"{outcome.after:.0%}", _points(outcome)),
        )
        for outcome in result.outcomes
    )
    yield Table("Event", ("Before", "After", "Change"), rows)
    yield Note("", lines.impact_reading(result, names))
    if full:
        yield _grid(result, names)
        yield Note("", lines.grid_reading(result, names))


def _grid(result: CrossImpact, names: Mapping[str, str]) -> Table:
    rows = tuple(
        TableLine(
            id=name,
            text="",
            cells=tuple("·" if cell is None else f"{cell:.0%}" for cell in row),
        )
        for name, row in zip(names.values(), result.matrix, strict=True)
    )
    return Table("If it happens", tuple(names.values()), rows)


def _points(outcome: EventOutcome) -> str:
    if abs(outcome.change) < 2 * outcome.standard_error:
        return "0"
    # Of the rounded figures: a reader who subtracts the columns gets the same.
    return f"{round(100 * outcome.after) - round(100 * outcome.before):+d}"


def _text(text: str, full: bool) -> str:
    return text if full else _shorten(text, SIGNAL_LENGTH)


def _matrix(ach: Ach, full: bool) -> Matrix:
    weighed = any(row.weight != 1 for row in ach.rows)
    rows = tuple(
        MatrixLine(
            id=", ".join(row.evidence),
            text=row.signal if full else _shorten(row.signal, SIGNAL_LENGTH),
            cells=(*row.ratings, f"{row.weight:g}") if weighed else row.ratings,
            spread=f"{row.diagnosticity:.2f}",
        )
        for row in ach.rows
    )
    points = tuple(f"{score:g}" for score in ach.scores)
    if weighed:
        return Matrix((*ach.hypotheses, "Weight"), rows, (*points, ""))
    return Matrix(ach.hypotheses, rows, points)


def _withheld(brief: Brief) -> Iterator[Block]:
    yield Heading("Withheld", 2)
    yield Note("", lines.withheld_count(brief))
    for claim in brief.withheld:
        yield Item(
            mark=lines.WITHHELD_MARK,
            title="",
            odds=lines.odds(claim),
            text=claim.text,
            cites=lines.cites(claim),
            remark=f"— {lines.withheld_reason(claim)}",
            claim=claim.id,
        )


def _sources(brief: Brief) -> Iterator[Block]:
    cited = _cited(brief)
    yield Heading("Sources", 2)
    for source in brief.sources:
        sentences = [s for s in source.sentences if s.id in cited]
        yield Heading(f"Source {source.number}. {source.title}", 3)
        yield Note("", lines.source_card(source))
        yield from _source_card(brief.sourcing, source)
        yield Note("", f"Cited sentences, {len(sentences)} of {len(source.sentences)}:")
        for sentence in sentences:
            yield Reference(sentence.id, sentence.text)


def _source_card(sourcing: Sourcing, source: Source) -> Iterator[Block]:
    """Yield the speakers of a source with their grades, and the facts that rest on each."""
    facts = {fact.evidence: fact for fact in sourcing.facts}
    for card in sourcing.cards:
        if card.source == source.number:
            yield Note("", lines.card_shares(card))
            for speaker in card.speakers:
                yield Note("", lines.speaker_line(speaker, [facts[id] for id in speaker.facts]))


def _foot(brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading("How this brief was made", 2)
    if not full:
        shown = f" To read them, add {lines.IN_FULL}." if brief.withheld else ""
        yield Field("Withheld", lines.withheld_count(brief) + shown)
    yield Field("Verification", lines.verification(brief))
    yield Field("AI use", lines.ai_use(brief))


def _cited(brief: Brief) -> set[str]:
    by_claims = {id for claim in (*lines.body(brief), *brief.withheld) for id in claim.evidence}
    by_claims |= {fact.evidence for fact in brief.sourcing.facts}
    by_claims |= {id for c in brief.sourcing.conflicts for side in c.sides for id in side.evidence}
    by_claims |= {id for row in brief.sourcing.agreements for id in row.evidence}
    matrices = (technique.ach for technique in brief.techniques if technique.ach)
    return by_claims | {id for ach in matrices for row in ach.rows for id in row.evidence}


def _shorten(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    # A language without spaces has no word to cut at; the id beside it opens the whole sentence.
    return cut(text, length).rsplit(" ", 1)[0] + "…"
