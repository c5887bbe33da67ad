"""Did the model answer in the asked-for shape, and did every section get something to print?"""

from evals.scorers.case import Case, share
from schemas.brief import Brief, Section

SECTIONS = ("bluf", "hypotheses", "assumptions", "implications", "outlook", "entities", "tags")


def valid_at_first(case: Case) -> float | None:
    """Return the share of asks whose first answer had the asked-for shape."""
    asked = case.output.asked
    return share(sum(1 for ask in asked if ask.answered and ask.attempts == 1), len(asked))


def retries(case: Case) -> float | None:
    """Return how many further questions an ask took on average, 0 or more."""
    asked = case.output.asked
    return share(sum(max(0, ask.attempts - 1) for ask in asked), len(asked))


def sections_written(case: Case) -> float | None:
    """Return the share of sections that print something the model wrote itself."""
    if case.brief is None:
        return None
    return share(sum(1 for section in _sections(case.brief) if _is_written(section)), len(SECTIONS))


def empty_sections(brief: Brief) -> tuple[str, ...]:
    """Return the sections in which nothing stands at all; tags may be empty."""
    return tuple(
        section.name
        for section in _sections(brief)
        if section.name != "tags" and not any(part.claims for part in section.parts)
    )


def printed_words(case: Case) -> float | None:
    """Return how many words the sentences of the body have."""
    return float(sum(len(claim.text.split()) for claim in case.printed)) if case.brief else None


def _sections(brief: Brief) -> tuple[Section, ...]:
    return tuple(getattr(brief, name) for name in SECTIONS)


def _is_written(section: Section) -> bool:
    return any(claim.author == "model" for part in section.parts for claim in part.claims)
