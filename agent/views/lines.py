"""The wording that every view shares, so that a mark or a notice reads the same in each of them.

Every function returns plain text without any markup. What it holds from outside is still as it
came: a view passes each line through `plain` before it sets it in type.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType

from agent.analysis.estimative import phrase
from agent.clean import clean_text
from agent.material import cite, fold
from schemas.brief import Ach, Brief, Factor, Rating, Run, Section, Technique
from schemas.claims import Basis, CheckedClaim
from schemas.cross_impact import CrossImpact
from schemas.review import METHOD as REVIEWED
from schemas.sources import Credibility, Reliability, Source
from schemas.sourcing import Agreement, KeyFact, Matter, Side, SourceCard, Sourcing, SpeakerCard

MARKS: Mapping[Basis, str] = MappingProxyType(
    {"reported": "R", "judgement": "J", "assumption": "A", "recommendation": "►"}
)
WITHHELD_MARK = "✗"
IN_FULL = "--detail full"  # the flag that prints what the short form counts

RELIABILITY: Mapping[Reliability, str] = MappingProxyType(
    {
        "A": "completely reliable",
        "B": "usually reliable",
        "C": "fairly reliable",
        "D": "not usually reliable",
        "E": "unreliable",
        "F": "reliability cannot be judged",
    }
)
CREDIBILITY: Mapping[Credibility, str] = MappingProxyType(
    {
        1: "confirmed by other sources",
        2: "probably true",
        3: "possibly true",
        4: "doubtful",
        5: "improbable",
        6: "truth cannot be judged",
    }
)
RATINGS: Mapping[Rating, str] = MappingProxyType(
    {
        "CC": "very consistent",
        "C": "consistent",
        "N": "neutral",
        "I": "inconsistent, 1 point",
        "II": "very inconsistent, 2 points",
        "NA": "not applicable",
    }
)


def plain(text: str) -> str:
    """Return the whole text on one line, without any character that a terminal or an eye obeys."""
    cleaned, _ = clean_text(text)
    return fold(cleaned)


def sections(brief: Brief) -> tuple[Section, ...]:
    """Return the numbered sections in the order in which every view prints them."""
    return (
        brief.bluf,
        brief.hypotheses,
        brief.assumptions,
        brief.implications,
        brief.outlook,
        brief.entities,
        brief.tags,
    )


def body(brief: Brief) -> Iterator[CheckedClaim]:
    """Yield every claim that is printed as part of the brief, in order, techniques last."""
    for section in sections(brief):
        for part in section.parts:
            yield from part.claims
    for technique in brief.techniques:
        for part in technique.parts:
            yield from part.claims


def marks_key() -> str:
    """Return the line that explains the marks, to stand above the first claim."""
    return (
        "R reported, J judgement, A assumption, ► recommendation; [1.3] is sentence 3 of source 1"
    )


def cites(claim: CheckedClaim) -> str:
    """Return the citation mark, such as "[1.3, 1.7]", or nothing when nothing is cited."""
    return cite(claim.evidence) if claim.evidence else ""


def odds(claim: CheckedClaim) -> str:
    """Return the likelihood in parentheses, such as "(likely, 55-80%)", or nothing.

    It goes before the claim: "the alliance breaks (almost no chance)" is read wrong at first.
    """
    return f"({phrase(claim.likelihood)})" if claim.likelihood else ""


def words(claim: CheckedClaim, sources: Iterable[Source]) -> str:
    """Return what the claim says, or a quotation with its source where the fallback put it in."""
    if claim.author == "model" or claim.form == "label":
        return claim.text
    return f"{_speaker(claim, sources)}: “{claim.text}”"


def caveat(claim: CheckedClaim) -> str:
    """Return in parentheses what the reader has to know of the claim, or nothing.

    The verdict, when it is less than one takes for granted, and what a technique says of it. An
    assumption or a recommendation is not the kind of statement that a source can prove, so "not
    checkable" says nothing new of it.
    """
    taken = claim.verdict == "not checkable" and claim.basis in ("assumption", "recommendation")
    verdicts = {"supported": "", "partial": "only partly supported"}
    verdict = "" if taken else verdicts.get(claim.verdict, claim.verdict)
    said = "; ".join(filter(None, (verdict, claim.note, claim.reviewed)))
    return f"({said})" if said else ""


def status(brief: Brief) -> str:
    """Return who stands behind the brief: nobody yet, or a named person with what was decided."""
    review = brief.review
    if review is None:
        return "DRAFT: machine-written, not reviewed by a person"
    decided = len(review.decisions)
    if review.ended_at is None:
        return f"DRAFT: review by {review.reviewer} not ended, {_count(decided, 'claim')} decided"
    rulings = Counter(decision.ruling for decision in review.decisions)
    against = sum(decision.override is not None for decision in review.decisions)
    dissents = sum(decision.dissent is not None for decision in review.decisions)
    return (
        f"Reviewed by {review.reviewer}, {_moment(review.ended_at)}: "
        f"{_count(decided, 'claim')}, {rulings['accepted']} accepted, {rulings['edited']} edited "
        f"({against} of them against the verifier), {rulings['rejected']} rejected; "
        f"{_count(dissents, 'dissent')}"
    )


def published(brief: Brief) -> str:
    """Return the publication date, or the first and last of several, or "not stated"."""
    dates = sorted({s.published for s in brief.sources if s.published})
    if len(dates) > 1:
        return f"{dates[0]} to {dates[-1]}"
    found = {s.published_from for s in brief.sources if s.published == brief.published}
    origin = found.pop() if len(found) == 1 else None
    return _day(brief.published) + (f" (date from: {origin})" if brief.published and origin else "")


def source_line(source: Source) -> str:
    """Return one source in a few words: number, publisher or title, date, Admiralty code."""
    code = f"{source.reliability}{source.credibility}"
    meaning = " (cannot be judged)" if code == "F6" else ""
    day = source.published or "date not stated"
    return f"{source.number} {source.publisher or source.title}, {day}, {code}{meaning}"


def source_card(source: Source) -> str:
    """Return all that is known of one source but its number and title, gaps named as gaps."""
    date_from = f" (date from: {source.published_from})" if source.published_from else ""
    facts = {
        "publisher": source.publisher or "not stated",
        "author": source.author or "not stated",
        "published": _day(source.published) + date_from,
        "Admiralty code": f"{source.reliability}{source.credibility} "
        f"({RELIABILITY[source.reliability]}, {CREDIBILITY[source.credibility]})",
        "read from": f"{source.name} ({source.kind})",
        "address": source.url if source.url != source.name else None,
        "language": source.language or "not determined",
        "SHA-256": source.sha256[:12],
    }
    return "; ".join(f"{name}: {fact}" for name, fact in facts.items() if fact)


def withheld_reason(claim: CheckedClaim) -> str:
    """Return why a claim is not in the body: verdict, deciding step, and what is wrong."""
    return f"{claim.verdict}, by {claim.method}: {claim.reason} ({claim.id})"


def withheld_count(brief: Brief) -> str:
    """Return how many claims were withheld, by verdict and deciding step, most frequent first."""
    if not brief.withheld:
        return "Nothing was withheld."
    kinds = Counter(
        c.verdict if c.method == "unchecked" else f"{c.verdict}, by {c.method}"
        for c in brief.withheld
    )
    kinds_text = "; ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return f"{_count(len(brief.withheld), 'drafted claim')} left out: {kinds_text}."


def verification(brief: Brief) -> str:
    """Return what was checked, and with what result, in figures that add up."""
    drafted = [c for c in brief.ledger if c.author == "model"]
    left_out = {c.id for c in brief.withheld}
    kept = [c for c in drafted if c.id not in left_out]
    repaired = sum(c.repairs > 0 for c in kept)
    judged = sum(c.method.startswith("judge") for c in drafted)
    unchecked = sum(c.method == "unchecked" for c in drafted)
    rejected = sum(c.method == REVIEWED for c in drafted)
    by_rule = len(drafted) - judged - unchecked - rejected
    in_review = f", {rejected} rejected in review" if rejected else ""
    return (
        f"{_count(len(drafted), 'claim')} drafted: {len(kept)} kept ({repaired} of them after "
        f"repair), {len(drafted) - len(kept)} withheld. "
        f"{by_rule} decided by rule, {judged} by {_judge(brief.run)}, "
        f"{unchecked} could not be checked{in_review}.{_stand_ins(brief)}"
    )


def ai_use(brief: Brief) -> str:
    """Return how the text was made: model, prompts, calls, tokens, cost, time."""
    run = brief.run
    return (
        f"Machine-written by {run.model} ({run.endpoint}), prompts "
        f"{run.prompt_version} (hash {run.prompt_hash[:8]}); {_calls(run)}; {_tokens(run)}; "
        f"{_cost(run)}; {run.seconds:.1f} s; answers held to a schema by {run.structured_output}. "
        f"Written {_moment(brief.generated_at)} by bluf {run.bluf_version}, run {run.id}."
    )


def ach_reading(ach: Ach) -> str:
    """Return what the matrix says, in the only words that its arithmetic allows, and its key."""
    least = " and ".join(ach.least_refuted) or "none"
    steady = {
        True: "asked in the opposite order, the result was the same",
        False: "asked in the opposite order, the result was another: do not lean on it",
        None: "the opposite order could not be asked",
    }[ach.stable]
    if ach.least_refuted_reversed and not ach.stable:
        other = " and ".join(ach.least_refuted_reversed)
        steady = f"asked in the opposite order, it was {other}: do not lean on it"
    used = {rating for row in ach.rows for rating in row.ratings}
    key = "; ".join(f"{rating} {meaning}" for rating, meaning in RATINGS.items() if rating in used)
    return (
        f"Least refuted (fewest points): {least}; {steady}. {key or 'No signal was rated'}. "
        f"{_linchpins(ach)}{_weights(ach)}"
        "Spread says how far a signal tells the hypotheses apart: 0 is not at all."
    )


def changed(technique: Technique, brief: Brief) -> str:
    """Return which lines of the brief the technique changed, and how; or that it changed none."""
    places: dict[str, list[str]] = {}
    for change in technique.changed:
        places.setdefault(change.what, []).append(place(change.claim, brief))
    kinds = (f"{', '.join(dict.fromkeys(found))}: {what}" for what, found in places.items())
    return "; ".join(kinds) or "no line of the brief"


def place(id: str, brief: Brief) -> str:
    """Return where a claim stands, such as "section 4 (Overall)"; its id when it stands nowhere."""
    for number, section in enumerate(sections(brief), start=1):
        for part in section.parts:
            if id == f"{section.name}.{part.name}" or any(c.id == id for c in part.claims):
                return f"section {number} ({part.title})"
    return id


def short_place(id: str, brief: Brief) -> str:
    """Return the first word of the part in which a claim stands, or a hypothesis's letter."""
    found = place(id, brief).partition("(")[2].removesuffix(")") or id
    return found.removeprefix("Hypothesis ").partition(" ")[0]


