import asyncio
import json
import os
import signal
import socket
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from agent.llm.calls import Call, CallStore, Usage, call_key, open_store
from tests.llm.conftest import REQUEST, Endpoint, Reply, Start
from tests.llm.faultserver import FaultServer, says, status

YES = says({"word": "yes"})

# One run in a process of its own: asks twelve questions, each under a repeat of its own.
WRITER = """
import asyncio, sys
from pathlib import Path
from tests.llm.conftest import REQUEST, Reply, make_config
from agent.llm.calls import open_store
from agent.llm.client import open_model

async def main(url, path):
    with open_store(Path(path), print) as store:
        run = store.begin_run(what="writer", model="m")
        config = make_config(url, Path(path), parallel=2)
        async with open_model(config, store=store, run=run, notify=print) as model:
            await asyncio.gather(*[model.ask(Reply, REQUEST, repeat=n) for n in range(12)])
        store.end_run(run, "done")

asyncio.run(main(*sys.argv[1:]))
"""

# A run that looks up and keeps fifty answers, as a brief would, without the SDKs.
CROWD = """
import asyncio, sys
from pathlib import Path
from tests.llm.test_calls import make_call
from agent.llm.calls import open_store

async def main(path):
    with open_store(Path(path), print) as store:
        run = store.begin_run(what="crowd", model="m")
        async def one(key):
            async with store.flight(key):
                if await store.reuse([key], run=run, prompt="bluf") is None:
                    await store.keep(make_call(key, body=key * 500), run=run)
        await asyncio.gather(*[one(str(n)) for n in range(50)])
        store.end_run(run, "done")

asyncio.run(main(sys.argv[1]))
"""


def make_call(key: str = "k", outcome: str = "ok", body: str = "{}", **usage: object) -> Call:
    return Call(
        key=key,
        prompt="bluf",
        model="m",
        outcome=outcome,
        request='{"messages": []}',
        body=body,
        structured_output="json_schema",
        usage=Usage(**usage),
    )


def find(store: CallStore, key: str) -> str | None:
    run = store.begin_run(what="find", model="m")
    kept = asyncio.run(store.reuse([key], run=run, prompt="bluf"))
    return kept.call.body if kept else None


def test_a_kept_answer_makes_no_request(endpoint: Endpoint):
    endpoint.server.script = [YES]
    assert endpoint.ask() == endpoint.ask() == Reply(word="yes")
    assert len(endpoint.server.asked) == 1
    totals = endpoint.store.totals(endpoint.run)
    assert (totals.calls, totals.calls_from_store) == (1, 1)


def test_another_repeat_is_another_question(endpoint: Endpoint):
    endpoint.server.script = [YES, says({"word": "no"})]
    answers = [endpoint.ask(repeat=n).word for n in (0, 1, 0, 1)]
    assert answers == ["yes", "no", "yes", "no"]
    assert len(endpoint.server.asked) == 2


@pytest.mark.parametrize("change", ["model", "base_url"])
def test_another_model_or_endpoint_is_another_question(endpoint: Endpoint, change: str):
    endpoint.server.script = [YES]
    endpoint.ask()
    other = {"model": "n", "base_url": endpoint.server.url.replace("127.0.0.1", "localhost")}
    endpoint.ask_all((Reply, REQUEST, 0), **{change: other[change]})
    assert len(endpoint.server.asked) == 2


def test_the_same_question_at_the_same_time_is_asked_once(endpoint: Endpoint):
    endpoint.server.script = [YES]
    answers = endpoint.ask_all(*[(Reply, REQUEST, 0)] * 6)
    assert answers == [Reply(word="yes")] * 6
    assert len(endpoint.server.asked) == 1


def test_without_the_cache_every_question_is_asked_and_the_new_answer_kept(endpoint: Endpoint):
    endpoint.server.script = [YES, says({"word": "no"})]
    endpoint.ask()
    assert endpoint.ask_all((Reply, REQUEST, 0), use_cache=False)[0].word == "no"
    assert endpoint.ask().word == "no"
    assert len(endpoint.server.asked) == 2


