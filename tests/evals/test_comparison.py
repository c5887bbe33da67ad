import json

import pytest

from agent.errors import UsageError
from evals.comparison import compare
from evals.gate import Gate, load_gate, rule
from evals.items import EvalSet, Item
from evals.report.files import as_json
from evals.shapes import CostShift, Failure
from tests.evals.cases import brief_of, checked, output_of

GOOD = "About 2,000 of those troops have been killed."
POOR = "About 2,000 engineers have drowned somewhere."
WRONG = "About 3,000 of those troops have been killed."
IDS = [f"art-{n}" for n in range(8)]


def evals_of(ids=IDS):
    items = tuple(Item(id=id, file=f"{id}.txt") for id in ids)
    return EvalSet("mine", None, items, {}, "0" * 64)


def outputs(texts, repeats=(0,), **fields):
    return [
        output_of(brief_of(checked(text)), item=id, repeat=repeat, **fields)
        for id, text in zip(IDS, texts, strict=True)
        for repeat in repeats
    ]


def compared(a, b, gate=None):
    rules = gate or load_gate()
    return compare(a, b, evals_of(), rules, split="dev", model="scripted", judge=None)


def shift(report, metric):
    return next(s for s in report.shifts if s.metric == metric)


def test_a_version_that_supports_more_on_every_article_is_better_and_passes():
    report = compared(outputs([POOR] * 8), outputs([GOOD] * 8))
    assert shift(report, "support").label == "better"
    assert shift(report, "support").wins == 8
    assert report.ruling.decision == "pass"


def test_the_other_way_round_it_is_worse_and_a_regression():
    report = compared(outputs([GOOD] * 8), outputs([POOR] * 8))
    assert shift(report, "support").label == "worse"
    assert report.ruling.decision == "regression"


def test_an_invented_figure_is_a_regression_whatever_the_means_say():
    report = compared(outputs([POOR] * 8), outputs([GOOD] * 7 + [WRONG]))
    assert shift(report, "support").change > 0
    assert report.ruling.decision == "regression"
    assert any(
        reason.startswith("invented figure: 0 before, 1 now") for reason in report.ruling.reasons
    )
    assert [(f.side, f.item) for f in report.failures if f.kind == "invented figure"] == [
        ("b", "art-7")
    ]


def test_the_same_outputs_give_no_difference_and_the_same_bytes():
    a = compared(outputs([GOOD] * 8), outputs([GOOD] * 8))
    b = compared(outputs([GOOD] * 8), outputs([GOOD] * 8))
    assert {s.label for s in a.shifts} == {"no difference shown"}
    assert as_json(a) == as_json(b)
    assert json.loads(as_json(a))["a"]["version"] == "v1"


def test_missing_is_missing_and_too_much_of_it_is_inconclusive():
    b = outputs([GOOD] * 8)
    b[0] = output_of(None, item=IDS[0], failure="declined")
    report = compared(outputs([GOOD] * 8), b)
    found = shift(report, "support")
    assert (found.articles, found.missing) == (7, 1)
    assert found.mean_b == 1.0
    assert found.label == "inconclusive"


def test_a_metric_that_is_better_low_is_told_in_its_own_direction():
    from agent.llm.openai_model import Asked

    often = (Asked("bluf", 3, True),)
    report = compared(outputs([GOOD] * 8), outputs([GOOD] * 8, asked=often))
    found = shift(report, "retries")
    assert (found.mean_a, found.mean_b, found.change) == (0.0, 2.0, 2.0)
    assert found.losses == 8


def test_tokens_beyond_the_limit_are_a_regression():
    report = compared(outputs([GOOD] * 8), outputs([GOOD] * 8, tokens=1500))
    assert report.ruling.decision == "regression"
    assert "tokens: 1.50 times as much, limit 1.3" in report.ruling.reasons


def test_unknown_prices_are_left_out_of_the_costs():
    report = compared(outputs([GOOD] * 8), outputs([GOOD] * 8))
    assert {cost.what for cost in report.costs} == {"tokens", "seconds"}


def test_a_gate_that_wants_better_is_inconclusive_when_nothing_is_shown():
    gate = Gate.model_validate({"primary": {"metric": "support", "rule": "better", "margin": 0}})
    report = compared(outputs([GOOD] * 8), outputs([GOOD] * 8), gate)
    assert report.ruling.decision == "inconclusive"


def test_hard_failures_are_gated_by_how_many_are_new():
    gate = Gate.model_validate(
        {"primary": {"metric": "x", "margin": 0}, "hard": {"false quotation": 1}}
    )
    one = Failure(kind="false quotation", side="b", item="a", repeat=0, what="bluf.1")
    assert rule(gate, (), (), (one,)).decision == "inconclusive"
    assert rule(gate, (), (), (one, one)).decision == "regression"


def test_a_limit_on_the_slowest_looks_at_the_tail_where_slower_is_shown():
    gate = Gate.model_validate(
        {"primary": {"metric": "x", "margin": 0}, "limits": {"p95_seconds": 1.5}}
    )
    cost = CostShift(what="seconds", ratio=1.3, interval=(1.1, 1.5), p50=(1, 1), p95=(1, 2))
    assert "p95 of seconds: 2.00 times" in rule(gate, (), (cost,), ()).reasons[0]
    for interval in (None, (0.9, 1.5)):
        chance = cost.model_copy(update={"interval": interval})
        assert rule(gate, (), (chance,), ()).decision == "inconclusive"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "primary: Field required"),
        ('[primary]\nmetric = "support"\nmargin = -1', "primary.margin"),
        ("[primary", "no rules of a gate"),
        ('[primary]\nmetric = "a"\nmargin = 0\nsurprise = 1', "primary.surprise"),
    ],
)
def test_a_gate_file_that_is_none_is_refused_with_the_place(tmp_path, text, message):
    file = tmp_path / "gate.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_gate(file)
