"""The report of a re-check says everything at every width, and nothing that steers a terminal."""

import json

import pytest

from agent.views.rechecked import as_json, as_table, summary
from schemas.recheck import Check, Fault, Recheck, Reproduction

HOSTILE = "\x1b[31m\u202e[bold]x\r\n"


def check(name, **fields):
    known = {"subject": "conclusions", "asked": "it holds", "count": 3, "unit": "claims"}
    return Check(**{"name": name, **known, **fields})


def report(*checks, verdicts=()):
    return Recheck(
        title="A brief",
        run="run-1",
        bluf_version="0.1.0",
        sha256="ab" * 32,
        status="DRAFT",
        checks=checks,
        verdicts=verdicts,
    )


FAULT = Fault(where="bluf.what.1", problem="says 3,000 where sentence 1.2 says 2,000")


@pytest.mark.parametrize("width", [40, 64, 100])
def test_every_fault_and_note_is_there_at_every_width(width):
    found = report(check("verdicts", faults=(FAULT,)), check("prompts", notes=("v9 is not here",)))
    text = " ".join(as_table(found, width=width, colour=False).split())
    for said in ("1 of 3", "bluf.what.1: says 3,000 where", "note: v9 is not here"):
        assert said in text
    assert max(map(len, as_table(found, width=width, colour=False).splitlines())) <= width


def test_marks_tell_what_holds_from_what_fails_without_colour():
    found = report(check("ledger"), check("verdicts", faults=(FAULT,)), check("s", skipped="no"))
    lines = as_table(found, width=100, colour=False).splitlines()
    marks = {line.split()[1]: line.split()[0] for line in lines if line[:1] in "✓✗-" and line}
    assert marks == {"ledger": "✓", "verdicts": "✗", "s": "-"}


def test_hostile_text_is_shown_and_steers_nothing():
    fault = Fault(where=HOSTILE, problem=HOSTILE)
    found = report(check("ledger", faults=(fault,), notes=(HOSTILE,)))
    hostile = found.model_copy(update={"title": HOSTILE, "run": HOSTILE, "status": HOSTILE})
    text = as_table(hostile, width=80, colour=False)
    assert text.count("[bold]x") == 6
    assert not [c for c in text if (ord(c) < 32 and c != "\n") or ord(c) == 0x202E]


def test_a_judges_verdicts_are_named_and_the_others_counted():
    verdicts = (
        Reproduction(means="exact rules", claims=("a.b.1", "a.b.2"), same=2),
        Reproduction(means="a judge", claims=tuple(f"c.d.{n}" for n in range(20)), same=None),
    )
    text = " ".join(as_table(report(verdicts=verdicts), width=100, colour=False).split())
    assert "2 verdicts by exact rules: 2 the same again" in text
    assert "20 verdicts by a judge, not to be had again offline" in text
    assert "c.d.11 and 8 more" in text


def test_a_flood_of_faults_is_cut_in_the_table_and_whole_in_json():
    found = report(check("ledger", faults=(FAULT,) * 100))
    assert "60 more in --format json" in as_table(found, width=100, colour=False)
    assert len(json.loads(as_json(found))["checks"][0]["faults"]) == 100


def test_the_last_line_says_how_it_stands():
    assert summary(report(check("ledger"))) == "everything that can be worked out again holds"
    evidence = check("citations", subject="evidence", faults=(FAULT,))
    skipped = check("sourcing", skipped="no ground")
    assert summary(report(evidence, skipped)) == (
        "1 fault of evidence, 0 faults of what was made of it; not looked at: sourcing"
    )