def test_answers_that_cannot_be_used_are_kept_as_history_and_never_served(endpoint: Endpoint):
    endpoint.server.script = [says("", reason="length"), says("half", reason="length")]
    with pytest.raises(Exception, match="cut off"):
        endpoint.ask()
    outcomes = [kept.call.outcome for kept in endpoint.store.show_run(endpoint.run)]
    assert outcomes == ["truncated", "truncated"]
    endpoint.server.script = [status(400, {"error": {"message": "no"}})]
    with pytest.raises(Exception, match="refused the request"):
        endpoint.ask()
    (kept,) = endpoint.store.show_run(endpoint.run)
    assert (kept.call.outcome, "refused the request" in kept.call.body) == ("error", True)


def test_a_run_lists_what_was_asked_what_came_and_what_it_took(endpoint: Endpoint):
    endpoint.server.script = [YES]
    endpoint.ask()
    endpoint.store.end_run(endpoint.run, "done")
    (summary,) = endpoint.store.list_runs()
    assert (summary.id, summary.status, summary.what) == (endpoint.run, "done", "test")
    assert summary.ended_at is not None and summary.ended_at >= summary.started_at
    assert (summary.totals.tokens_in, summary.totals.tokens_out) == (100, 10)
    assert summary.totals.tokens_cached == 40
    (kept,) = endpoint.store.show_run(endpoint.run)
    assert (kept.call.prompt, kept.from_store) == ("bluf", False)
    assert json.loads(kept.call.request)["messages"][1]["content"] == "Is it so?"
    assert "yes" in kept.call.body
    with pytest.raises(KeyError):
        endpoint.store.show_run("nothing")


def test_a_cost_is_unknown_as_soon_as_one_call_has_no_price(tmp_path: Path):
    with open_store(tmp_path / "c.db", print) as store:
        run = store.begin_run(what="x", model="m")
        asyncio.run(store.keep(make_call("a", cost_usd=0.25, seconds=1.0), run=run))
        asyncio.run(store.keep(make_call("b", cost_usd=0.5, seconds=2.0), run=run))
        assert (store.totals(run).cost_usd, store.totals(run).seconds) == (0.75, 3.0)
        again = store.begin_run(what="x", model="m")
        asyncio.run(store.reuse(["a"], run=again, prompt="bluf"))
        assert (store.totals(again).cost_usd, store.totals(again).spent_usd) == (0.25, 0.0)
        asyncio.run(store.keep(make_call("c"), run=run))
        assert store.totals(run).cost_usd is None


def test_the_first_answer_under_a_key_is_the_one_that_is_served(tmp_path: Path):
    with open_store(tmp_path / "c.db", print) as store:
        run = store.begin_run(what="x", model="m")
        asyncio.run(store.keep(make_call(body="first"), run=run))
        assert asyncio.run(store.keep(make_call(body="second"), run=run)).call.body == "first"
        assert asyncio.run(
            store.keep(make_call(body="third"), run=run, replace=True)
        ).call.body == ("third")
        assert find(store, "k") == "third"


def test_a_key_depends_on_every_part_and_not_on_their_order():
    parts = {"model": "m", "messages": [{"role": "user", "content": "é"}], "attempt": 0}
    assert call_key(parts) == call_key(dict(reversed(parts.items())))
    assert len({call_key(parts), call_key({**parts, "attempt": 1})}) == 2


def test_the_store_is_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "new" / "calls.db"
    with open_store(path, print) as store:
        store.begin_run(what="x", model="m")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    assert modes["calls.db"] == 0o600 and set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["zeros", "foreign", "cut", "page"])
