"""What reading one input yields, before it is numbered: plain values that cross a process border."""

from dataclasses import dataclass


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