def challenge_reading() -> str:
    """Return how to read the table of assumptions."""
    return "Rests on it: the judgements that fall if the assumption is false."


def watch_reading() -> str:
    """Return the key to the table of indicators."""
    return "Once it is seen, the outcome is + more likely, - less likely, · as likely as before."


def impact_reading(result: CrossImpact, names: Mapping[str, str]) -> str:
    """Return what the simulation says beside its table: who moves most, bounds, seed.

    Args:
        result: The simulation.
        names: The short name of each event, such as E1.
    """
    movers = ", ".join(
        f"{names[influence.event]} {100 * influence.movement:.1f}"
        for influence in result.influences
    )
    bounded = len(result.adjustments)
    held = (
        f" {_count(bounded, 'stated likelihood')} that no distribution allows "
        f"{'was' if bounded == 1 else 'were'} moved to the bound."
        if bounded
        else ""
    )
    return (
        "Each event is taken to happen or not within twelve months; a change within sampling error "
        f"is given as 0. Most influential, by the mean points that the others move when it goes "
        f"from 10 points lower to 10 higher: {movers or 'none'}.{held} {result.runs:,} runs, "
        f"seed {result.seed}."
    )


def grid_reading(result: CrossImpact, names: Mapping[str, str]) -> str:
    """Return the key to the grid, with every cell that was moved to its bound."""
    moved = "; ".join(
        f"{names[cell.event]} if {names[cell.given]} from {cell.stated:.1%} to {cell.used:.1%}"
        for cell in result.adjustments
    )
    key = "Row: the event that happens; column: how likely the other is then; · as before."
    return f"{key} Moved to a bound of coherence: {moved}." if moved else key


