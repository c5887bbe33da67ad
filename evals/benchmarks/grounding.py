"""Measure the verifier on labelled pairs of a document and a claim, without any LLM.

Balanced accuracy per set and its plain mean, as in LLM-AggreFact (Tang et al., 2024); the score is
held against two lexical baselines in the same run, and each step against the verifier without it.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from agent.clean import one_line
from agent.errors import SourceError
from agent.prompts import PromptSet, load_prompts
from agent.sources.sentences import number_sentences
from agent.statements import read_lines
from agent.verify.cascade import check_claims, stands
from agent.verify.grounding import ground, load_fusion, recall
from agent.verify.numerals import figures_in
from agent.verify.proper import names_in
from agent.verify.steps import findings
from agent.verify.words import content, fold
from evals.metrics import (
    Bin,
    Labels,
    Numbers,
    Scores,
    balanced_accuracy,
    bootstrap_interval,
    calibration_error,
    reliability,
    roc_auc,
)
from schemas.claims import Claim, Verdict
from schemas.record import Record
from schemas.sources import Source, Sources

Decided = tuple[Sources, tuple[Claim, ...], dict[str, Verdict]]


class Row(Record):
    """One labelled pair; `label` is 1 when the document supports the whole claim."""

    id: str
    dataset: str
    doc: str
    claim: str
    label: int
    domain: str = ""


@dataclass(frozen=True)
class Judged:
    """What the verifier made of one row.

    Attributes:
        row: The row.
        score: The lowest score of the claim's sentences, in [0, 1].
        accepted: Whether each of them is more likely supported than not.
        printed: Whether each of them may be printed without a judge.
        trace: For each sentence, every verdict that an exact step gave, then the model's.
        baseline: Token recall of the claim in its best three sentences.
        absent: Whether a figure or a name of the claim is nowhere in the document.
    """

    row: Row
    score: float
    accepted: bool
    printed: bool
    trace: tuple[tuple[Verdict, ...], ...]
    baseline: float
    absent: bool


@dataclass(frozen=True)
class SetFigures:
    """The figures of one set."""

    name: str
    rows: int
    balanced_accuracy: float
    roc_auc: float


@dataclass(frozen=True)
class Report:
    """The figures of a whole run.

    Attributes:
        sets: One entry for each set that has rows of both labels.
        mean: Plain mean of their balanced accuracy, and its 95 percent interval.
        news: The same over the sets whose domain is news, when rows say so.
        printed: How many rows would be printed without a judge, and the share that is true.
        auc: Plain mean of the ROC areas.
        calibration: Expected calibration error over all rows, 15 bins.
        curve: The bins behind it.
        baselines: Mean balanced accuracy of the lexical baselines, each at the threshold that is
            best for it on these very rows.
        without: Mean balanced accuracy with one step left out, by step.
        fires: How many rows each step fails or supports, and the share of them it is right about.
        claims_per_second: Rows a second through the verifier as it ships.
        seconds: Its time.
    """

    sets: tuple[SetFigures, ...]
    mean: float
    mean_interval: tuple[float, float]
    news: float | None
    news_interval: tuple[float, float] | None
    printed: tuple[int, float]
    auc: float
    calibration: float
    curve: tuple[Bin, ...]
    baselines: Mapping[str, float]
    without: Mapping[str, float]
    fires: Mapping[str, tuple[int, float]]
    claims_per_second: float
    seconds: float


def read_rows(file: Path) -> tuple[Row, ...]:
    """Return the rows of a JSON Lines file.

    Raises:
        SourceError: It cannot be read, or a line is no row.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(file), f"cannot be read ({error})") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line)
            rows.append(Row(**{k: v for k, v in fields.items() if k in Row.model_fields}))
        except (ValueError, TypeError, AttributeError, ValidationError) as error:
            problem = one_line(str(error), limit=120)
            raise SourceError(f"{file}:{number}", f"is no labelled row ({problem})") from error
    if not rows:
        raise SourceError(str(file), "holds no row")
    return tuple(rows)


def measure(rows: Sequence[Row]) -> Report:
    """Return the figures of the verifier on the rows.

    Raises:
        ValueError: No set has rows of both labels.
    """
    began = time.monotonic()
    decided = asyncio.run(_decide(rows))
    seconds = time.monotonic() - began
    return _report([_judge(*found) for found in zip(rows, decided, strict=True)], seconds)


def judge_rows(rows: Sequence[Row]) -> list[Judged]:
    """Return what the verifier makes of each row."""
    return [_judge(*found) for found in zip(rows, asyncio.run(_decide(rows)), strict=True)]


