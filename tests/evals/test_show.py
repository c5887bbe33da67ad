"""`bluf eval show`: which articles a comparison turned on, and what both briefs say of one."""

import re

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from agent.cli.eval_show import show
from agent.cli.outcome import handled
from agent.errors import EvidenceError, UsageError
from evals import desk
from evals.report.beside import beside
from evals.report.difference import align, likeness, mark_difference
from evals.report.files import as_json
from evals.report.outputs import FILE
from evals.report.show import show_item, show_items
from tests.evals.cases import brief_of
from tests.evals.comparisons import (
    FEWER,
    KILLED,
    LIMITS,
    NEVER,
    WRONG,
    compared,
    hostile,
    line,
    outputs_of,
    usual,
)  # fmt: skip

SGR = re.compile("\x1b\\[[0-9;]*m")
TEXTS = st.text(alphabet="ab c.,é\u4e2d", max_size=12)


@pytest.fixture(scope="module")
def report():
    return usual()


@pytest.fixture(scope="module")
def evil():
    return hostile()


def item(report, name="art-2", **fields):
    return show_item(*report, name, **{"width": 120, "colour": False, **fields})


@pytest.fixture
def run(tmp_path, report):
    """The verb, with one report in the folder of reports."""
    comparison, shown = report
    lines = "".join(f"{one.model_dump_json()}\n" for one in shown)
    files = {desk.REPORT: as_json(comparison), FILE: lines}
    desk.save_report(tmp_path / "reports", comparison, files)
    app = typer.Typer()
    app.command()(handled(show))

    def run(*arguments):
        where = ["--reports", str(tmp_path / "reports")]
        return CliRunner().invoke(app, [*arguments, *where], env={"COLUMNS": "80"})

    return run


def test_without_an_article_the_one_that_lost_most_comes_first(report):
    lines = show_items(report[0], primary="support", width=120, colour=False).splitlines()
    assert "REGRESSION" in lines[0]
    assert lines[1] == "change on drafts supported"
    assert [text.split()[0] for text in lines[4:8]] == ["art-4", "art-3", "art-2", "art-1"]
    assert lines[5].split()[1:4] == ["1.000", "0.100", "-0.900"]
    remark = (
        "lost: drafts supported, specifics found; hard failures in A: 10; hard failures in B: 12"
    )
    assert lines[5].endswith(remark)
    assert lines[-1] == f"next: bluf eval show {report[0].id} art-4"


def test_an_article_without_figures_is_listed_with_dashes(report):
    text = show_items(report[0], primary="support", width=80, colour=False)
    assert re.search(r"^art-4 +1\.000 +- +-", text, re.MULTILINE)


def test_a_report_without_the_primary_figure_says_so(report):
    text = show_items(report[0], primary="facts", width=80, colour=False)
    assert "no article has the primary figure, facts" in text


def test_briefs_stand_side_by_side_where_there_is_room_and_each_keeps_its_marks(report):
    halves = [text.split(" | ") for text in item(report).splitlines() if " | " in text]
    a, b = (" ".join(" ".join(side).split()) for side in zip(*halves, strict=True))
    assert a == ("A R About 2,000 of those [-troops-] have been killed [-since 2024-]. [1.2]")
    assert b == "B R About 2,000 of those {+soldiers+} have been killed. [1.2]"


def test_on_a_narrow_screen_one_stands_below_the_other(report):
    lines = item(report, width=99).splitlines()
    place = next(n for n, text in enumerate(lines) if text.startswith("A R "))
    assert lines[place + 1].startswith("B R About 2,000 of those {+soldiers+}")
    assert not any(" | " in text for text in lines)


def test_what_both_say_stands_once(report):
    assert item(report).count(NEVER) == 1
    assert f"= R {NEVER} [1.2]" in item(report)


def test_withheld_claims_stand_at_the_end_with_their_reason(report):
    text = item(report, "art-3", width=80)
    printed, held = text.split("\nWithheld\n")
    assert LIMITS not in printed
    assert " ".join(held.split()) == (
        f"B R {{+{LIMITS}+}} [1.2] unsupported, by verbatim: no source says so (bluf.what.2)"
    )


def test_the_figures_of_both_are_shown_with_the_change_over_all_repeats(report):
    text = item(report, "art-3")
    assert re.search(r"^ +A +B +change +over all$", text, re.MULTILINE)
    assert re.search(
        r"^drafts supported +1\.000 +0\.100 +-0\.900 +-0\.900  lost$", text, re.MULTILINE
    )
    assert "hard failure in B: invented figure: bluf.what.1" in text


def test_a_brief_that_was_not_made_is_told_with_its_reason(report):
    text = item(report, "art-4")
    assert "no brief in B: no valid Section in 3 attempts" in text
    assert f"[-{KILLED}-]" in " ".join(item(report, "art-4", width=99).split())


@pytest.mark.parametrize("width", [40, 80, 99, 100, 120])
def test_no_line_is_wider_than_the_screen_and_none_holds_a_control_character(report, width):
    texts = [show_items(report[0], primary="support", width=width, colour=False)]
    texts += [item(report, f"art-{n}", width=width) for n in (2, 3, 4)]
    for text in texts:
        assert max(map(len, text.splitlines())) <= width
        assert text.replace("\n", "").isprintable()


