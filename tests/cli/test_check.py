"""`bluf check` as its user runs it, with the entailment model that ships."""

import json

import pytest
from typer.testing import CliRunner

from agent.cli.main import app

ARTICLE = """The northern pier of Port Sarrel was closed on Monday after a cracked pillar was found.
Some 14,800 dockers are on strike. Harbour chief Anna Holt said repairs would cost 2 million crowns.
Nobody was hurt.
"""
CLAIMS = """The northern pier of Port Sarrel was closed on Monday.
Some 40,000 dockers are on strike.
Repairs would cost 2 million crowns, Holt said [1.1].
"""


@pytest.fixture
def files(tmp_path):
    claims, article = tmp_path / "claims.txt", tmp_path / "article.txt"
    claims.write_text(CLAIMS, encoding="utf-8")
    article.write_text(ARTICLE, encoding="utf-8")
    return str(claims), str(article)


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, ["check", *arguments], input=stdin)


def test_a_true_sentence_stands_and_a_wrong_figure_fails_with_status_1(files):
    done = run(*files, "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    first, second, _ = found["claims"]
    assert first["verdict"] == "supported"
    assert first["passage"][0]["text"].startswith("The northern pier")
    assert (second["verdict"], second["method"]) == ("contradicted", "figures")
    assert "40,000" in second["reason"]
    assert sum(found["counts"].values()) == 3


def test_all_true_is_status_0(files, tmp_path):
    claims = tmp_path / "true.txt"
    claims.write_text("The northern pier of Port Sarrel was closed on Monday.\n", encoding="utf-8")
    done = run(str(claims), files[1])
    assert done.exit_code == 0
    assert "1 of 1 claims stand" in done.stdout


def test_a_claim_that_cites_the_wrong_sentence_is_judged_by_the_one_that_holds_it(files):
    claim = json.loads(run(*files, "--format", "json").stdout)["claims"][2]
    assert claim["cited"] == ["1.1"]
    assert "1.3" in claim["evidence"]


def test_a_pipe_gets_no_control_character_whatever_the_claims_hold(files):
    done = run("-", files[1], stdin="The pier \x1b[31mclosed\u202e on <b>Monday</b> | today.\n")
    assert done.exit_code == 1
    assert not any(ord(c) < 32 and c != "\n" for c in done.stdout)
    table = run("-", files[1], "--format", "markdown", stdin="A | b <b>c</b> closed on Monday.\n")
    assert "<b>" not in table.stdout


def test_claims_that_are_their_own_source_are_a_usage_error(files):
    assert run(files[1], files[1]).exit_code == 2


def test_a_missing_file_is_one_line_and_status_3(files):
    done = run("nowhere.txt", files[1])
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 1


def test_a_judge_needs_an_endpoint(files, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    done = run(*files, "--judge", "some-model")
    assert done.exit_code == 2
    assert "OPENAI_BASE_URL" in done.stderr
