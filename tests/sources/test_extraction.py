import json
from pathlib import Path

import pytest

from tests.benchmarks import extraction


def test_overlap_is_of_bags_and_not_of_sets() -> None:
    assert extraction.overlap(["a", "b"], ["a", "c"]) == (0.5, 0.5, 0.5)
    precision, recall, f1 = extraction.overlap(["a", "a"], ["a"])
    assert (precision, recall) == (0.5, 1.0)
    assert f1 == pytest.approx(2 / 3)


def test_the_benchmark_meets_or_misses_its_bars(
    tmp_path: Path, article: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "a.html").write_bytes(article)
    truth = {"title": "Levy passes", "date": "2026-03-04", "articleBody": _body()}
    write_truth(tmp_path, truth)
    assert extraction.main([str(tmp_path)]) == 0
    assert "every bar is met" in capsys.readouterr().out
    write_truth(tmp_path, {**truth, "title": "Another"})
    assert extraction.main([str(tmp_path), "--misses"]) == 1
    printed = capsys.readouterr().out
    assert "titles exact 0% is under 85%" in printed
    assert "group/a.html: title 'Levy passes', not 'Another'" in printed


def write_truth(folder: Path, truth: dict[str, str]) -> None:
    path = folder / "group" / "ground-truth.json"
    path.write_text(json.dumps({"a.html": truth}), encoding="utf-8")


def _body() -> str:
    return " ".join(
        f"Paragraph {n} of the article says that the ministry raised the levy on grain by {n + 2} "
        "percent, and that the farmers of the valley were not asked."
        for n in range(8)
    )
