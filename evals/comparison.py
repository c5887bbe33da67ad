"""Two prompt versions, scored on the same articles, and what that shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from agent import __version__
from evals.gate import Gate, rule
from evals.generate import Output
from evals.items import EvalSet
from evals.judging.shapes import JudgedRows
from evals.scorers.case import Case
from evals.scorers.catalogue import FLAWS, METRICS, HardFailure, Metric, hard_failures, score
from evals.shapes import Arm, Comparison, Cost, CostShift, Critic, Failure, Scored, Shift, Side
from evals.stats.paired import Paired, paired
from evals.stats.ratio import Ratio, paired_ratio
from evals.stats.verdict import holm, verdict

SHARES = (0.0, 1.0)
COSTS: tuple[Cost, ...] = get_args(Cost)


def compare(
    outputs_a: Sequence[Output],
    outputs_b: Sequence[Output],
    evals: EvalSet,
    gate: Gate,
    *,
    split: str,
    model: str,
    judge: str | None,
    judged: JudgedRows | None = None,
) -> Comparison:
    """Return what the outputs of two versions show.

    Args:
        outputs_a: Every output of the first version.
        outputs_b: Every output of the second, for the same articles.
        evals: The set that they were made of.
        gate: Which metric matters, the margins and the limits.
        split: Which part of the set.
        model: The writer's name.
        judge: The judge's name, if any.
        judged: What a critic said of the briefs, if one was asked.

    Raises:
        ValueError: There is nothing to compare: no output on one of the sides.
    """
    if not outputs_a or not outputs_b:
        raise ValueError("a comparison needs outputs of both versions")
    flaws = judged.figures() if judged and judged.probes.trusted else {}
    scored = (*_score(outputs_a, evals, "a", flaws), *_score(outputs_b, evals, "b", flaws))
    shifts = _shifts(scored, evals, gate)
    costs = _costs(scored, evals, gate)
    failures = (*_failures(outputs_a, evals, "a"), *_failures(outputs_b, evals, "b"))
    return Comparison(
        bluf_version=__version__,
        set=evals.name,
        set_digest=evals.digest,
        split=split,
        gate_digest=gate.digest,
        primary=gate.primary.metric,
        level=gate.method.level,
        seed=gate.method.seed,
        a=_arm(outputs_a, model, judge),
        b=_arm(outputs_b, model, judge),
        articles=len(evals.items),
        stories=len(set(evals.stories.values())),
        shifts=shifts,
        costs=costs,
        failures=failures,
        ruling=rule(gate, shifts, costs, failures),
        critic=_critic(judged) if judged else None,
        scored=scored,
    )


def _arm(outputs: Sequence[Output], model: str, judge: str | None) -> Arm:
    prompts = outputs[0].job.prompts
    repeats = tuple(sorted({output.job.repeat for output in outputs}))
    return Arm(
        version=prompts.version, digest=prompts.digest, repeats=repeats, model=model, judge=judge
    )


def _critic(judged: JudgedRows) -> Critic:
    choices = [pair.choice for pair in judged.pairs if pair.choice]
    return Critic(
        model=judged.judge,
        rubric=judged.rubric,
        rubric_digest=judged.rubric_digest,
        trusted=judged.probes.trusted,
        probes_right=judged.probes.right,
        probes=judged.probes.total,
        same_as_writer=judged.same_as_writer,
        unparsed=judged.unparsed,
        flip_rate=judged.flip_rate,
        preferred=dict(sorted(Counter(choices).items())),
    )


def _score(
    outputs: Sequence[Output],
    evals: EvalSet,
    side: Side,
    flaws: Mapping[tuple[Side, str, int], float | None],
) -> tuple[Scored, ...]:
    ordered = sorted(outputs, key=lambda o: (o.job.item.id, o.job.repeat))
    return tuple(
        Scored(
            item=output.job.item.id,
            version=output.job.prompts.version,
            side=side,
            repeat=output.job.repeat,
            figures={
                **score(Case(output, evals.facts.get(output.job.item.id))),
                FLAWS.name: flaws.get((side, output.job.item.id, output.job.repeat)),
            },
            costs=_cost(output),
            failure=output.failure,
        )
        for output in ordered
    )


def _cost(output: Output) -> dict[str, float | None]:
    totals = output.totals
    if totals is None or not totals.calls:
        return dict.fromkeys(COSTS)
    tokens = totals.tokens_in + totals.tokens_out
    return {
        "tokens": float(tokens) or None,
        "seconds": totals.seconds or None,
        "usd": totals.cost_usd or None,
    }


def _shifts(scored: Sequence[Scored], evals: EvalSet, gate: Gate) -> tuple[Shift, ...]:
    found = {metric.name: _compare_metric(metric, scored, evals, gate) for metric in METRICS}
    # Corrected over what may fail a build; the rest is told without a claim.
    claims = {
        name: pair.uncertainty.p
        for name, pair in found.items()
        if pair and pair.uncertainty and gate.margin(name) is not None
    }
    corrected = holm(claims)
    return tuple(
        _shift(metric, pair, gate, corrected.get(metric.name))
        for metric in METRICS
        if (pair := found[metric.name])
    )


def _compare_metric(
    metric: Metric, scored: Sequence[Scored], evals: EvalSet, gate: Gate
) -> Paired | None:
    sign = -1.0 if metric.better == "lower" else 1.0
    sides = [_by_item(scored, side, "figures", metric.name, sign) for side in ("a", "b")]
    # What nobody wrote down for an article (its facts, say) was never planned for it.
    planned = {id for side in sides for id, own in side.items() if any(v is not None for v in own)}
    if not planned:
        return None
    a, b = ({id: own for id, own in side.items() if id in planned} for side in sides)
    stories = {id: story for id, story in evals.stories.items() if id in planned}
    limits = SHARES if metric.better == "higher" else None
    try:
        return paired(a, b, stories, limits=limits, level=gate.method.level, seed=gate.method.seed)
    except ValueError:
        return None  # no article has the figure from both versions


def _by_item(
    scored: Sequence[Scored], side: str, kind: Literal["figures", "costs"], name: str, sign: float
) -> dict[str, list[float | None]]:
    found: dict[str, list[float | None]] = {}
    for brief in scored:
        if brief.side == side:
            value = getattr(brief, kind)[name]
            found.setdefault(brief.item, []).append(None if value is None else sign * value)
    return found


def _shift(metric: Metric, pair: Paired, gate: Gate, holm_p: float | None) -> Shift:
    margin = gate.margin(metric.name)
    told = verdict(pair, margin=margin, holm_p=holm_p, most_missing=gate.method.most_missing)
    sign = -1.0 if metric.better == "lower" else 1.0
    sure = pair.uncertainty
    return Shift(
        metric=metric.name,
        title=metric.title,
        better=metric.better,
        mean_a=sign * pair.mean_a,
        mean_b=sign * pair.mean_b,
        change=sign * pair.change,
        interval=_turn(sure.interval, sign) if sure else None,
        resampled=_turn(sure.resampled, sign) if sure else None,
        p=sure.p if sure else None,
        holm_p=holm_p,
        wins=pair.wins,
        ties=pair.ties,
        losses=pair.losses,
        noise_share=pair.noise_share,
        detectable=sure.detectable if sure else None,
        articles=pair.articles,
        clusters=pair.clusters,
        missing=pair.missing.pairs,
        bounds=_turn(pair.missing.bounds, sign),
        worst=tuple((id, sign * change) for id, change in pair.worst),
        margin=margin,
        label=told.label,
        # The sentence counts a gain as a plus, whichever way the metric's own figures go.
        sentence=told.sentence
        if sign > 0
        else f"{told.label} ({-pair.change:+.3g}, less is better)",
    )


def _turn(interval: tuple[float, float], sign: float) -> tuple[float, float]:
    low, high = (sign * bound for bound in interval)
    return min(low, high), max(low, high)


def _costs(scored: Sequence[Scored], evals: EvalSet, gate: Gate) -> tuple[CostShift, ...]:
    found = []
    for what in COSTS:
        a, b = (_by_item(scored, side, "costs", what, 1.0) for side in ("a", "b"))
        try:
            ratio = paired_ratio(
                a, b, evals.stories, level=gate.method.level, seed=gate.method.seed
            )
        except ValueError:
            continue  # nobody knows the price, say
        found.append(_cost_shift(what, ratio))
    return tuple(found)


def _cost_shift(what: Cost, ratio: Ratio) -> CostShift:
    return CostShift(
        what=what, ratio=ratio.ratio, interval=ratio.interval, p50=ratio.p50, p95=ratio.p95
    )


def _failures(outputs: Sequence[Output], evals: EvalSet, side: Side) -> tuple[Failure, ...]:
    found = [
        failure
        for output in outputs
        for failure in hard_failures(Case(output, evals.facts.get(output.job.item.id)))
    ]
    found.sort(key=lambda f: (f.item, f.repeat, f.kind, f.what))
    return tuple(_told(failure, side) for failure in found)


def _told(failure: HardFailure, side: Side) -> Failure:
    return Failure(
        kind=failure.kind,
        side=side,
        item=failure.item,
        repeat=failure.repeat,
        what=failure.what,
    )
