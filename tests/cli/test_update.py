"""`bluf update` as its user runs it: a real endpoint on loopback, real files."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import update
from agent.cli.outcome import handled
from agent.views.json import as_json
from schemas.brief import Brief
from tests.builders import LETTER, supported
from tests.endpoint import running_endpoint
from tests.recheck.briefs import recheck, tampered
from tests.update.briefs import LATER, earlier, later_answers

HEAD = "Seoul raises its estimate\nHarbour Post\nJanuary 6, 2026\n\n"

app = typer.Typer(rich_markup_mode=None)
app.command("update")(handled(update.update))


@app.callback()
def verbs():
    """One verb alone would otherwise have no name."""


@pytest.fixture(scope="module")
def endpoint():
    with running_endpoint(later_answers() | {"judge": supported}) as running:
        yield running


@pytest.fixture
def files(tmp_path):
    brief, later = tmp_path / "brief.json", tmp_path / "later.txt"
    brief.write_text(as_json(earlier()), encoding="utf-8")
    later.write_text(f"{HEAD}{LATER}\n", encoding="utf-8")
    return str(brief), str(later)


@pytest.fixture
def run(tmp_path, monkeypatch, endpoint):
    for name, value in {
        "OPENAI_BASE_URL": endpoint.url,
        "BLUF_MODEL": "scripted",
        "BLUF_STORE": str(tmp_path / "calls.db"),
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(app, ["update", *map(str, arguments)])


def test_the_new_brief_is_on_all_sources_and_says_what_changed(run, files, tmp_path, endpoint):
    before = len(endpoint.served)
    target = tmp_path / "new.json"
    done = run(*files, "-o", target)
    assert done.exit_code == 0, done.stderr
    brief = Brief.model_validate_json(target.read_text(encoding="utf-8"))
    assert [source.number for source in brief.sources] == [1, 2]
    assert brief.sources[0].text == LETTER
    assert brief.update is not None
    assert brief.update.new_sources == (2,)
    assert {one.fate for one in brief.update.judgements} == {
        "new", "changed", "dropped", "unchanged",
    }  # fmt: skip
    assert brief.update.indicators[0].fired
    # What the judge was asked about earlier claims counts among the calls that the brief rests on.
    assert brief.run.calls == len(endpoint.served) - before
    assert recheck(brief).faults("evidence") == ()
    assert recheck(brief).faults("conclusions") == ()


def test_it_is_readable_in_a_terminal_and_markdown(run, files):
    for format_ in ("terminal", "markdown"):
        done = run(*files, "--format", format_, "--quiet")
        assert done.exit_code == 0, done.stderr
        assert done.stderr == ""
        assert "What Changed Since the Earlier Brief" in done.stdout
        assert "its likelihood moved from roughly even chance to very likely" in " ".join(
            done.stdout.split()
        )


def test_a_source_that_is_already_there_is_one_line_and_status_2(run, files, tmp_path, endpoint):
    again = tmp_path / "again.txt"
    again.write_text(LETTER, encoding="utf-8")
    before = len(endpoint.served)
    done = run(files[0], again, "--quiet")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"bluf: {again}: its text is already there as source 1; give a new one\n"
    assert len(endpoint.served) == before


def test_a_brief_whose_text_was_changed_is_status_9(run, files, tmp_path):
    def change(fields):
        fields["sources"][0]["text"] = fields["sources"][0]["text"].replace("2,000", "9,000")

    changed = tmp_path / "changed.json"
    changed.write_text(as_json(tampered(earlier(), change)), encoding="utf-8")
    done = run(changed, files[1], "--quiet")
    assert (done.exit_code, done.stdout) == (9, "")
    assert "bluf verify" in done.stderr


def test_what_is_no_brief_is_status_3(run, files):
    assert run(files[1], files[1], "--quiet").exit_code == 3


def test_the_earlier_brief_is_not_overwritten(run, files):
    done = run(*files, "-o", files[0])
    assert done.exit_code == 2
    assert Brief.model_validate_json(Path(files[0]).read_text(encoding="utf-8")) == earlier()


def test_a_mark_of_the_earlier_brief_holds_for_the_new_one(run, files, tmp_path):
    marked = tmp_path / "marked.json"
    marked.write_text(as_json(earlier().model_copy(update={"tlp": "AMBER"})), encoding="utf-8")
    done = run(marked, files[1], "--tlp", "green", "--format", "json", "--quiet")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["tlp"] == "AMBER"


def test_a_text_that_carries_no_news_is_declined_unless_forced(run, files, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text("We use cookies. Accept all or reject all.", encoding="utf-8")
    assert run(files[0], empty, "--quiet").exit_code == 8
    assert run(files[0], empty, "--quiet", "--force", "-f", "json").exit_code == 0
