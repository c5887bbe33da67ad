"""`bluf daily` as its user runs it."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import daily
from agent.cli.outcome import handled
from agent.library import keep_brief
from schemas.daily import RollUp
from tests.daily.day import OTHER_TELLING, brief_of, reported, reviewed, updates
from tests.machine import on_a_terminal, python

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(handled(daily.daily))

DEAD = "Officials estimate that about 2,000 of North Korea's soldiers have been killed in Russia."
ON_THAT_DAY = ("--date", "2026-01-02")
AS_A_COMMAND = "import tests.cli.test_daily as t; t.app()"


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "calls.db"
    monkeypatch.setenv("BLUF_STORE", str(path))
    return path


def bluf_daily(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def keep(store, *briefs):
    for brief in briefs:
        keep_brief(brief, store, pytest.fail)


def test_the_day_is_rolled_up_from_all_of_its_briefs_and_no_others(store):
    yesterday = brief_of(3, reported("Too late."), generated_at=datetime(2026, 1, 1, tzinfo=UTC))
    theirs = reported(DEAD.replace("2,000", "600"), "1.3")
    keep(store, brief_of(1, reported(DEAD)), brief_of(2, theirs, text=OTHER_TELLING), yesterday)
    done = bluf_daily(*ON_THAT_DAY)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Daily roll-up, 2026-01-02\n")
    assert "2 briefs of 2026-01-02 (UTC): 0 reviewed, 2 drafts" in done.stdout
    assert "Where Briefs Differ" in done.stdout and "Too late" not in done.stdout


def test_today_in_utc_is_the_day_unless_one_is_given(store):
    keep(store, brief_of(1, reported(DEAD), generated_at=datetime.now(UTC)))
    assert "1 briefs" not in bluf_daily().stdout and "0 reviewed, 1 draft" in bluf_daily().stdout


def test_a_day_without_a_brief_is_one_line_with_the_days_that_have_some(store):
    keep(store, brief_of(1), brief_of(2, category="cyber"))
    done = bluf_daily("--date", "2025-12-31")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == (
        "bluf: no brief was written on 2025-12-31 (UTC); there are some of 2026-01-02 (2)\n"
    )
    done = bluf_daily("--date", "2025-12-31", "--category", "cyber")
    assert "no brief filed under cyber was" in done.stderr and "2026-01-02 (1)" in done.stderr
    done = bluf_daily(*ON_THAT_DAY, "--category", "economy")
    assert done.stderr == (
        "bluf: the library has no brief filed under economy; bluf brief keeps one there\n"
    )


def test_an_empty_library_is_one_line_and_status_0_and_writes_no_file(store, tmp_path):
    done = bluf_daily("-o", tmp_path / "day.html")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (0, "", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_script_gets_json_for_an_empty_day_too(store):
    done = bluf_daily(*ON_THAT_DAY, "--format", "json")
    found = RollUp.model_validate_json(done.stdout)
    assert (done.exit_code, found.chapters, str(found.day)) == (0, (), "2026-01-02")


def test_a_brief_that_a_later_one_updates_is_left_out_and_said(store):
    first = brief_of(1, reported("An old toll of nine."))
    later = brief_of(2, reported("A new toll of twelve."), update=updates(first))
    keep(store, first, later)
    shown = bluf_daily(*ON_THAT_DAY).stdout
    assert "An old toll" not in shown and "A new toll" in shown
    assert "Left Out" in shown and f"(updated by {later.run.id})" in " ".join(shown.split())


def test_a_brief_that_was_reviewed_is_there_once_and_not_as_a_draft(store):
    draft = brief_of(1, reported(DEAD))
    keep(store, draft, reviewed(draft))
    shown = bluf_daily(*ON_THAT_DAY).stdout
    assert "1 reviewed, 0 drafts" in shown and "DRAFT" not in shown


def test_a_kept_brief_that_rotted_is_left_out_and_said_and_the_others_are_rolled_up(store):
    keep(store, brief_of(1, reported("A rotten line.")), brief_of(2, reported("A sound line.")))
    with closing(sqlite3.connect(store)) as database:
        rotten = (b"x\x9crotten", brief_of(1).run.id)
        database.execute("UPDATE briefs SET packed = ? WHERE id = ?", rotten)
        database.commit()
    done = bluf_daily(*ON_THAT_DAY)
    assert done.exit_code == 0
    assert "A sound line" in done.stdout and "A rotten line" not in done.stdout
    assert "Brief number 1" in done.stdout and "is damaged" in done.stdout


def test_the_category_narrows_the_roll_up(store):
    keep(store, brief_of(1, reported(DEAD), category="cyber"), brief_of(2, reported("Else.")))
    found = json.loads(bluf_daily(*ON_THAT_DAY, "--category", "Cyber", "-f", "json").stdout)
    assert [chapter["category"] for chapter in found["chapters"]] == ["cyber"]
    assert "Else." in bluf_daily(*ON_THAT_DAY, "--category", "other").stdout


def test_the_format_follows_the_name_of_the_file(store, tmp_path):
    keep(store, brief_of(1, reported(DEAD)))
    beginnings = {
        "day.md": "# Daily",
        "day.html": "<!DOCTYPE html>",
        "day.json": "{",
        "day.txt": "D",
    }
    for name, beginning in beginnings.items():
        done = bluf_daily(*ON_THAT_DAY, "-o", tmp_path / name)
        assert (done.exit_code, done.stdout) == (0, "")
        assert (tmp_path / name).read_text(encoding="utf-8").lstrip().startswith(beginning)


@pytest.mark.parametrize("name", ["day.pdf", "day.docx", "day.stix.json", "day.xyz"])
def test_a_format_that_a_roll_up_has_not_is_a_usage_error(store, tmp_path, name):
    done = bluf_daily(*ON_THAT_DAY, "-o", tmp_path / name)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_on_a_terminal_it_has_colour_and_in_a_pipe_not_one_control_character(store):
    keep(store, brief_of(1, reported(DEAD)))
    status, shown = on_a_terminal(
        python(AS_A_COMMAND, *ON_THAT_DAY), columns=70, BLUF_STORE=str(store)
    )
    assert status == 0 and "\x1b[1mDaily roll-up" in shown
    assert "\x1b" not in bluf_daily(*ON_THAT_DAY).stdout
