"""No secret of the user's gets out by way of the command line."""

import base64
import os
import stat
import subprocess
import sys

import pytest

from agent.llm.calls import open_store
from tests.builders import LETTER, good_answers
from tests.cli.test_brief import environment
from tests.llm.briefing import answer_to, endpoint_here, run_brief, write_letter
from tests.llm.conftest import KEY
from tests.llm.faultserver import raw, run_server
from tests.llm.test_secret import leaks

TOKEN = "tok-canary-9f8e7d6c5b4a"


@pytest.fixture
def here(tmp_path, monkeypatch):
    with endpoint_here(tmp_path, monkeypatch) as server:
        yield server


def run(*command, env):
    return subprocess.run([sys.executable, *map(str, command)], env=env, capture_output=True)


def in_store(path) -> str:
    """Return all that a store holds, unpacked."""
    with open_store(path, print) as store:
        runs = store.list_runs()
        return repr(runs) + "".join(repr(store.show_run(run.id)) for run in runs)


def test_an_endpoint_that_repeats_the_key_gets_it_into_no_output_and_no_store(
    tmp_path,
):
    encoded = base64.b64encode(f"Bearer {KEY}".encode()).decode()
    with run_server() as server:
        page = f"<html>{KEY} {KEY[4:15]} {encoded}</html>".encode()
        server.script = [raw(200, page, {"set-cookie": KEY})]
        env = environment(tmp_path, server.url, OPENAI_API_KEY=KEY, BLUF_CONTEXT="8000")
        done = run("-m", "agent.cli", "brief", write_letter(tmp_path), "--debug", env=env)
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert done.returncode == 4
    shown = (done.stdout + done.stderr).decode()
    assert "it sent a web page" in shown
    assert leaks(shown) == []
    files = b"".join(path.read_bytes() for path in tmp_path.glob("calls.db*")).decode("latin-1")
    assert leaks(files + in_store(tmp_path / "calls.db")) == []


def test_the_traceback_of_a_fault_holds_no_key(tmp_path):
    code = (
        "import os\n"
        "from agent.cli.outcome import handled\n"
        "def verb(debug):\n"
        "    raise RuntimeError('headers: ' + os.environ['OPENAI_API_KEY'])\n"
        "handled(verb)(debug=True)\n"
    )
    done = run("-c", code, env=environment(tmp_path, OPENAI_API_KEY=KEY))
    shown = done.stderr.decode()
    assert "RuntimeError: headers: [key]" in shown
    assert leaks(shown) == []


def test_no_verb_takes_a_key_on_the_command_line():
    import typer.main

    from agent.cli.main import app

    def options(command, name=""):
        for child in getattr(command, "commands", {}).values():
            yield from options(child, f"{name} {child.name}")
        yield from ((name, flag) for param in command.params for flag in param.opts)

    found = list(options(typer.main.get_command(app)))
    assert (" brief", "--max-tokens") in found
    assert not [flag for _, flag in found if any(w in flag for w in ("key", "secret", "passw"))]


def test_a_key_given_on_the_command_line_is_refused_unseen(tmp_path):
    given = f"--api-key={KEY}"
    done = run("-m", "agent.cli", "brief", "x.txt", given, env=environment(tmp_path))
    assert done.returncode == 2
    assert b"No such option" in done.stderr
    assert leaks(done.stderr.decode()) == []


def test_a_token_in_the_address_of_a_source_is_in_no_brief_and_no_store(
    here,
    tmp_path,
    capsys,
):
    paragraphs = "".join(f"<p>{part}</p>" for part in LETTER.split("\n\n"))
    page = f"<html><title>A letter</title><body><article>{paragraphs}</article></body></html>"
    here.models = raw(200, page.encode(), {"content-type": "text/html; charset=utf-8"})
    answers = good_answers()
    here.answer = lambda received: answer_to(received, answers)
    url = f"{here.url}/page?id=7&token={TOKEN}"
    run_brief(url, allow_private=True, judge="none", format_="json", force=True)
    printed = capsys.readouterr()
    assert TOKEN in here.received[0].path
    assert "/page?id=7&token=REMOVED" in printed.out
    assert leaks(printed.out + printed.err + in_store(tmp_path / "calls.db"), TOKEN) == []


def test_a_password_in_the_address_of_a_source_is_not_repeated(tmp_path):
    url = f"http://reader:{TOKEN}@127.0.0.1:9/page"
    env = environment(tmp_path, "http://127.0.0.1:9/v1")
    done = run("-m", "agent.cli", "brief", url, "--quiet", env=env)
    assert done.returncode == 3
    assert leaks(done.stderr.decode(), TOKEN) == []


@pytest.mark.parametrize("umask", [0, 0o077])
def test_the_store_is_readable_by_its_owner_alone(tmp_path, umask):
    path = tmp_path / "new" / "folder" / "calls.db"
    before = os.umask(umask)
    try:
        with open_store(path, print) as store:
            store.begin_run(what="test", model="m")
            modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in path.parent.iterdir()}
            folder = stat.S_IMODE(path.parent.stat().st_mode)
    finally:
        os.umask(before)
    assert len(modes) >= 3
    assert set(modes.values()) == {0o600}
    assert folder == 0o700
