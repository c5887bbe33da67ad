"""Measure what bluf adds to the calls themselves: `python -m tests.benchmarks.overhead`.

One brief is written against a loopback endpoint that takes 200 ms for every answer. Its own
critical path is the longest chain of calls of the graph; everything beyond it is ours.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.builders import LETTER, good_answers
from tests.endpoint import Endpoint, running_endpoint

DELAY_S = 0.2
# signals, hypotheses, judge, matrix, outlook, judge, bluf, judge
CHAIN = 8
RUNS = 5


@dataclass(frozen=True)
class Measured:
    """One run, in seconds, against the critical path of its graph."""

    whole_s: float
    to_first_request_s: float
    calls_s: float
    cpu_s: float
    calls: int
    most_at_once: int


def main() -> None:
    """Print each figure's median, and its range, over the runs."""
    runs = [measure() for _ in range(RUNS)]
    path_s = CHAIN * DELAY_S
    print(f"{RUNS} runs, {runs[0].calls} calls of {DELAY_S:g} s, critical path {path_s:.1f} s")
    _row("first request to last answer / critical path", [r.calls_s / path_s for r in runs], "x")
    _row("start of process to first request", [r.to_first_request_s for r in runs], "s")
    _row("whole process", [r.whole_s for r in runs], "s")
    _row("CPU of the process", [r.cpu_s for r in runs], "s")
    _row("calls in flight at most", [float(r.most_at_once) for r in runs], "")


def measure() -> Measured:
    """Return the figures of one brief with an empty store."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_endpoint(good_answers(), delay_s=DELAY_S) as endpoint,
    ):
        article = Path(folder) / "letter.txt"
        article.write_text(f"A title\n\n{LETTER}\n", encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        _brief(article, endpoint, Path(folder))
        ended = time.monotonic()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    first = min(served.began for served in endpoint.served)
    last = max(served.ended for served in endpoint.served)
    return Measured(
        whole_s=ended - began,
        to_first_request_s=first - began,
        calls_s=last - first,
        cpu_s=cpu_s,
        calls=len(endpoint.served),
        most_at_once=endpoint.most_at_once(),
    )


def _brief(article: Path, endpoint: Endpoint, folder: Path) -> None:
    command = [sys.executable, "-m", "agent.cli", "brief", str(article), "--format", "json"]
    settings = {
        "OPENAI_BASE_URL": endpoint.url,
        "BLUF_MODEL": "scripted",
        "BLUF_STORE": str(folder / "calls.db"),
    }
    subprocess.run(
        command, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL, stderr=sys.stderr
    )


def _row(name: str, values: list[float], unit: str) -> None:
    middle = statistics.median(values)
    print(f"{name:<46} {middle:6.2f} {unit:<2} ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()
