"""The folder with the reports of comparisons: what was made, which came last, what is blessed."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from agent.errors import EvidenceError, UsageError, WriteError
from evals.shapes import Comparison
from schemas.record import Record

LEDGER = "ledger.jsonl"
REPORT = "report.json"


class Entry(Record):
    """One line of the ledger: a comparison that was made on a set."""

    set_digest: str
    split: str
    id: str
    a: str
    b: str
    folder: str
    decision: str


class Blessed(Record):
    """The version that others are held against on one set."""

    version: str
    digest: str
    model: str
    report: str


def save_report(base: Path, report: Comparison, files: Mapping[str, str]) -> tuple[Path, int]:
    """Write a report's files into a folder of their own and note it in the ledger.

    Args:
        base: The folder of all reports.
        report: The comparison.
        files: Their names and contents.

    Returns:
        The folder, and which comparison on this part of this set it is, from 1. One that was made
        before keeps its number.

    Raises:
        WriteError: Something cannot be written.
    """
    folder = base / f"{report.a.version}..{report.b.version}-{report.id}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
        number = number_of(base, report)
        _note(base / LEDGER, _entry(report, folder))
    except OSError as error:
        raise WriteError(f"{folder}: {error.strerror or error}") from error
    return folder, number


def number_of(base: Path, report: Comparison) -> int:
    """Return which comparison on this part of this set a report is or would be, from 1.

    Many looks at one set find something by chance, so every view tells this number.

    Raises:
        EvidenceError: The list of reports cannot be read.
    """
    ids = [other.id for other in _of_set(_entries(base / LEDGER), report.set_digest, report.split)]
    return ids.index(report.id) + 1 if report.id in ids else len(ids) + 1


def open_report(base: Path, name: str) -> tuple[Path, Comparison]:
    """Return a report by its folder, by its id, or the last one.

    Raises:
        UsageError: There is no such report.
        EvidenceError: What lies there is none, or the list of reports cannot be read.
    """
    folder = _find(base, name)
    try:
        text = (folder / REPORT).read_text(encoding="utf-8")
        return folder, Comparison.model_validate_json(text)
    except (OSError, ValueError, ValidationError) as error:
        raise EvidenceError(f"{folder / REPORT}: is no report of this version of bluf") from error


def bless(base: Path, report: Comparison, folder: Path) -> Path:
    """Make the second version of a report the one that others are held against.

    Raises:
        WriteError: It cannot be noted.
    """
    file = _blessing(base, report.set)
    b = report.b
    blessed = Blessed(version=b.version, digest=b.digest, model=b.model, report=folder.name)
    try:
        file.write_text(blessed.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise WriteError(f"{file}: {error.strerror or error}") from error
    return file


def find_blessed(base: Path, set_name: str) -> Blessed | None:
    """Return the version that others are held against; None before the first blessing.

    Raises:
        EvidenceError: The note of it cannot be read.
    """
    file = _blessing(base, set_name)
    if not file.is_file():
        return None
    try:
        return Blessed.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{file}: names no blessed version; bless one again") from error


def _blessing(base: Path, set_name: str) -> Path:
    plain = "".join(c if c.isalnum() or c in "._-" else "-" for c in set_name)
    return base / f"blessed-{plain[:120]}.json"


def _find(base: Path, name: str) -> Path:
    entries = _entries(base / LEDGER)
    if name == "last":
        if not entries:
            raise UsageError(f"{base}: no comparison was made yet; see bluf eval compare --help")
        return base / Path(entries[-1].folder).name
    for entry in reversed(entries):
        if name in (entry.id, entry.folder):
            return base / Path(entry.folder).name
    for given in (Path(name), base / name):
        if (given / REPORT).is_file():
            return given
    raise UsageError(f"{name}: no such report; name a folder, the id of a report, or last")


def _entry(report: Comparison, folder: Path) -> Entry:
    return Entry(
        set_digest=report.set_digest,
        split=report.split,
        id=report.id,
        a=report.a.version,
        b=report.b.version,
        folder=folder.name,
        decision=report.ruling.decision,
    )


def _note(ledger: Path, entry: Entry) -> None:
    """Add an entry as the last one, unless it is that already."""
    known = _entries(ledger)
    # Made again, it is noted again: it is the last one now.
    if known[-1:] == [entry]:
        return
    # A run that was killed may have left half a line; what follows must not be lost with it.
    whole = not ledger.is_file() or ledger.read_bytes()[-1:] in (b"", b"\n")
    with ledger.open("a", encoding="utf-8") as file:
        file.write("" if whole else "\n")
        file.write(f"{entry.model_dump_json()}\n")


def _entries(ledger: Path) -> list[Entry]:
    """Return the entries; a line that is none, such as a half-written last one, is passed over.

    Raises:
        EvidenceError: The ledger is there and cannot be read.
    """
    try:
        text = ledger.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise EvidenceError(f"{ledger}: {error.strerror or error}") from error
    found = []
    for line in text.split("\n"):
        try:
            found.append(Entry.model_validate(json.loads(line)))
        except ValueError:
            continue
    return found


def _of_set(entries: list[Entry], digest: str, split: str) -> list[Entry]:
    """Return the first entry of each comparison on a part of a set, in order."""
    own = {e.id: e for e in reversed(entries) if (e.set_digest, e.split) == (digest, split)}
    return sorted(own.values(), key=entries.index)
