"""Kill runs at random moments: `python -m tests.benchmarks.kills [N=200] [SEED=0]`.

Each run is the command itself against a loopback endpoint that answers at once, and all share one
store. A run that was killed is started again, and killed again at another moment, until one gets to
its end; then the next article is taken. A moment is a number of requests and a delay after the last
of them, both drawn evenly: drawn from the clock alone, most kills of a busy machine would hit the
start of Python. After each kill the store is checked, and what it holds is compared with what the
endpoint is asked from then on.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from agent.llm.calls import read_store
from tests.builders import LETTER, good_answers
from tests.endpoint import Endpoint, Served, running_endpoint

MOST_CALLS = 30  # a little more than a run makes
LONGEST_DELAY_S = 0.1


@dataclass(frozen=True)
class Kill:
    """One run that was killed.

    Attributes:
        answered: Calls that the endpoint had answered in this run.
        lost: Those of them that the store did not hold: not yet read, or not yet committed.
        gap_s: Seconds from the first answer that was lost to the kill; 0 when none was.
        integrity: What SQLite's integrity check said of the store; "ok" is good.
    """

    answered: int
    lost: int
    gap_s: float
    integrity: str


@dataclass(frozen=True)
class Result:
    """All kills, and what the endpoint was asked in spite of the store.

    Attributes:
        kills: Each kill, in order.
        kept_and_asked: Calls that the store held and that were asked again all the same.
        paid_twice: Calls that the endpoint answered more than once.
        finished: Runs that came to their end, the last one without a kill.
        marked: Runs that the store lists as interrupted.
    """

    kills: tuple[Kill, ...]
    kept_and_asked: int
    paid_twice: int
    finished: int
    marked: int


def main() -> None:
    """Print what the kills did."""
    given = dict(enumerate(map(int, sys.argv[1:])))
    began = time.monotonic()
    result = kill_runs(given.get(0, 200), seed=given.get(1, 0))
    kills = result.kills
    sound = sum(kill.integrity == "ok" for kill in kills)
    print(f"{len(kills)} kills, {result.finished} runs finished, {time.monotonic() - began:.0f} s")
    print(f"store sound after the kill               {sound} of {len(kills)}")
    print(f"kept and asked again                     {result.kept_and_asked}")
    print(f"answered more than once                  {result.paid_twice}")
    print(f"answered but not kept, in one kill       {max(kill.lost for kill in kills)} at most")
    print(f"kills with calls answered but not kept   {sum(kill.lost > 0 for kill in kills)}")
    longest_s = max(kill.gap_s for kill in kills)
    print(f"from such an answer to the kill          {longest_s:.3f} s at most")
    print(f"answered before the kill, in all         {sum(kill.answered for kill in kills)}")
    print(f"listed as interrupted                    {result.marked}")


def kill_runs(count: int, *, seed: int) -> Result:
    """Return what `count` kills did to one store.

    Args:
        count: How many runs to kill.
        seed: Of the moments.
    """
    drawn = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, running_endpoint(good_answers()) as endpoint:
        folder = Path(name)
        kills: list[Kill] = []
        kept: set[str] = set()
        finished = again = 0
        while len(kills) < count:
            before = len(endpoint.served)
            moment = before + drawn.randint(0, MOST_CALLS), drawn.uniform(0, LONGEST_DELAY_S)
            killed = _run(folder, endpoint, article=finished, kill_at=moment)
            ended, served = time.monotonic(), endpoint.served[before:]
            again += sum(_question(one) in kept for one in served)
            kept |= _kept_last(folder)
            if killed:
                answered = [one for one in served if 0 < one.ended <= ended]
                lost = [ended - one.ended for one in answered if _question(one) not in kept]
                gap_s = max(lost, default=0.0)
                kills.append(Kill(len(answered), len(lost), gap_s, _integrity(folder)))
            else:
                finished += 1
        _run(folder, endpoint, article=finished)
        times = Counter(_question(one) for one in endpoint.served if one.ended)
        marked = _count(folder, "SELECT count(*) FROM runs WHERE status = 'interrupted'")
    twice = sum(count - 1 for count in times.values())
    return Result(tuple(kills), again, twice, finished + 1, marked)


def _run(
    folder: Path, endpoint: Endpoint, *, article: int, kill_at: tuple[int, float] | None = None
) -> bool:
    """Whether a run was killed, so many requests and then seconds into it, before its end."""
    source = folder / f"{article}.txt"
    source.write_text(f"A title\n\n{LETTER}\n\nThis is edition {article}.\n", encoding="utf-8")
    settings = {
        "OPENAI_BASE_URL": endpoint.url,
        "BLUF_MODEL": "scripted",
        "BLUF_STORE": str(folder / "calls.db"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "agent.cli", "brief", str(source), "--format", "json", "--quiet"],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
    ) as running:
        while kill_at and running.poll() is None:
            if len(endpoint.served) >= kill_at[0]:
                time.sleep(kill_at[1])
                running.send_signal(signal.SIGKILL)
                break
            time.sleep(0.001)
    if running.returncode not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"a run that was not killed ended with status {running.returncode}")
    return running.returncode != 0


def _question(served: Served) -> str:
    return json.dumps(served.body["messages"])


def _kept_last(folder: Path) -> set[str]:
    """Return the questions of the latest run whose answers the store holds."""
    with read_store(folder / "calls.db") as store:
        calls = [kept.call for run in store.list_runs(1) for kept in store.show_run(run.id)]
    return {json.dumps(json.loads(c.request)["messages"]) for c in calls if c.outcome == "ok"}


def _integrity(folder: Path) -> str:
    return str(_ask(folder, "PRAGMA integrity_check"))


def _count(folder: Path, sql: str) -> int:
    return int(str(_ask(folder, sql)))


def _ask(folder: Path, sql: str) -> object:
    with closing(sqlite3.connect(folder / "calls.db")) as database:
        return database.execute(sql).fetchone()[0]


if __name__ == "__main__":
    main()
