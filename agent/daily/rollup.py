"""Roll the briefs of one day up into one page: checked claims alone, to the letter, no model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Literal, get_args

from agent import __version__
from agent.analysis.estimative import middle
from agent.analysis.tlp import strictest
from agent.daily.differences import find_differences
from agent.daily.events import Events
from agent.daily.merging import Group, same_facts
from agent.daily.setting import line_of
from agent.daily.statements import Statement, checked_statements
from agent.daily.stories import Stories, find_stories
from agent.views import lines
from schemas.brief import Brief
from schemas.daily import Chapter, LeftOut, Line, Member, RollUp
from schemas.filing import Category

List = Literal["bottom line", "judgements", "outlook"]
LISTS: tuple[List, ...] = get_args(List)


def roll_up(
    briefs: Mapping[str, Brief],
    *,
    day: date,
    category: Category | None = None,
    left_out: Sequence[LeftOut] = (),
) -> RollUp:
    """Return the roll-up of the briefs; the same briefs give the same roll-up in any order.

    What several briefs say is one line that cites them all. It has the words of a reviewed brief
    before those of a draft, of a newer one before those of an older, and stands in the chapter of
    that brief: under the bottom line where any of them says it there, else under judgements, else
    under the outlook. All other checked reports are printed only where briefs differ.

    Args:
        briefs: The briefs of the day, by the SHA-256 of their JSON in hex.
        day: The day in UTC.
        category: The only category that was asked for.
        left_out: Briefs of the day that are not among them, with why.
    """
    ordered = sorted(briefs.values(), key=_order)
    checked = [statement for brief in ordered for statement in checked_statements(brief)]
    # Sorting keeps the order of briefs among statements of one rank.
    leading = sorted((s for s in checked if _own_list(s)), key=_rank)
    # What is not listed is compared, as far as it reports; no list has a place for it.
    others = [s for s in checked if not _own_list(s) and s.claim.basis == "reported"]
    events = Events()
    groups = same_facts(leading, others, events)
    stories = find_stories(groups)
    differences, not_compared = find_differences(groups, stories, events)
    return RollUp(
        day=day,
        category=category,
        tlp=strictest(brief.tlp for brief in ordered),
        bluf_version=__version__,
        chapters=tuple(_chapters(briefs, groups, stories)),
        differences=differences,
        left_out=tuple(left_out),
        figures_not_compared=not_compared,
    )


def _chapters(
    briefs: Mapping[str, Brief], groups: Sequence[Group], stories: Stories
) -> Iterator[Chapter]:
    """Yield a chapter for each category that has a brief, in the order of the closed list."""
    categories: tuple[Category, ...] = get_args(Category)
    for category in categories:
        filed = [kept for kept in briefs.items() if _filed(kept[1]) == category]
        filed.sort(key=lambda kept: _order(kept[1]))
        said = [group for group in groups if _filed(group[0].brief) == category]
        if filed:
            yield Chapter(
                category=category,
                briefs=tuple(_member(sha256, brief) for sha256, brief in filed),
                bottom_line=_lines(said, "bottom line", stories),
                judgements=_lines(said, "judgements", stories, _by_likelihood),
                outlook=_lines(said, "outlook", stories),
            )


def _lines(
    groups: Sequence[Group],
    wanted: List,
    stories: Stories,
    order: Callable[[Group], tuple[bool, float]] | None = None,
) -> tuple[Line, ...]:
    """Return the groups that belong into a list as lines, reviewed ones first."""
    apart = [part for group in groups if _list(group) == wanted for part in _by_term(group)]
    apart.sort(key=order or _by_status)
    return tuple(line_of(said, stories) for said in apart)


def _list(group: Group) -> List | None:
    """Return the first of the lists in which any of the statements belongs."""
    found = {_own_list(statement) for statement in group}
    return next((wanted for wanted in LISTS if wanted in found), None)


def _own_list(statement: Statement) -> List | None:
    claim = statement.claim
    if claim.section == "bluf":
        return "bottom line"
    if claim.section == "outlook":
        return "outlook"
    return "judgements" if claim.basis == "judgement" and claim.likelihood else None


def _by_term(group: Group) -> Iterator[Group]:
    """Yield the statements of a group apart where they are held for more or less likely."""
    for term in dict.fromkeys(statement.claim.likelihood for statement in group):
        yield tuple(s for s in group if s.claim.likelihood == term)


def _by_status(group: Group) -> tuple[bool, float]:
    return group[0].brief.status != "reviewed", 0.0


def _by_likelihood(group: Group) -> tuple[bool, float]:
    term = group[0].claim.likelihood
    return group[0].brief.status != "reviewed", -middle(term) if term else 0.0


def _order(brief: Brief) -> tuple[bool, float, str]:
    """Return what puts reviewed briefs before drafts, and newer before older ones."""
    return brief.status != "reviewed", -_moment(brief).timestamp(), brief.run.id


def _rank(statement: Statement) -> tuple[bool, int]:
    own = _own_list(statement)
    return statement.brief.status != "reviewed", LISTS.index(own) if own else len(LISTS)


def _filed(brief: Brief) -> Category:
    return brief.category or "other"


def _moment(brief: Brief) -> datetime:
    known = brief.generated_at
    return known if known.tzinfo else known.replace(tzinfo=UTC)


def _member(sha256: str, brief: Brief) -> Member:
    return Member(
        id=brief.run.id,
        title=brief.title,
        status=brief.status,
        standing=lines.status(brief),
        confidence=brief.confidence.level,
        tlp=brief.tlp,
        generated_at=_moment(brief),
        sha256=sha256,
        checked=len(checked_statements(brief)),
    )
