"""What reading one input yields: plain values, fit to cross the border of a process."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Reading:
    """The text of one article and what its own markup or head says of its origin.

    `published` is an ISO date and `published_from` says where it stood; nothing is guessed.
    """

    text: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    published_from: str | None = None
    url: str | None = None
    language: str | None = None
    notes: tuple[str, ...] = ()

    def with_fields(self, fields: Mapping[str, str]) -> "Reading":
        """Return this reading with some of its text fields set, by name."""
        kept: dict[str, Any] = dict(fields)
        return replace(self, **kept)
