"""`bluf eval` as its user runs it: on the recordings that ship, and live on a loopback endpoint."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import LETTER, good_answers
from tests.endpoint import running_endpoint
from tests.program import run_program

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "evals" / "recordings"
INVENTS = ROOT / "tests" / "evals" / "prompts" / "invents"
INVENTS_RECORDED = ROOT / "tests" / "evals" / "recordings"


def environment(tmp_path, url=None):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "BLUF_"))}
    kept |= {"BLUF_STORE": str(tmp_path / "calls.db"), "PYTHONPATH": str(ROOT)}
    if url is not None:
        kept |= {"OPENAI_BASE_URL": url, "BLUF_MODEL": "scripted"}
    return kept


def bluf_eval(*arguments, tmp_path, url=None):
    ended = run_program("eval", *arguments, env=environment(tmp_path, url), cwd=tmp_path)
    out, err = ended.stdout.decode(), ended.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(ended.args, ended.returncode, out, err)


def report_in(tmp_path):
    (folder,) = (tmp_path / "reports").glob("*..*")
    return folder, json.loads((folder / "report.json").read_text(encoding="utf-8"))


def shift(report, metric):
    return next(s for s in report["shifts"] if s["metric"] == metric)


@pytest.fixture
def own_set(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for n in range(1, 4):
        text = f"{LETTER}\n\nThe letter number {n} was read on state television."
        (folder / f"art-{n}.txt").write_text(f"Kim tells Putin {n}\n\n{text}\n", encoding="utf-8")
    return folder


def test_the_shipped_recordings_give_a_verdict_offline(tmp_path):
    done = bluf_eval("compare", "v1", "v2", "--offline", "--repeats", "1", tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "VERDICT" in done.stdout
    assert not (tmp_path / "calls.db").exists()
    _, report = report_in(tmp_path)
    assert report["articles"] == 12
    assert report["stories"] == 8
    assert shift(report, "support")["clusters"] == 8


def test_a_version_against_itself_shows_no_difference_and_can_be_blessed_as_the_baseline(tmp_path):
    done = bluf_eval("compare", "v1", "v1", "--offline", tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    _, report = report_in(tmp_path)
    assert (report["a"]["repeats"], report["b"]["repeats"]) == ([0], [1])
    assert {s["label"] for s in report["shifts"]} <= {
        "no difference shown", "inside margin", "inconclusive"
    }  # fmt: skip
    assert any(s["change"] for s in report["shifts"])

    missing = bluf_eval("gate", "v2", "--offline", tmp_path=tmp_path)
    assert missing.returncode == 2
    assert "no version is blessed yet" in missing.stderr
    blessed = bluf_eval("bless", tmp_path=tmp_path)
    assert blessed.returncode == 0, blessed.stderr
    done = bluf_eval("gate", "v2", "--offline", "--repeats", "1", tmp_path=tmp_path)
    assert done.returncode in {0, 1}, done.stderr
    assert "comparison no. 2 on this set" in done.stdout


def test_a_version_told_to_invent_is_caught_as_worse(tmp_path):
    both = tmp_path / "recordings"
    shutil.copytree(SHIPPED, both)
    shutil.copytree(INVENTS_RECORDED, both, dirs_exist_ok=True)
    done = bluf_eval(
        "gate", INVENTS, "--against", "v1", "--offline", "--recordings", both, tmp_path=tmp_path
    )
    assert done.returncode == 1, done.stderr
    _, report = report_in(tmp_path)
    assert report["ruling"]["decision"] == "regression"
    assert "worse" in {shift(report, name)["label"] for name in ("support", "specifics")}


def test_without_a_recording_offline_stops_with_status_nine(tmp_path, own_set):
    done = bluf_eval("compare", "v1", "v2", "--set", own_set, "--offline", tmp_path=tmp_path)
    assert done.returncode == 9
    assert "no recordings of v1 and v2 on the set mine" in done.stderr
    assert done.stdout == ""


def test_changed_prompts_do_not_replay_old_answers(tmp_path):
    changed = tmp_path / "prompts" / "v1"
    shutil.copytree(INVENTS.parents[3] / "prompts" / "v1", changed)
    system = changed / "system.md"
    system.write_text(system.read_text(encoding="utf-8") + "Be brief.\n", encoding="utf-8")
    done = bluf_eval("compare", changed, "v2", "--offline", tmp_path=tmp_path)
    assert done.returncode == 9
    assert "are not those that were recorded" in done.stderr


def test_own_articles_are_compared_live_recorded_and_replayed_from_the_documentation_alone(
    tmp_path, own_set
):
    with running_endpoint(good_answers()) as endpoint:
        live = ("--set", own_set, "--repeats", "1")
        done = bluf_eval("compare", "v1", "v2", *live, tmp_path=tmp_path, url=endpoint.url)
        assert done.returncode == 0, done.stderr
        asked = len(endpoint.served)
        folder, report = report_in(tmp_path)
        bytes_live = (folder / "report.json").read_bytes()
        for version in ("v1", "v2"):
            kept = ("--set", own_set, "--repeats", "1", "--recordings", tmp_path / "rec")
            done = bluf_eval("record", version, *kept, tmp_path=tmp_path, url=endpoint.url)
            assert done.returncode == 0, done.stderr
        assert len(endpoint.served) == asked
    offline = ("--set", own_set, "--offline", "--recordings", tmp_path / "rec")
    done = bluf_eval("compare", "v1", "v2", *offline, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (folder / "report.json").read_bytes() == bytes_live
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert bluf_eval("compare", "v1", "v2", *offline, tmp_path=tmp_path).returncode == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files
    assert report["articles"] == 3
    assert "3 articles, 3 stories" in done.stdout


def test_a_killed_comparison_goes_on_and_pays_nothing_twice(tmp_path, own_set):
    rules = (ROOT / "evals" / "gate.toml").read_text(encoding="utf-8")
    untimed = tmp_path / "untimed.toml"
    untimed.write_text(rules.replace("p95_seconds = 1.50", "#"), encoding="utf-8")
    arguments = ["eval", "compare", "v1", "v2", "--set", str(own_set), "--repeats", "1"]
    arguments += ["--gate", str(untimed)]
    command = [sys.executable, "-m", "agent.cli", *arguments]
    with running_endpoint(good_answers(), delay_s=0.05) as endpoint:
        env = environment(tmp_path, endpoint.url)
        process = subprocess.Popen(
            command, env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while len(endpoint.served) < 40 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = len(endpoint.served)
        with closing(sqlite3.connect(tmp_path / "calls.db")) as store:
            (kept,) = store.execute("SELECT count(*) FROM calls").fetchone()
        done = bluf_eval(*arguments[1:], tmp_path=tmp_path, url=endpoint.url)
        assert done.returncode == 0, done.stderr
        asked = [(s.prompt, json.dumps(s.body, sort_keys=True)) for s in endpoint.served]
        twice = len(asked) - len(set(asked))
        # What was under way when it was killed is asked again; what was kept is not.
        assert before >= 40
        assert kept > 0
        assert twice == before - kept
    _, report = report_in(tmp_path)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with running_endpoint(good_answers()) as endpoint:
        bluf_eval(*arguments[1:], tmp_path=fresh, url=endpoint.url)
    _, other = report_in(fresh)
    timed = ("costs", "scored")
    assert {k: v for k, v in report.items() if k not in timed} == {
        k: v for k, v in other.items() if k not in timed
    }
    assert [s["figures"] for s in report["scored"]] == [s["figures"] for s in other["scored"]]


def test_a_dry_run_asks_nothing_and_says_what_could_be_shown(tmp_path, own_set):
    with running_endpoint(good_answers()) as endpoint:
        done = bluf_eval(
            "compare", "v1", "v2", "--set", own_set, "--dry-run",
            tmp_path=tmp_path, url=endpoint.url,
        )  # fmt: skip
        assert endpoint.served == []
    assert done.returncode == 0, done.stderr
    assert "3 articles (3 stories) x 3 repeats x 2 versions = 18 briefs" in done.stdout
    assert "under 6 stories no p value reaches 0.05" in done.stdout


def test_an_inconclusive_verdict_is_status_six_only_where_the_gate_forbids_it(tmp_path, own_set):
    rules = (ROOT / "evals" / "gate.toml").read_text(encoding="utf-8")
    strict = tmp_path / "strict.toml"
    rules = rules.replace('rule = "not worse"', 'rule = "better"').replace(
        "p95_seconds = 1.50", "#"
    )
    strict.write_text(rules.replace('"warn"', '"fail"'), encoding="utf-8")
    with running_endpoint(good_answers()) as endpoint:
        arguments = ("gate", "v2", "--against", "v1", "--set", own_set, "--repeats", "1")
        done = bluf_eval(*arguments, "--gate", strict, tmp_path=tmp_path, url=endpoint.url)
    assert done.returncode == 6, done.stderr
    assert "INCONCLUSIVE" in done.stdout
