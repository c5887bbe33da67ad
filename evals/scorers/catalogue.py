"""Every figure that is taken of a brief. To add one: a function of a Case, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from evals.scorers import coverage, form, grounding, language
from evals.scorers.case import Case


@dataclass(frozen=True)
class Metric:
    """One figure of one brief.

    Attributes:
        name: What gate files and reports call it.
        title: What people read.
        better: Whether more of it is better, less, or neither.
        score: Returns the figure, or None where there is none; missing is never zero. Without it
            the figure is not taken by code: a model tells it, when one is asked.
    """

    name: str
    title: str
    better: Literal["higher", "lower", "neither"]
    score: Callable[[Case], float | None] | None


FLAWS = Metric("flaws", "free of flaws", "higher", None)
METRICS = (
    Metric("support", "drafts supported", "higher", grounding.lexical_support),
    Metric("specifics", "specifics found", "higher", grounding.specifics_found),
    Metric("quotations", "quotations verbatim", "higher", grounding.quotations_verbatim),
    Metric("evidence", "evidence resolves", "higher", grounding.evidence_resolves),
    Metric("facts", "facts covered", "higher", coverage.facts_covered),
    Metric("hypotheses", "hypotheses named", "higher", coverage.hypotheses_named),
    Metric("traps", "traps avoided", "higher", coverage.traps_avoided),
    FLAWS,
    Metric("language", "faultless sentences", "higher", language.language_clean),
    Metric("printed", "drafts printed", "higher", language.drafts_printed),
    Metric("sections", "sections written", "higher", form.sections_written),
    Metric("valid", "valid at first try", "higher", form.valid_at_first),
    Metric("retries", "retries per ask", "lower", form.retries),
    Metric("words", "words printed", "neither", form.printed_words),
)


Kind = Literal["no brief", "invented figure", "false quotation", "empty section"]


@dataclass(frozen=True)
class HardFailure:
    """Something that no mean may hide; counted, never averaged."""

    kind: Kind
    version: str
    item: str
    repeat: int
    what: str


def score(case: Case) -> dict[str, float | None]:
    """Return every figure of one case that code takes, by the metric's name."""
    return {metric.name: metric.score(case) for metric in METRICS if metric.score}


def hard_failures(case: Case) -> tuple[HardFailure, ...]:
    """Return what is wrong with an output beyond any average."""
    job = case.output.job

    def failure(kind: Kind, what: str) -> HardFailure:
        return HardFailure(kind, job.prompts.version, job.item.id, job.repeat, what)

    if case.brief is None or case.sources is None:
        return (failure("no brief", case.output.failure or "no brief"),)
    figures = grounding.invented_figures(case.printed, case.sources)
    quotations = grounding.false_quotations(case.printed, case.sources)
    return (
        *(failure("invented figure", id) for id in figures),
        *(failure("false quotation", id) for id in quotations),
        *(failure("empty section", name) for name in form.empty_sections(case.brief)),
    )