def _linchpins(ach: Ach) -> str:
    return f"Linchpins: {cite(ach.linchpins)}. " if ach.linchpins else ""


def _weights(ach: Ach) -> str:
    if all(row.weight == 1 for row in ach.rows):
        return ""
    return "The points of a signal count as often as its weight says, by its credibility. "


def key_facts(sourcing: Sourcing) -> str:
    """Return how many key facts there are, and on whom they rest."""
    kinds = Counter(fact.kind for fact in sourcing.facts)
    shown = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    return (
        f"{len(sourcing.facts)}, from {_count(sourcing.independent_sources, 'independent source')}"
        f": {shown}; state media alone vouch for {sourcing.state_media_share:.0%}"
    )


def factor_line(factor: Factor) -> str:
    """Return one input of the rule for confidence, with the level that it allows."""
    return f"{factor.allows}, by {factor.name}: {factor.value}"


def matter(about: Matter, what: str) -> str:
    """Return what a row is about, such as "Dead (figure)"."""
    title = f"{what[:1].upper()}{what[1:]}"
    return title if about == what else f"{title} ({about})"


def speakers(names: Sequence[str]) -> str:
    """Return the speakers of one side, the outlet last."""
    return "; ".join(name[:1].upper() + name[1:] for name in names)


def side_line(side: Side) -> str:
    """Return what one side says, behind its speakers unless the words name them."""
    named = any(name in side.says for name in side.speakers)
    return side.says if named else f"{speakers(side.speakers)}: {side.says}"


