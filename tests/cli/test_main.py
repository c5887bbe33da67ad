"""The command line as a whole: its verbs, its help, its manners."""

import json
import re
import subprocess
import sys
from pathlib import Path

import typer.main
from typer.testing import CliRunner

from agent import __version__
from agent.cli.main import app
from schemas.brief import Brief

README = Path(__file__).parents[2] / "README.md"


def verbs():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from (f"{name} {inner}" for inner in command.commands)
        else:
            yield name


def test_every_verb_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    assert [verb for verb in verbs() if f"bluf {verb}" not in text] == []


def test_every_verb_has_help_with_two_examples():
    for verb in verbs():
        shown = CliRunner().invoke(app, [*verb.split(), "--help"])
        assert shown.exit_code == 0
        assert len(re.findall(r"\bbluf " + verb.split()[0], shown.output)) >= 2, verb


def test_help_imports_no_sdk():
    code = (
        "import sys; sys.argv = ['bluf', '--help']\n"
        "from agent.cli.main import run\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        "heavy = {'openai', 'instructor', 'pydantic', 'rich', 'trafilatura', 'httpx'}\n"
        "heavy |= {'numpy', 'onnxruntime'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_version_is_printed():
    assert CliRunner().invoke(app, ["--version"]).output == f"bluf {__version__}\n"


def test_an_unknown_verb_is_a_usage_error():
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2


def test_schema_brief_prints_the_schema_of_the_brief():
    done = subprocess.run(
        [sys.executable, "-m", "agent.cli", "schema", "brief"], capture_output=True, text=True
    )
    assert list(json.loads(done.stdout)["properties"]) == list(Brief.model_fields)
