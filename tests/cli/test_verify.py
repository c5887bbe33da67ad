"""`bluf verify` as its user runs it: a stored brief in, a status and what does not hold out."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import verify
from agent.cli.outcome import handled
from agent.views.json import as_json
from tests.builders import LETTER
from tests.machine import python
from tests.recheck.briefs import everywhere, tampered, written

app = typer.Typer(rich_markup_mode=None)
app.command("verify")(handled(verify.verify))


@app.callback()
def verbs():
    """One verb alone would otherwise have no name."""


@pytest.fixture
def stored(tmp_path):
    def store(change=lambda fields: None, **how):
        file = tmp_path / "brief.json"
        file.write_text(as_json(tampered(written(**how), change)), encoding="utf-8")
        return str(file)

    return store


def run(*arguments):
    return CliRunner().invoke(app, ["verify", *arguments])


def raise_the_toll(fields):
    for claim in everywhere(fields, "bluf.what.1"):
        claim["text"] = claim["text"].replace("2,000", "3,000")


def change_a_digit_of_the_source(fields):
    source = fields["sources"][0]
    source["text"] = source["text"].replace("15,000", "25,000")


def test_a_brief_that_was_left_alone_is_status_0(stored):
    done = run(stored())
    assert done.exit_code == 0, done.output
    assert "everything that can be worked out again holds" in done.stdout
    assert done.stderr == ""


def test_a_claim_that_fails_a_step_is_status_1_and_is_named(stored):
    done = run(stored(raise_the_toll))
    assert done.exit_code == 1
    assert "bluf.what.1" in done.stdout
    assert "0 faults of evidence, 1 fault of what was made of it" in done.stderr


def test_evidence_that_is_not_what_its_hash_says_is_status_9(stored):
    done = run(stored(change_a_digit_of_the_source))
    assert done.exit_code == 9
    assert "source 1: its text has the SHA-256" in done.stdout


def test_what_is_no_brief_is_status_3(tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"title": "none"}', encoding="utf-8")
    for name in (str(file), str(tmp_path / "missing.json"), str(tmp_path)):
        done = run(name)
        assert (done.exit_code, done.stdout) == (3, "")
        assert len(done.stderr.splitlines()) == 1


def test_half_a_character_in_a_text_is_no_brief(stored, tmp_path):
    file = tmp_path / "broken.json"
    text = Path(stored()).read_text(encoding="utf-8")
    file.write_text(text.replace("North Korean", "\\ud800 Korean"), encoding="utf-8")
    assert run(str(file)).exit_code == 3


def test_json_holds_every_check_with_its_faults(stored):
    done = run(stored(raise_the_toll), "--format", "json")
    found = json.loads(done.stdout)
    assert found["holds"] is False
    verdicts = next(check for check in found["checks"] if check["name"] == "verdicts")
    assert [fault["where"] for fault in verdicts["faults"]] == ["bluf.what.1"]
    judged = next(kind for kind in found["verdicts"] if kind["means"] == "a judge")
    assert judged["same"] is None
    assert done.exit_code == 1


def test_the_article_is_compared_with_the_text_in_the_brief(stored, tmp_path):
    same, other = tmp_path / "letter.txt", tmp_path / "other.txt"
    same.write_text(LETTER, encoding="utf-8")
    other.write_text(LETTER.replace("Pyongyang has never", "Pyongyang has often"), encoding="utf-8")
    assert run(stored(), str(same)).exit_code == 0
    done = run(stored(), str(other))
    assert done.exit_code == 9
    assert "has often" in " ".join(done.stdout.split())


def test_an_article_that_is_not_there_is_status_3(stored, tmp_path):
    done = run(stored(), str(tmp_path / "gone.txt"))
    assert (done.exit_code, done.stdout) == (3, "")


def test_nothing_in_a_hostile_brief_reaches_the_terminal(stored):
    def poison(fields):
        hostile = "\x1b[31m\u202e[bold]<script>"
        fields["title"] = hostile
        fields["run"]["id"] = hostile
        fields["run"]["prompt_version"] = hostile
        for claim in everywhere(fields, "bluf.what.1"):
            claim["id"] = hostile
            claim["evidence"] = [hostile]

    done = run(stored(poison))
    assert done.exit_code == 9
    assert not [c for c in done.stdout if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160]
    assert "\u202e" not in done.stdout
    assert "[bold]" in done.stdout


def test_a_report_can_be_written_to_a_file(stored, tmp_path):
    file = tmp_path / "report.txt"
    assert run(stored(raise_the_toll), "-o", str(file)).exit_code == 1
    assert "bluf.what.1" in file.read_text(encoding="utf-8")


def test_it_needs_no_network(stored):
    offline = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*offline, "true"]).returncode:
        pytest.skip("this machine does not let a command run without a network")
    script = (
        "import sys, typer; from agent.cli import verify; from agent.cli.outcome import handled; "
        "app = typer.Typer(); app.command()(handled(verify.verify)); app(sys.argv[1:])"
    )
    done = subprocess.run([*offline, *python(script, stored())], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert b"everything that can be worked out again holds" in done.stdout
