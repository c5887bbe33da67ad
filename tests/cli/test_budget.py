"""`bluf brief` within limits of tokens, cost and time."""

import json

import pytest

from agent.errors import BudgetError
from schemas.brief import Brief
from tests.builders import good_answers
from tests.cli.test_brief import environment
from tests.llm.briefing import answer_to, endpoint_here, run_brief, write_letter
from tests.llm.faultserver import run_server, silence
from tests.program import run_program


@pytest.fixture
def here(tmp_path, monkeypatch):
    with endpoint_here(tmp_path, monkeypatch) as server:
        yield server


def bluf(*arguments, env):
    return run_program(*arguments, env=env)


def test_a_brief_within_a_limit_of_tokens_comes_in_parts_and_pays_nothing_twice(
    here, tmp_path, capsys
):
    letter = write_letter(tmp_path)
    answers, stops = good_answers(), []
    here.answer = lambda received: answer_to(received, answers)
    for _ in range(20):
        try:
            run_brief(letter, max_tokens=2600, format_="json", quiet=True)
            break
        except BudgetError as error:
            stops.append(error)
    assert 1 <= len(stops) < 19
    assert {stop.status for stop in stops} == {7}
    assert "2,600 tokens are used and the next call (" in str(stops[0])
    assert Brief.model_validate_json(capsys.readouterr().out).run.calls_from_store > 0
    asked = [json.dumps(body, sort_keys=True) for body in here.asked]
    assert len(asked) == len(set(asked))


def test_a_limit_of_cost_without_a_price_is_refused_before_anything_is_read(tmp_path):
    env = environment(tmp_path, "http://127.0.0.1:9/v1")
    done = bluf("brief", "nowhere.txt", "--max-cost", "0.5", "--quiet", env=env)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("bluf: --max-cost: no price is known for scripted")
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_deadline_ends_the_whole_run_with_one_line_and_status_7(tmp_path):
    with run_server() as server:
        server.script = [silence]
        env = environment(tmp_path, server.url, BLUF_CONTEXT="8000")
        done = bluf("brief", write_letter(tmp_path), "--deadline", "2", "--quiet", env=env)
    assert (done.returncode, done.stdout) == (7, b"")
    assert done.stderr.decode().startswith("bluf: the deadline of 2 s has passed; stopped ")
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_limit_that_makes_no_sense_is_a_usage_error(tmp_path):
    done = bluf("brief", "x.txt", "--max-tokens", "0", env=environment(tmp_path))
    assert done.returncode == 2
    assert "--max-tokens" in done.stderr.decode()
