"""Put new sources behind those of an earlier brief, whose numbers, texts and ids stay."""

from agent.errors import EvidenceError, UsageError
from agent.recheck.evidence import check_sentences, check_texts
from agent.sources.sentences import number_sentences
from agent.verify.addressing import note_addressing
from schemas.brief import Brief
from schemas.sources import Source, Sources


def join_sources(earlier: Brief, added: Sources) -> Sources:
    """Return the sources of the earlier brief, then the new ones, numbered on.

    The earlier ones come from the brief itself, so that every citation of it stays true.

    Args:
        earlier: The brief to bring up to date.
        added: What was read anew, numbered from 1.

    Raises:
        EvidenceError: A text of the brief is not the one whose hash it bears.
        UsageError: A new text is already there.
    """
    _require_whole(earlier)
    items = [_without_own_notes(source) for source in earlier.sources]
    for source in added.items:
        twin = next((known for known in items if known.sha256 == source.sha256), None)
        if twin is not None:
            raise UsageError(
                f"{source.name}: its text is already there as source {twin.number}; give a new one"
            )
        items.append(_numbered(source, len(items) + 1))
    return Sources(items=tuple(items))


def _require_whole(brief: Brief) -> None:
    faults = (*check_texts(brief).faults, *check_sentences(brief).faults)
    if faults:
        raise EvidenceError(
            f"the earlier brief does not hold: {faults[0].where} {faults[0].problem}; bluf verify "
            "says all that is wrong"
        )


def _numbered(source: Source, number: int) -> Source:
    return source.model_copy(
        update={"number": number, "sentences": number_sentences(source.text, source=number)}
    )


def _without_own_notes(source: Source) -> Source:
    """Return the source as it was read: writing the brief puts the same notes on it again."""
    (noted,) = note_addressing(Sources(items=(source.model_copy(update={"notes": ()}),))).items
    kept = tuple(note for note in source.notes if note not in noted.notes)
    return source.model_copy(update={"notes": kept})
