"""`bluf eval label` and `bluf eval calibrate` as their user runs them."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.eval import app
from evals.comparison import compare
from evals.desk import save_report
from evals.gate import load_gate
from evals.items import EvalSet, Item
from evals.judging.files import FILE, write_judged
from evals.judging.labels import pairs_of
from evals.judging.pages import article_page, pair_page
from evals.judging.printed import Line, Printed
from evals.report.files import as_json
from evals.report.outputs import read_outputs, write_outputs
from schemas.sources import Sources
from tests.builders import LETTER, make_source
from tests.evals.cases import brief_of, checked, output_of
from tests.evals.test_labels import judged_of

ITEMS = ("x", "y", "z")


@pytest.fixture
def reports(tmp_path):
    """A folder with one report on three articles; in each the second brief says "better"."""
    a, b = (
        [
            output_of(
                brief_of(checked(f"The {word} brief of {item}.", id="bluf.what.1")), item=item
            )
            for item in ITEMS
        ]
        for word in ("worse", "better")
    )
    evals = EvalSet("mine", None, tuple(Item(id=i, file=i) for i in ITEMS), {}, "0" * 64)
    report = compare(a, b, evals, load_gate(), split="dev", model="scripted", judge=None)
    files = {"report.json": as_json(report), "outputs.jsonl": write_outputs(a, b)}
    folder, _ = save_report(tmp_path / "reports", report, files)
    judged = judged_of(pairs_of(read_outputs(folder)), [(0.2, 0.9), (0.2, 0.9), (0.9, 0.2)])
    (folder / FILE).write_text(write_judged(judged), encoding="utf-8")
    return tmp_path / "reports"


def run(reports, *arguments, said=""):
    flags = ["--reports", str(reports)]
    return CliRunner().invoke(app, [*arguments, *flags], input=said, env={"USER": "anna"})


def folder_of(reports):
    (folder,) = (entry for entry in reports.iterdir() if entry.is_dir())
    return folder


def labels_in(reports):
    file = folder_of(reports) / "labels.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def shown_better(stdout):
    """Return for each pair on the screen the number under which the better brief stands."""
    return re.findall(r"= (\d) =+\nBLUF\n- The better", stdout)


def test_the_choice_is_kept_in_terms_of_the_versions_wherever_the_brief_stood(reports):
    looked = run(reports, "label", said="s\ns\ns\n")
    places = shown_better(looked.stdout)
    assert len(places) == 3
    done = run(reports, "label", said="".join(f"{place}\n" for place in places))
    assert done.exit_code == 0
    assert [label["choice"] for label in labels_in(reports)] == ["b", "b", "b"]
    expected = ["b" if place == "1" else "a" for place in places]
    assert [label["shown_first"] for label in labels_in(reports)] == expected
    assert {label["who"] for label in labels_in(reports)} == {"anna"}


def test_nothing_on_the_screen_tells_the_versions_apart(reports):
    done = run(reports, "label", said="1\n")
    assert not re.search(r"\bv[12]\b", done.stdout)
    assert "scripted" not in done.stdout


def test_what_is_labelled_is_not_asked_again_and_what_was_skipped_is(reports):
    first = run(reports, "label", said="1\nskip\nq\n")
    assert "1 labelled, 2 left" in first.stderr
    second = run(reports, "label", said="t\n")
    assert "3 pairs, 2 to label as anna" in second.stderr
    assert [label["item"] for label in labels_in(reports)] == ["x", "y"]
    assert labels_in(reports)[1]["choice"] == "tie"
    other = run(reports, "label", "--who", "ben", said="")
    assert "3 to label as ben" in other.stderr
    assert other.exit_code == 0


def test_an_answer_that_is_none_is_asked_again_and_the_article_can_be_read(reports):
    done = run(reports, "label", said="both\n\narticle\n2\n")
    assert done.stderr.count("not understood") == 2
    assert "[1.4] None of the casualty figures could be independently verified." in done.stdout
    assert len(labels_in(reports)) == 1


def test_notes_go_to_the_version_that_they_are_about_and_steer_no_terminal(reports):
    done = run(reports, "label", "--notes", said="1\nflaw of\x1b[31m one\n\nq\n")
    (kept,) = labels_in(reports)
    about_first = kept["notes_a"] if kept["shown_first"] == "a" else kept["notes_b"]
    assert about_first == "flaw of[31m one"
    assert {kept["notes_a"], kept["notes_b"]} == {about_first, ""}
    assert "\x1b" not in done.stdout


def test_a_label_outlives_kill_9(reports, tmp_path):
    file = tmp_path / "labels.jsonl"
    command = [
        sys.executable, "-m", "agent.cli", "eval", "label",
        "--reports", str(reports), "--labels", str(file),
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "USER": "anna", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        process.stdin.write(b"1\n\xff\xfe\n")
        process.stdin.flush()
        shown = b""
        while shown.count(b"Which is better") < 3:  # the second pair, asked about twice
            shown += process.stdout.read1()
        process.send_signal(signal.SIGKILL)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1
    again = run(reports, "label", "--labels", str(file), said="")
    assert "3 pairs, 2 to label" in again.stderr


def test_a_full_disk_is_one_line_and_status_5(reports):
    done = run(reports, "label", "--labels", "/dev/full", said="1\n")
    assert done.exit_code == 5
    assert "No space left" in done.stderr.splitlines()[-1]


def test_a_report_that_is_not_there_is_status_2(tmp_path):
    assert run(tmp_path, "label").exit_code == 2
    assert run(tmp_path, "calibrate").exit_code == 2


# Calibrate


def all_better(reports):
    places = shown_better(run(reports, "label", said="s\n" * 3).stdout)
    return run(reports, "label", said="".join(f"{place}\n" for place in places))


def test_the_judge_is_held_against_the_labels(reports):
    all_better(reports)
    done = run(reports, "calibrate", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["compared"], found["agreement"]["hits"]) == (3, 2)
    assert (found["sensitivity"]["hits"], found["sensitivity"]["total"]) == (2, 3)
    assert found["specificity"] is None
    text = run(reports, "calibrate", "last", str(folder_of(reports) / "labels.jsonl")).stdout
    assert re.search(r"^agreement +0\.67 \[0\.\d\d, 0\.\d\d\], 2 of 3$", text, re.MULTILINE)
    assert re.search(r"^specificity +- \(no pair to take it of\)$", text, re.MULTILINE)


def test_without_labels_there_is_one_line_and_no_figure(reports, tmp_path):
    done = run(reports, "calibrate")
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "bluf eval label" in done.stderr
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    assert run(reports, "calibrate", "last", str(empty)).exit_code == 2


def test_lines_that_are_no_labels_are_left_out_aloud(reports):
    all_better(reports)
    with (folder_of(reports) / "labels.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"who": "anna"}\n')
    done = run(reports, "calibrate", "--json")
    assert done.exit_code == 0
    assert "1 line left out" in done.stderr


def test_a_report_without_a_judge_says_what_to_do(reports):
    all_better(reports)
    (folder_of(reports) / FILE).unlink()
    done = run(reports, "calibrate")
    assert done.exit_code == 2
    assert "--judge" in done.stderr


# Pages


def product(*texts):
    return Printed(tuple(Line(f"bluf.{n}", "bluf", t, "reported") for n, t in enumerate(texts)))


def test_with_room_the_briefs_stand_side_by_side_and_otherwise_one_below_the_other():
    one, two = product("Alpha says so."), product("Beta says so.")
    wide = pair_page(one, two, width=140, colour=False)
    assert any("Alpha" in line and "Beta" in line for line in wide.splitlines())
    narrow = pair_page(one, two, width=80, colour=False)
    assert not any("Alpha" in line and "Beta" in line for line in narrow.splitlines())
    assert max(map(len, wide.splitlines())) <= 140
    assert max(map(len, narrow.splitlines())) <= 80


@pytest.mark.parametrize("width", [20, 80, 140])
def test_hostile_text_steers_no_terminal(width):
    hostile = product("Red \x1b[31m [bold]text[/bold] \u202e :smile: \x07.")
    source = make_source(LETTER + "\n\nBell \x07 and [red]markup[/red] \x1b]0;title\x07.")
    pages = (
        pair_page(hostile, hostile, width=width, colour=False)
        + article_page(Sources(items=(source,)).items, width=width, colour=False)
    )  # fmt: skip
    assert not any(ord(c) < 32 and c != "\n" for c in pages)
    assert "\u202e" not in pages
    assert "[bold]text[/bold]" in pages
    assert ":smile:" in " ".join(pages.split())


def test_help_shows_examples():
    for verb in ("label", "calibrate"):
        done = CliRunner().invoke(app, [verb, "--help"])
        assert "Examples:" in done.stdout
        assert "debug" in done.stdout


def test_the_verbs_import_no_sdk_before_they_run():
    code = "import sys; from agent.cli import eval_label; print('openai' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert found.stdout.strip() == "False"
