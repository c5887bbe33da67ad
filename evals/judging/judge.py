"""Judge every brief of a comparison: the probes first, then flaws, then pairs in dispute."""

from collections.abc import Sequence
from statistics import fmean

from agent.llm.calls import CallStore
from agent.llm.client import Model
from agent.llm.openai_model import OpenAIModel
from agent.runs import kept_run
from agent.together import side_by_side
from evals.generate import Output
from evals.items import EvalSet
from evals.judging.flaws import find_flaws
from evals.judging.pairwise import in_dispute, prefer
from evals.judging.printed import printed
from evals.judging.probes import load_probes, run_probes
from evals.judging.rubric import Rubric
from evals.judging.shapes import JudgedBrief, JudgedPair, JudgedRows
from evals.scorers.case import Case, share
from evals.scorers.catalogue import METRICS, Metric
from evals.shapes import Side

# What pure code says of a brief's content; how it was made or how long it is says nothing here.
CONTENT = frozenset(("support", "specifics", "quotations", "evidence", "facts", "language"))


async def judge_kept(
    outputs_a: Sequence[Output],
    outputs_b: Sequence[Output],
    evals: EvalSet,
    judge: OpenAIModel,
    *,
    store: CallStore,
    rubric: Rubric,
) -> tuple[JudgedRows, str]:
    """Return what `judge_outputs` does and the run that its calls belong to.

    Every call is looked up in the store first and kept there, failures too, so that the same
    comparison asks nothing twice and a cut-off one goes on.

    Raises:
        EndpointError: The judge's endpoint failed for good; what is finished is kept.
        EvidenceError: No recording holds an answer.
    """
    with kept_run(store, what=f"eval judge {evals.name}", model=judge.name) as run:
        own = judge.for_run(run, faithful=True)
        return await judge_outputs(outputs_a, outputs_b, evals, own, rubric), run


async def judge_outputs(
    outputs_a: Sequence[Output],
    outputs_b: Sequence[Output],
    evals: EvalSet,
    judge: Model,
    rubric: Rubric,
) -> JudgedRows:
    """Return what a judge says of the outputs of two versions.

    One that fails the probes is not asked for more. Pairs are asked for an article only when pure
    figures and flaws disagree on it: when the mean change of the metrics in `CONTENT` that both
    versions have, and the change of the mean `free_of_flaws`, have opposite signs. Then every two
    briefs with the same place in the order of repeats are held against each other.

    Args:
        outputs_a: Every output of the first version.
        outputs_b: Every output of the second.
        evals: The set that they were made of.
        judge: Asked; it need not be trustworthy, the probes tell.
        rubric: What a flaw is.

    Raises:
        EndpointError: The judge's endpoint failed for good.
        EvidenceError: No recording holds an answer.
    """
    probes = load_probes()
    result = await run_probes(judge, rubric, probes)
    briefs: tuple[JudgedBrief, ...] = ()
    pairs: tuple[JudgedPair, ...] = ()
    # What a judge says that failed the probes is of no use; reading it all would take hours.
    if result.trusted:
        briefs = await _judge_all(outputs_a, outputs_b, judge, rubric)
        pairs = await _compare(_disputed(outputs_a, outputs_b, briefs, evals), judge, rubric)
    writers = {o.brief.run.model for o in (*outputs_a, *outputs_b) if o.brief}
    return JudgedRows(
        judge=judge.name,
        rubric=rubric.id,
        rubric_digest=rubric.digest,
        probes_digest=probes.digest,
        same_as_writer=judge.name in writers,
        probes=result,
        briefs=briefs,
        pairs=pairs,
        unparsed=_unparsed(briefs, pairs),
        misquoted=share(sum(b.misquoted for b in briefs), sum(b.listed for b in briefs)),
        flip_rate=_flip_rate(pairs),
    )


async def _judge_all(
    outputs_a: Sequence[Output], outputs_b: Sequence[Output], judge: Model, rubric: Rubric
) -> tuple[JudgedBrief, ...]:
    async with side_by_side() as group:
        tasks = [
            *(group.create_task(_judge("a", output, judge, rubric)) for output in outputs_a),
            *(group.create_task(_judge("b", output, judge, rubric)) for output in outputs_b),
        ]
    return tuple(sorted((task.result() for task in tasks), key=_place))


