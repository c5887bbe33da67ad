"""A brief that was left alone holds in full; one that somebody changed is told from it."""

import json
from random import Random

import pytest

from agent.analysis.cross_impact import RUNS
from agent.briefs import parse_brief
from agent.errors import SourceError
from agent.views.json import as_json
from agent.views.rechecked import as_table
from schemas.recheck import Recheck
from tests.builders import LETTER, make_source
from tests.recheck.briefs import everywhere, recheck, tampered, written


def faults(found: Recheck) -> dict[str, list[str]]:
    return {c.name: [f.problem for f in c.faults] for c in found.checks if c.faults}


@pytest.mark.parametrize(
    "how", [{}, {"judge": False}, {"echo": True}], ids=["judged", "without a judge", "two sources"]
)
def test_a_brief_that_nobody_touched_holds_in_full(how):
    found = recheck(written(**how))
    assert faults(found) == {}
    assert not [check.name for check in found.checks if check.skipped]


def test_the_checks_look_at_everything_there_is():
    found = {check.name: check for check in recheck(written()).checks}
    brief = written()
    assert found["sentences"].count == len(brief.sources[0].sentences)
    assert found["ledger"].count == len(brief.ledger) == found["verdicts"].count
    assert found["hypothesis matrix"].count == 4
    assert found["cross-impact simulation"].count == 5
    assert found["quotations"].count == len(brief.sourcing.facts) + 4


def change_source_text(fields):
    source = fields["sources"][0]
    source["text"] = source["text"].replace("15,000", "25,000")


def change_source_text_and_sentence(fields):
    change_source_text(fields)
    sentence = fields["sources"][0]["sentences"][1]
    sentence["text"] = sentence["text"].replace("15,000", "25,000")


def change_a_figure_of_a_claim(fields):
    for claim in everywhere(fields, "bluf.what.1"):
        claim["text"] = claim["text"].replace("2,000", "3,000")


def change_the_body_alone(fields):
    _, printed = everywhere(fields, "bluf.meaning.1")
    printed["text"] = "Soldiers carry more of the alliance than engineers do."


def name_somebody_in_a_judged_claim(fields):
    for claim in everywhere(fields, "implications.political.1"):
        claim["text"] = "Putin owes Lukashenko a visible favour after the war."


def change_an_offset(fields):
    fields["sources"][0]["sentences"][2]["start"] += 1


def swap_two_sentences(fields):
    sentences = fields["sources"][0]["sentences"]
    sentences[2], sentences[3] = sentences[3], sentences[2]


def leave_a_sentence_out(fields):
    sentences = fields["sources"][0]["sentences"]
    del sentences[-1]


def cite_what_no_source_has(fields):
    for claim in everywhere(fields, "bluf.meaning.1"):
        claim["evidence"] = ["1.99"]


def drop_a_withheld_claim(fields):
    gone = fields["withheld"].pop()
    fields["ledger"] = [claim for claim in fields["ledger"] if claim["id"] != gone["id"]]


def drop_a_claim_from_the_withheld(fields):
    fields["withheld"].pop()


def print_a_withheld_claim(fields):
    shown = fields["withheld"].pop()
    fields["bluf"]["parts"][1]["claims"].append(shown)


def change_a_score_of_a_rule(fields):
    for claim in everywhere(fields, "bluf.what.1"):
        claim["score"] = 0.97


def change_a_score_of_a_judge(fields):
    for claim in everywhere(fields, "bluf.meaning.1"):
        claim["score"] = 0.95


def change_points_of_the_matrix(fields):
    fields["techniques"][0]["ach"]["scores"][1] = 0.5


def change_a_rating(fields):
    fields["techniques"][0]["ach"]["rows"][0]["ratings"][1] = "II"


def change_the_least_refuted(fields):
    fields["techniques"][0]["ach"]["least_refuted"] = ["B"]


def change_the_line_on_the_matrix(fields):
    part = next(p for p in fields["hypotheses"]["parts"] if p["name"] == "assessment")
    part["note"] = part["note"].replace("Hypothesis A", "Hypothesis B")


def change_a_signal(fields):
    fields["techniques"][0]["ach"]["rows"][1]["signal"] = "Moscow has sent 15,000 troops."


def raise_the_confidence(fields):
    fields["confidence"]["level"] = "high"


