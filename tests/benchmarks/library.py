"""Measure the library: `python -m tests.benchmarks.library [BRIEF.json…]`.

A library is made of variants of genuine briefs, those given and one that bluf writes here against
a scripted endpoint. A variant has other names and figures of the same length in all its texts, so
that it is another story or another telling of one; every offset stays true. What is printed: the
time to keep a brief, to list, to search 2,000 of them and to roll up 200, in the program and as a
whole command.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, get_args

from agent.briefs import parse_brief, read_brief
from agent.daily.rollup import roll_up
from agent.library import Library, open_library, read_library
from agent.verify.proper import names_in
from agent.views.daily import daily_terminal
from agent.views.daily_html import daily_html
from agent.views.json import as_json
from schemas.brief import Brief
from schemas.daily import RollUp
from schemas.filing import Category
from tests.builders import LETTER, good_answers
from tests.endpoint import running_endpoint

KEPT, A_DAY = 2_000, 200
TELLINGS = 5  # briefs on one story, with other figures
REVIEWED = 4  # every so-manieth brief
REPEATS = 5
DAY = datetime(2026, 1, 2, 8, tzinfo=UTC)
WORDS = (
    "troops",
    "the",
    "said",
    '"party congress"',
    "officials estimate killed",
    "zzz 2026",
    "鲜血",
)
# Fields whose text is varied; those that name or cite stay as they are.
TEXTS = {"text", "title", "publisher", "author", "signal", "says", "reason", "result"}
FIGURE = re.compile(r"(?<![\w.,])(?!19\d\d|20\d\d)\d[\d,]*\d(?![\w.,]*\d)")


def main() -> None:
    """Print each time, and how large the file is."""
    genuine = [*map(read_brief, sys.argv[1:]), _written()]
    print(f"{len(genuine)} genuine briefs, {_size(genuine):,.0f} kB of JSON each in the mean")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.db"
        _keep(genuine, path)
        with read_library(path) as library:
            _list(library)
            _search(library)
            _roll_up(library)
        _commands(path)


def _keep(genuine: Sequence[Brief], path: Path) -> None:
    spent = []
    with open_library(path, print) as library:
        for number in range(KEPT):
            brief = vary(genuine[number % len(genuine)], number // len(genuine), number)
            began = time.perf_counter()
            library.keep(brief)
            spent.append(time.perf_counter() - began)
    size = path.stat().st_size / KEPT / 1000
    _print(f"keep a brief, of {KEPT:,}", spent)
    print(f"  {size:.1f} kB of the file for each brief")


def _list(library: Library) -> None:
    _print("list 20 in the program", _timed(lambda: library.list_briefs(limit=20)))


def _search(library: Library) -> None:
    for words in WORDS:
        found = len(library.search([words], limit=1_000_000))
        spent = _timed(partial(library.search, [words]))
        _print(f"search {words}, {found:,} lines", spent)


def _roll_up(library: Library) -> None:
    rolled: list[RollUp] = []

    def read_and_roll() -> None:
        entries = library.list_briefs(day=DAY.date())
        briefs = {entry.sha256: library.get(entry.id) for entry in entries}
        rolled.append(roll_up(briefs, day=DAY.date()))

    _print(f"roll up {A_DAY} in the program", _timed(read_and_roll))
    last = rolled[-1]
    said = [
        line for c in last.chapters for line in (*c.bottom_line, *c.judgements, *c.outlook)
    ]  # fmt: skip
    several = sum(len({cite.brief for cite in line.cites}) > 1 for line in said)
    print(
        f"  {sum(len(c.briefs) for c in last.chapters)} briefs, {len(said)} lines, {several} of "
        f"several briefs, {len(last.differences)} differences"
    )
    printed = _timed(lambda: daily_terminal(last, width=80, colour=False))
    _print("print it for a terminal", printed)
    _print("print it as HTML", _timed(lambda: daily_html(last)))


def _commands(path: Path) -> None:
    day = f"{DAY:%Y-%m-%d}"
    for verb in (["--version"], ["list"], ["search", "troops"], ["daily", "--date", day]):
        _print(f"whole command: bluf {' '.join(verb)}", _timed(partial(_run, verb, path)))


def _run(arguments: Sequence[str], path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "agent.cli", *arguments],
        env=os.environ | {"BLUF_STORE": str(path)},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def vary(brief: Brief, telling: int, number: int) -> Brief:
    """Return the brief as another one: other names for each story, other figures for each telling.

    Args:
        brief: A genuine brief.
        telling: Which variant of it; `TELLINGS` in a row are of one story.
        number: Which brief of the library, from 0: the first `A_DAY` are of one day.
    """
    story = telling // TELLINGS
    names = {word for s in brief.sources for name in names_in(s.text) for word in name.words}
    swapped = {word: _shift(word, story) for word in names if story}
    document: dict[str, Any] = _replaced(json.loads(as_json(brief)), swapped, telling % TELLINGS)
    for source in document["sources"]:
        source["sha256"] = hashlib.sha256(source["text"].encode()).hexdigest()
    moment = DAY + timedelta(seconds=number) + timedelta(days=-(number // A_DAY))
    categories = get_args(Category)
    document["generated_at"] = moment.isoformat()
    document["category"] = categories[story % len(categories)]
    document["run"]["id"] = f"{moment:%Y%m%d-%H%M%S}-{number:06x}"
    document["status"] = "draft" if number % REVIEWED else "reviewed"
    return parse_brief(json.dumps(document), "variant")


def _replaced(value: Any, names: dict[str, str], telling: int, field: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _replaced(found, names, telling, key) for key, found in value.items()}
    if isinstance(value, list):
        return [_replaced(found, names, telling, field) for found in value]
    if not isinstance(value, str) or field not in TEXTS:
        return value
    named = re.sub(r"\w+", lambda found: names.get(found[0], found[0]), value)
    return FIGURE.sub(lambda found: _turn(found[0], telling), named)


def _shift(word: str, by: int) -> str:
    """Return a word of the same length with its vowels and consonants turned on by so many."""
    for row in ("aeiou", "bcdfghjklmnprstvwz"):
        rows = (row, row.upper())
        word = "".join(
            next((r[(r.index(c) + by) % len(r)] for r in rows if c in r), c) for c in word
        )
    return word


def _turn(figure: str, by: int) -> str:
    return f"{figure[:-1]}{(int(figure[-1]) + by) % 10}"


def _written() -> Brief:
    """Return a brief that bluf writes on the letter, with judgements in every section."""
    with tempfile.TemporaryDirectory() as folder, running_endpoint(good_answers()) as endpoint:
        article, written = Path(folder) / "letter.txt", Path(folder) / "brief.json"
        article.write_text(f"A title\n\n{LETTER}\n", encoding="utf-8")
        settings = {
            "OPENAI_BASE_URL": endpoint.url,
            "BLUF_MODEL": "scripted",
            "BLUF_STORE": str(Path(folder) / "calls.db"),
        }
        command = [sys.executable, "-m", "agent.cli", "brief", str(article), "-o", str(written)]
        subprocess.run([*command, "--quiet"], env=os.environ | settings, check=True)
        return read_brief(str(written))


def _size(briefs: Sequence[Brief]) -> float:
    return sum(len(as_json(brief)) for brief in briefs) / len(briefs) / 1000


def _timed(work: Callable[[], object]) -> list[float]:
    return list(_times(work))


def _times(work: Callable[[], object]) -> Iterator[float]:
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        yield time.perf_counter() - began


def _print(what: str, spent: Sequence[float]) -> None:
    low, high = min(spent), max(spent)
    print(f"{what:<52} {median(spent):7.3f} s  ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
