"""`bluf runs` as its user runs it: what it lists, and stores that it cannot read."""

import asyncio
import json
import signal
import subprocess
from pathlib import Path

import pytest

from agent.llm.calls import Call, Usage, open_store
from tests.machine import (
    ROOT,
    as_another_user,
    bluf,
    clean_environment,
    folder_for_all,
    python,
    run,
)

BEGUN = """
import sys, time
from pathlib import Path
from agent.llm.calls import open_store

with open_store(Path(sys.argv[1]), print) as store:
    store.begin_run(what="letter.txt", model="m")
    print("begun", flush=True)
    time.sleep(600)
"""


def make_store(path: Path) -> str:
    with open_store(path, print) as store:
        id = store.begin_run(what="letter.txt", model="m")
        call = Call("k", "bluf", "m", "ok", "{}", "half \ud800 of a pair", "x", Usage())
        asyncio.run(store.keep(call, run=id))
        store.end_run(id, "done")
    return id


def listed(path: Path) -> list[list[str]]:
    done = run(bluf("runs", "list"), BLUF_STORE=str(path))
    assert (done.returncode, done.stderr) == (0, b"")
    return [line.split() for line in done.stdout.decode().splitlines()[1:]]


def test_a_run_that_was_killed_is_listed_as_interrupted(tmp_path):
    path = tmp_path / "calls.db"
    with subprocess.Popen(
        python(BEGUN, path), cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE
    ) as running:
        running.stdout.readline()
        assert listed(path)[0][1] == "running"
        running.send_signal(signal.SIGKILL)
    assert listed(path)[0][1] == "interrupted"


def test_runs_of_a_store_that_may_only_be_read_are_listed_and_shown():
    with folder_for_all() as folder:
        path = folder / "calls.db"
        id = make_store(path)
        path.chmod(0o444)
        done = run(as_another_user(bluf("runs", "list")), BLUF_STORE=str(path))
        assert (done.returncode, done.stderr) == (0, b"")
        assert [line.split()[:2] for line in done.stdout.decode().splitlines()[1:]] == [
            [id, "done"]
        ]
        done = run(as_another_user(bluf("runs", "show", id, "--full")), BLUF_STORE=str(path))
        assert [call["prompt"] for call in json.loads(done.stdout)] == ["bluf"]
        assert [file.name for file in folder.iterdir()] == ["calls.db"]


def test_listing_runs_makes_no_store(tmp_path):
    assert listed(tmp_path / "none" / "calls.db") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (b"Dear diary, today I wrote no database.\n" * 100, "it is no store of bluf"),
        (None, "it is damaged"),
    ],
)
def test_a_store_that_cannot_be_read_is_one_line_and_status_5_and_stays(tmp_path, held, reason):
    path = tmp_path / "calls.db"
    make_store(path)
    path.write_bytes(held or path.read_bytes()[:6000])
    before = path.read_bytes()
    done = run(bluf("runs", "list"), BLUF_STORE=str(path))
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (5, b"", 1)
    assert f"{path}: the store cannot be read ({reason})" in done.stderr.decode()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["calls.db"]


def test_a_run_in_full_is_json_in_ascii_that_every_reader_takes(tmp_path):
    path = tmp_path / "calls.db"
    id = make_store(path)
    done = run(bluf("runs", "show", id, "--full"), BLUF_STORE=str(path))
    (call,) = json.loads(done.stdout.decode("ascii"))
    assert call["body"] == "half ? of a pair"