def test_colour_adds_nothing_but_colour(report):
    plain, coloured = (item(report, "art-2", colour=colour) for colour in (False, True))
    assert coloured != plain
    assert SGR.sub("", coloured) == plain


def test_hostile_text_in_every_field_is_printed_and_steers_nothing(evil):
    comparison, shown, _ = evil
    texts = [show_items(comparison, primary="support", width=100, colour=False)]
    for width in (60, 120):
        texts += [
            show_item(comparison, shown, one.item, width=width, colour=False)
            for one in shown
            if one.side == "a" and one.repeat == 0
        ]
    for text in texts:
        assert text.replace("\n", "").isprintable()
        assert "[bold]" in text
        assert ":skull:" in text


def test_the_second_repeat_of_a_version_against_itself_is_its_own_second():
    a = outputs_of((KILLED,), side="v1")
    b = outputs_of((FEWER,), side="v1", first_repeat=2)
    found = compared(a, b, digest=a[0].job.prompts.digest)
    assert "{+soldiers+}" in item(found, "art-1", repeat=1)
    with pytest.raises(UsageError, match="the repeats 0 to 1"):
        item(found, "art-1", repeat=2)


def test_an_unknown_article_is_named_with_those_there_are(report):
    with pytest.raises(UsageError, match=r"nope: .* has no such article; it has art-1, art-2"):
        item(report, "nope")


def test_a_brief_that_is_not_among_the_outputs_is_missing_evidence(report):
    comparison, shown = report
    with pytest.raises(EvidenceError, match="art-2: the brief of B, repeat 0, was not kept"):
        item((comparison, [one for one in shown if one.side == "a"]))


def test_the_verb_shows_the_last_report_and_one_by_its_id(run, report):
    last, named = run(), run(report[0].id)
    assert (last.exit_code, last.stdout) == (0, named.stdout)
    assert last.stdout == show_items(report[0], primary="support", width=120, colour=False)


def test_the_verb_shows_an_article(run, report):
    assert run("last", "art-2", "--repeat", "1").stdout == item(report, repeat=1)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("last", "nope"), 2, "no such article"),
        (("other",), 2, "other: no such report"),
        (("last", "art-1", "--repeat", "9"), 2, "the repeats 0 to 1"),
    ],
)
def test_what_is_not_there_is_one_line_and_the_status_of_wrong_usage(run, arguments, status, said):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_report_whose_briefs_are_damaged_is_evidence_that_does_not_match(run, tmp_path):
    (file,) = (tmp_path / "reports").glob(f"*/{FILE}")
    file.write_text(file.read_text()[:-200])
    result = run("last", "art-1")
    assert (result.exit_code, result.stdout) == (9, "")
    assert "make it again with bluf eval compare" in result.stderr
    assert run().exit_code == 0  # the list needs no brief


@given(TEXTS, TEXTS)
@settings(max_examples=150)
def test_marked_segments_are_the_whole_texts_and_equal_texts_have_no_mark(a, b):
    old, new = mark_difference(a, b)
    assert ("".join(text for text, _ in old), "".join(text for text, _ in new)) == (a, b)
    assert not any(
        changed for _, changed in [part for side in mark_difference(a, a) for part in side]
    )


@given(st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6))
@settings(max_examples=150)
def test_aligning_loses_no_text_and_keeps_both_orders(a, b):
    pairs = align(a, b)
    assert [i for i, _ in pairs if i is not None] == list(range(len(a)))
    assert [j for _, j in pairs if j is not None] == list(range(len(b)))
    assert (None, None) not in pairs


def test_a_reworded_sentence_is_matched_although_one_was_put_before_it():
    assert align([KILLED, NEVER], [LIMITS, FEWER, NEVER]) == [(None, 0), (0, 1), (1, 2)]


def test_sentences_with_no_partner_stand_beside_each_other_and_are_marked_whole():
    assert align([KILLED, LIMITS], [KILLED, NEVER]) == [(0, 0), (1, 1)]
    assert likeness(LIMITS, NEVER) < likeness(KILLED, FEWER)
    assert mark_difference(LIMITS, NEVER) == ([(LIMITS, True)], [(NEVER, True)])


def test_a_list_too_long_to_compare_is_set_side_by_side_as_it_stands():
    long = [f"Word {n} of many." for n in range(300)]
    assert align(long, long[1:])[:2] == [(0, 0), (1, 1)]


def test_other_evidence_of_the_same_sentence_is_a_difference():
    a, b = brief_of(line(1, KILLED)), brief_of(line(1, KILLED, evidence=("1.4",)))
    (row,) = beside(a, b).groups[0].rows
    assert not row.same
    assert row.b is not None
    assert row.b.other_cites
    assert not any(changed for _, changed in row.b.segments)


def test_a_heading_that_only_the_second_brief_has_keeps_its_place():
    a = brief_of(line(1, KILLED), line(2, WRONG, section="outlook"))
    b = brief_of(
        line(1, KILLED), line(2, NEVER, section="hypotheses"), line(3, WRONG, section="outlook")
    )
    assert [g.title for g in beside(a, b).groups] == ["bluf: P", "hypotheses: P", "outlook: P"]
