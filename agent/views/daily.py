"""A daily roll-up as blocks in reading order, and as text, Markdown and JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from agent.analysis.estimative import phrase
from agent.views import lines
from agent.views.blocks import Block, Field, Group, Heading, Item, Note
from agent.views.json import dump
from agent.views.markdown import in_markdown
from agent.views.terminal import in_terminal
from schemas.daily import Chapter, Citation, Difference, LeftOut, Line, Member, Origin, RollUp

MOST = 10  # judgements or lines of the outlook of a category, or differences, in short
METHOD = (
    "every line is a claim of a brief that was found supported by its sources, to the letter; "
    "rules chose, merged and compared them, and no model was asked"
)
KEY = (
    "R reported, J judgement, A assumption, ► recommendation; [20251228-101500-1a2b3c 1.3, "
    "Publisher, draft] is sentence 3 of source 1 of that brief; bluf show prints the brief"
)


def daily_terminal(rolled: RollUp, *, width: int, colour: bool, full: bool = False) -> str:
    """Return the roll-up as lines of at most `width` cells.

    Args:
        rolled: The roll-up.
        width: Cells in a line; held between 40 and 100.
        colour: Whether to add colour. Without it the newline is the only control character.
        full: Whether to print every judgement, all of the outlook and every difference.
    """
    return in_terminal(daily_blocks(rolled, full=full), width=width, colour=colour)


def daily_markdown(rolled: RollUp) -> str:
    """Return the whole roll-up as Markdown in which nothing from outside is alive."""
    return in_markdown(daily_blocks(rolled, full=True))


def daily_json(rolled: RollUp) -> str:
    """Return the roll-up as one JSON object with the fields of `schemas.daily.RollUp`."""
    return dump(rolled.model_dump(mode="json"))


def daily_title(rolled: RollUp) -> str:
    """Return what the roll-up is called."""
    return f"Daily roll-up, {rolled.day}"


def daily_blocks(rolled: RollUp, *, full: bool) -> Iterator[Block]:
    """Yield the blocks of the roll-up in the order of reading.

    Args:
        rolled: The roll-up.
        full: Whether to print every judgement, all of the outlook and every difference with all
            lines of its sides. Without it, a few words say how many more there are.
    """
    yield Heading(daily_title(rolled), 1)
    if rolled.tlp:
        yield Field("Marking", f"TLP:{rolled.tlp}")
    yield Field("Written from", _written_from(rolled))
    yield Field("Method", METHOD)
    yield Field("Marks", KEY)
    for number, chapter in enumerate(rolled.chapters, start=1):
        yield Heading(f"{number}. {chapter.category.capitalize()}", 2)
        yield from _chapter(chapter, full)
    if rolled.differences:
        yield Heading("Where Briefs Differ", 2)
        for difference in rolled.differences[: None if full else MOST]:
            yield from _difference(difference, full)
        if not full and len(rolled.differences) > MOST:
            yield Note("", f"{len(rolled.differences) - MOST} more with {lines.IN_FULL}.")
    if rolled.figures_not_compared:
        yield Note("", f"{rolled.figures_not_compared} more figures were not compared.")
    if rolled.left_out:
        yield Heading("Left Out", 2)
        yield from map(_left_out, rolled.left_out)


def _written_from(rolled: RollUp) -> str:
    members = [member for chapter in rolled.chapters for member in chapter.briefs]
    reviewed = sum(member.status == "reviewed" for member in members)
    of = f" filed under {rolled.category}" if rolled.category else ""
    left = f"; {len(rolled.left_out)} left out" if rolled.left_out else ""
    return (
        f"{_count(len(members), 'brief')}{of} of {rolled.day} (UTC): {reviewed} reviewed, "
        f"{_count(len(members) - reviewed, 'draft')}{left}"
    )


def _chapter(chapter: Chapter, full: bool) -> Iterator[Block]:
    yield Group("Briefs")
    yield from map(_member, chapter.briefs)
    most = None if full else MOST
    for title, said, shown in (
        ("Bottom line", chapter.bottom_line, None),
        ("Judgements, most likely first", chapter.judgements, most),
        ("Outlook", chapter.outlook, most),
    ):
        if said:
            yield from _list(title, said[:shown], len(said), placed=title != "Bottom line")
    if not (chapter.bottom_line or chapter.judgements or chapter.outlook):
        yield Note("", "What these briefs say stands under another category, or is not checked.")


def _list(title: str, said: Sequence[Line], whole: int, *, placed: bool) -> Iterator[Block]:
    more = f"{len(said)} of {whole}; all with {lines.IN_FULL}" if len(said) < whole else ""
    yield Group(title, more)
    for line in said:
        yield _item(line, line.place if placed else "")


def _member(member: Member) -> Item:
    marking = f"TLP:{member.tlp}; " if member.tlp else ""
    standing = f"{marking}{member.standing}; confidence {member.confidence}"
    return _plain_item(member.title, f"[{member.id}]", standing)


def _left_out(left: LeftOut) -> Item:
    return _plain_item(left.title, f"[{left.id}]", left.why)


def _plain_item(text: str, cites: str, remark: str) -> Item:
    return Item(
        mark="", title="", odds="", text=text, cites=cites, remark=f"({remark})", grouped=True
    )


def _difference(difference: Difference, full: bool) -> Iterator[Block]:
    about, what = difference.about, difference.what
    yield Group("Likelihood" if about == "likelihood" else lines.matter(about, what))
    for side in difference.sides:
        first, *rest = (_item(line, side.says) for line in side.lines)
        more = f"({_count(len(rest), 'more line')} with {lines.IN_FULL})" if rest else ""
        yield first if full else replace(first, remark=f"{first.remark} {more}".strip())
        if full:
            yield from rest


def _item(line: Line, title: str) -> Item:
    return Item(
        mark=lines.MARKS[line.basis],
        title=title,
        odds=f"({phrase(line.likelihood)})" if line.likelihood else "",
        text=f"“{line.text}”" if line.author == "program" else line.text,
        cites=f"[{'; '.join(_cited(line.cites))}]",
        remark=_remark(line),
        grouped=True,
    )


def _cited(cites: Iterable[Citation]) -> Iterator[str]:
    """Yield each citation: brief, sentences, publishers, and whether somebody reviewed it."""
    for cite in cites:
        names = ", ".join(dict.fromkeys(_origin(source) for source in cite.sources))
        where = f"{cite.brief} {', '.join(cite.evidence)}"
        yield ", ".join(filter(None, (where, names, cite.status)))


def _origin(source: Origin) -> str:
    return f"{source.name} {source.published}" if source.published else source.name


def _remark(line: Line) -> str:
    """Return how many briefs and independent sources say so, and what is remarked on any claim."""
    said = []
    briefs = len({cite.brief for cite in line.cites})
    if briefs > 1:
        independent = _count(line.independent_sources, "independent source")
        said.append(f"{_count(briefs, 'brief')}, {independent}")
    for cite in line.cites:
        if cite.remark:
            remark = cite.remark.removeprefix("(").removesuffix(")")
            said.append(f"{cite.brief}: {remark}" if briefs > 1 else remark)
    return f"({'; '.join(said)})" if said else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