def raise_a_factor(fields):
    fields["confidence"]["level"] = "high"
    for factor in fields["confidence"]["factors"]:
        factor["allows"] = "high"


def change_a_probability(fields):
    outcome = next(t for t in fields["techniques"] if t["cross_impact"])["cross_impact"]
    outcome["outcomes"][0]["after"] = 0.9


def change_the_seed(fields):
    next(t for t in fields["techniques"] if t["cross_impact"])["cross_impact"]["seed"] += 1


def ask_for_endless_runs(fields):
    simulation = next(t for t in fields["techniques"] if t["cross_impact"])["cross_impact"]
    simulation["runs"] = RUNS * 10**9


def change_the_likelihood_of_an_event(fields):
    for claim in everywhere(fields, "implications.economic.1"):
        claim["likelihood"] = "almost no chance"


def invent_a_conflict(fields):
    sides = [{"says": says, "speakers": ["Seoul"], "evidence": ["1.2"]} for says in ("1", "2")]
    fields["sourcing"]["conflicts"] = [{"about": "figure", "what": "dead", "sides": sides}]


def misreport_a_key_fact(fields):
    fields["sourcing"]["facts"][1]["figures"] = ["150,000"]


def call_a_fact_confirmed(fields):
    fields["sourcing"]["facts"][1]["credibility"] = 1


def speak_of_a_claim_that_is_none(fields):
    indicators = next(t for t in fields["techniques"] if t["indicators"])["indicators"]
    indicators["rows"][0]["claim"] = "indicators.indicators.9"


def call_it_reviewed(fields):
    fields["status"] = "reviewed"


def name_other_prompts(fields):
    fields["run"]["prompt_hash"] = "0" * 64


def swap_two_scenarios(fields):
    best, worst = (p for p in fields["outlook"]["parts"] if p["name"] in {"best", "worst"})
    best["claims"], worst["claims"] = worst["claims"], best["claims"]


def call_the_best_scenario_worst(fields):
    best = next(p for p in fields["outlook"]["parts"] if p["name"] == "best")
    best["title"] = "Scenario: Worst"


def change_the_title(fields):
    fields["title"] = "Alliance broken"


def take_the_sources_away(fields):
    fields["sources"] = []


EVIDENCE = {
    change_source_text: "source texts",
    change_source_text_and_sentence: "source texts",
    change_an_offset: "sentences",
    swap_two_sentences: "sentences",
    leave_a_sentence_out: "sentences",
    cite_what_no_source_has: "citations",
    change_a_signal: "quotations",
    misreport_a_key_fact: "quotations",
    take_the_sources_away: "source texts",
}
CONCLUSIONS = {
    change_a_figure_of_a_claim: "verdicts",
    change_the_body_alone: "ledger",
    name_somebody_in_a_judged_claim: "verdicts",
    change_a_score_of_a_rule: "verdicts",
    change_a_score_of_a_judge: "verdicts",
    change_points_of_the_matrix: "hypothesis matrix",
    change_a_rating: "hypothesis matrix",
    change_the_least_refuted: "hypothesis matrix",
    change_the_line_on_the_matrix: "hypothesis matrix",
    raise_the_confidence: "confidence",
    raise_a_factor: "confidence",
    change_a_probability: "cross-impact simulation",
    change_the_seed: "cross-impact simulation",
    ask_for_endless_runs: "cross-impact simulation",
    change_the_likelihood_of_an_event: "cross-impact simulation",
    invent_a_conflict: "sourcing",
    call_a_fact_confirmed: "sourcing",
    speak_of_a_claim_that_is_none: "references",
    call_it_reviewed: "review",
    name_other_prompts: "prompts",
    change_the_title: "head",
    swap_two_scenarios: "places",
    call_the_best_scenario_worst: "places",
}


@pytest.mark.parametrize("change", EVIDENCE, ids=lambda change: change.__name__)
def test_changed_evidence_is_told(change):
    found = recheck(tampered(written(), change))
    assert EVIDENCE[change] in faults(found)
    assert found.faults("evidence")


@pytest.mark.parametrize("change", CONCLUSIONS, ids=lambda change: change.__name__)
def test_a_changed_conclusion_is_told_while_the_evidence_holds(change):
    found = recheck(tampered(written(), change))
    assert CONCLUSIONS[change] in faults(found)
    assert found.faults("evidence") == ()