def mean_by_threshold(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """Return thresholds of the score with the mean balanced accuracy that each would give."""
    labels = np.array([j.row.label == 1 for j in judged])
    scores = np.array([j.score for j in judged])
    members = _members([j.row.dataset for j in judged], labels)
    return [(float(t), _mean(scores >= t, labels, members)) for t in np.arange(0.2, 0.96, 0.03)]


async def _decide(
    rows: Sequence[Row],
) -> list[Decided]:
    prompts = load_prompts()
    return [await _verdicts(row, prompts) for row in rows]


async def _verdicts(row: Row, prompts: PromptSet) -> Decided:
    sources = sources_of(row.doc)
    claims = read_lines([row.claim], sources)
    return sources, claims, await check_claims(claims, sources, None, prompts)


def sources_of(document: str) -> Sources:
    """Return a document as the only source, numbered."""
    source = Source(
        number=1,
        name="document",
        kind="text",
        title="",
        publisher=None,
        author=None,
        published=None,
        published_from=None,
        url=None,
        language=None,
        sha256="",
        text=document,
        sentences=number_sentences(document, source=1),
    )
    return Sources(items=(source,))


def _judge(row: Row, decided: Decided) -> Judged:
    sources, claims, verdicts = decided
    grounded = ground(claims, sources)
    trace = tuple(
        (*findings(claim, sources), _by_model(claim, found.support))
        for claim, found in zip(claims, grounded, strict=True)
    )
    texts = [s.text for s in sources.items[0].sentences]
    windows = [" ".join(texts[n : n + 3]) for n in range(max(1, len(texts) - 2))]
    return Judged(
        row=row,
        score=min((verdict.score for verdict in verdicts.values()), default=0.0),
        accepted=bool(verdicts) and all(_leans(verdict) for verdict in verdicts.values()),
        printed=bool(verdicts) and all(stands(verdict) for verdict in verdicts.values()),
        trace=trace,
        baseline=max(recall(row.claim, window) for window in windows),
        absent=_absent(row),
    )


def _leans(verdict: Verdict) -> bool:
    """Return whether a verdict is on the side of support where both are as many.

    A brief prints less than that: there the model alone supports from `accept` on.
    """
    return stands(verdict) or (
        verdict.method == "entailment" and verdict.score >= load_fusion().even
    )


def _by_model(claim: Claim, support: float) -> Verdict:
    return Verdict(
        claim=claim.id,
        label="supported" if support >= load_fusion().even else "unsupported",
        method="entailment",
        score=support,
        evidence=(),
        reason="",
    )


def _absent(row: Row) -> bool:
    theirs = set(content(row.doc))
    known = {f.low for f in figures_in(row.doc)}
    figures = any(f.low not in known for f in figures_in(row.claim))
    words = {fold(word) for name in names_in(row.claim) for word in name.words}
    return figures or any(
        word not in theirs and word not in fold(row.doc.casefold()) for word in words
    )


def _report(judged: Sequence[Judged], seconds: float) -> Report:
    labels = np.array([j.row.label == 1 for j in judged])
    scores = np.array([j.score for j in judged])
    accepted = np.array([j.accepted for j in judged])
    members = _members([j.row.dataset for j in judged], labels)
    if not members:
        raise ValueError("no set has rows of both labels")
    news = {name: own for name, own in members.items() if "news" in judged[int(own[0])].row.domain}
    methods = sorted({v.method for j in judged for sentence in j.trace for v in sentence})
    return Report(
        sets=tuple(
            SetFigures(
                name,
                len(own),
                balanced_accuracy(accepted[own], labels[own]),
                roc_auc(scores[own], labels[own]),
            )
            for name, own in members.items()
        ),
        mean=_mean(accepted, labels, members),
        mean_interval=_interval(judged, accepted, labels, members),
        news=_mean(accepted, labels, news) if news else None,
        news_interval=_interval(judged, accepted, labels, news) if news else None,
        printed=_printed(judged),
        auc=float(np.mean([roc_auc(scores[own], labels[own]) for own in members.values()])),
        calibration=calibration_error(scores, labels),
        curve=reliability(scores, labels),
        baselines=_baselines(judged, labels, members),
        without={
            name: _mean(np.array([_stands_without(j, name) for j in judged]), labels, members)
            for name in methods
        },
        fires={name: _fires(judged, name) for name in methods},
        claims_per_second=len(judged) / seconds,
        seconds=seconds,
    )


def _members(names: Sequence[str], labels: Labels) -> dict[str, Numbers]:
    """Return the row numbers of each set that has rows of both labels."""
    found = {}
    for name in sorted(set(names)):
        own = np.array([n for n, other in enumerate(names) if other == name])
        if labels[own].any() and not labels[own].all():
            found[name] = own
    return found


def _mean(accepted: Labels, labels: Labels, members: Mapping[str, Numbers]) -> float:
    return float(np.mean([balanced_accuracy(accepted[n], labels[n]) for n in members.values()]))


def _interval(
    judged: Sequence[Judged], accepted: Labels, labels: Labels, among: Mapping[str, Numbers]
) -> tuple[float, float]:
    """Return the interval of the mean over sets, documents resampled within each set."""
    rows = np.concatenate(list(among.values()))
    groups = [f"{judged[n].row.dataset}\n{judged[n].row.doc}" for n in rows]
    names = np.array([judged[n].row.dataset for n in rows])

    def mean(drawn: Numbers) -> float:
        members = {name: rows[drawn[names[drawn] == name]] for name in among}
        return _mean(accepted, labels, members)

    return bootstrap_interval(mean, groups)


def _baselines(
    judged: Sequence[Judged], labels: Labels, members: Mapping[str, Numbers]
) -> dict[str, float]:
    found = np.array([j.baseline for j in judged])
    absent = np.array([j.absent for j in judged])
    ruled = np.where(absent, 0.0, found)
    return {
        "token recall, best three sentences": _best(found, labels, members),
        "the same, and no absent figure or name": _best(ruled, labels, members),
    }


def _best(scores: Scores, labels: Labels, members: Mapping[str, Numbers]) -> float:
    return max(_mean(scores >= t, labels, members) for t in np.linspace(0.02, 1, 50))


def _stands_without(judged: Judged, method: str) -> bool:
    def decides(sentence: tuple[Verdict, ...]) -> bool:
        left = (verdict for verdict in sentence if verdict.method != method)
        first = next(left, None)
        return first is not None and stands(first)

    return bool(judged.trace) and all(decides(sentence) for sentence in judged.trace)


def _printed(judged: Sequence[Judged]) -> tuple[int, float]:
    true = [j.row.label == 1 for j in judged if j.printed]
    return len(true), sum(true) / len(true) if true else 0.0


def _fires(judged: Sequence[Judged], method: str) -> tuple[int, float]:
    """Return how many sentences a step decides, and the share of them it is right about."""
    right = [
        stands(first) == (j.row.label == 1)
        for j in judged
        for sentence in j.trace
        if (first := sentence[0]).method == method
    ]
    return len(right), sum(right) / len(right) if right else 0.0


def as_text(report: Report) -> str:
    """Return the figures as a table and lines for a reader."""
    lines = [f"{'set':<20}{'rows':>6}{'bal.acc':>9}{'AUC':>7}"]
    lines += [
        f"{one_line(s.name, limit=19):<20}{s.rows:>6}"
        f"{100 * s.balanced_accuracy:>9.1f}{100 * s.roc_auc:>7.1f}"
        for s in report.sets
    ]
    lines += ["", f"mean of {len(report.sets)} sets{_spread(report.mean, report.mean_interval)}"]
    if report.news is not None and report.news_interval is not None:
        lines += [f"mean of the news sets{_spread(report.news, report.news_interval)}"]
    lines += [
        f"mean ROC area {100 * report.auc:.1f}; calibration error {report.calibration:.3f}",
        f"{report.printed[0]} rows would be printed without a judge, {report.printed[1]:.0%} true",
        f"{report.claims_per_second:.0f} claims a second ({report.seconds:.0f} s)",
        "",
        "baselines, each at its best threshold here:",
        *(f"  {name:<42}{100 * value:5.1f}" for name, value in report.baselines.items()),
        "",
        f"{'step':<14}{'decides':>9}{'right':>8}{'mean without it':>17}",
        *(
            f"{name:<14}{report.fires[name][0]:>9}{report.fires[name][1]:>8.0%}{100 * value:>17.1f}"
            for name, value in report.without.items()
        ),
        "",
        f"{'score':>6}{'true':>8}{'rows':>7}",
        *(f"{b.score:>6.2f}{b.share:>8.2f}{b.count:>7}" for b in report.curve),
    ]
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> str:
    """Return the figures as one JSON object; shares are in [0, 1], `mean` is balanced accuracy."""
    return json.dumps(asdict(report), indent=2) + "\n"


def _spread(value: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f" {100 * value:.1f} ({100 * low:.1f} to {100 * high:.1f})"
