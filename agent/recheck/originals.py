"""Compare the texts in a brief with the articles they were read from."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from agent.clean import one_line
from agent.recheck.evidence import text_digest
from schemas.brief import Brief
from schemas.recheck import Check, Fault
from schemas.sources import Source

BEFORE, SHOWN = 20, 60  # code points round the first difference
# Comparing takes time that grows with the square of a text: the beginnings say which is which.
SAMPLE = 4_000  # code points


def check_originals(brief: Brief, originals: Sequence[Source]) -> Check:
    """Return whether each article that was given says what its source in the brief says.

    An article belongs to the source with the same text; else to the one of the same name, else to
    the one most like it, and the first difference between the two is named.

    Args:
        brief: With at least one source.
        originals: The articles, loaded as for a brief.
    """
    left = {source.number: source for source in brief.sources}
    faults: list[Fault] = []
    for original in originals:
        source = next((s for s in left.values() if text_digest(s) == text_digest(original)), None)
        if source is None:
            faults.append(_first_difference(original, _nearest(original, brief.sources)))
        else:
            del left[source.number]
    return Check(
        name="originals",
        subject="evidence",
        asked="each article given has the text of a source, to the character",
        count=len(originals),
        unit="articles",
        faults=tuple(faults),
        # Of an article that was changed its source is named already.
        notes=() if faults else tuple(_not_given(left.values())),
    )


def _nearest(original: Source, sources: Sequence[Source]) -> Source:
    named = [source for source in sources if source.name == original.name]
    return max(named or sources, key=lambda source: _likeness(original.text, source.text))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:SAMPLE].split(), other[:SAMPLE].split()).ratio()


def _first_difference(original: Source, source: Source) -> Fault:
    pairs = zip(original.text, source.text, strict=False)
    at = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    there, here = (_around(text, at) for text in (original.text, source.text))
    problem = f'is not source {source.number}: at {at} it says "{there}", and the brief "{here}"'
    return Fault(where=one_line(original.name), problem=problem)


def _around(text: str, at: int) -> str:
    return one_line(text[max(0, at - BEFORE) : at + SHOWN], SHOWN + BEFORE) or "nothing more"


def _not_given(sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        yield f"source {source.number} ({one_line(source.name)}) was not given to compare"
