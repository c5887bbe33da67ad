"""`bluf brief` as its user runs it: a process, a real endpoint on loopback, real files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from agent.errors import EndpointError
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief
from tests.builders import LETTER, good_answers, report
from tests.endpoint import running_endpoint
from tests.llm.briefing import answer_to, endpoint_here, prompt_of, run_brief
from tests.llm.faultserver import drip, fault, run_server, says
from tests.program import run_program

CONTRACT = [
    "title", "published", "generated_at", "confidence", "sources", "sourcing", "bluf",
    "hypotheses", "assumptions", "implications", "outlook", "entities", "tags", "techniques",
    "ledger", "withheld", "run", "status", "tlp", "category", "review", "update",
]  # fmt: skip


@pytest.fixture
def letter(tmp_path):
    file = tmp_path / "letter.txt"
    head = "Kim tells Putin that the alliance is bound in blood\nBy A. Writer\nPeninsula Wire\n"
    file.write_text(f"{head}December 28, 2025\n\n{LETTER}\n", encoding="utf-8")
    return file


@pytest.fixture
def endpoint():
    with running_endpoint(good_answers()) as running:
        yield running


def environment(tmp_path, url=None, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "BLUF_"))}
    settings = {"BLUF_STORE": str(tmp_path / "calls.db"), **more}
    if url is not None:
        settings |= {"OPENAI_BASE_URL": url, "BLUF_MODEL": "scripted"}
    return kept | settings


def bluf(*arguments, env, stdin=None):
    return run_program(*arguments, env=env, stdin=stdin)


def test_the_json_brief_holds_the_contract_and_nothing_else_is_on_standard_output(
    letter, endpoint, tmp_path
):
    done = bluf("brief", letter, "--format", "json", env=environment(tmp_path, endpoint.url))
    assert done.returncode == 0, done.stderr.decode()
    document = json.loads(done.stdout)
    assert list(document) == CONTRACT
    brief = Brief.model_validate(document)
    assert [source.publisher for source in brief.sources] == ["Peninsula Wire"]
    kept = {c.id for c in brief.ledger} - {c.id for c in brief.withheld}
    assert {c.verdict for c in brief.ledger if c.id in kept} == {"supported"}


def test_the_request_offers_only_the_sentence_ids_that_exist_and_is_strict(
    letter, endpoint, tmp_path
):
    bluf("brief", letter, env=environment(tmp_path, endpoint.url))
    wire = next(s.body for s in endpoint.served if s.prompt == "bluf")
    assert wire["response_format"]["json_schema"]["strict"] is True
    enumerations = json.dumps(wire["response_format"]["json_schema"]["schema"])
    assert '["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8"]' in enumerations


def test_piped_output_has_no_control_characters_and_progress_goes_to_standard_error(
    letter, endpoint, tmp_path
):
    done = bluf("brief", letter, env=environment(tmp_path, endpoint.url))
    text = done.stdout.decode()
    assert "Competing Hypotheses" in text
    assert not [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160]
    assert "hypotheses: 3 of 3 claims stand" in done.stderr.decode()


def test_quiet_says_nothing_on_standard_error(letter, endpoint, tmp_path):
    done = bluf("brief", letter, "--quiet", env=environment(tmp_path, endpoint.url))
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_and_stated_origins_are_used(endpoint, tmp_path):
    done = bluf(
        "brief", "-", "--title", "A stated title", "--published", "2025-12-29", "-f", "json",
        env=environment(tmp_path, endpoint.url), stdin=LETTER.encode(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    document = json.loads(done.stdout)
    assert (document["title"], document["published"]) == ("A stated title", "2025-12-29")


def test_a_file_is_written_whole_in_the_format_its_name_asks_for(letter, endpoint, tmp_path):
    target = tmp_path / "out" / "brief.json"
    target.parent.mkdir()
    done = bluf("brief", letter, "-o", target, env=environment(tmp_path, endpoint.url))
    assert (done.returncode, done.stdout) == (0, b"")
    assert list(json.loads(target.read_text())) == CONTRACT
    assert [p.name for p in target.parent.iterdir()] == ["brief.json"]


def test_a_brief_that_cannot_be_saved_is_still_on_the_screen(letter, endpoint, tmp_path):
    target = tmp_path / "missing" / "brief.md"
    done = bluf("brief", letter, "-o", target, env=environment(tmp_path, endpoint.url))
    assert done.returncode == 5
    assert b"Competing Hypotheses" in done.stdout
    assert b"no such folder" in done.stderr.lower()


def test_the_same_command_again_sends_no_request_and_gives_the_same_claims(
    letter, endpoint, tmp_path
):
    env = environment(tmp_path, endpoint.url)
    first = json.loads(bluf("brief", letter, "-f", "json", env=env).stdout)
    asked = len(endpoint.served)
    again = json.loads(bluf("brief", letter, "-f", "json", env=env).stdout)
    assert len(endpoint.served) == asked
    assert again["ledger"] == first["ledger"]
    assert again["run"]["calls_from_store"] == again["run"]["calls"] == first["run"]["calls"]


def test_no_cache_asks_everything_again(letter, endpoint, tmp_path):
    env = environment(tmp_path, endpoint.url)
    bluf("brief", letter, env=env)
    asked = len(endpoint.served)
    bluf("brief", letter, "--no-cache", env=env)
    assert len(endpoint.served) == 2 * asked


def test_a_run_killed_in_the_middle_goes_on_and_pays_no_finished_call_twice(letter, tmp_path):
    with running_endpoint(good_answers(), delay_s=0.2) as endpoint:
        env = environment(tmp_path, endpoint.url)
        command = [sys.executable, "-m", "agent.cli", "brief", str(letter), "-f", "json"]
        with subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as running:
            while len(endpoint.served) < 8:
                time.sleep(0.01)
            time.sleep(0.15)
            running.send_signal(signal.SIGKILL)
        finished = [s for s in endpoint.served if s.ended and s.ended < time.monotonic() - 0.1]
        done = bluf("brief", letter, "-f", "json", env=env)
    assert done.returncode == 0, done.stderr.decode()
    times_asked = Counter(json.dumps(s.body, sort_keys=True) for s in endpoint.served)
    paid_twice = [s.prompt for s in finished if times_asked[json.dumps(s.body, sort_keys=True)] > 1]
    assert paid_twice == []


def test_interrupting_leaves_one_line_and_status_130(letter, tmp_path):
    with running_endpoint(good_answers(), delay_s=5) as endpoint:
        command = [sys.executable, "-m", "agent.cli", "brief", str(letter), "--quiet"]
        with subprocess.Popen(
            command, env=environment(tmp_path, endpoint.url), stderr=subprocess.PIPE
        ) as running:
            while not endpoint.served:
                time.sleep(0.01)
            running.send_signal(signal.SIGINT)
            _, stderr = running.communicate(timeout=120)
    assert running.returncode == 130
    assert stderr.decode() == "bluf: interrupted; the same command goes on from here\n"


def test_an_endpoint_that_refuses_connections_is_one_line_and_status_4(letter, tmp_path):
    env = environment(tmp_path, "http://127.0.0.1:9/v1", BLUF_CALL_TIMEOUT="2")
    done = bluf("brief", letter, "--quiet", env=env)
    assert (done.returncode, done.stdout) == (4, b"")
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_missing_file_is_one_line_status_3_and_no_request(endpoint, tmp_path):
    done = bluf("brief", "nowhere.txt", "--quiet", env=environment(tmp_path, endpoint.url))
    assert (done.returncode, done.stdout, endpoint.served) == (3, b"", [])
    assert done.stderr.decode().startswith("bluf: nowhere.txt: ")


def test_a_recipe_is_declined_with_status_8_and_force_overrides(endpoint, tmp_path):
    from tests.test_triage import RECIPE

    recipe = tmp_path / "tart.txt"
    recipe.write_text(RECIPE)
    env = environment(tmp_path, endpoint.url)
    assert bluf("brief", recipe, "--quiet", env=env).returncode == 8
    assert endpoint.served == []
    bluf("brief", recipe, "--quiet", "--force", env=env)
    assert endpoint.served != []


def test_strict_exits_1_when_a_claim_was_withheld(letter, endpoint, tmp_path):
    env = environment(tmp_path, endpoint.url)
    done = bluf("brief", letter, "--strict", "--judge", "none", "--quiet", env=env)
    assert done.returncode == 1
    assert b"claims were withheld" in done.stderr


def test_a_reader_that_closes_the_pipe_early_meets_no_traceback(letter, endpoint, tmp_path):
    line = f"{sys.executable} -m agent.cli brief {letter} --detail full | head -1"
    done = subprocess.run(
        ["bash", "-c", line], env=environment(tmp_path, endpoint.url), capture_output=True
    )
    assert b"Traceback" not in done.stderr
    assert len(done.stdout.decode().splitlines()) == 1


def test_runs_list_and_show_say_what_was_asked(letter, endpoint, tmp_path):
    env = environment(tmp_path, endpoint.url)
    document = json.loads(bluf("brief", letter, "-f", "json", env=env).stdout)
    listed = bluf("runs", "list", env=env).stdout.decode()
    assert document["run"]["id"] in listed
    shown = bluf("runs", "show", document["run"]["id"], env=env).stdout.decode()
    assert {"signals", "hypotheses", "bluf"} <= {line.split()[0] for line in shown.splitlines()}
    assert bluf("runs", "show", "nothing", env=env).returncode == 2


def test_the_key_is_in_no_output_and_not_in_the_store(letter, endpoint, tmp_path):
    canary = "sk-canary-0123456789abcdef"
    env = environment(tmp_path, endpoint.url, OPENAI_API_KEY=canary)
    done = bluf("brief", letter, "-f", "json", "--debug", env=env)
    kept = b"".join(f.read_bytes() for f in Path(tmp_path).glob("calls.db*"))
    assert canary.encode() not in done.stdout + done.stderr + kept


def test_a_standard_error_that_nobody_reads_loses_nothing_but_its_lines(letter, endpoint, tmp_path):
    target = tmp_path / "brief.json"
    line = f"{sys.executable} -m agent.cli brief {letter} -o {target} 2>&1 | head -n 1"
    subprocess.run(["bash", "-c", line], env=environment(tmp_path, endpoint.url), timeout=300)
    assert list(json.loads(target.read_text())) == CONTRACT


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
def test_a_closed_standard_error_does_not_stop_the_brief(letter, endpoint, tmp_path, closed):
    line = f"{sys.executable} -m agent.cli brief {letter} -f json {closed}"
    done = subprocess.run(
        ["bash", "-c", line], env=environment(tmp_path, endpoint.url), capture_output=True
    )
    assert done.returncode == 0
    assert list(json.loads(done.stdout)) == CONTRACT


def test_a_closed_standard_output_is_status_5(letter, endpoint, tmp_path):
    line = f"{sys.executable} -m agent.cli brief {letter} --quiet >&-"
    done = subprocess.run(
        ["bash", "-c", line], env=environment(tmp_path, endpoint.url), capture_output=True
    )
    assert done.returncode == 5
    assert b"Traceback" not in done.stderr


def test_a_link_is_followed_and_the_mode_of_the_file_is_kept(letter, endpoint, tmp_path):
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    bluf("brief", letter, "-o", link, env=environment(tmp_path, endpoint.url))
    assert link.is_symlink()
    assert "Competing Hypotheses" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_to_and_never_replaced(letter, endpoint, tmp_path):
    target = tmp_path / "shown.txt"
    line = f"{sys.executable} -m agent.cli brief {letter} -o /dev/stdout > {target}"
    subprocess.run(["bash", "-c", line], env=environment(tmp_path, endpoint.url), timeout=300)
    assert Path("/dev/stdout").is_symlink()
    assert "Competing Hypotheses" in target.read_text()


def test_a_source_is_never_overwritten_by_its_brief(letter, endpoint, tmp_path):
    before = letter.read_text()
    done = bluf("brief", letter, "-o", letter, env=environment(tmp_path, endpoint.url))
    assert (done.returncode, letter.read_text(), endpoint.served) == (2, before, [])


def test_an_ending_that_names_no_format_is_refused_before_any_call(letter, endpoint, tmp_path):
    target = tmp_path / "brief.rtf"
    done = bluf("brief", letter, "-o", target, env=environment(tmp_path, endpoint.url))
    assert (done.returncode, endpoint.served) == (2, [])


def test_a_polite_kill_ends_a_run_as_an_interrupt_does(letter, tmp_path):
    with running_endpoint(good_answers(), delay_s=5) as endpoint:
        env = environment(tmp_path, endpoint.url)
        command = [sys.executable, "-m", "agent.cli", "brief", str(letter), "--quiet"]
        with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as running:
            while not endpoint.served:
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=120)
        assert running.returncode == 130
        assert b"interrupted" in bluf("runs", "list", env=env).stdout


@pytest.fixture
def here(tmp_path, monkeypatch):
    with endpoint_here(tmp_path, monkeypatch) as server:
        yield server


def test_an_endpoint_without_json_schema_is_told_once_and_named_in_the_brief(letter, here, capsys):
    answers = good_answers()

    def answer(received):
        refused = "response_format" in received.body
        return fault(400, "no response_format") if refused else answer_to(received, answers)

    here.answer = answer
    run_brief(letter, format_="json")
    printed = capsys.readouterr()
    assert json.loads(printed.out)["run"]["structured_output"] == "tools"
    assert printed.err.count("does not take json_schema; asking with tools") == 1


def test_a_window_that_is_smaller_than_was_known_is_told_and_read_in_parts(
    letter, here, monkeypatch, capsys
):
    monkeypatch.delenv("BLUF_CONTEXT")
    letter.write_text((f"{LETTER}\n\n") * 12, encoding="utf-8")
    answers = good_answers()

    def answer(received):
        if len(received.body["messages"][1]["content"]) > 8000:
            return fault(400, "the maximum context length is 3100 tokens")
        return answer_to(received, answers)

    here.answer = answer
    run_brief(letter, format_="json", judge="none")
    printed = capsys.readouterr()
    assert json.loads(printed.out)["bluf"]["parts"] != []
    assert "that is done now, for a window of 3,100 tokens" in printed.err
    assert "longer than the model's window: read in " in printed.err


def test_what_an_endpoint_makes_up_is_withheld_even_if_its_judge_supports_all_of_it(
    letter, here, capsys
):
    number = report("1.2", text="South Korean intelligence officials estimate 25,000 troops.")
    name = report("1.1", text="Kim Jong Un told Chinese leader Xi Jinping of an alliance of blood.")
    negation = report("1.4", text="All of the casualty figures could be independently verified.")
    quotation = report("1.5", text="Lim Dae-sung said “both governments told the truth about it”.")
    answers = good_answers()
    answers["bluf"]["what"] = [number, name]
    answers["assumptions"] |= {"gaps": [negation], "bias": [quotation]}
    here.answer = lambda received: answer_to(received, answers)
    run_brief(letter, format_="json")
    brief = Brief.model_validate_json(capsys.readouterr().out)
    lies = {claim["text"] for claim in (number, name, negation, quotation)}
    assert lies <= {claim.text for claim in brief.withheld}
    body = " ".join(claim.text for claim in brief.ledger if claim not in brief.withheld)
    assert "Kim Jong Un" in body
    assert not [lie for lie in ("25,000", "Xi Jinping", "All of the", "truth") if lie in body]


@pytest.mark.parametrize(
    "broken",
    [fault(500), says("I cannot help."), fault(401)],
    ids=["500", "prose", "401"],
)
def test_a_judge_that_fails_costs_no_brief_and_every_format_says_so(
    letter, here, monkeypatch, capsys, broken
):
    monkeypatch.setenv("BLUF_CALL_TIMEOUT", "1")
    answers = good_answers()

    def answer(received):
        judging = prompt_of(received) == "judge"
        return broken if judging else answer_to(received, answers)

    here.answer = answer
    run_brief(letter, format_="json")
    brief = Brief.model_validate_json(capsys.readouterr().out)
    told = "m, which FAILED in "
    assert told in brief.run.judge
    assert " ".join(told.split()) in " ".join(terminal(brief, width=80, colour=False).split())
    assert told in markdown(brief)
    judgements = [claim for claim in brief.ledger if claim.basis == "judgement"]
    assert judgements
    assert {claim.verdict for claim in judgements} == {"not checkable"}
    assert {claim.id for claim in judgements} <= {claim.id for claim in brief.withheld}


def test_tokens_that_nobody_counted_are_not_made_up(letter, here, capsys):
    answers = good_answers()
    here.answer = lambda received: answer_to(received, answers, usage=None)
    run_brief(letter, format_="markdown", judge="none")
    shown = capsys.readouterr().out
    assert "tokens not reported" in shown and "cost not known" in shown


def test_an_endpoint_that_breaks_down_loses_no_answer_that_it_gave(letter, here, monkeypatch):
    monkeypatch.setenv("BLUF_CALL_TIMEOUT", "1")
    answers, up = good_answers(), 6
    here.answer = lambda received: (
        answer_to(received, answers) if len(here.asked) <= up else fault(503, "down")
    )
    with pytest.raises(EndpointError):
        run_brief(letter, judge="none", quiet=True)
    paid = [json.dumps(body, sort_keys=True) for body in here.asked[:up]]
    broken_at, up = len(here.asked), 10**6
    run_brief(letter, judge="none", quiet=True)
    again = [json.dumps(body, sort_keys=True) for body in here.asked[broken_at:]]
    assert again and not set(paid) & set(again)


@pytest.mark.parametrize("step", [fault(429, retry_after="200"), drip], ids=["wait", "drip"])
def test_an_interrupt_in_a_wait_or_a_dripping_answer_waits_for_neither(letter, tmp_path, step):
    with run_server() as server:
        server.script = [step]
        command = [sys.executable, "-m", "agent.cli", "brief", str(letter), "--quiet"]
        env = environment(tmp_path, server.url, BLUF_CONTEXT="8000")
        with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as running:
            while not server.asked:
                time.sleep(0.01)
            time.sleep(0.3)
            running.send_signal(signal.SIGINT)
            # Some hundredths of a second on a quiet machine; the wait and the answer take minutes.
            _, stderr = running.communicate(timeout=150)
    assert running.returncode == 130
    assert stderr.decode() == "bluf: interrupted; the same command goes on from here\n"


def test_an_interrupt_waits_for_no_thread_that_computes(tmp_path):
    code = (
        "import asyncio, os, signal, threading, time\n"
        "from agent.cli.outcome import handled, run_async\n"
        "async def work():\n"
        "    threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()\n"
        "    await asyncio.to_thread(time.sleep, 600)\n"
        "handled(lambda: run_async(work()))()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300)
    assert done.returncode == 130
    assert done.stderr == b"bluf: interrupted; the same command goes on from here\n"
