"""Read what is reported: the sentences a brief must account for, and who speaks in each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from agent.analysis.speakers import OUTLET, Speaker, speakers_of
from agent.clean import one_line
from agent.errors import RefusalError, SchemaError
from agent.llm.client import Model
from agent.material import (
    LINE_TOKENS,
    MOST_IDS,
    estimate_tokens,
    fold,
    line_tokens,
    marker,
    number_lines,
    split_to_fit,
)
from agent.progress import Progress
from agent.prompts import PromptSet
from agent.sections.cues import STATE_MEDIA, salience
from agent.together import side_by_side
from schemas.sections import Signal, Signals, SpeakerKind, citing
from schemas.sources import Sentence, Sources

# Room for the system text, the longest task, the longest answer and the schema's own tokens.
RESERVED_TOKENS = 2600
FEWEST = 6


@dataclass(frozen=True)
class SpokenSentence:
    """A sentence that matters, with its speaker: a signal whose words are the source's own."""

    sentence: Sentence
    speaker: str
    kind: SpeakerKind


async def read_signals(
    sources: Sources, model: Model, prompts: PromptSet, progress: Progress
) -> tuple[SpokenSentence, ...]:
    """Return the sentences a brief must account for, in reading order.

    A source that fits the model's window is read in one call; a longer one chunk by chunk, side by
    side, and merged. When the model names fewer than six, the most telling sentences by position
    and wording fill up, so that a weak model cannot starve the sections after it.

    Raises:
        EndpointError: The endpoint failed for good.
    """
    chunks = split_to_fit(sources, _room_tokens(model))
    voices = {id: spoken[-1][1] for id, spoken in speakers_of(sources).items()}
    if len(chunks) > 1:
        progress.note(f"the text is longer than the model's window: read in {len(chunks)} parts")
    async with side_by_side() as group:
        tasks = [
            group.create_task(_read_chunk(chunk, sources, model, prompts, progress, voices=voices))
            for chunk in chunks
        ]
    found = {spoken.sentence.id: spoken for task in tasks for spoken in task.result()}
    for sentence in _most_telling(sources)[:FEWEST]:
        if len(found) >= FEWEST:
            break
        found.setdefault(sentence.id, _spoken_by_rule(sentence, sources, voices))
    return tuple(found[id] for id in sources.sentences if id in found)


def shown_sentences(
    sources: Sources, signals: Sequence[SpokenSentence], model: Model
) -> tuple[Sentence, ...]:
    """Return the sentences that the section prompts show, in reading order.

    All of them when they fit the window. Otherwise the signals come first, taken in turn from the
    start of each chunk so that no part of the text is favoured, and the most telling of the others
    fill what room is left.
    """
    room = _room_tokens(model)
    chunks = split_to_fit(sources, room)
    if len(chunks) == 1:
        return chunks[0]
    wanted = {spoken.sentence.id: spoken for spoken in signals}
    queues = [[s for s in chunk if s.id in wanted] for chunk in chunks]
    in_turn = [s for turn in zip_longest(*queues) for s in turn if s]
    others = [s for s in _most_telling(sources) if s.id not in wanted]
    chosen: set[str] = set()
    for sentence in (*in_turn, *others):
        room -= line_tokens(sentence)
        if sentence.id in wanted:  # who says it stands in every prompt too
            room -= estimate_tokens(wanted[sentence.id].speaker) + LINE_TOKENS
        if room < 0 or len(chosen) == MOST_IDS:
            break
        chosen.add(sentence.id)
    return tuple(s for s in sources.sentences.values() if s.id in chosen)


def as_text(signals: Iterable[SpokenSentence]) -> str:
    """Return who says what, for prompts: one line, ids grouped by speaker."""
    speakers: dict[str, list[str]] = {}
    for spoken in signals:
        label = f"{spoken.speaker} ({spoken.kind})" if spoken.speaker != OUTLET else OUTLET
        speakers.setdefault(label, []).append(spoken.sentence.id)
    said = "; ".join(f"{speaker}: {', '.join(ids)}" for speaker, ids in speakers.items())
    return f"Who says what: {said}."


def _room_tokens(model: Model) -> int:
    return max(model.context_tokens - RESERVED_TOKENS, 500)


async def _read_chunk(
    chunk: tuple[Sentence, ...],
    sources: Sources,
    model: Model,
    prompts: PromptSet,
    progress: Progress,
    *,
    voices: Mapping[str, Speaker],
) -> tuple[SpokenSentence, ...]:
    lines = number_lines(chunk, sources)
    request = prompts.with_material(marker(lines), lines).fill("signals")
    by_id = {sentence.id: sentence for sentence in chunk}
    try:
        answer = await model.ask(citing(Signals, list(by_id)), request)
    except (SchemaError, RefusalError) as error:
        progress.note(f"{error}; the signals are chosen by rule")
        return ()
    return tuple(
        _spoken(by_id[signal.evidence], signal, sources, voices) for signal in answer.signals
    )


def _spoken(
    sentence: Sentence, signal: Signal[str], sources: Sources, voices: Mapping[str, Speaker]
) -> SpokenSentence:
    by_rule = _spoken_by_rule(sentence, sources, voices)
    # A speaker that the sentence does not name is the model's invention, and no model can make
    # state media something better.
    named = fold(signal.speaker).casefold() in fold(sentence.text).casefold()
    if by_rule.kind == "state media" or not named:
        return by_rule
    return SpokenSentence(sentence, one_line(signal.speaker), signal.speaker_kind)


def _spoken_by_rule(
    sentence: Sentence, sources: Sources, voices: Mapping[str, Speaker]
) -> SpokenSentence:
    found = re.search(STATE_MEDIA, sentence.text)
    if found:
        return SpokenSentence(sentence, found.group(), "state media")
    if re.search(STATE_MEDIA, sources.of(sentence.id).publisher or ""):
        return SpokenSentence(sentence, OUTLET, "state media")
    speaker = voices[sentence.id]
    return SpokenSentence(sentence, speaker.name, speaker.kind)


def _most_telling(sources: Sources) -> list[Sentence]:
    return sorted(sources.sentences.values(), key=lambda s: (-salience(s), s.start))
