"""The tables and cards of the techniques, in the terminal, in Markdown and in JSON."""

import json
import re
import unicodedata

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from agent.views import lines
from agent.views.json import as_json
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief, Part, Technique
from schemas.claims import CheckedClaim
from schemas.cross_impact import Adjustment, CrossImpact, EventOutcome, Influence
from schemas.techniques import AssumptionCheck, Change, DeceptionCard, Indicator, Indicators

HOSTILE = "[x](https://evil.example) <b>|</b> \x1b[31m\u202e `a` | b"
EVENTS = ("implications.overall.1", "implications.political.1", "implications.economic.1")

INDICATORS = """\
     Indicator                                        A  B  C  Best  Most-Likely
     1      A further rotation of engineers in        +  -  ·     +            +
            early 2026 would favour A.
     2      A congress that is silent about Russia    -  +  ·     ·            -
            would favour B.

     Once it is seen, the outcome is + more likely, - less likely, · as likely
     as before.
"""
ASSUMPTIONS = """\
     Changed: section 3 (Assumptions): classed as unsupported; section 4
     (Overall): rests on an assumption classed as unsupported

     Assumption                                              Class   Rests on it
     1      KCNA printed the letter as it was sent.          solid    none named
     2      Seoul's estimate rests on more than one    unsupported  A, Political
            kind of collection.

     Rests on it: the judgements that fall if the assumption is false.

     What would break them
  J  If 1 is false: Moscow prints another text. [1.1]
  J  If 2 is false: Seoul names a single defector. [1.4]
"""
CARD = """\
     KCNA (state media): no means stood the check
  J  Motive: KCNA speaks for the one who pays it. [1.2]
  J  Opportunity: KCNA alone has seen the letter. [1.3]
"""
SIMULATION = """\
     Event                                                 Before  After  Change
     E1     Governments that want the war to end have         68%    57%     -11
            to reckon with a second capital.
     E2     Kim raises the alliance with Russia at the        88%    88%       0
            party congress.
     E3     Food and fuel from Russia blunt the               68%    72%      +4
            sanctions.

     Each event is taken to happen or not within twelve months; a change within
     sampling error is given as 0. Most influential, by the mean points that the
     others move when it goes from 10 points lower to 10 higher: E2 1.5. 1
     stated likelihood that no distribution allows was moved to the bound.
     10,000 runs, seed 7.
"""
GRID = """\
     If it happens                                                   E1  E2   E3
     E1                                                               ·   ·    ·
     E2                                                             63%   ·  75%
     E3                                                               ·   ·    ·

     Row: the event that happens; column: how likely the other is then; · as
     before. Moved to a bound of coherence: E1 if E2 from 12.5% to 62.9%.
"""
NARROW = """\
  1   KCNA printed the letter as it was
      sent. (Class: solid; Rests on it:
      none named)
"""
MARKDOWN = """\
| Id | Assumption | Class | Rests on it |
| --- | --- | :-: | :-: |
| 1 | KCNA printed the letter as it was sent. | solid | none named |
"""


def claim(id: str, text: str, evidence: str) -> CheckedClaim:
    return CheckedClaim(
        id=id,
        section="techniques",
        part=id.split(".")[1],
        text=text,
        basis="judgement",
        likelihood=None,
        form="sentence",
        author="model",
        evidence=(evidence,),
        verdict="supported",
        method="judge",
        score=0.8,
        reason="It follows.",
        repairs=0,
    )


BREAKS = (
    claim("key_assumptions.breaks.1", "Moscow prints another text.", "1.1"),
    claim("key_assumptions.breaks.2", "Seoul names a single defector.", "1.4"),
)
GROUNDS = (
    claim("deception.motive.1", "KCNA speaks for the one who pays it.", "1.2"),
    claim("deception.opportunity.1", "KCNA alone has seen the letter.", "1.3"),
)


