"""Remember what became of each article of a batch, in one file of JSON lines."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from agent.errors import WriteError
from schemas.record import Record

NAME = "index.jsonl"

Outcome = Literal["done", "duplicate", "declined", "failed"]


class Entry(Record):
    """What became of one article; of several with one key the last holds."""

    key: str
    outcome: Outcome
    file: str | None = None
    title: str | None = None
    run: str | None = None
    fingerprint: str | None = None
    text_sha256: str | None = None
    made_with: str | None = None
    confidence: str | None = None
    kept: int | None = None
    withheld: int | None = None
    reason: str | None = None
    status: int | None = None


class Index:
    """The index of one folder of briefs, appended to as articles are done.

    Attributes:
        path: The file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        # As lines, which take a fifth of the memory of what they say.
        self._lines = {entry.key: _line(entry) for entry in self._read()}

    def __getitem__(self, key: str) -> Entry | None:
        line = self._lines.get(key)
        return Entry.model_validate_json(line) if line else None

    def __iter__(self) -> Iterator[Entry]:
        return map(Entry.model_validate_json, self._lines.values())

    def add(self, entry: Entry) -> None:
        """Note what became of an article.

        Raises:
            WriteError: The file cannot be written.
        """
        self._lines[entry.key] = _line(entry)
        try:
            with self.path.open("ab") as file:
                file.write(self._lines[entry.key])
        except OSError as error:
            raise WriteError(f"{self.path}: cannot be written ({error.strerror})") from error

    def close(self) -> None:
        """Leave one line for each article, in the order in which they were first met.

        Raises:
            WriteError: The file cannot be written; the longer one stays.
        """
        part = self.path.with_name(f".{NAME}.part")
        try:
            with part.open("wb") as file:
                file.writelines(self._lines.values())
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise WriteError(f"{self.path}: cannot be written ({error.strerror})") from error

    def _read(self) -> Iterator[Entry]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield Entry.model_validate_json(line)
                except ValidationError:
                    # The last line of a run that was killed while it wrote; its article is redone.
                    continue


def _line(entry: Entry) -> bytes:
    fields = entry.model_dump(mode="json", exclude_none=True)
    return json.dumps(fields, ensure_ascii=True).encode() + b"\n"
