import asyncio
import json
import os
import signal
import socket
import sqlite3
import stat
import time
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from agent.errors import WriteError
from agent.llm.calls import Call, CallStore, Usage, call_key, open_store, read_store
from agent.llm.database import VERSION
from tests.benchmarks.kills import kill_runs
from tests.benchmarks.processes import share
from tests.llm.conftest import REQUEST, Endpoint, Reply, Start
from tests.llm.faultserver import FaultServer, says, status
from tests.machine import (
    as_another_user,
    folder_for_all,
    on_small_disk,
    python,
    run,
    with_failing_sync,
)

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


# As the first version made a store.
FIRST_VERSION = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, what TEXT NOT NULL, model TEXT NOT NULL, status TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL,
    request BLOB NOT NULL, body BLOB NOT NULL, structured_output TEXT NOT NULL,
    tokens_in INTEGER, tokens_out INTEGER, tokens_cached INTEGER, cost_usd REAL,
    seconds REAL NOT NULL);
CREATE UNIQUE INDEX served ON calls (key) WHERE outcome = 'ok';
CREATE TABLE asks (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, call INTEGER NOT NULL REFERENCES calls (id),
    prompt TEXT NOT NULL, from_store INTEGER NOT NULL, asked_at TEXT NOT NULL);
CREATE INDEX asks_of_run ON asks (run);
PRAGMA application_id = 1651275110;
PRAGMA user_version = 1;
"""

# A run that keeps forty answers, finds each again, and then looks at what lies on the disk.
KEEPER = """
import asyncio, os, sqlite3, sys
from pathlib import Path
from agent.llm.calls import Call, Usage, open_store, read_store

path = Path(sys.argv[1]) / "calls.db"
with open_store(path, print) as store:
    run = store.begin_run(what="keeper", model="m")
    served = 0
    for n in range(40):
        body = os.urandom(8000).hex()
        call = Call(str(n), "bluf", "m", "ok", "{}", body, "json_schema", Usage())
        asyncio.run(store.keep(call, run=run))
        found = store.begin_run(what="finder", model="m")
        kept = asyncio.run(store.reuse([str(n)], run=found, prompt="bluf"))
        served += kept.call.body == body
    print(f"{store.totals(run).calls} calls, {served} served")
with read_store(path) as store:
    sound = store._database.execute("PRAGMA integrity_check").fetchone()[0]
    print(len(store.list_runs(99)) > 1, sound)
"""

READER = """
import asyncio, sys
from pathlib import Path
from agent.llm.calls import open_store, read_store

path = Path(sys.argv[1])
with open_store(path, print) as store:
    run = store.begin_run(what="reader", model="m")
    print(asyncio.run(store.reuse(["k"], run=run, prompt="bluf")).call.body)
with read_store(path) as store:
    print(*[run.status for run in store.list_runs()])
"""

SLEEPER = """
import sys, time
from pathlib import Path
from agent.llm.calls import open_store

with open_store(Path(sys.argv[1]), print) as store:
    store.begin_run(what="sleeper", model="m")
    print("begun", flush=True)
    time.sleep(600)
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


@pytest.mark.parametrize("damage", ["zeros", "cut", "page"])
def test_a_damaged_store_is_moved_aside_and_said(tmp_path: Path, damage: str):
    path = tmp_path / "calls.db"
    with open_store(path, print) as store:
        run = store.begin_run(what="x", model="m")
        for n in range(40):
            asyncio.run(store.keep(make_call(str(n), body=os.urandom(2000).hex()), run=run))
    good = path.read_bytes()
    bad = {
        "zeros": bytes(len(good)),
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


def test_a_file_of_another_kind_program_or_version_is_left_alone(tmp_path: Path):
    foreign, newer, diary = tmp_path / "history.db", tmp_path / "newer.db", tmp_path / "diary"
    diary.write_text("Dear diary, today I wrote no database.\n" * 100)
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE places (url TEXT)")
    database.close()
    with open_store(newer, print):
        pass
    database = sqlite3.connect(newer)
    database.execute("PRAGMA user_version = 99")
    database.close()
    files = {foreign: "another program", newer: "a newer bluf", diary: "no store of bluf"}
    for path, reason in files.items():
        notes: list[str] = []
        before = path.read_bytes()
        with open_store(path, notes.append) as store:
            assert store.totals(store.begin_run(what="x", model="m")).calls == 0
        assert path.read_bytes() == before
        assert len(notes) == 1 and reason in notes[0]
        with pytest.raises(WriteError, match=reason), read_store(path):
            pass
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in files}


def test_a_store_of_the_first_version_is_brought_up_to_this_one_with_its_answers(tmp_path: Path):
    path = tmp_path / "calls.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(FIRST_VERSION)
        row = ("k", "m", "ok", zlib.compress(b"{}"), zlib.compress(b"kept"), "json_schema", 0.5)
        database.execute(
            "INSERT INTO calls VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, ?)", row
        )
        database.execute("INSERT INTO runs VALUES ('r', 'x', 'm', 'running', '2026-01-01', NULL)")
    with read_store(path) as store:
        assert [(run.id, run.status) for run in store.list_runs()] == [("r", "interrupted")]
    notes: list[str] = []
    with open_store(path, notes.append) as store:
        assert find(store, "k") == "kept"
    assert notes == []
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (VERSION,)
        indexes = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert {"unended", "latest"} <= indexes


def test_an_answer_whose_bytes_rotted_is_asked_again_and_never_served(endpoint: Endpoint):
    endpoint.server.script = [YES, says({"word": "no"})]
    endpoint.ask()
    rotten = (b"x\x9c" + os.urandom(40),)
    endpoint.store._database.execute("UPDATE calls SET body = ?", rotten)
    assert endpoint.ask().word == "no"
    assert endpoint.ask().word == "no"
    assert len(endpoint.server.asked) == 2


