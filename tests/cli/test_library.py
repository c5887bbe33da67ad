"""`bluf list`, `bluf show` and `bluf search` as their user runs them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import library
from agent.cli.outcome import handled
from agent.library import keep_brief
from agent.views.json import as_json
from tests.analysis.products import claim
from tests.daily.day import brief_of, reported, reviewed, updates
from tests.machine import on_a_terminal, python
from tests.views.conftest import HOSTILE

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
app.command("list")(handled(library.list_briefs))
app.command("show")(handled(library.show))
app.command("search")(handled(library.search))

TROOPS = reported("About 2,000 of the troops have been killed.", "1.2", "1.3")
AS_A_COMMAND = "import tests.cli.test_library as t; t.app()"


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "calls.db"
    monkeypatch.setenv("BLUF_STORE", str(path))
    return path


def bluf(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def keep(store, *briefs):
    for brief in briefs:
        keep_brief(brief, store, pytest.fail)


def test_briefs_are_listed_newest_first_with_what_files_them(store):
    first = brief_of(1, category="cyber", tlp="AMBER+STRICT")
    keep(store, first, reviewed(brief_of(2, update=updates(first))))
    done = bluf("list")
    head, newer, older = done.stdout.splitlines()
    assert (done.exit_code, done.stderr) == (0, "")
    assert head.split() == "brief written status filed under TLP title".split()
    assert (
        newer.split() == "20260102-090200-abcdef 2026-01-02 reviewed other - Brief number 2".split()
    )
    assert older.startswith("20260102-090100-abcdef 2026-01-02 draft    cyber ")
    assert older.endswith("AMBER+STRICT Brief number 1 (updated by 20260102-090200-abcdef)")


def test_a_list_is_narrowed_and_is_json_for_scripts(store):
    keep(store, brief_of(1, category="cyber"), brief_of(2), brief_of(3, category="cyber"))
    (entry,) = json.loads(bluf("list", "--category", "CYBER", "--limit", 1, "--json").stdout)
    assert entry["id"] == brief_of(3).run.id
    assert (entry["generated_at"], entry["category"]) == ("2026-01-02T09:03:00+00:00", "cyber")
    assert len(json.loads(bluf("list", "--date", "2026-01-02", "--json").stdout)) == 3
    assert json.loads(bluf("list", "--date", "2026-01-01", "--json").stdout) == []
    assert json.loads(bluf("list", "--status", "reviewed", "--json").stdout) == []


@pytest.mark.parametrize("command", [["list"], ["search", "troops"]])
def test_an_empty_library_is_one_line_and_status_0(store, command):
    done = bluf(*command)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (0, "", 1)
    assert "the library is empty" in done.stderr
    assert not store.exists()
    assert json.loads(bluf(*command, "--json").stdout) == []


def test_nothing_found_is_one_line_and_status_0(store):
    keep(store, brief_of(1, TROOPS))
    for command in (["search", "medals"], ["list", "--status", "reviewed"]):
        done = bluf(*command)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (0, "", 1)
        assert "empty" not in done.stderr


def test_a_hit_has_its_brief_mark_likelihood_words_and_citation(store):
    judged = claim("outlook.worst.1", "New troops follow.", likelihood="unlikely")
    keep(store, brief_of(1, TROOPS, judged, tlp="RED"))
    done = bluf("search", "troops")
    assert (done.exit_code, done.stderr) == (0, "")
    head, *hits = done.stdout.splitlines()
    assert head == "20260102-090100-abcdef 2026-01-02 Brief number 1 (draft, other, TLP:RED)"
    assert sorted(hits) == [
        "  J (unlikely, 20-45%) New troops follow. [1.1; Peninsula Wire 2025-12-28]",
        "  R About 2,000 of the troops have been killed. [1.2, 1.3; Peninsula Wire 2025-12-28]",
    ]


def test_hits_are_json_for_scripts(store):
    keep(store, brief_of(1, TROOPS))
    (hit,) = json.loads(bluf("search", "killed", "--json").stdout)
    assert hit["brief"]["id"] == brief_of(1).run.id
    assert (hit["claim"], hit["text"], hit["evidence"]) == (TROOPS.id, TROOPS.text, ["1.2", "1.3"])
    assert hit["sources"] == [{"name": "Peninsula Wire", "published": "2025-12-28"}]


def test_a_search_without_a_word_is_a_usage_error(store):
    done = bluf("search", "---", '"')
    assert (done.exit_code, done.stdout) == (2, "")
    done = bluf("search", "--", "---", '"')
    assert (done.exit_code, done.stderr) == (2, "bluf: there is no word to search for\n")


def test_a_brief_is_shown_by_the_beginning_of_its_id_in_any_format(store, tmp_path):
    brief = brief_of(1, TROOPS)
    keep(store, brief)
    assert bluf("show", "20260102-0901", "--format", "json").stdout == as_json(brief)
    assert TROOPS.text in bluf("show", brief.run.id).stdout
    done = bluf("show", brief.run.id, "-o", tmp_path / "brief.md")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "## 1. Bluf" in (tmp_path / "brief.md").read_text(encoding="utf-8")
    full = bluf("show", brief.run.id, "--detail", "full").stdout
    assert "Cited sentences" in full and "Cited sentences" not in bluf("show", "2026").stdout


def test_a_brief_in_json_is_shown_without_a_library(store, tmp_path):
    file = tmp_path / "brief.json"
    file.write_text(as_json(brief_of(1, TROOPS)), encoding="utf-8")
    done = bluf("show", file)
    assert done.exit_code == 0 and TROOPS.text in done.stdout
    assert not store.exists()


def test_an_unknown_id_an_ambiguous_one_and_a_missing_file_are_one_line_each(store, tmp_path):
    keep(store, brief_of(1), brief_of(2))
    for asked, status, words in (
        ("2025", 2, "no brief '2025'; `bluf list` shows which there are"),
        ("2026", 2, "give more of the id"),
        (tmp_path / "none.json", 3, "none.json"),
        (tmp_path / "none", 3, "none"),
        ("x" * 5000, 2, "no brief"),
        (f"{'x' * 5000}.json", 3, "xxx"),
        ("a\udcff", 2, "no brief"),
    ):
        done = bluf("show", asked)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (status, "", 1)
        assert words in done.stderr


def test_a_store_that_is_none_is_one_line_and_status_5(store):
    store.write_text("Dear diary, today I wrote no database.\n" * 100)
    for command in (["list"], ["show", "2026"], ["search", "troops"]):
        done = bluf(*command)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (5, "", 1)
        assert "it is no store of bluf" in done.stderr


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_hostile_titles_claims_and_ids_steer_no_screen(store, text):
    run = brief_of(1).run.model_copy(update={"id": f"run 1 {text}"})
    keep(store, brief_of(1, reported(f"{text} needle"), title=text, publisher=text, run=run))
    for command in (["list"], ["search", "needle"], ["show", "run"], ["show", "run 1 "]):
        done = bluf(*command)
        assert done.exit_code == 0 and done.stdout
        assert all(letter.isprintable() or letter == "\n" for letter in done.stdout)
    for command in (["list", "--json"], ["search", "needle", "--json"]):
        assert bluf(*command).stdout.isascii()
    done = bluf("show", "--", f"x{text}")
    assert done.exit_code in (2, 3) and done.stderr.count("\n") == 1
    assert done.stderr.strip().isprintable()


def test_on_a_terminal_what_matches_is_bold_and_lines_end_at_its_width(store):
    keep(store, brief_of(1, reported("word " * 30 + "needle"), title="A long title " * 9))
    status, shown = on_a_terminal(
        python(AS_A_COMMAND, "search", "needle"), columns=60, BLUF_STORE=str(store)
    )
    assert status == 0
    assert "\x1b[1mneedle\x1b[0m" in shown
    status, shown = on_a_terminal(python(AS_A_COMMAND, "list"), columns=120, BLUF_STORE=str(store))
    assert status == 0 and max(map(len, shown.splitlines())) <= 120
