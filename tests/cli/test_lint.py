"""`bluf lint` as its user runs it: what it prints, where, and its exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import lint
from agent.cli.outcome import handled
from agent.views.json import as_json
from tests.analysis.products import FAULTY, GOOD, claim, make_brief

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(handled(lint.lint))


@pytest.fixture
def faulty(tmp_path):
    file = tmp_path / "faulty.txt"
    file.write_text(FAULTY, encoding="utf-8")
    return file


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)


def test_each_fault_is_a_line_with_its_place_and_the_status_is_1(faulty):
    done = run(faulty)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 6
    assert lines[0] == (
        f"{faulty}:4:14: loose word: may - "
        "say how likely in one term of ICD 203, such as likely (55-80%), or cut it"
    )
    assert "6 faults: 2 loose word" in done.stderr


def test_a_sound_text_prints_nothing_on_standard_output_and_the_status_is_0():
    done = run("-", stdin=GOOD)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "no fault" in done.stderr


def test_json_counts_every_kind_and_gives_each_fault(faulty):
    done = run(faulty, "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["counts"] == {
        "loose word": 2,
        "unhedged forecast": 1,
        "confidence with likelihood": 1,
        "mixed terms": 1,
        "no premise": 0,
        "no alternatives": 1,
    }
    assert len(report["faults"]) == 6
    assert report["faults"][2]["sentence"] == "The army will leave the valley by spring."


def test_a_brief_in_json_is_faulted_by_claim(tmp_path):
    file = tmp_path / "brief.json"
    file.write_text(as_json(make_brief(claim("bluf.meaning.1", "The deal may fail."))))
    done = run(file)
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{file}:bluf.meaning.1: loose word: may - ")
    piped = run("-", stdin=as_json(make_brief()))
    assert (piped.exit_code, piped.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "held", "problem"),
    [
        ("a.json", '{"title": 3}', "it is no brief in JSON (title: Input should be a valid string"),
        ("a.json", '{"title": ', "it is no brief in JSON (Invalid JSON: EOF"),
        ("a.json", "[" * 100_000, "it is no brief in JSON (Invalid JSON: "),
        ("a.txt", '{"title": "T"}', "it is no brief in JSON (published: Field required"),
        ("a.html", "<html><body><p>It may fail.</p></body></html>", "it is a web page"),
        ("a.txt", "", "it is empty"),
        ("a.txt", "\0\1\2" * 50, "it is binary data"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_the_status_is_3(tmp_path, name, held, problem):
    file = tmp_path / name
    file.write_text(held)
    done = run(file)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith(f"bluf: {file}: {problem}")
    assert done.stderr.count("\n") == 1


def test_a_missing_file_is_status_3_and_a_missing_argument_is_status_2(tmp_path):
    assert run(tmp_path / "none.txt").exit_code == 3
    assert run().exit_code == 2


def test_markdown_is_known_by_its_name_and_on_standard_input_by_its_signs(tmp_path):
    text = "It is quiet.\n\n> The deal may fail.\n\n```\nmay\n```\n"
    file = tmp_path / "report.md"
    file.write_text(text)
    assert run(file).exit_code == 0
    assert run("-", stdin=text).exit_code == 0


def test_nothing_that_steers_a_terminal_is_printed():
    hostile = "The \x1b[31mdeal\x1b[0m may [bold]fail[/bold] \u202eor\u202c not.\n"
    for flags in ((), ("--json",)):
        shown = run("-", *flags, stdin=hostile).stdout
        assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160]
        assert "\u202e" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_table_groups_the_faults_under_their_advice(tmp_path):
    file = tmp_path / "faulty.md"
    file.write_text("The deal may [bold]fail[/bold]. \x1b[31mIt could hold.\n")
    shown = _on_a_terminal(file, NO_COLOR="1", COLUMNS="100")
    assert shown.splitlines()[:3] == [
        "loose word, 2: say how likely in one term of ICD 203, such as likely (55-80%), or cut it",
        "  1:10    The deal may [bold]fail[/bold].",
        "  1:41    [31mIt could hold.",
    ]
    assert "\x1b" not in shown
    assert "\x1b[1;33mmay\x1b[0m" in _on_a_terminal(file, COLUMNS="100", TERM="xterm")


def _on_a_terminal(file: Path, **environment: str) -> str:
    """Return what the verb prints when standard output is a terminal."""
    import pty

    code = "from tests.cli.test_lint import app; app()"
    kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM"}}
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)],
        stdout=follower, stderr=subprocess.DEVNULL, env={**kept, **environment},
        cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        os.close(follower)
        shown = b""
        while chunk := _read(leader):
            shown += chunk
        assert process.wait(timeout=60) == 1
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other end is closed
        return b""