async def _compare(
    disputed: Sequence[tuple[Output, Output]], judge: Model, rubric: Rubric
) -> tuple[JudgedPair, ...]:
    async with side_by_side() as group:
        tasks = [group.create_task(_prefer(a, b, judge, rubric)) for a, b in disputed]
    return tuple(task.result() for task in tasks)


async def _judge(side: Side, output: Output, judge: Model, rubric: Rubric) -> JudgedBrief:
    item, repeat = output.job.item.id, output.job.repeat
    if output.brief is None or output.sources is None:
        failure = output.failure or "there is no brief"
        return JudgedBrief(item=item, side=side, repeat=repeat, free_of_flaws=None, failure=failure)
    shown = printed(output.brief)
    found = await find_flaws(shown, output.sources, judge, rubric)
    return JudgedBrief(
        item=item,
        side=side,
        repeat=repeat,
        free_of_flaws=found.score,
        flaws=found.flaws,
        sentences=len(shown.lines),
        asked=found.asked,
        unparsed=found.unparsed,
        listed=found.listed,
        misquoted=found.misquoted,
        failure=found.failure,
    )


async def _prefer(a: Output, b: Output, judge: Model, rubric: Rubric) -> JudgedPair:
    if a.brief is None or b.brief is None or a.sources is None:
        raise ValueError("only two briefs can be compared")
    got = await prefer(printed(a.brief), printed(b.brief), a.sources, judge, rubric)
    return JudgedPair(
        item=a.job.item.id,
        repeat_a=a.job.repeat,
        repeat_b=b.job.repeat,
        choice=got.choice,
        flipped=got.flipped,
        unparsed=got.unparsed,
        reasons=got.reasons,
    )


def _disputed(
    outputs_a: Sequence[Output],
    outputs_b: Sequence[Output],
    briefs: Sequence[JudgedBrief],
    evals: EvalSet,
) -> list[tuple[Output, Output]]:
    """Return the pairs of briefs to compare, by article and repeat."""
    found = []
    for item in sorted({brief.item for brief in briefs}):
        a, b = (_of_item(outputs, item) for outputs in (outputs_a, outputs_b))
        flaws = _change(_scores(briefs, item, "a"), _scores(briefs, item, "b"))
        if in_dispute(_figures_change(a, b, evals), flaws):
            found += [(x, y) for x, y in zip(a, b, strict=False) if x.brief and y.brief]
    return found


def _scores(briefs: Sequence[JudgedBrief], item: str, side: Side) -> list[float | None]:
    return [brief.free_of_flaws for brief in briefs if (brief.item, brief.side) == (item, side)]


def _figures_change(a: Sequence[Output], b: Sequence[Output], evals: EvalSet) -> float | None:
    """Return the mean change of the content metrics that both sides have."""
    cases = [[Case(o, evals.facts.get(o.job.item.id)) for o in side] for side in (a, b)]
    changes = [
        change
        for metric in METRICS
        if metric.name in CONTENT
        if (change := _change(*(_taken(metric, side) for side in cases))) is not None
    ]
    return fmean(changes) if changes else None


def _taken(metric: Metric, cases: Sequence[Case]) -> list[float | None]:
    return [metric.score(case) if metric.score else None for case in cases]


def _change(a: Sequence[float | None], b: Sequence[float | None]) -> float | None:
    """Return the mean of the second minus that of the first; None where one has no figure."""
    known = [[value for value in side if value is not None] for side in (a, b)]
    return fmean(known[1]) - fmean(known[0]) if all(known) else None


def _of_item(outputs: Sequence[Output], item: str) -> list[Output]:
    return sorted((o for o in outputs if o.job.item.id == item), key=lambda o: o.job.repeat)


def _unparsed(briefs: Sequence[JudgedBrief], pairs: Sequence[JudgedPair]) -> float | None:
    asked = sum(brief.asked for brief in briefs) + 2 * len(pairs)
    gone = sum(brief.unparsed for brief in briefs) + sum(pair.unparsed for pair in pairs)
    return share(gone, asked)


def _flip_rate(pairs: Sequence[JudgedPair]) -> float | None:
    known = [pair.flipped for pair in pairs if pair.flipped is not None]
    return share(sum(known), len(known))


def _place(brief: JudgedBrief) -> tuple[str, int, Side]:
    return brief.item, brief.repeat, brief.side
