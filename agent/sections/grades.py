"""Ask how reliable each speaker is and how credible each fact, in calls that know nothing of
one another, so that neither grade leans on the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.desk import Desk
from agent.errors import RefusalError, SchemaError
from agent.sections.signals import SpokenSentence
from agent.together import side_by_side
from schemas.sections import Answer, ItemGrade, ItemGrades, SpeakerGrade, SpeakerGrades, citing

PER_CALL = 20


@dataclass(frozen=True)
class Grades:
    """What the graders said, by sentence id; empty where nobody could judge."""

    speakers: Mapping[str, SpeakerGrade[str]] = field(default_factory=dict)
    items: Mapping[str, ItemGrade[str]] = field(default_factory=dict)


async def grade_signals(signals: Sequence[SpokenSentence], desk: Desk) -> Grades:
    """Return the grade of every signal's speaker and of every signal, as far as they were given.

    A model too small to judge is not asked: what cannot be judged is F6, and that is a grade.

    Raises:
        EndpointError: The endpoint failed for good.
    """
    if not desk.model.judges or not signals:
        return Grades()
    desk.progress.stage("grades", "started")
    speakers = _by_speaker(signals)
    listed = {ids[0]: f"[{ids[0]}] {label}: {', '.join(ids)}" for label, ids in speakers.items()}
    items = {s.sentence.id: s.sentence.id for s in signals}
    async with side_by_side() as group:
        of_speakers = [
            group.create_task(_grade("grade_speakers", SpeakerGrades, batch, "\n", desk))
            for batch in _batches(listed)
        ]
        of_items = [
            group.create_task(_grade("grade_items", ItemGrades, batch, ", ", desk))
            for batch in _batches(items)
        ]
    by_first = {
        grade.speaker: grade
        for task in of_speakers
        if isinstance(answer := task.result(), SpeakerGrades)
        for grade in answer.grades
    }
    graded = {
        grade.evidence: grade
        for task in of_items
        if isinstance(answer := task.result(), ItemGrades)
        for grade in answer.grades
    }
    desk.progress.stage("grades", "finished", f"{len(graded)} of {len(items)} facts")
    spoken = {id: ids[0] for ids in speakers.values() for id in ids}
    return Grades({id: by_first[k] for id, k in spoken.items() if k in by_first}, graded)


def _by_speaker(signals: Sequence[SpokenSentence]) -> dict[str, list[str]]:
    """Return the ids of each speaker's signals, by name and kind; an outlet is one for each source.

    That outlets of two sources are two is why the number of the source stands with them.
    """
    speakers: dict[str, list[str]] = {}
    for spoken in signals:
        number = spoken.sentence.id.partition(".")[0]
        label = f"{spoken.speaker} ({spoken.kind}), in source {number}"
        speakers.setdefault(label, []).append(spoken.sentence.id)
    return speakers


def _batches(entries: Mapping[str, str]) -> list[dict[str, str]]:
    ids = list(entries)
    return [
        {id: entries[id] for id in ids[start : start + PER_CALL]}
        for start in range(0, len(ids), PER_CALL)
    ]


async def _grade(
    prompt: str, shape: type[Answer], listed: Mapping[str, str], between: str, desk: Desk
) -> Answer | None:
    filled = desk.prompts.fill(prompt, listed=between.join(listed.values()))
    try:
        return await desk.model.ask(citing(shape, list(listed)), filled)
    except (SchemaError, RefusalError) as error:
        desk.progress.note(f"{error}; these grades are left at F6")
        return None
