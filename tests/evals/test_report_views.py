"""The other forms of a report: terminal, Markdown, JSON, CSV, JUnit, and the folder they lie in."""

import csv
import json
import re
from io import StringIO
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from agent.errors import EvidenceError, UsageError, WriteError
from evals import desk
from evals.gate import load_gate, rule
from evals.report import figures
from evals.report.files import as_json, junit, pairs_csv
from evals.report.markdown import markdown
from evals.report.outputs import FILE, read_outputs
from evals.report.terminal import terminal
from evals.shapes import Comparison
from tests.evals.comparisons import hostile, judged, usual

SGR = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture(scope="module")
def report():
    return usual(judged())[0]


@pytest.fixture(scope="module")
def evil():
    return hostile()[0]


def printed(report, width, *, colour=False, primary="support"):
    return terminal(report, primary=primary, number=7, width=width, colour=colour)


def edited(report, metric, **fields):
    shifts = tuple(s.model_copy(update=fields) if s.metric == metric else s for s in report.shifts)
    return report.model_copy(update={"shifts": shifts})


# The terminal.


@pytest.mark.parametrize("width", [0, 40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_screen_and_every_verdict_and_figure_is_there(report, width):
    text = printed(report, width)
    assert max(map(len, text.splitlines())) <= max(width, 40)
    assert text.replace("\n", "").isprintable()
    told = " ".join(text.split())
    for shift in report.shifts:
        assert shift.title in told
        assert figures.change(shift.change) in told
        assert figures.interval(shift.interval) in told
    assert told.count("inconclusive") == sum(s.label == "inconclusive" for s in report.shifts)
    assert "VERDICT REGRESSION: By the rules of the gate v2 may not replace v1." in told
    assert "comparison no. 7 on this set" in told


def test_at_120_columns_a_metric_is_one_line_and_at_80_its_verdict_stands_below(report):
    wide, narrow = (printed(report, width).splitlines() for width in (120, 80))
    row = next(line for line in wide if line.startswith("  drafts supported"))
    figures_of = "drafts supported 1.000 0.676 -0.324 [-1.567, +0.919] 0/1/2"
    assert " ".join(row.split()) == f"{figures_of} 0% - 0.02 inconclusive 1.000"
    place = next(n for n, line in enumerate(narrow) if line.startswith("  drafts supported"))
    assert " ".join(narrow[place].split()) == figures_of
    assert narrow[place + 1] == "    inconclusive, p 1.000, detects -, noise 0%, margin 0.02"


def test_colour_adds_nothing_but_colour(report):
    worse = edited(report, "support", label="worse")
    for width in (60, 80, 120):
        plain, coloured = (printed(worse, width, colour=colour) for colour in (False, True))
        assert coloured != plain
        assert SGR.sub("", coloured) == plain
        assert "WORSE" in plain


def test_where_it_lost_most_stands_with_the_metric_and_the_next_command(report):
    told = " ".join(printed(report, 120).split())
    assert "lost most (drafts supported): art-3 -0.900; art-2 -0.071" in told
    assert "next: bluf eval show last art-3" in told
    assert "hard failure, invented figure: 0 -> 2 (art-3)" in told


@pytest.mark.parametrize("trusted", [True, False])
def test_what_is_known_of_the_critic_stands_in_every_view(trusted):
    report, _ = usual(judged(trusted=trusted))
    told = " ".join(printed(report, 120).split())
    said = (
        f"critic judge-large (flaws.v1): 7 of 10 probes right; "
        f"{'trusted' if trusted else 'NOT TRUSTED, its figures are left out'}; "
        "replies of no use 10%; preferred in disputed pairs: b 1; the place decided 25% of the "
        "pairs; it wrote the briefs too, and a model favours its own"
    )
    assert said in told
    assert said in MarkdownIt("commonmark").render(markdown(report))


def test_hostile_text_steers_neither_the_terminal_nor_rich(evil):
    for width in (40, 80, 120):
        text = printed(evil, width)
        assert text.replace("\n", "").isprintable()
        assert max(map(len, text.splitlines())) <= width
        assert ":skull:" in text
        assert "[/nope]" in " ".join(text.split())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "+0.000"), (-0.0, "+0.000"), (-1e-17, "+0.000"), (0.0371, "+0.037"),
        (-0.0004, "-0.0004"), (99.9996, "+100"), (-123.4, "-123"), (None, "-"),
    ],
)  # fmt: skip
def test_a_change_is_never_a_signed_zero_and_a_small_loss_is_not_none(value, shown):
    assert figures.change(value) == shown


