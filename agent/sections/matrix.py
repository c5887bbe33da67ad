"""Ask for the ACH ratings, once in each order of the hypotheses, and work the matrix."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from agent.analysis.ach import LETTERS, work_matrix
from agent.desk import Desk
from agent.errors import RefusalError, SchemaError
from agent.material import fold
from agent.sections.signals import SpokenSentence
from agent.together import side_by_side
from schemas.brief import Ach, Rating
from schemas.claims import Claim
from schemas.sections import Matrix

MOST_SIGNALS = 10


async def rate_hypotheses(
    hypotheses: Sequence[Claim],
    signals: Sequence[SpokenSentence],
    desk: Desk,
    weigh: Callable[[], Awaitable[Mapping[str, float]]],
) -> Ach | None:
    """Return the worked matrix, or None when there are not enough hypotheses or ratings.

    The two orders are asked side by side: a winner that changes with the order is a caution, since
    models favour what stands first.

    Args:
        hypotheses: In the order of their letters.
        signals: What they are rated against.
        desk: What to ask with.
        weigh: Gives the weight of each signal by its credibility. It is awaited only when the
            ratings are in, so that grading, which runs beside them, holds nothing up.

    Raises:
        EndpointError: The endpoint failed for good.
    """
    if len(hypotheses) < 2:
        return None
    shown = {sentence.id for sentence in desk.shown}
    known = [spoken.sentence for spoken in signals if spoken.sentence.id in shown]
    # Spread over all sources and their whole length, since the matrix has room for ten.
    step = max(1.0, len(known) / MOST_SIGNALS)
    rated = [known[int(place * step)] for place in range(min(len(known), MOST_SIGNALS))]
    desk.progress.stage("matrix", "started")
    texts = [claim.text for claim in hypotheses]
    async with side_by_side() as group:
        forward = group.create_task(_ratings(texts, [s.id for s in rated], desk))
        backward = group.create_task(_ratings(texts[::-1], [s.id for s in rated], desk))
    ach = work_matrix(
        [(s.id, fold(s.text)) for s in rated],
        forward.result(),
        {id: row[::-1] for id, row in backward.result().items()},
        hypotheses=len(texts),
        signal_count=len(known),
        credibility=await weigh(),
    )
    desk.progress.stage("matrix", "finished", "not enough ratings" if ach is None else "")
    return ach


def describe(hypotheses: Sequence[Claim], ach: Ach | None) -> str:
    """Return the hypotheses that stood, and which is least refuted, as a prompt shows them."""
    if not hypotheses:
        return "No hypothesis is settled."
    lines = [f"{LETTERS[i]}. {fold(claim.text)}" for i, claim in enumerate(hypotheses)]
    if ach is not None:
        lines.append(f"Least refuted: {', '.join(ach.least_refuted)}.")
    return "Hypotheses:\n" + "\n".join(lines)


async def _ratings(
    hypotheses: Sequence[str], ids: Sequence[str], desk: Desk
) -> Mapping[str, Sequence[Rating]]:
    listed = "\n".join(f"{LETTERS[i]}. {fold(text)}" for i, text in enumerate(hypotheses))
    try:
        answer = await desk.ask("matrix", hypotheses=f"Hypotheses:\n{listed}", rows=", ".join(ids))
    except (SchemaError, RefusalError) as error:
        desk.progress.note(str(error))
        return {}
    if not isinstance(answer, Matrix):
        raise TypeError(f"the matrix prompt names {type(answer).__name__}, not Matrix")
    return {row.signal: row.ratings for row in answer.rows if row.signal in ids}
