"""What the review's screen says, as rich text: nothing from outside is read as markup."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from rich.text import Text

from agent.review import MARKED, as_reviewed, passage, reviewable
from agent.views import lines
from schemas.brief import Brief, Part
from schemas.claims import CheckedClaim, Verdict
from schemas.review import Decision, Ruling

SIGNS: dict[Ruling | None, tuple[str, str]] = {
    None: ("·", "dim"),
    "accepted": ("✓", "green"),
    "edited": ("✎", "yellow"),
    "rejected": ("✗", "red"),
}
CITED = "bold black on #f2d15c"


def progress_line(brief: Brief) -> Text:
    """Return how far the review has come, with what result, and who reviews."""
    line = Text(no_wrap=True, overflow="ellipsis")
    decided, all_ = len(_decisions(brief)), len(reviewable(brief))
    line.append(f" {decided} of {all_} decided ", "bold reverse")
    line.append("  ").append_text(_counts(brief))
    return line.append(f"  {lines.plain(brief.review.reviewer) if brief.review else ''}", "bold")


def _counts(brief: Brief) -> Text:
    rulings = Counter(decision.ruling for decision in _decisions(brief))
    line = Text()
    for ruling in get_args(Ruling):
        sign, style = SIGNS[ruling]
        line.append(f"{sign} ", style).append(f"{rulings[ruling]} {ruling}  ")
    return line


def _decisions(brief: Brief) -> tuple[Decision, ...]:
    return brief.review.decisions if brief.review else ()


def list_line(claim: CheckedClaim, decision: Decision | None) -> Text:
    """Return one line for the list: decision and what goes with it, mark, beginning of the text."""
    sign, style = SIGNS[decision.ruling if decision else None]
    line = Text(no_wrap=True, overflow="ellipsis").append(sign, style)
    line.append(_flag(decision), "bold red")
    line.append(f"{lines.MARKS[claim.basis]} ", "dim")
    text = lines.plain(decision.text if decision and decision.text else claim.text)
    if decision is None:
        return line.append(text)
    return line.append(text, "strike dim" if decision.ruling == "rejected" else "dim")


def _flag(decision: Decision | None) -> str:
    if decision and decision.override:
        return "!"
    return "≠" if decision and decision.dissent else " "


def headings(brief: Brief) -> dict[str, str]:
    """Return what stands above the first claim of each section and technique, by its id."""
    first: dict[str, str] = {}
    for title, part in _titled(brief):
        if part.claims and title not in first.values():
            first[part.claims[0].id] = title
    return first


def place_of(id: str, brief: Brief) -> str:
    """Return the section or technique and the part in which a claim stands."""
    for title, part in _titled(brief):
        if any(claim.id == id for claim in part.claims):
            return lines.plain(f"{title} › {part.title}")
    return lines.plain(id)


def _titled(brief: Brief) -> Iterable[tuple[str, Part]]:
    """Yield every part under the title of its section or technique."""
    for section in lines.sections(brief):
        yield from ((lines.plain(section.title), part) for part in section.parts)
    for technique in brief.techniques:
        yield from ((lines.plain(technique.name), part) for part in technique.parts)


def claim_page(brief: Brief, claim: CheckedClaim, decision: Decision | None) -> Text:
    """Return the claim with all that is known of it, what was decided, and its passage."""
    now = next((c for c in lines.body(as_reviewed(brief)) if c.id == claim.id), None)
    shown = now or claim
    page = Text()
    page.append(f"{place_of(claim.id, brief)}\n", "dim")
    page.append(f"{lines.MARKS[claim.basis]} {claim.basis}", "bold cyan")
    page.append(f" {lines.odds(shown)}\n" if shown.likelihood else "\n", "cyan")
    gone = decision is not None and decision.ruling == "rejected"
    page.append(lines.plain(lines.words(shown, brief.sources)), "strike" if gone else "bold")
    page.append(f" {lines.plain(lines.cites(shown))}\n\n")
    page.append_text(verdict_line(shown))
    for name, told in _remarks(shown, decision):
        page.append(f"\n{name}: ", "dim")
        page.append(lines.plain(told))
    page.append("\n\n")
    return page.append_text(passage_text(shown.evidence, brief))


def verdict_line(verdict: CheckedClaim | Verdict) -> Text:
    """Return the verdict: what, by which step, how sure, why."""
    label = verdict.label if isinstance(verdict, Verdict) else verdict.verdict
    style = "green" if label == "supported" else "bold red"
    line = Text().append(label, style)
    line.append(f", by {lines.plain(verdict.method)} ({verdict.score:.2f}): ", "dim")
    return line.append(lines.plain(verdict.reason))


def passage_text(evidence: Iterable[str], brief: Brief) -> Text:
    """Return the cited sentences, marked and highlighted, with a sentence on either side."""
    text = Text()
    found = passage(tuple(evidence), brief.sources)
    if not found:
        return text.append("It cites no sentence.", "dim")
    for line in found:
        if line.gap:
            text.append(f"{_source_of(line.id, brief)}\n" if text.plain == "" else "  …\n", "dim")
        text.append("► " if line.cited else "  ", "bold" if line.cited else "dim")
        text.append(f"{line.id} ", "bold" if line.cited else "dim")
        text.append(lines.plain(line.text), CITED if line.cited else "dim")
        text.append("\n")
    return text


def summary(brief: Brief) -> Text:
    """Return what a complete review comes to: counts, and what falls with what was rejected."""
    outcome = as_reviewed(brief)
    text = _counts(brief).append("\n\n")
    for count, what in _consequences(brief, outcome):
        if count:
            text.append(f"{count} {what}\n")
    left = {technique.name for technique in outcome.techniques}
    fallen = [t.name for t in brief.techniques if t.name not in left]
    if fallen:
        text.append(f"Not shown any more: {lines.plain(', '.join(fallen))}\n")
    was, now = brief.confidence.level, outcome.confidence.level
    return text.append(f"Confidence: {now}" + (f", was {was}" if was != now else ""))


def _consequences(brief: Brief, outcome: Brief) -> Iterable[tuple[int, str]]:
    decisions = _decisions(brief)
    rejected = {decision.claim for decision in decisions if decision.ruling == "rejected"}
    shown = {claim.id: claim for claim in lines.body(outcome)}
    marked = [c for c in shown.values() if MARKED in (c.reviewed or "")]
    fallen = [c for c in reviewable(brief) if c.id not in shown and c.id not in rejected]
    yield sum(d.override is not None for d in decisions), "edited against the verifier"
    yield sum(d.dissent is not None for d in decisions), "with your dissent"
    yield len(marked), "marked, since they rested on what was rejected"
    yield len(fallen), "more leave the brief with their technique"


def _remarks(claim: CheckedClaim, decision: Decision | None) -> Iterable[tuple[str, str]]:
    if claim.note:
        yield "Note", claim.note
    if decision and decision.ruling == "edited" and decision.before:
        yield "Was", decision.before
    if decision and decision.ruling == "rejected":
        yield "Decided", "rejected"
    elif claim.reviewed:
        yield "Review", claim.reviewed
    if claim.author != "model":
        yield "Author", "a quotation that the program put in: accept or reject it"


def _source_of(id: str, brief: Brief) -> str:
    number = id.partition(".")[0]
    titles = (lines.plain(s.publisher or s.title) for s in brief.sources if str(s.number) == number)
    return f"Source {number}: {next(titles, 'unknown')}"
