"""The files that a comparison leaves: JSON for scripts, CSV for spreadsheets, JUnit for builds."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from xml.etree import ElementTree

from agent.views.json import dump
from agent.views.lines import plain
from evals.gate import Gate, rule
from evals.report.articles import means
from evals.shapes import Comparison

# OWASP ASVS 1.2.10 and CWE-1236; the wide forms of the same signs do it in some spreadsheets too.
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


def as_json(report: Comparison) -> str:
    """Return the report as JSON in ASCII: the same inputs give the same bytes."""
    return dump(report.model_dump(mode="json"))


def pairs_csv(report: Comparison, stories: Mapping[str, str]) -> str:
    """Return one row for each article and metric: both means, the change, the story."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("item", "story", "metric", "a", "b", "change"))
    known = means(report.scored)
    metrics = sorted({name for brief in report.scored for name in brief.figures})
    for item in sorted({brief.item for brief in report.scored}):
        for metric in metrics:
            a, b = known.get((item, "a", metric)), known.get((item, "b", metric))
            change = None if a is None or b is None else b - a
            named = (_cell(item), _cell(stories.get(item, item)), _cell(metric))
            writer.writerow((*named, a, b, change))  # None becomes an empty cell
    return target.getvalue()


def junit(report: Comparison, gate: Gate) -> str:
    """Return the gate as JUnit XML: a test for each rule, which fails as the rule does.

    What is inconclusive counts as skipped, or as failed where the gate forbids it.
    """
    name = f"bluf eval {report.a.version} {report.b.version}"
    suite = ElementTree.Element("testsuite", name=_xml(name))
    for shift in report.shifts:
        if gate.margin(shift.metric) is not None:
            outcome = _outcome(shift.label, gate)
            _add_case(suite, f"metric.{shift.metric}", outcome, shift.sentence)
    for kind, fault in _hard(report, gate):
        _add_case(suite, f"hard.{kind}", "failure" if fault else None, fault)
    costs = rule(gate, (), report.costs, ())  # the same rules, held against the costs alone
    broken = costs.decision == "regression"
    _add_case(suite, "limits", "failure" if broken else None, "; ".join(costs.reasons))
    ruling = report.ruling
    _add_case(suite, "gate", _outcome(ruling.decision, gate), "; ".join(ruling.reasons))
    for what, total in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        suite.set(what, str(sum(1 for _ in suite.iter(total))))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _outcome(found: str, gate: Gate) -> str | None:
    """Return what a test of this label or decision is in JUnit's words; None when it passes."""
    if found == "inconclusive" and gate.method.on_inconclusive == "warn":
        return "skipped"
    return "failure" if found in ("worse", "regression", "inconclusive") else None


def _hard(report: Comparison, gate: Gate) -> Iterator[tuple[str, str]]:
    """Yield each kind of hard failure that has a limit, with the fault or nothing."""
    for kind, most in sorted(gate.hard.items()):
        a, b = (
            sum(1 for f in report.failures if f.kind == kind and f.side == side)
            for side in ("a", "b")
        )
        yield kind, f"{b - a} new, limit {most}" if b - a > most else ""


def _add_case(suite: ElementTree.Element, name: str, outcome: str | None, why: str) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname="bluf.eval", name=_xml(name))
    if outcome is not None:
        ElementTree.SubElement(case, outcome, message=_xml(why))


def _cell(text: str) -> str:
    shown = plain(text)
    # A spreadsheet would run a cell that begins so.
    return f"'{shown}" if text.startswith(DANGEROUS) or shown.startswith(DANGEROUS) else shown


def _xml(text: str) -> str:
    """Return text on one line, without the characters that XML 1.0 knows no way to write."""
    return plain(text)
