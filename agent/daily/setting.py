"""Set groups of statements as lines of the roll-up, each with its citations."""

from collections.abc import Iterator, Sequence

from agent.daily.statements import Statement
from agent.daily.stories import Stories, count_stories
from agent.views.lines import caveat
from schemas.daily import Citation, Line, Origin
from schemas.sources import Source


def line_of(said: Sequence[Statement], stories: Stories) -> Line:
    """Return statements that say the same as one line, in the words of the first.

    Args:
        said: The statements, at least one.
        stories: Of every source that they cite.
    """
    first = said[0].claim
    sources = [source for statement in said for source in statement.sources]
    return Line(
        text=first.text,
        basis=first.basis,
        likelihood=first.likelihood,
        author=first.author,
        place=said[0].place,
        cites=tuple(_citations(said)),
        independent_sources=count_stories(sources, stories),
    )


def _citations(said: Sequence[Statement]) -> Iterator[Citation]:
    """Yield a citation for each statement; a brief that repeats itself is cited once."""
    seen = set()
    for statement in said:
        claim, brief = statement.claim, statement.brief
        citation = Citation(
            brief=brief.run.id,
            claim=claim.id,
            status=brief.status,
            evidence=claim.evidence,
            sources=tuple(map(_origin, statement.sources)),
            text=claim.text if claim.text != said[0].claim.text else None,
            remark=caveat(claim),
        )
        key = (citation.brief, citation.evidence, citation.remark)
        if key not in seen:
            seen.add(key)
            yield citation


def _origin(source: Source) -> Origin:
    return Origin(
        number=source.number,
        name=source.publisher or source.title,
        published=source.published,
        sha256=source.sha256,
    )
