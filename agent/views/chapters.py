"""The blocks of a brief as a tree of chapters, each claim with its verdict and its sentences.

Text views set the blocks one after the other; a page needs to know what belongs together.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from agent.views import lines
from agent.views.blocks import (
    Block,
    Field,
    Group,
    Heading,
    Item,
    Labels,
    Matrix,
    Note,
    Reference,
    Table,
)
from schemas.brief import Brief
from schemas.claims import CheckedClaim


@dataclass(frozen=True)
class Entry:
    """One line: as every view prints it, and the claim that it prints, if it is one.

    Attributes:
        item: The line.
        claim: The claim; None for a line by the program.
        withheld: Whether the claim was left out of the body.
        cited: Ids of the sentences that the line cites.
    """

    item: Item
    claim: CheckedClaim | None
    withheld: bool
    cited: tuple[str, ...]

    @property
    def mark(self) -> str:
        """The claim's own mark, also where one mark stands for a whole line of labels."""
        if self.claim is None or self.withheld:
            return self.item.mark
        return lines.MARKS[self.claim.basis]


@dataclass(frozen=True)
class Passage:
    """What stands under one title: a note and lines. `in_a_line`: labels side by side."""

    title: str
    note: str = ""
    entries: tuple[Entry, ...] = ()
    in_a_line: bool = False


Content = Passage | Field | Matrix | Table


@dataclass(frozen=True)
class Chapter:
    """A heading, what stands below it, and the chapters of the next level."""

    title: str
    level: int
    content: tuple[Content, ...]
    chapters: tuple["Chapter", ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The content that is lines."""
        return tuple(found for found in self.content if isinstance(found, Passage))

    @property
    def entries(self) -> Iterator[Entry]:
        """Every line of the chapter and of those below it, in order."""
        for passage in self.passages:
            yield from passage.entries
        for chapter in self.chapters:
            yield from chapter.entries


def read_chapters(brief: Brief, blocks: Iterable[Block]) -> Chapter:
    """Return the blocks as one tree; the first of them is the heading of the brief."""
    return _chapter(tuple(blocks), _Finder(brief))


class _Finder:
    """Finds the claim that a line prints."""

    def __init__(self, brief: Brief) -> None:
        self._claims = {claim.id: claim for claim in (*lines.body(brief), *brief.withheld)}
        self._withheld = {claim.id for claim in brief.withheld}

    def entry(self, item: Item) -> Entry:
        """Return the line with its claim, or with what a line by the program cites."""
        claim = self._claims.get(item.claim)
        if claim:
            return Entry(item, claim, claim.id in self._withheld, claim.evidence)
        ids = re.findall(r"[^\[\],\s]+", item.cites)
        return Entry(item, None, withheld=False, cited=tuple(ids))


def _chapter(blocks: Sequence[Block], finder: _Finder) -> Chapter:
    heading, *below = blocks
    if not isinstance(heading, Heading):
        raise TypeError(f"a chapter begins with its heading, not with {heading!r}")
    own = tuple(takewhile(lambda block: not isinstance(block, Heading), below))
    content = tuple(_content(own, finder))
    starts = [
        place
        for place, block in enumerate(below)
        if isinstance(block, Heading) and block.level == heading.level + 1
    ]
    parts = (below[start:end] for start, end in pairwise((*starts, len(below))))
    return Chapter(
        heading.text, heading.level, content, tuple(_chapter(part, finder) for part in parts)
    )


def _content(blocks: Iterable[Block], finder: _Finder) -> Iterator[Content]:
    """Yield the blocks of one chapter, with the lines of a group below its head."""
    passage: Passage | None = None
    for block in blocks:
        if passage and _continues(block, passage):
            passage = _longer(passage, block, finder)
            continue
        if passage:
            yield passage
        passage = None
        match block:
            case Field() | Matrix() | Table():
                yield block
            case Group(title, note) | Note(title, note):
                passage = Passage(title, note)
            case Item(title=title):
                passage = _longer(Passage(title), replace(block, title=""), finder)
            case Labels():
                passage = _longer(Passage(""), block, finder)
            case Heading() | Reference():
                pass  # headings make chapters; a page shows every sentence, cited or not
    if passage:
        yield passage


def _continues(block: Block, passage: Passage) -> bool:
    """Whether a line stands below the head, or behind the lines, that the passage has so far."""
    if not isinstance(block, Item | Labels):
        return False
    return block.grouped or not (passage.title or getattr(block, "title", ""))


def _longer(passage: Passage, block: Block, finder: _Finder) -> Passage:
    in_a_line = isinstance(block, Labels)
    items = block.items if isinstance(block, Labels) else (block,)
    entries = tuple(finder.entry(item) for item in items if isinstance(item, Item))
    return replace(passage, entries=(*passage.entries, *entries), in_a_line=in_a_line)


def resting_on(chapters: Iterable[Chapter]) -> Mapping[str, tuple[Entry, ...]]:
    """Return for each sentence the claims that cite it, in the order of the brief."""
    found: dict[str, list[Entry]] = {}
    for chapter in chapters:
        for entry in chapter.entries:
            for id in dict.fromkeys(entry.cited if entry.claim else ()):
                found.setdefault(id, []).append(entry)
    return {id: tuple(entries) for id, entries in found.items()}
