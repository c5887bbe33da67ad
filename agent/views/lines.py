"""The wording that every view shares, so that a mark or a notice reads the same in each of them.

Every function returns plain text without any markup. What it holds from outside is still as it
came: a view passes each line through `plain` before it sets it in type.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date
from types import MappingProxyType

from agent.analysis.estimative import phrase
from agent.clean import clean_text
from agent.material import cite, fold
from schemas.brief import Ach, Brief, Rating, Run, Section
from schemas.claims import Basis, CheckedClaim
from schemas.sources import Credibility, Reliability, Source

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
    """Return the verdict in parentheses when it is less than the reader takes for granted.

    An assumption or a recommendation is not the kind of statement that a source can prove, so
    "not checkable" says nothing new of it.
    """
    if claim.verdict == "not checkable" and claim.basis in ("assumption", "recommendation"):
        return ""
    return {"supported": "", "partial": "(only partly supported)"}.get(
        claim.verdict, f"({claim.verdict})"
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
    return (
        f"{_count(len(drafted), 'claim')} drafted: {len(kept)} kept ({repaired} of them after "
        f"repair), {len(drafted) - len(kept)} withheld. "
        f"{len(drafted) - judged - unchecked} decided by rule, {judged} by {_judge(brief.run)}, "
        f"{unchecked} could not be checked.{_stand_ins(brief)}"
    )


def ai_use(brief: Brief) -> str:
    """Return how the text was made: model, prompts, calls, tokens, cost, time."""
    run = brief.run
    moment = brief.generated_at
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return (
        f"Machine-written; not reviewed by a person. {run.model} ({run.endpoint}), prompts "
        f"{run.prompt_version} (hash {run.prompt_hash[:8]}); {_calls(run)}; {_tokens(run)}; "
        f"{_cost(run)}; {run.seconds:.1f} s; answers held to a schema by {run.structured_output}. "
        f"Written {moment:%Y-%m-%d %H:%M}{' UTC' if moment.tzinfo else ''} "
        f"by bluf {run.bluf_version}, run {run.id}."
    )


def ach_reading(ach: Ach) -> str:
    """Return what the matrix says, in the only words that its arithmetic allows, and its key."""
    least = " and ".join(ach.least_refuted) or "none"
    steady = {
        True: "asked in the opposite order, the result was the same",
        False: "asked in the opposite order, the result was another: do not lean on it",
        None: "the opposite order could not be asked",
    }[ach.stable]
    used = {rating for row in ach.rows for rating in row.ratings}
    key = "; ".join(f"{rating} {meaning}" for rating, meaning in RATINGS.items() if rating in used)
    return (
        f"Least refuted (fewest points): {least}; {steady}. {key or 'No signal was rated'}. "
        "Spread says how far a signal tells the hypotheses apart: 0 is not at all."
    )


def _speaker(claim: CheckedClaim, sources: Iterable[Source]) -> str:
    number = claim.evidence[0].partition(".")[0] if claim.evidence else ""
    for source in sources:
        if str(source.number) == number:
            return source.publisher or f"Source {source.number}"
    return "Source"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not stated"


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