def test_the_latest_of_two_thousand_runs_are_listed_without_reading_the_others(tmp_path: Path):
    path = tmp_path / "calls.db"
    with open_store(path, print) as store:
        rows = [
            (f"r{n}", "x", "m", "done", f"2026-01-01T00:{n // 60:02}:{n % 60:02}", None)
            for n in range(2000)
        ]
        store._database.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", rows)
        large = make_call("large", body=os.urandom(2_500_000).hex())
        asyncio.run(store.keep(large, run="r1999"))
        statements: list[str] = []
        store._database.set_trace_callback(statements.append)
        listed = store.list_runs(20)
        store._database.set_trace_callback(None)
        plan = "EXPLAIN QUERY PLAN SELECT * FROM runs ORDER BY started_at DESC, rowid DESC LIMIT 20"
        assert "USING INDEX latest" in str([tuple(row) for row in store._database.execute(plan)])
    assert [run.id for run in listed] == [f"r{n}" for n in range(1999, 1979, -1)]
    assert listed[0].totals.calls == 1
    assert len(statements) == 21


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


# 16 KiB do not hold an empty store, 64 no journal, 512 the first calls.
@pytest.mark.parametrize("size_kib", [16, 64, 512])
def test_a_full_disk_costs_neither_the_run_nor_what_is_on_it(tmp_path: Path, size_kib: int):
    done = run(on_small_disk(tmp_path, size_kib, python(KEEPER, tmp_path)))
    assert (done.returncode, done.stderr) == (0, b"")
    note, counts, held = done.stdout.decode().splitlines()
    assert "database or disk is full" in note or "disk I/O error" in note
    assert "calls are no" in note
    assert counts == "40 calls, 40 served"
    assert held == f"{size_kib == 512} ok"


def test_a_store_that_may_only_be_read_serves_its_answers_and_lists_its_runs():
    with folder_for_all() as folder:
        path = folder / "calls.db"
        with open_store(path, print) as store:
            asyncio.run(store.keep(make_call(), run=store.begin_run(what="x", model="m")))
        path.chmod(0o444)
        folder.chmod(0o555)
        before = path.read_bytes()
        done = run(as_another_user(python(READER, path)))
        assert (done.returncode, done.stderr) == (0, b"")
        note, served, listed = done.stdout.decode().splitlines()
        assert "calls are not kept this time" in note and "what it holds is used" in note
        assert (served, listed) == ("{}", "interrupted")
        assert path.read_bytes() == before
        assert [file.name for file in folder.iterdir()] == ["calls.db"]
        folder.chmod(0o755)


def test_a_disk_that_does_not_sync_is_said_and_the_run_goes_on(tmp_path: Path):
    done = run(with_failing_sync(python(KEEPER, tmp_path), after=12))
    assert (done.returncode, done.stderr) == (0, b"")
    note, counts, held = done.stdout.decode().splitlines()
    assert "calls are no longer kept (disk I/O error)" in note
    assert (counts, held) == ("40 calls, 40 served", "True ok")


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
        assert (killed.status, killed.ended_at) == ("interrupted", None)
        assert store._database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert 1 <= kept <= asked
    writer = start_python(WRITER, server.url, str(path))
    said = "an earlier run of writer was cut off; what it was answered is used here\n"
    assert (writer.communicate()[0], writer.returncode) == (said, 0)
    assert len(server.asked) - asked == 12 - kept
    with open_store(path, print) as store:
        latest = store.list_runs()[0]
        assert (latest.status, latest.totals.calls_from_store) == ("done", kept)


def test_a_run_is_interrupted_once_its_process_is_gone_and_not_while_it_is_stopped(
    tmp_path: Path, start_python: Start
):
    path = tmp_path / "calls.db"

    def statuses() -> list[str]:
        with read_store(path) as store:
            return [run.status for run in store.list_runs()]

    sleeper = start_python(SLEEPER, str(path))
    sleeper.stdout.readline()
    assert statuses() == ["running"]
    sleeper.send_signal(signal.SIGSTOP)
    with open_store(path, print) as store:
        store.end_run(store.begin_run(what="y", model="m"), "done")
    assert statuses() == ["done", "running"]
    sleeper.send_signal(signal.SIGKILL)
    sleeper.communicate()
    assert statuses() == ["done", "interrupted"]
    notes: list[str] = []
    with open_store(path, notes.append) as store:
        store.end_run(store.begin_run(what="y", model="m"), "failed")
        assert notes == []
    assert statuses() == ["failed", "done", "interrupted"]
    assert [file.name for file in tmp_path.iterdir()] == ["calls.db"]


def test_a_store_that_is_only_read_is_not_made_and_not_changed(tmp_path: Path):
    with read_store(tmp_path / "none" / "calls.db") as store:
        assert store.list_runs() == ()
    (tmp_path / "empty.db").touch()
    with read_store(tmp_path / "empty.db") as store:
        assert store.list_runs() == ()
    assert [file.name for file in tmp_path.iterdir()] == ["empty.db"]


def test_kills_at_random_moments_cost_no_answer_that_was_kept():
    result = kill_runs(2, seed=1)
    assert [kill.integrity for kill in result.kills] == ["ok"] * 2
    assert result.kept_and_asked == 0
    assert result.paid_twice <= sum(kill.lost for kill in result.kills)


def test_processes_that_want_the_same_calls_keep_each_that_was_paid():
    result = share(2, 3)
    assert (result.statuses, result.said, result.integrity) == ((0,) * 2, "", "ok")
    assert result.done == 6 and len(result.asks) == 1
    assert result.served == result.questions
    assert result.calls == result.requests


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
