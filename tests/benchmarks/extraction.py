"""Measure reading of web pages against pages with truth: `python -m tests.benchmarks.extraction
FOLDER`.

Each folder in FOLDER holds pages and a `ground-truth.json`, which maps a page's file name to any
of `articleBody`, `title`, `date` (ISO), and `authors` (a list) or `author` (names joined with
semicolons). `--misses` lists each page that lost a field, or has a body under 0.9.
"""

import argparse
import json
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import SourceError
from agent.sources.html import read_html
from agent.sources.reading import Reading

LEAST_BODY_F1 = 0.97
LEAST_TITLES = 0.85
MOST_WRONG_DATES = 3


@dataclass(frozen=True)
class Scored:
    """How one page was read; a field is None when there is no truth for it.

    `body` is precision, recall and F1 of word tokens, `runs` the F1 of runs of four words.
    `date` is "right", "wrong" or "none"; `misses` says what was read and what was true.
    """

    page: str
    ms: float
    body: tuple[float, float, float] | None
    runs: float | None
    title: bool | None
    date: str | None
    authors: bool | None
    misses: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each group and of all pages; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="list what was read wrongly")
    wishes = parser.parse_args(arguments)
    groups = {truth.parent.name: score_group(truth)
              for truth in sorted(wishes.folder.glob("*/ground-truth.json"))}  # fmt: skip
    if not groups:
        raise SystemExit(f"{wishes.folder}: no folder in it holds a ground-truth.json")
    pages = [page for group in groups.values() for page in group]
    print(_heading())
    for name, scored in [*groups.items(), ("all", pages)]:
        print(_row(name, scored))
    if wishes.misses:
        print("\n".join(f"{p.page}: {miss}" for p in pages for miss in p.misses))
    missed = missed_bars(pages)
    print("\n".join(missed) or "every bar is met")
    return 1 if missed else 0


def score_group(truth: Path) -> list[Scored]:
    """Return the scores of the pages beside one file of truth."""
    pages: dict[str, dict[str, Any]] = json.loads(truth.read_text("utf-8"))
    return [_score(truth.parent / name, known) for name, known in pages.items()]


def missed_bars(pages: Sequence[Scored]) -> list[str]:
    """Return one line for each bar that the pages miss; a bar without truth is not judged."""
    bodies = [page.body[2] for page in pages if page.body]
    titles = [page.title for page in pages if page.title is not None]
    wrong = sum(page.date == "wrong" for page in pages)
    missed = []
    if bodies and statistics.mean(bodies) < LEAST_BODY_F1:
        missed.append(f"body F1 {statistics.mean(bodies):.3f} is under {LEAST_BODY_F1}")
    if titles and statistics.mean(titles) < LEAST_TITLES:
        missed.append(f"titles exact {statistics.mean(titles):.0%} is under {LEAST_TITLES:.0%}")
    if wrong > MOST_WRONG_DATES:
        missed.append(f"{wrong} wrong dates are more than {MOST_WRONG_DATES}")
    return missed


def overlap(found: Sequence[object], true: Sequence[object]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of two bags, in [0, 1]."""
    a, b = Counter(found), Counter(true)
    shared = (a & b).total()
    precision = shared / a.total() if a else 0.0
    recall = shared / b.total() if b else 1.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def _score(page: Path, known: dict[str, Any]) -> Scored:
    raw = page.read_bytes()
    began = time.perf_counter()
    try:
        reading = read_html(raw, name=page.name)
    except SourceError as error:
        reading = Reading(text="", notes=(error.problem,))
    ms = 1_000 * (time.perf_counter() - began)
    body = runs = None
    if "articleBody" in known:
        found, true = _tokens(reading.text), _tokens(known["articleBody"])
        body, runs = overlap(found, true), overlap(_fours(found), _fours(true))[2]
    title = _plain(reading.title) == _plain(known["title"]) if known.get("title") else None
    authors = _names(reading.author, ",") == true_authors(known) if true_authors(known) else None
    date = _date(reading.published, known["date"]) if known.get("date") else None
    misses = _misses(reading, known, body=body, title=title, date=date, authors=authors)
    name = f"{page.parent.name}/{page.name}"
    return Scored(name, ms, body, runs, title, date, authors, misses)


def true_authors(known: dict[str, Any]) -> frozenset[str]:
    """Return the authors that the truth names, without regard to case."""
    if "authors" in known:
        return frozenset(name.lower() for name in known["authors"])
    return _names(known.get("author"), ";")


def _names(said: str | None, separator: str) -> frozenset[str]:
    return frozenset(n.strip().lower() for n in (said or "").split(separator) if n.strip())


def _date(found: str | None, true: str) -> str:
    return "none" if found is None else "right" if found == true else "wrong"


def _misses(
    reading: Reading,
    known: dict[str, Any],
    *,
    body: tuple[float, float, float] | None,
    title: bool | None,
    date: str | None,
    authors: bool | None,
) -> tuple[str, ...]:
    misses = []
    if body and body[2] < 0.9:
        misses.append(f"body P {body[0]:.2f} R {body[1]:.2f} {'; '.join(reading.notes)}")
    if title is False:
        misses.append(f"title {reading.title!r}, not {known['title']!r}")
    if date in {"wrong", "none"}:
        misses.append(f"date {reading.published} ({reading.published_from}), not {known['date']}")
    if authors is False:
        misses.append(f"authors {reading.author!r}, not {sorted(true_authors(known))}")
    return tuple(misses)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())


def _fours(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[i : i + 4]) for i in range(len(tokens) - 3)]


def _plain(text: str | None) -> str:
    return " ".join(_tokens(text or ""))


def _heading() -> str:
    return (
        f"{'group':<10}{'pages':>6}{'body P':>8}{'R':>6}{'F1':>6}{'4-run':>7}{'<0.8':>5}"
        f"{'title':>9}{'date':>9}{'wrong':>6}{'none':>5}{'authors':>9}{'ms':>6}{'p95':>6}"
    )


def _row(name: str, pages: Sequence[Scored]) -> str:
    bodies = [page.body for page in pages if page.body]
    means = [f"{statistics.mean(b[i] for b in bodies):.3f}"[1:] if bodies else "-"
             for i in range(3)]  # fmt: skip
    runs = [page.runs for page in pages if page.runs is not None]
    low = sum(f1 < 0.8 for *_, f1 in bodies)
    dates = [page.date for page in pages if page.date]
    ms = sorted(page.ms for page in pages)
    return (
        f"{name:<10}{len(pages):>6}{means[0]:>8}{means[1]:>6}{means[2]:>6}"
        f"{(f'{statistics.mean(runs):.3f}'[1:] if runs else '-'):>7}{low:>5}"
        f"{_share([page.title for page in pages]):>9}"
        f"{_share([date == 'right' for date in dates]):>9}"
        f"{dates.count('wrong'):>6}{dates.count('none'):>5}"
        f"{_share([page.authors for page in pages]):>9}"
        f"{statistics.median(ms):>6.0f}{ms[int(0.95 * (len(ms) - 1))]:>6.0f}"
    )


def _share(hits: Sequence[bool | None]) -> str:
    known = [hit for hit in hits if hit is not None]
    return f"{sum(known)}/{len(known)}" if known else "-"


if __name__ == "__main__":
    sys.exit(main())