def techniques() -> tuple[Technique, ...]:
    outcomes = [
        EventOutcome(event=event, before=before, after=after, change=change, standard_error=0.005)
        for event, before, after, change in zip(
            EVENTS, (0.675, 0.875, 0.675), (0.57, 0.876, 0.72), (-0.105, 0.001, 0.045), strict=True
        )
    ]
    simulated = CrossImpact(
        outcomes=tuple(outcomes),
        matrix=((None, None, None), (0.6286, None, 0.75), (None, None, None)),
        adjustments=(Adjustment(given=EVENTS[1], event=EVENTS[0], stated=0.125, used=0.6286),),
        influences=(Influence(event=EVENTS[1], effect=-0.01, movement=0.015),),
        nonoccurrence="no effect",
        runs=10_000,
        seed=7,
    )
    return (
        Technique(
            name="Indicators",
            method="A method",
            result="A result.",
            indicators=Indicators(
                outcomes=("A", "B", "C", "Best", "Most-Likely"),
                rows=(
                    Indicator(
                        claim="hypotheses.indicators.1",
                        times=1,
                        by="2026-03-28",
                        effects=(
                            "more likely", "less likely", "no change", "more likely", "more likely",
                        ),
                    ),
                    Indicator(
                        claim="hypotheses.indicators.2",
                        times=2,
                        by="2026-03-28",
                        effects=(
                            "less likely", "more likely", "no change", "no change", "less likely",
                        ),
                    ),
                ),
            ),
        ),
        Technique(
            name="Key Assumptions Check",
            method="A method",
            result="A result.",
            changed=(
                Change(claim="assumptions.assumptions.2", what="classed as unsupported"),
                Change(
                    claim="implications.overall.1",
                    what="rests on an assumption classed as unsupported",
                ),
            ),
            assumptions=(
                AssumptionCheck(
                    assumption="assumptions.assumptions.1",
                    standing="solid",
                    breaks=BREAKS[0].id,
                    resting=(),
                ),
                AssumptionCheck(
                    assumption="assumptions.assumptions.2",
                    standing="unsupported",
                    breaks=BREAKS[1].id,
                    resting=("hypotheses.a.1", "implications.political.1"),
                ),
            ),
            parts=(Part(name="breaks", title="What would break them", claims=BREAKS),),
        ),
        Technique(
            name="Deception Detection",
            method="A method",
            result="A result.",
            deception=(
                DeceptionCard(
                    speaker="KCNA",
                    kind="state media",
                    says=("1.2",),
                    motive=GROUNDS[0].id,
                    opportunity=GROUNDS[1].id,
                    means=None,
                ),
            ),
            parts=(
                Part(
                    name="speaker 1",
                    title="KCNA (state media)",
                    claims=GROUNDS,
                    note="no means stood the check",
                ),
            ),
        ),
        Technique(
            name="Cross-Impact Simulation",
            method="A method",
            result="A result.",
            cross_impact=simulated,
        ),
    )  # fmt: skip


@pytest.fixture
def worked(brief: Brief) -> Brief:
    ledger = (*brief.ledger, *BREAKS, *GROUNDS)
    return brief.model_copy(
        update={"techniques": (*brief.techniques, *techniques()), "ledger": ledger}
    )


def text_of(brief: Brief, width: int = 80, *, detail: bool = False) -> str:
    return terminal(brief, width=width, colour=False, detail=detail)


def with_text(brief: Brief, text: str) -> Brief:
    """Return the brief with this text in every claim that a technique's table or card has."""
    ledger = tuple(c.model_copy(update={"text": f"{text} {c.text}"}) for c in brief.ledger)
    parts = [
        part.model_copy(
            update={
                "title": f"{text} {part.title}",
                "claims": tuple(
                    c.model_copy(update={"text": f"{text} {c.text}", "note": text})
                    for c in part.claims
                ),
            }
        )
        for technique in brief.techniques
        for part in technique.parts
    ]
    changed = [
        t.model_copy(update={"parts": tuple(parts.pop(0) for _ in t.parts)})
        for t in brief.techniques
    ]
    return brief.model_copy(update={"ledger": ledger, "techniques": tuple(changed)})


@pytest.mark.parametrize("piece", [INDICATORS, ASSUMPTIONS, CARD, SIMULATION])
def test_each_table_and_card_is_set_as_written_here(worked, piece):
    assert piece in text_of(worked)


def test_the_grid_of_the_simulation_is_for_those_who_ask_for_all_detail(worked):
    assert GRID in text_of(worked, detail=True)
    assert "If it happens" not in text_of(worked)
    assert "| Id | If it happens | E1 | E2 | E3 |" in markdown(worked)


def test_a_narrow_page_puts_the_cells_behind_the_text(worked):
    assert NARROW in text_of(worked, 40)


def test_markdown_sets_a_table_as_a_table(worked):
    assert MARKDOWN in markdown(worked)


def test_a_technique_that_changed_nothing_says_so(worked):
    assert text_of(worked).count("Changed: no line of the brief") == 5


def test_what_a_technique_says_of_a_claim_stands_behind_it(worked):
    claim = worked.implications.parts[0].claims[0].model_copy(update={"note": "likely before"})
    assert lines.caveat(claim) == "(likely before)"
    partial = claim.model_copy(update={"verdict": "partial"})
    assert lines.caveat(partial) == "(only partly supported; likely before)"


def test_a_claim_that_stands_nowhere_goes_by_its_id(worked):
    assert lines.place("outlook.best.1", worked) == "section 5 (Scenario: Best)"
    assert lines.place("hypotheses.empty", worked) == "section 2 (Assessment)"
    assert lines.place("outlook.best.9", worked) == "outlook.best.9"


@pytest.mark.parametrize("width", [40, 41, 63, 64, 80, 100])
@pytest.mark.parametrize("detail", [False, True])
def test_no_line_of_a_table_is_wider_than_the_page(worked, width, detail):
    printed = text_of(with_text(worked, "新華社通信" * 9), width, detail=detail)
    assert max(cell_len(line) for line in printed.splitlines()) <= width


def test_hostile_text_in_a_table_or_card_stays_text(worked):
    tainted = with_text(worked, HOSTILE)
    printed = text_of(tainted, detail=True).replace("\n", "")
    assert {c for c in printed if unicodedata.category(c) in ("Cc", "Cf", "Cs")} == set()
    viewer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    page, plain_page = viewer.render(markdown(tainted)), viewer.render(markdown(worked))
    assert not re.findall(r"<(?:a|b|code>a)\b", page)
    assert page.count("<td") == plain_page.count("<td")


def test_json_has_every_table_and_card(worked):
    read = Brief.model_validate(json.loads(as_json(worked)))
    assert read.techniques == worked.techniques
