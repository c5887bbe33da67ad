"""A source: one article as it was read, cut into numbered sentences."""

from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import Field

from schemas.record import Record

Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Literal[1, 2, 3, 4, 5, 6]
SourceKind = Literal["text", "markdown", "html", "pdf"]

# Traffic Light Protocol 2.0 (FIRST, 2022), most open first.
Tlp = Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]


class Sentence(Record):
    """One sentence of a source; `source.text[start:end]` is exactly `text`."""

    id: str = Field(description="Source number and sentence number, such as 1.3: the citation.")
    start: int = Field(ge=0, description="Offset of the first character, in code points.")
    end: int = Field(gt=0, description="Offset after the last character, in code points.")
    text: str


class Source(Record):
    """One article: its text, what is known of its origin, and its sentences."""

    number: int = Field(ge=1, description="Its place among the sources of this brief.")
    name: str = Field(description="What the user typed: a path, an address, or - for stdin.")
    kind: SourceKind
    title: str
    publisher: str | None
    author: str | None
    published: date | None
    published_from: str | None = Field(description="Where the date was found; null when unknown.")
    url: str | None
    language: str | None = Field(description="ISO 639-1 code, or null when it was not determined.")
    sha256: str = Field(description="Hex digest of `text` in UTF-8.")
    reliability: Reliability = Field(
        default="F", description="Admiralty code of the source; F: cannot be judged."
    )
    credibility: Credibility = Field(
        default=6, description="Admiralty code of the information; 6: cannot be judged."
    )
    text: str = Field(description="The cleaned text; every offset refers to it.")
    sentences: tuple[Sentence, ...]
    tlp: Tlp | None = Field(
        default=None, description="The TLP 2.0 mark that the text bears; null when it bears none."
    )
    notes: tuple[str, ...] = Field(
        default=(), description="What was done to the text on the way in, one line each."
    )


class Sources(Record):
    """All sources of one brief, numbered from 1, with every sentence found by its id."""

    items: tuple[Source, ...] = Field(min_length=1)

    @cached_property
    def sentences(self) -> dict[str, Sentence]:
        """Every sentence of every source, by id, in reading order."""
        return {s.id: s for source in self.items for s in source.sentences}

    def of(self, sentence_id: str) -> Source:
        """Return the source that a sentence belongs to.

        Raises:
            KeyError: No source has that number.
        """
        number = int(sentence_id.partition(".")[0])
        for source in self.items:
            if source.number == number:
                return source
        raise KeyError(sentence_id)
