"""Share one store between processes: `python -m tests.benchmarks.processes [N=8] [RUNS=50]`.

All processes brief the same articles in the same order at the same time, so that they want the
same calls and write at the same moments. Each asks a loopback endpoint that answers at once.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.builders import LETTER, good_answers
from tests.endpoint import running_endpoint

# One process: one run of the command after another, without starting Python for each.
WORKER = """
import sys
from agent.cli.main import app

for article in sys.argv[1:]:
    app(["brief", article, "--quiet", "-o", article + ".json"], standalone_mode=False)
"""


@dataclass(frozen=True)
class Result:
    """What the store holds in the end.

    Attributes:
        statuses: Of the processes; 0 is good.
        done: Runs that the store lists as done.
        asks: How many calls each run rests on; one entry when all rest on as many.
        served: Answers that are served, one for each question.
        questions: Different questions that were asked.
        calls: Calls that were kept.
        requests: Requests that the endpoint answered.
        integrity: What SQLite's integrity check said; "ok" is good.
        said: What the processes printed; nothing is good.
    """

    statuses: tuple[int, ...]
    done: int
    asks: frozenset[int]
    served: int
    questions: int
    calls: int
    requests: int
    integrity: str
    said: str


def main() -> None:
    """Print what the store holds once all processes have ended."""
    given = dict(enumerate(map(int, sys.argv[1:])))
    processes, runs = given.get(0, 8), given.get(1, 50)
    began = time.monotonic()
    result = share(processes, runs)
    print(f"{processes} processes, {runs} runs each, {time.monotonic() - began:.0f} s")
    print(f"processes that ended well     {result.statuses.count(0)} of {processes}")
    print(f"runs listed as done           {result.done} of {processes * runs}")
    print(f"calls of each run             {', '.join(map(str, sorted(result.asks)))}")
    print(f"answers served, questions     {result.served}, {result.questions}")
    print(f"calls kept, requests answered {result.calls}, {result.requests}")
    print(f"integrity                     {result.integrity}")
    print(f"printed                       {result.said or 'nothing'}")


def share(processes: int, runs: int) -> Result:
    """Return what one store holds after so many processes with so many runs each."""
    with tempfile.TemporaryDirectory() as name, running_endpoint(good_answers()) as endpoint:
        folder = Path(name)
        settings = {
            "OPENAI_BASE_URL": endpoint.url,
            "BLUF_MODEL": "scripted",
            "BLUF_STORE": str(folder / "calls.db"),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        crowd = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, *_articles(folder / str(number), runs)],
                env=os.environ | settings,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for number in range(processes)
        ]
        said = "".join(one.communicate()[0] for one in crowd)
        with closing(sqlite3.connect(folder / "calls.db")) as database:
            asks = database.execute("SELECT count(*) FROM asks GROUP BY run").fetchall()
            return Result(
                statuses=tuple(one.returncode for one in crowd),
                done=_count(database, "runs WHERE status = 'done'"),
                asks=frozenset(count for (count,) in asks),
                served=_count(database, "calls WHERE outcome = 'ok'"),
                questions=_count(database, "(SELECT DISTINCT key FROM calls)"),
                calls=_count(database, "calls"),
                requests=len(endpoint.served),
                integrity=database.execute("PRAGMA integrity_check").fetchone()[0],
                said=said,
            )


def _articles(folder: Path, count: int) -> list[str]:
    """Write so many articles, the same in every folder, and return their paths."""
    folder.mkdir()
    files = [folder / f"{number}.txt" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text(f"A title\n\n{LETTER}\n\nThis is edition {number}.\n", encoding="utf-8")
    return [str(file) for file in files]


def _count(database: sqlite3.Connection, what: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


if __name__ == "__main__":
    main()