def test_a_tiny_p_and_a_tiny_price_are_not_rounded_to_nothing(report):
    shift = report.shifts[0].model_copy(update={"holm_p": 0.0002})
    assert figures.p_value(shift) == "<0.001"
    assert figures.amount("usd", 0.00004) == "$4e-05"


# Markdown.


def test_hostile_text_is_dead_in_markdown(evil):
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown(evil))
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert kinds <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text",
        "text_special", "softbreak", "code_inline", "bullet_list_open", "bullet_list_close",
        "list_item_open", "list_item_close", "table_open", "table_close", "thead_open",
        "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close",
        "td_open", "td_close",
    }  # fmt: skip
    rows = [line for line in markdown(evil).splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {10}


def test_markdown_holds_every_verdict_and_the_hard_failures_by_kind(report):
    text = MarkdownIt("commonmark").enable("table").render(markdown(report))
    for shift in report.shifts:
        assert f"<td>{shift.sentence}</td>" in text
    assert "<li>hard failure, invented figure: 0 → 2</li>" in text
    assert "REGRESSION</h3>" in text


# Files for scripts.


def test_json_is_ascii_and_gives_the_report_back(report, evil):
    for one in (report, evil):
        text = as_json(one)
        assert text.isascii()
        assert Comparison.model_validate_json(text) == one
    assert "\\u202e" in as_json(evil)  # scripts get what was measured; it is for views to clean


def test_csv_has_a_row_for_each_article_and_metric_and_none_for_what_is_missing(report):
    rows = list(csv.DictReader(StringIO(pairs_csv(report, {"art-2": "story"}))))
    assert len(rows) == 4 * len(report.scored[0].figures)
    by_place = {(row["item"], row["metric"]): row for row in rows}
    assert by_place["art-3", "support"]["change"] == "-0.9"
    assert by_place["art-4", "support"] == {
        "item": "art-4", "story": "art-4", "metric": "support", "a": "1.0", "b": "", "change": ""
    }  # fmt: skip
    assert by_place["art-2", "support"]["story"] == "story"


@pytest.mark.parametrize(
    "opening", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "\u200b=", "\x00="]
)
def test_no_cell_that_a_spreadsheet_would_run_is_left(opening):
    evil = hostile(opening=opening)[0]
    text = pairs_csv(evil, {brief.item: f"{opening}HYPERLINK(1)" for brief in evil.scored})
    rows = list(csv.reader(StringIO(text)))[1:]
    cells = [cell for row in rows for cell in row[:2]]
    assert len(cells) == 2 * 4 * len(evil.scored[0].figures)
    assert all(cell.startswith("'") for cell in cells)
    assert text.replace("\n", "").isprintable()


def cases(xml):
    return {case.get("name"): case for case in ElementTree.fromstring(xml)}


def test_junit_has_a_test_for_each_rule_and_fails_where_the_rule_does(report):
    gate = load_gate()
    found = cases(junit(report, gate))
    deciding = {f"metric.{s.metric}" for s in report.shifts if gate.margin(s.metric) is not None}
    assert set(found) == deciding | {f"hard.{kind}" for kind in gate.hard} | {"limits", "gate"}
    assert found["hard.invented figure"].find("failure").get("message") == "2 new, limit 0"
    assert found["hard.empty section"].find("failure") is None
    assert found["gate"].find("failure").get("message") == "; ".join(report.ruling.reasons)
    assert found["limits"].find("failure") is None


def test_a_metric_that_is_worse_fails_its_own_test(report):
    worse = edited(report, "specifics", label="worse", sentence="worse (-0.1)")
    message = cases(junit(worse, load_gate()))["metric.specifics"].find("failure").get("message")
    assert message == "worse (-0.1)"


def test_a_broken_limit_of_cost_fails_the_test_of_limits(report):
    (tokens, *others) = report.costs
    dear = report.model_copy(update={"costs": (tokens.model_copy(update={"ratio": 1.5}), *others)})
    message = cases(junit(dear, load_gate()))["limits"].find("failure").get("message")
    assert message == "tokens: 1.50 times as much, limit 1.3"


