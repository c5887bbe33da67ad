"""The views are different settings of one brief: what one says, the others say."""

import json
import re

import pytest

from agent.views import lines
from agent.views.json import as_json
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief


def in_terminal(brief: Brief, *, detail: bool = True) -> str:
    return " ".join(terminal(brief, width=100, colour=False, detail=detail).split())


def in_markdown(brief: Brief) -> str:
    unescaped = re.sub(r"\\(.)", r"\1", markdown(brief))
    return " ".join(unescaped.replace("**", "").replace("`", "").split())


def in_json(brief: Brief) -> Brief:
    return Brief.model_validate(json.loads(as_json(brief)))


VIEWS = pytest.mark.parametrize("view", [in_terminal, in_markdown])


def printed(claim, brief: Brief) -> str:
    said = f"{lines.words(claim, brief.sources)} {lines.cites(claim)}"
    return f"{said} {lines.caveat(claim)}".strip()


@VIEWS
def test_every_kept_claim_stands_with_its_citations(brief, view):
    withheld = {claim.id for claim in brief.withheld}
    kept = [claim for claim in brief.ledger if claim.id not in withheld]
    assert len(kept) == 34
    page = view(brief)
    assert [claim.id for claim in kept if printed(claim, brief) not in page] == []


@VIEWS
def test_claims_stand_in_the_order_of_the_body(brief, view):
    page, places = view(brief), [0]
    for claim in lines.body(brief):
        places.append(page.index(printed(claim, brief), places[-1]))
    assert places == sorted(places)


@VIEWS
def test_every_heading_stands_in_the_order_of_the_seeds(brief, view):
    titles = [section.title for section in lines.sections(brief)]
    wanted = [f"{number}. {title}" for number, title in enumerate(titles, start=1)]
    wanted += ["Structured Analytic Techniques Applied"]
    wanted += ["Withheld", "Sources", "How this brief was made", "Verification:", "AI use:"]
    page, place = view(brief), 0
    for heading in wanted:
        place = page.index(heading, place) + len(heading)


@VIEWS
def test_every_judgement_carries_its_likelihood_and_band(brief, view):
    page = view(brief)
    judged = [claim for claim in lines.body(brief) if claim.likelihood]
    for claim in judged:
        before = page[: page.index(printed(claim, brief))]
        assert before.rstrip(": ").endswith(lines.odds(claim))


def test_terminal_markdown_and_json_carry_the_same_marks_in_the_same_order(brief):
    tags = brief.tags.parts[0].claims
    bases = [claim.basis for claim in lines.body(in_json(brief)) if claim not in tags[1:]]
    wanted = [lines.MARKS[basis] for basis in bases]
    wanted += [lines.WITHHELD_MARK] * len(in_json(brief).withheld)
    set_in_terminal = terminal(brief, width=80, colour=False, detail=True)
    assert re.findall(r"^  ([RJA►✗])  ", set_in_terminal, re.MULTILINE) == wanted
    assert re.findall(r"^ *(?:- )?`(.)`", markdown(brief), re.MULTILINE) == wanted


@VIEWS
def test_every_notice_is_printed(brief, view):
    page = view(brief)
    parts = [part for section in lines.sections(brief) for part in section.parts]
    notices = [part.note for part in parts if part.note]
    notices += [note for source in brief.sources for note in source.notes]
    notices += brief.confidence.reasons
    notices += [technique.result for technique in brief.techniques]
    notices += [lines.withheld_reason(claim) for claim in brief.withheld]
    notices += [lines.marks_key(), lines.withheld_count(brief), lines.verification(brief)]
    notices += [lines.ai_use(brief), lines.published(brief)]
    assert [notice for notice in notices if notice not in page] == []


def test_the_short_form_says_how_much_it_leaves_out(brief):
    short = in_terminal(brief, detail=False)
    assert "3 drafted claims left out: 2 unsupported, by judge; 1 contradicted" in short
    assert "(4 more with --detail full)" in short
    assert lines.verification(brief) in short
    assert lines.ai_use(brief) in short


@VIEWS
def test_no_withheld_claim_stands_in_the_body(brief, view):
    page = view(brief)
    body = page[: page.index("Structured Analytic Techniques Applied")]
    assert [claim.id for claim in brief.withheld if claim.text in body] == []


@VIEWS
def test_every_cited_sentence_can_be_opened(brief, view):
    sentences = {s.id: s.text for source in brief.sources for s in source.sentences}
    cited = {id for claim in lines.body(brief) for id in claim.evidence}
    page = view(brief)
    assert [id for id in cited if f"{id} {sentences[id]}" not in page] == []


@VIEWS
def test_the_matrix_speaks_of_least_refuted_and_never_of_most_likely(brief, view):
    page = view(brief)
    technique = page[page.index("Analysis of Competing Hypotheses") :]
    assert "Least refuted (fewest points): A" in technique
    assert "most likely" not in technique.lower()
