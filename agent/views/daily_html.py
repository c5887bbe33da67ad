"""A daily roll-up as one HTML page, without network and without a script.

Every text in it is cleaned on its way into the template and then escaped by jinja2, so that none
of it is ever read as HTML.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agent.views.blocks import Block, Field, Group, Heading, Item, Note
from agent.views.daily import daily_blocks
from agent.views.lines import MARKS, plain
from schemas.daily import RollUp

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass
class Passage:
    """Lines under a title of their own."""

    title: str = ""
    note: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass
class Chapter:
    """A heading, and the passages below it."""

    title: str
    passages: list[Passage] = field(default_factory=list)


def daily_html(rolled: RollUp) -> str:
    """Return the whole roll-up as one HTML page that asks no network for anything."""
    head, *chapters = _chapters(daily_blocks(rolled, full=True))
    drafts = any(brief.status == "draft" for chapter in rolled.chapters for brief in chapter.briefs)
    templates = _templates()
    style = templates.get_template("style.css.j2").render(
        tlp=rolled.tlp, status="draft" if drafts else "reviewed"
    )
    return templates.get_template("daily.html.j2").render(
        policy=POLICY,
        # A file of ours; the mark in it is one of five words, and escaped.
        style=Markup(style),
        title=head.title,
        fields=[b for b in daily_blocks(rolled, full=True) if isinstance(b, Field)],
        rolled=rolled,
        chapters=chapters,
        names={mark: name for name, mark in MARKS.items()},
    )


def _chapters(blocks: Iterable[Block]) -> list[Chapter]:
    chapters: list[Chapter] = []
    for block in blocks:
        match block:
            case Heading():
                chapters.append(Chapter(block.text))
            case Group():
                chapters[-1].passages.append(Passage(block.title, block.note))
            case Note():
                chapters[-1].passages.append(Passage(block.title, block.text))
            case Item():
                # What was left out stands below its heading without a title of its own.
                if not chapters[-1].passages:
                    chapters[-1].passages.append(Passage())
                chapters[-1].passages[-1].items.append(block)
    return chapters


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("agent.views", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """Return text without what no reader can see, whatever field it comes from."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value
