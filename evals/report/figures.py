"""How numbers and verdicts are put in every report."""

from evals.shapes import Comparison, CostShift, Critic, Shift

NOTHING = 1e-9  # means of the same figures may differ by this much
DECISIONS = {"pass": "PASS", "regression": "REGRESSION", "inconclusive": "INCONCLUSIVE"}
# Said beside the decision, in words that claim no more than the rules of the gate do.
MEANINGS = {
    "pass": "By the rules of the gate {b} may replace {a}. That does not show that they are alike, "
    "or that {b} is better.",
    "regression": "By the rules of the gate {b} may not replace {a}.",
    "inconclusive": "These articles do not settle whether {b} may replace {a}.",
}
CORRECTED = "p: cluster sign flip; those of the primary metric and the guards corrected by Holm."
COVERS = (
    "Intervals cover the choice of articles and the noise of runs. "
    "Not: another model, another judge, other topics."
)


def meaning(report: Comparison) -> str:
    """Return what the decision says and what it does not."""
    return MEANINGS[report.ruling.decision].format(a=report.a.version, b=report.b.version)


def critic(said: Critic) -> str:
    """Return in one line who looked for flaws, whether to trust it, and what it preferred."""
    told = [
        f"critic {said.model} ({said.rubric}): {said.probes_right} of {said.probes} probes right",
        "trusted" if said.trusted else "NOT TRUSTED, its figures are left out",
        f"replies of no use {percent(said.unparsed)}",
    ]
    if said.preferred:
        pairs = ", ".join(f"{choice} {count}" for choice, count in said.preferred.items())
        told.append(f"preferred in disputed pairs: {pairs}")
    if said.flip_rate is not None:
        told.append(f"the place decided {percent(said.flip_rate)} of the pairs")
    if said.same_as_writer:
        told.append("it wrote the briefs too, and a model favours its own")
    return "; ".join(told)


def mean(value: float | None) -> str:
    """Return a mean with three decimals, or none when it is large; a dash where there is none."""
    return "-" if value is None else _rounded(value, "")


def change(value: float | None) -> str:
    """Return a change with its sign, as exact as a mean; a dash where there is none."""
    return "-" if value is None else _rounded(value, "+")


def interval(bounds: tuple[float, float] | None) -> str:
    """Return an interval in brackets, or a dash where there is none."""
    return f"[{change(bounds[0])}, {change(bounds[1])}]" if bounds else "-"


def p_value(shift: Shift) -> str:
    """Return the p value, corrected where it was, or a dash."""
    p = shift.p if shift.holm_p is None else shift.holm_p
    if p is None:
        return "-"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def percent(share: float | None) -> str:
    """Return a share in percent, or a dash."""
    return "-" if share is None else f"{share:.0%}"


def detects(shift: Shift) -> str:
    """Return the change that would be shown four times out of five, or a dash."""
    return "-" if shift.detectable is None else f"{shift.detectable:.2f}"


def balance(shift: Shift) -> str:
    """Return on how many articles the second version won, tied and lost."""
    return f"{shift.wins}/{shift.ties}/{shift.losses}"


def times(cost: CostShift) -> str:
    """Return a ratio with its interval."""
    span = f" [x{cost.interval[0]:.2f}, x{cost.interval[1]:.2f}]" if cost.interval else ""
    return f"x{cost.ratio:.2f}{span}"


def amount(what: str, value: float) -> str:
    """Return tokens, seconds or US dollars, short."""
    if what == "tokens":
        return f"{value / 1000:.1f}k tok"
    if what == "seconds":
        return f"{value:.1f} s"
    return f"${value:.4f}" if value >= 0.001 else f"${value:.2g}"


def _rounded(value: float, sign: str) -> str:
    """Return a figure with three decimals, none when it is large, more when it is tiny."""
    if abs(value) < NOTHING:
        return format(0.0, f"{sign}.3f")
    if abs(value) < 0.0005:
        return format(value, f"{sign}.1g")  # a small loss is not to be read as none
    return format(value, f"{sign}.{0 if abs(value) >= 99.9995 else 3}f")
