"""`bluf bench grounding` as its user runs it, with the entailment model that ships."""

import json

from typer.testing import CliRunner

from agent.cli.main import app

DOCUMENT = "The pier closed on Monday. Some 14,800 dockers are on strike. Repairs take three weeks."
ROWS = [
    ("a", "The pier closed on Monday.", 1),
    ("a", "Some 14,800 dockers are on strike.", 1),
    ("a", "Some 15,800 dockers are on strike.", 0),
    ("a", "The pier closed on Friday.", 0),
    ("b", "Repairs take three weeks.", 1),
    ("b", "Repairs take nine weeks.", 0),
]


def run(tmp_path, rows, *flags):
    file = tmp_path / "rows.jsonl"
    lines = [
        json.dumps({"id": str(n), "dataset": d, "doc": DOCUMENT, "claim": c, "label": label})
        for n, (d, c, label) in enumerate(rows)
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return CliRunner().invoke(app, ["bench", "grounding", str(file), *flags])


def test_the_figures_of_each_set_and_their_mean_are_printed_as_json(tmp_path):
    done = run(tmp_path, ROWS, "--json")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert {s["name"]: s["balanced_accuracy"] for s in report["sets"]} == {"a": 1.0, "b": 1.0}
    assert report["mean"] == 1.0
    assert report["news"] is None
    assert report["claims_per_second"] > 0
    assert len(report["baselines"]) == 2


def test_the_table_says_what_each_step_decides_and_what_the_mean_is_without_it(tmp_path):
    done = run(tmp_path, ROWS)
    assert done.exit_code == 0
    assert "mean of 2 sets 100.0" in done.stdout
    step = next(n for n in done.stdout.splitlines() if n.startswith("wording")).split()
    assert int(step[1]) >= 2
    assert 50 <= float(step[-1]) <= 100


def test_rows_of_one_label_only_are_refused_in_one_line(tmp_path):
    done = run(tmp_path, [row for row in ROWS if row[2]])
    assert done.exit_code == 3
    assert "no set has rows of both labels" in done.stderr


def test_a_line_that_is_no_row_is_named(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "1"}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["bench", "grounding", str(file)])
    assert done.exit_code == 3
    assert "rows.jsonl:1" in done.stderr
