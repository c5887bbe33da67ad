"""What people prefer: pairs of briefs to be labelled blind, and the labels in a file."""

import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from agent.errors import SourceError, WriteError
from evals.judging.printed import Printed, printed
from evals.judging.shapes import Choice
from evals.report.outputs import Shown
from evals.shapes import Side
from schemas.brief import Brief
from schemas.record import Record

SIDES: tuple[Side, Side] = ("a", "b")


class Label(Record):
    """One choice of one person; the digests say of which texts."""

    who: str
    report: str
    item: str
    repeat_a: int
    repeat_b: int
    digest_a: str
    digest_b: str
    shown_first: Side
    choice: Choice
    notes_a: str = ""
    notes_b: str = ""
    at: datetime

    @property
    def pair(self) -> str:
        """What it is a label of; see `Pair.id`."""
        return pair_id(self.item, self.digest_a, self.digest_b)


@dataclass(frozen=True)
class Pair:
    """Two briefs of one article that do not read the same.

    Attributes:
        item: The article.
        repeats: Which repeat of the first version and of the second.
        a: The first version's brief.
        b: The second's.
        printed_a: What is shown of the first.
        printed_b: What is shown of the second.
    """

    item: str
    repeats: tuple[int, int]
    a: Brief
    b: Brief
    printed_a: Printed
    printed_b: Printed

    @property
    def id(self) -> str:
        """The article and the digests of both texts: a label outlives the report it was made on."""
        return pair_id(self.item, self.printed_a.digest, self.printed_b.digest)

    def first(self, who: str, seed: int) -> Side:
        """Return which brief this person is shown first: by chance, and always the same."""
        return random.Random(f"{seed}|{who}|{self.id}").choice(SIDES)

    def labelled(
        self, who: str, choice: Choice, *, report: str, first: Side, notes: tuple[str, str]
    ) -> Label:
        """Return the label that a person gave to this pair now."""
        return Label(
            who=who,
            report=report,
            item=self.item,
            repeat_a=self.repeats[0],
            repeat_b=self.repeats[1],
            digest_a=self.printed_a.digest,
            digest_b=self.printed_b.digest,
            shown_first=first,
            choice=choice,
            notes_a=notes[0],
            notes_b=notes[1],
            at=datetime.now(UTC),
        )


def pair_id(item: str, digest_a: str, digest_b: str) -> str:
    """Return what identifies a pair of texts."""
    return f"{item} {digest_a} {digest_b}"


def pairs_of(shown: Sequence[Shown]) -> tuple[Pair, ...]:
    """Return the pairs of a report, one of each article before the second of any.

    Briefs with the same place in the order of repeats make a pair. What reads the same on both
    sides is left out, since nobody could tell it apart.
    """
    found: list[tuple[int, Pair]] = []
    for item in sorted({brief.item for brief in shown}):
        a, b = (_of(shown, item, side) for side in ("a", "b"))
        for place, (one, other) in enumerate(zip(a, b, strict=False)):
            pair = _pair(item, one, other)
            if pair and pair.printed_a != pair.printed_b:
                found.append((place, pair))
    # Two repeats may give the same texts; the first stands for both.
    unique: dict[str, Pair] = {}
    for _, pair in sorted(found, key=lambda f: (f[0], f[1].item)):
        unique.setdefault(pair.id, pair)
    return tuple(unique.values())


def read_labels(files: Iterable[Path]) -> tuple[tuple[Label, ...], int]:
    """Return the labels of some files, and how many lines are none.

    A line can be cut off when the machine stops in the middle of it. Of several labels of one
    person for one pair, the last one counts.

    Raises:
        SourceError: A file cannot be read.
    """
    labels: dict[tuple[str, str], Label] = {}
    passed_over = 0
    for file in files:
        for line in _read(file).splitlines():
            if line.strip():
                try:
                    label = Label.model_validate_json(line)
                except ValidationError:
                    passed_over += 1
                else:
                    labels[label.who, label.pair] = label
    return tuple(labels.values()), passed_over


def add_label(file: Path, label: Label) -> None:
    """Write one more label; it is on the disk when this returns.

    Raises:
        WriteError: It cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab+") as stream:
            # A line that was cut off must not swallow the next one.
            start = b"\n" if _is_cut_off(stream) else b""
            stream.write(start + label.model_dump_json().encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise WriteError(f"{file}: the label is not kept ({error.strerror or error})") from error


def _is_cut_off(stream: BinaryIO) -> bool:
    if not stream.seek(0, os.SEEK_END):
        return False
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) != b"\n"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SourceError(str(file), f"cannot be read ({error.strerror or error})") from error


def _of(shown: Sequence[Shown], item: str, side: str) -> list[Shown]:
    return sorted((s for s in shown if (s.item, s.side) == (item, side)), key=lambda s: s.repeat)


def _pair(item: str, a: Shown, b: Shown) -> Pair | None:
    if a.brief is None or b.brief is None:
        return None
    repeats = (a.repeat, b.repeat)
    return Pair(item, repeats, a.brief, b.brief, printed(a.brief), printed(b.brief))