def agreement_line(row: Agreement) -> str:
    """Return what unrelated speakers say alike, and of how many independent sources they are."""
    return (
        f"{matter(row.about, row.what)}: {row.says}, say {speakers(row.speakers)} "
        f"({_count(row.independent, 'independent source')})"
    )


def card_shares(card: SourceCard) -> str:
    """Return on whom a source's key facts rest, and with which sources it counts once."""
    kin = ", ".join(map(str, card.counts_with))
    return (
        f"{_count(card.facts, 'key fact')}: {card.state_media_share:.0%} from state media alone, "
        f"{card.interested_share:.0%} from interested parties, {card.unnamed_share:.0%} from "
        f"unnamed speakers{f'; counts once together with source {kin}' if kin else ''}"
    )


def speaker_line(card: SpeakerCard, facts: Sequence[KeyFact]) -> str:
    """Return one speaker with kind, stake and letter, and each fact with its figure."""
    stake = {True: "interested party", False: "no stake seen", None: "stake not known"}
    chains = list(dict.fromkeys(" → ".join(fact.chain) for fact in facts))
    basis = f", {card.reliability_basis}" if card.reliability_basis else ""
    graded = ", ".join(f"{fact.evidence} ({fact.credibility})" for fact in facts)
    return (
        f"{'; '.join(chains)}: {card.kind}, {stake[card.interested]}; reliability "
        f"{card.reliability} ({RELIABILITY[card.reliability]}{basis}); facts with credibility "
        f"{graded}"
    )


def _speaker(claim: CheckedClaim, sources: Iterable[Source]) -> str:
    number = claim.evidence[0].partition(".")[0] if claim.evidence else ""
    for source in sources:
        if str(source.number) == number:
            return source.publisher or f"Source {source.number}"
    return "Source"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not stated"


def _moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _judge(run: Run) -> str:
    return f"the judge ({run.judge})" if run.judge else "a judge (none was asked)"


def _stand_ins(brief: Brief) -> str:
    forms: Counter[str] = Counter(c.form for c in body(brief) if c.author == "program")
    nouns = {"sentence": "source sentence", "label": "label"}
    counts = " and ".join(_count(forms[f], noun) for f, noun in nouns.items() if forms[f])
    return f" {counts} put in by rule where no claim was left." if counts else ""


def _calls(run: Run) -> str:
    stored = f" ({run.calls_from_store} of them from the store)" if run.calls_from_store else ""
    return _count(run.calls, "call") + stored


def _tokens(run: Run) -> str:
    if run.tokens_in <= 0 and run.tokens_out <= 0:
        return "tokens not reported"
    cached = f" ({run.tokens_cached:,} cached)" if run.tokens_cached else ""
    return f"{run.tokens_in:,} tokens in{cached}, {run.tokens_out:,} out"


def _cost(run: Run) -> str:
    if run.cost_usd is None:
        return "cost not known"
    return "no cost" if run.cost_usd == 0 else f"${run.cost_usd:.4f}"
