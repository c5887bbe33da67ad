"""Say how two versions differ: texts, settings, and the shapes of the answers."""

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from agent.prompts.texts import read_text
from agent.prompts.versions import Version

TOKEN = re.compile(r"\w+|[^\w\s]")
# Comparing takes time that grows with the product of both sides.
MOST_TOKENS = 4_000

Segment = tuple[str, bool]


@dataclass(frozen=True)
class FileDifference:
    """One file that differs.

    Attributes:
        name: Such as bluf.md, bluf.answer.json (the schema of its answer) or manifest.toml.
        head: The two lines of a unified diff that name both sides.
        body: The lines of the diff below them.
        added: How many lines are new.
        removed: How many lines are gone.
    """

    name: str
    head: tuple[str, ...]
    body: tuple[str, ...]
    added: int
    removed: int


def diff_versions(old: Version, new: Version) -> tuple[FileDifference, ...]:
    """Return what differs between two versions, by file; of the manifest, the sampling alone.

    Raises:
        UsageError: A file cannot be read, or a prompt names a shape that is not there.
    """
    before, after = _documents(old), _documents(new)
    names = sorted(before.keys() | after.keys())
    compared = (
        _compare(name, old.name, before.get(name), new.name, after.get(name)) for name in names
    )
    return tuple(difference for difference in compared if difference.body)


def mark_words(lines: Sequence[str]) -> list[list[Segment]]:
    """Return each line of a diff's body in segments, with whether the segment changed.

    Removed lines are compared with the added ones that follow them, word by word, wherever their
    lines end: a word that only moved to the next line did not change.
    """
    marked: list[list[Segment]] = []
    place = 0
    while place < len(lines):
        removed = _run(lines, place, "-")
        added = _run(lines, place + len(removed), "+")
        if removed and added:
            marked += _mark(removed, added)
            place += len(removed) + len(added)
        else:
            marked.append([(lines[place], False)])
            place += 1
    return marked


def _documents(version: Version) -> dict[str, str]:
    documents = {"manifest.toml": f"[sampling]\ntemperature = {version.manifest.temperature}\n"}
    for name, prompt in version.prompts.prompts.items():
        documents[f"{name}.md"] = read_text(version.folder / f"{name}.md")
        if prompt.schema is not None:
            answer = json.dumps(version.prompts.answer(name), indent=2, ensure_ascii=False)
            documents[f"{name}.answer.json"] = f"{answer}\n"
    return documents


def _compare(
    name: str, old: str, before: str | None, new: str, after: str | None
) -> FileDifference:
    lines = tuple(
        difflib.unified_diff(
            (before or "").splitlines(),
            (after or "").splitlines(),
            "/dev/null" if before is None else f"{old}/{name}",
            "/dev/null" if after is None else f"{new}/{name}",
            lineterm="",
        )
    )
    added, removed = (sum(line.startswith(mark) for line in lines[2:]) for mark in "+-")
    return FileDifference(name, lines[:2], lines[2:], added, removed)


def _run(lines: Sequence[str], start: int, mark: str) -> list[str]:
    end = start
    while end < len(lines) and lines[end].startswith(mark):
        end += 1
    return list(lines[start:end])


def _mark(removed: Sequence[str], added: Sequence[str]) -> Iterator[list[Segment]]:
    old, new = (TOKEN.findall("\n".join(line[1:] for line in side)) for side in (removed, added))
    gone, come = set(range(len(old))), set(range(len(new)))
    if len(old) + len(new) <= MOST_TOKENS:
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for block in matcher.get_matching_blocks():
            gone -= set(range(block.a, block.a + block.size))
            come -= set(range(block.b, block.b + block.size))
    yield from _segments(removed, gone)
    yield from _segments(added, come)


def _segments(lines: Sequence[str], changed: set[int]) -> Iterator[list[Segment]]:
    """Return the lines cut where a run of changed tokens begins or ends."""
    number = 0
    for line in lines:
        pieces: list[Segment] = [(line[0], False)]
        end, text = 0, line[1:]
        for token in TOKEN.finditer(text):
            is_changed = number in changed
            # What stands between two changed words changed with them.
            pieces.append((text[end : token.start()], is_changed and pieces[-1][1]))
            pieces.append((token[0], is_changed))
            end, number = token.end(), number + 1
        pieces.append((text[end:], False))
        yield [
            ("".join(piece for piece, _ in run), is_changed)
            for is_changed, run in groupby(filter(itemgetter(0), pieces), key=itemgetter(1))
        ]