def test_a_damaged_store_is_moved_aside_and_said(tmp_path: Path, damage: str):
    path = tmp_path / "calls.db"
    with open_store(path, print) as store:
        run = store.begin_run(what="x", model="m")
        for n in range(40):
            asyncio.run(store.keep(make_call(str(n), body=os.urandom(2000).hex()), run=run))
    good = path.read_bytes()
    bad = {
        "zeros": bytes(len(good)),
        "foreign": b"Dear diary, today I wrote no database.\n" * 100,
        "cut": good[: len(good) // 2],
        "page": good[:8192] + os.urandom(8192) + good[16384:],
    }[damage]
    path.write_bytes(bad)
    notes: list[str] = []
    with open_store(path, notes.append) as store:
        assert find(store, "7") is None
        store.begin_run(what="y", model="m")
    (aside,) = tmp_path.glob("calls.db.bad-*")
    assert aside.read_bytes() == bad
    assert len(notes) == 1 and "damaged; moved to calls.db.bad-" in notes[0]


def test_the_database_of_another_program_or_of_a_newer_bluf_is_left_alone(tmp_path: Path):
    foreign, newer = tmp_path / "history.db", tmp_path / "newer.db"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE places (url TEXT)")
    database.close()
    with open_store(newer, print):
        pass
    database = sqlite3.connect(newer)
    database.execute("PRAGMA user_version = 99")
    database.close()
    for path, reason in ((foreign, "another program"), (newer, "a newer bluf")):
        notes: list[str] = []
        before = path.read_bytes()
        with open_store(path, notes.append) as store:
            assert store.totals(store.begin_run(what="x", model="m")).calls == 0
        assert path.read_bytes() == before
        assert len(notes) == 1 and reason in notes[0]


def test_where_nothing_can_be_written_the_run_goes_on_in_memory(endpoint: Endpoint, tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    notes: list[str] = []
    endpoint.server.script = [YES]
    with open_store(blocked / "calls.db", notes.append) as endpoint.store:
        assert endpoint.ask() == endpoint.ask() == Reply(word="yes")
        assert endpoint.store.totals(endpoint.run).calls_from_store == 1
    assert len(endpoint.server.asked) == 1
    assert len(notes) == 1 and "calls are not kept this time" in notes[0]


def test_a_disk_that_fills_up_costs_neither_the_run_nor_the_kept_answers(
    endpoint: Endpoint, tmp_path: Path
):
    endpoint.server.script = [YES]
    endpoint.ask(repeat=1)
    notes: list[str] = []
    with open_store(tmp_path / "calls.db", notes.append) as endpoint.store:
        run = endpoint.store.begin_run(what="x", model="m")
        asyncio.run(endpoint.store.keep(make_call(seconds=2.0), run=run))
        # As on a full disk: the file may not grow by a single page.
        ((pages,),) = endpoint.store._database.execute("PRAGMA page_count").fetchall()
        endpoint.store._database.execute(f"PRAGMA max_page_count = {pages}")
        asyncio.run(endpoint.store.keep(make_call("l", body="x" * 9_000_000), run=run))
        asyncio.run(endpoint.store.keep(make_call("big", body=os.urandom(9000).hex()), run=run))
        assert len(notes) == 1 and "full" in notes[0] and "this run goes on" in notes[0]
        assert (endpoint.store.totals(run).calls, endpoint.store.totals(run).seconds) == (3, 2.0)
        assert find(endpoint.store, "big") is not None
        assert endpoint.ask(repeat=1).word == "yes"
    assert len(endpoint.server.asked) == 1


def test_a_killed_run_asks_only_what_was_not_answered(
    server: FaultServer, tmp_path: Path, start_python: Start
):
    def slowly(connection: socket.socket) -> None:
        time.sleep(0.1)
        connection.sendall(YES)

    path = tmp_path / "calls.db"
    server.script = [slowly]
    writer = start_python(WRITER, server.url, str(path))
    while len(server.asked) < 6:
        time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    asked = len(server.asked)
    with open_store(path, print) as store:
        (killed,) = store.list_runs()
        kept = store.totals(killed.id).calls
        assert (killed.status, killed.ended_at) == ("running", None)
        assert store._database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert 1 <= kept <= asked
    writer = start_python(WRITER, server.url, str(path))
    assert (writer.communicate()[0], writer.returncode) == ("", 0)
    assert len(server.asked) - asked == 12 - kept
    with open_store(path, print) as store:
        latest = store.list_runs()[0]
        assert (latest.status, latest.totals.calls_from_store) == ("done", kept)


def test_eight_processes_share_one_store(tmp_path: Path, start_python: Start):
    path = tmp_path / "calls.db"
    crowd = [start_python(CROWD, str(path)) for _ in range(8)]
    assert [(one.communicate()[0], one.returncode) for one in crowd] == [("", 0)] * 8
    with open_store(path, print) as store:
        runs = store.list_runs()
        assert [run.status for run in runs] == ["done"] * 8
        assert [run.totals.calls for run in runs] == [50] * 8
        served = store._database.execute("SELECT count(*) FROM calls WHERE outcome = 'ok'")
        assert served.fetchone()[0] == 50
