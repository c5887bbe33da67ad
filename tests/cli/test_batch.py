"""Many articles on a real endpoint: what becomes of each, and how it goes on."""

import json
import signal
import subprocess
import sys
import time

import pytest

from agent.batch.index import NAME
from schemas.brief import Brief
from tests.builders import LETTER, good_answers
from tests.cli.test_brief import bluf, environment
from tests.endpoint import running_endpoint
from tests.llm.faultserver import fault, run_server


@pytest.fixture
def articles(tmp_path):
    """Two articles, a copy of the first, a line that is none, and one too short for a brief."""
    texts = [LETTER, f"{LETTER}\n\nThe message was sent on Friday.", LETTER, "Too short."]
    lines = [json.dumps({"text": text, "publisher": "Wire"}) for text in texts]
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join([*lines[:2], "{", *lines[2:]]))
    return file


def entries(folder):
    lines = (folder / NAME).read_text().splitlines()
    return {entry["key"].rpartition(":")[2]: entry for entry in map(json.loads, lines)}


def test_each_article_gets_a_brief_or_a_reason_and_a_second_run_asks_nothing(articles, tmp_path):
    folder = tmp_path / "briefs"
    with running_endpoint(good_answers()) as endpoint:
        env = environment(tmp_path, endpoint.url)
        done = bluf("batch", articles, "-o", folder, "--judge", "none", env=env)
        asked = len(endpoint.served)
        again = bluf("batch", articles, "-o", folder, "--judge", "none", env=env)
        assert len(endpoint.served) == asked
    for ended in (done, again):
        *_, counted, failed = ended.stderr.decode().splitlines()
        assert ended.returncode == 3
        assert counted == f"{folder}: 2 done, 1 duplicate, 1 declined, 1 failed"
        assert failed.startswith(f"failed: {articles}:3: a line is a JSON object")
    made = entries(folder)
    assert {key: entry["outcome"] for key, entry in made.items()} == {
        "1": "done", "2": "done", "3": "failed", "4": "duplicate", "5": "declined",
    }  # fmt: skip
    assert made["4"]["reason"] == f"its text is that of {articles}:1"
    for key in ("1", "2"):
        brief = Brief.model_validate_json((folder / made[key]["file"]).read_bytes())
        assert brief.sources[0].name == f"{articles}:{key}"
        assert brief.sources[0].publisher == "Wire"
        assert made[key]["withheld"] == len(brief.withheld)
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [NAME, made["1"]["file"], made["2"]["file"]]
    )


def test_an_interrupted_batch_goes_on_and_pays_for_nothing_twice(articles, tmp_path):
    folder = tmp_path / "briefs"
    with running_endpoint(good_answers(), delay_s=0.3) as endpoint:
        env = environment(tmp_path, endpoint.url)
        command = [sys.executable, "-m", "agent.cli", "batch", str(articles), "-o", str(folder)]
        command += ["--judge", "none", "--lanes", "2"]
        with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as running:
            while not (kept := [each.body for each in endpoint.served if each.ended]):
                time.sleep(0.01)
            time.sleep(0.2)  # until what had come is kept; the next answers come after 0.3 s
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=120)
        assert running.returncode == 130, said.decode()
        asked = len(endpoint.served)
        done = bluf("batch", articles, "-o", folder, "--judge", "none", env=env)
        again = [served.body for served in endpoint.served[asked:]]
    assert b"2 done" in done.stderr
    assert [body for body in kept if body in again] == []


def test_an_endpoint_that_refuses_the_key_ends_the_batch_and_not_every_article(articles, tmp_path):
    with run_server() as server:
        server.answer = lambda _: fault(401, "no such key")
        env = environment(tmp_path, server.url, BLUF_CONTEXT="32768")
        done = bluf("batch", articles, "-o", tmp_path / "briefs", env=env)
    assert done.returncode == 4
    assert b"401" in done.stderr
    assert b"failed:" not in done.stderr


def test_a_folder_that_is_a_file_is_refused_before_anything_is_read(articles, tmp_path):
    done = bluf("batch", articles, "-o", articles, env=environment(tmp_path))
    assert done.returncode == 2
