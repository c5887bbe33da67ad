"""What became of an earlier brief's judgements and indicators, as blocks for every view."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from agent.analysis.estimative import phrase
from agent.material import cite
from agent.views import lines
from agent.views.blocks import Block, Group, Heading, Item, Note
from schemas.brief import Brief
from schemas.update import Fate, IndicatorState, JudgementFate, Update

FATES: Mapping[Fate, str] = MappingProxyType(
    {
        "new": "New",
        "changed": "Changed",
        "dropped": "Dropped",
        "unchanged": "As before, though new sources speak to it",
    }
)
FIRED = MappingProxyType({True: "Indicators that fired", False: "Indicators that did not fire"})


def changes(brief: Brief) -> Iterator[Block]:
    """Yield what changed since the earlier brief; nothing where the brief updates none."""
    update = brief.update
    if update is None:
        return
    yield Heading("What Changed Since the Earlier Brief", 2)
    yield Note("Earlier brief", _earlier(update))
    yield Note("New sources", ", ".join(map(str, update.new_sources)) or "none")
    for fate, title in FATES.items():
        found = [one for one in update.judgements if one.fate == fate]
        # What stays as it was stands below; here only where new sources speak to it.
        shown = [one for one in found if fate != "unchanged" or one.evidence]
        yield from _group(title, (_judgement(one, brief) for one in shown))
        if len(shown) < len(found):
            yield Note("Unchanged", _count(len(found) - len(shown)))
    for fired, title in FIRED.items():
        states = (_indicator(one) for one in update.indicators if one.fired == fired)
        yield from _group(title, states)


def _count(number: int) -> str:
    return "1 judgement" if number == 1 else f"{number} judgements"


def _earlier(update: Update) -> str:
    return (
        f"{update.earlier_title}; written {update.earlier_generated_at:%Y-%m-%d}, "
        f"run {update.earlier_run}, SHA-256 {update.earlier_sha256[:12]}"
    )


def _group(title: str, items: Iterable[Item]) -> Iterator[Block]:
    found = tuple(items)
    if found:
        yield Group(title)
        yield from found


def _judgement(one: JudgementFate, brief: Brief) -> Item:
    likelihood = one.likelihood_before if one.after is None else one.likelihood_after
    before = f"it was: {one.text_before}" if one.text_before != one.text_after else ""
    odds = f"({phrase(one.likelihood_before)})" if one.likelihood_before else "without likelihood"
    moved = f"before: {odds}" if one.likelihood_before != one.likelihood_after else ""
    stood = f"it stood in {one.place}" if one.place else ""
    where = f"in {lines.place(one.after, brief)}" if one.after else stood
    told = (one.why, where, *((before, moved) if one.fate == "changed" else ()))
    return Item(
        mark=lines.MARKS[one.basis],
        title="",
        odds=f"({phrase(likelihood)})" if likelihood else "",
        text=one.text_after or one.text_before or "",
        cites=cite(one.evidence) if one.evidence else "",
        remark=f"— {'; '.join(filter(None, told))}",
        grouped=True,
    )


def _indicator(one: IndicatorState) -> Item:
    says = f", as {one.said_by} says" if one.said_by else ""
    told = (
        f"{one.verdict} by the new sources{says}, score {one.score:.2f}",
        one.counts,
        f"it makes {', '.join(one.moves)}" if one.fired and one.moves else "",
    )
    return Item(
        mark="",
        title="",
        odds="",
        text=one.text,
        cites=cite(one.evidence) if one.evidence else "",
        remark=f"— {'; '.join(filter(None, told))}",
        grouped=True,
    )