@pytest.mark.parametrize(
    "change",
    [drop_a_withheld_claim, drop_a_claim_from_the_withheld, print_a_withheld_claim],
    ids=lambda change: change.__name__,
)
def test_a_withheld_claim_cannot_be_dropped_or_printed(change):
    # Without a judge every inference was withheld.
    found = faults(recheck(tampered(written(judge=False), change)))
    assert found.keys() & {"ledger", "confidence"}


def test_only_the_claim_that_was_changed_is_named():
    found = recheck(tampered(written(), change_a_figure_of_a_claim))
    (fault,) = found.faults("conclusions")
    assert fault.where == "bluf.what.1"
    assert "3,000" in fault.problem
    assert "figures" in fault.problem


def test_a_changed_source_says_which_claims_it_leaves_without_support():
    found = recheck(tampered(written(), change_text))
    assert [f.where for f in found.faults("conclusions")] == ["bluf.what.1"]


def change_text(fields):
    source = fields["sources"][0]
    source["text"] = source["text"].replace("2,000", "9,000")
    sentence = source["sentences"][1]
    sentence["text"] = sentence["text"].replace("2,000", "9,000")


def test_steps_are_not_taken_where_the_sentences_do_not_hold():
    found = recheck(tampered(written(), change_an_offset))
    assert [check.name for check in found.checks if check.skipped] == ["verdicts", "sourcing"]
    assert "not run" in as_table(found, width=100, colour=False)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_changed_the_recheck_ends_in_a_report(seed):
    random = Random(seed)
    for _ in range(12):
        fields = json.loads(as_json(written(judge=bool(seed % 2), echo=seed > 1)))
        _change_something(fields, random)
        try:
            brief = parse_brief(json.dumps(fields), "changed.json")
        except SourceError:
            continue
        assert as_table(recheck(brief), width=60, colour=False).endswith("\n")


def _change_something(fields, random):
    """Change one value, somewhere, to another of its kind; or lose, double or swap list items."""
    holder, key = random.choice(list(_places(fields)))
    value = holder[key]
    if isinstance(value, list):
        holder[key] = random.choice([value[1:], value + value[:1], value[::-1]])
    elif isinstance(value, str):
        holder[key] = random.choice([f"{value}x", "", value[:-1], "1.99", "\x1b[31m\u202e"])
    elif isinstance(value, int | float):
        holder[key] = random.choice([value + 1, 0, -1, value * 1.5, 10**12])
    else:
        holder[key] = random.choice([None, "x", 1])


def _places(value):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        if isinstance(item, dict | list):
            yield from _places(item)
        if not isinstance(item, dict):
            yield value, key


def test_a_judges_verdicts_are_listed_as_not_to_be_had_again():
    again = {found.means: found for found in recheck(written()).verdicts}
    judged = tuple(claim.id for claim in written().ledger if claim.method == "judge")
    assert (again["a judge"].claims, again["a judge"].same) == (judged, None)
    assert again["exact rules"].same == len(again["exact rules"].claims)


def test_a_version_of_prompts_that_is_not_installed_is_no_fault():
    def rename(fields):
        fields["run"]["prompt_version"] = "../elsewhere/v77"

    found = recheck(tampered(written(), rename))
    (note,) = next(check for check in found.checks if check.name == "prompts").notes
    assert "v77" in note
    assert faults(found) == {}


def test_another_version_of_the_program_is_noted():
    def rename(fields):
        fields["run"]["bluf_version"] = "0.0.1"

    found = recheck(tampered(written(), rename))
    notes = next(check for check in found.checks if check.name == "prompts").notes
    assert [note for note in notes if "0.0.1" in note]


def test_the_article_itself_matches_its_source():
    found = recheck(written(), make_source(LETTER, name="elsewhere.txt"))
    assert faults(found) == {}
    assert next(check for check in found.checks if check.name == "originals").count == 1


def test_an_article_that_says_something_else_is_shown_at_its_first_difference():
    other = make_source(LETTER.replace("15,000", "25,000"))
    found = recheck(written(), other)
    (problem,) = faults(found)["originals"]
    assert "25,000" in problem
    assert "15,000" in problem
    assert found.faults("evidence")


def test_a_source_that_was_not_given_is_noted():
    found = recheck(written(echo=True), make_source(LETTER))
    check = next(check for check in found.checks if check.name == "originals")
    assert check.notes == ("source 2 (source-2.txt) was not given to compare",)