@pytest.mark.parametrize(("on", "outcome"), [("warn", "skipped"), ("fail", "failure")])
def test_what_is_inconclusive_is_skipped_or_fails_as_the_gate_says(report, on, outcome):
    gate = load_gate()
    gate = gate.model_copy(
        update={"method": gate.method.model_copy(update={"on_inconclusive": on})}
    )
    unsure = report.model_copy(
        update={"failures": (), "ruling": rule(gate, report.shifts, report.costs, ())}
    )
    xml = junit(unsure, gate)
    found = cases(xml)
    assert unsure.ruling.decision == "inconclusive"
    assert found["gate"].find(outcome) is not None
    assert found["metric.support"].find(outcome).get("message") == report.shifts[0].sentence
    suite = ElementTree.fromstring(xml)
    number = {"skipped": "skipped", "failure": "failures"}[outcome]
    assert int(suite.get(number)) == len(list(suite.iter(outcome))) == 5
    assert int(suite.get("tests")) == len(found)


def test_junit_of_hostile_text_is_xml_that_a_parser_reads(evil):
    nonsense = evil.ruling.model_copy(
        update={"reasons": ("no \ufffe \uffff \x00 \ud800 character",)}
    )
    suite = ElementTree.fromstring(junit(evil.model_copy(update={"ruling": nonsense}), load_gate()))
    assert suite.find("testcase[@name='gate']/failure").get("message") == "no character"
    assert "<script>alert(1)</script>" in suite.get("name")


# The folder of reports.


def saved(base, report, **files):
    return desk.save_report(base, report, {desk.REPORT: as_json(report), **files})


def other(report, version="v3"):
    arm = report.b.model_copy(update={"version": version, "digest": version * 32})
    return report.model_copy(update={"b": arm})


def test_a_report_is_found_as_the_last_by_its_id_by_its_name_and_by_its_folder(tmp_path, report):
    first, _ = saved(tmp_path, report)
    second, _ = saved(tmp_path, other(report))
    assert desk.open_report(tmp_path, "last") == (second, other(report))
    for name in (report.id, first.name, str(first)):
        assert desk.open_report(tmp_path, name) == (first, report)
    with pytest.raises(UsageError, match="no such report"):
        desk.open_report(tmp_path, "v9")


def test_a_comparison_keeps_its_number_when_it_is_made_again(tmp_path, report):
    assert desk.number_of(tmp_path, report) == 1
    assert [saved(tmp_path, one)[1] for one in (report, other(report), report)] == [1, 2, 1]
    assert desk.number_of(tmp_path, other(report, "v4")) == 3
    elsewhere = report.model_copy(update={"split": "sealed"})
    assert desk.number_of(tmp_path, elsewhere) == 1
    assert desk.open_report(tmp_path, "last")[1] == report


def test_half_a_line_that_a_killed_run_left_loses_no_other_line(tmp_path, report):
    saved(tmp_path, report)
    ledger = tmp_path / desk.LEDGER
    ledger.write_text(ledger.read_text() + ledger.read_text()[:40])
    assert saved(tmp_path, other(report))[1] == 2
    assert desk.open_report(tmp_path, "last")[1] == other(report)
    assert desk.open_report(tmp_path, report.id)[1] == report


def test_without_its_list_a_report_is_still_found_by_its_name(tmp_path, report):
    folder, _ = saved(tmp_path, report)
    (tmp_path / desk.LEDGER).unlink()
    assert desk.open_report(tmp_path, folder.name) == (folder, report)


def test_what_cannot_be_written_or_read_is_told_by_its_name(tmp_path, report):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(WriteError, match="file/v1"):
        saved(file, report)
    folder, _ = saved(tmp_path / "reports", report)
    (folder / desk.REPORT).write_text('{"report": 2}')
    with pytest.raises(EvidenceError, match="is no report of this version"):
        desk.open_report(tmp_path / "reports", "last")
    (tmp_path / "other" / desk.LEDGER).mkdir(parents=True)
    with pytest.raises(EvidenceError, match=desk.LEDGER):
        desk.open_report(tmp_path / "other", "last")


def test_a_brief_with_a_line_separator_in_it_is_read_back(tmp_path):
    one = usual()[1][0]
    brief = one.brief.model_copy(update={"title": "one\u2028two\x85three"})
    told = one.model_copy(update={"brief": brief})
    (tmp_path / FILE).write_text(f"{told.model_dump_json()}\n" * 2, encoding="utf-8")
    assert read_outputs(tmp_path) == (told, told)


def test_every_form_of_a_report_says_the_same(report):
    page = json.loads(as_json(report))
    assert page["ruling"]["decision"] == "regression"
    for text in (printed(report, 120), markdown(report), junit(report, load_gate())):
        assert all(reason in text for reason in report.ruling.reasons)
