"""The views are different settings of one brief: what one says, the others say."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from agent.briefs import digest
from agent.views import lines
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief
from schemas.review import Decision, Review
from tests.views import readers
from tests.views.readers import Said, in_docx, in_html, in_json, in_markdown, in_pdf, in_terminal

VIEWS = pytest.mark.parametrize("view", [in_terminal, in_markdown, in_html, in_docx, in_pdf])
ANOTHER_VIEW = pytest.mark.parametrize(
    "claims_in",
    [
        readers.claims_in_terminal,
        readers.claims_in_markdown,
        readers.claims_in_html,
        readers.claims_in_docx,
        readers.claims_in_pdf,
    ],
)
REVIEWED_AT = datetime(2026, 1, 3, 9, 30, tzinfo=UTC)


def reviewed(brief: Brief) -> Brief:
    """Return the brief as a review leaves it: one claim rejected, one edited, one disputed."""
    gone, edited, disputed = "bluf.what.2", "bluf.meaning.1", "outlook.worst.1"
    written = "The message is meant to remind Moscow of its debt."

    def revised(value: object) -> object:
        if isinstance(value, dict) and value.get("id") == edited and "repairs" in value:
            return {**value, "text": written, "reviewed": "edited by Ana Horvat"}
        if isinstance(value, dict) and value.get("id") == disputed and "repairs" in value:
            return {**value, "reviewed": "Ana Horvat dissents: the treaty binds nobody"}
        if isinstance(value, dict):
            return {key: revised(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return tuple(
                revised(i) for i in value if not isinstance(i, dict) or i.get("id") != gone
            )
        return value

    decisions = tuple(
        Decision(
            claim=claim.id,
            ruling={gone: "rejected", edited: "edited"}.get(claim.id, "accepted"),
            at=REVIEWED_AT,
            text=written if claim.id == edited else None,
            dissent="The treaty binds nobody." if claim.id == disputed else None,
        )
        for claim in lines.body(brief)
    )
    review = Review(
        reviewer="Ana Horvat",
        draft_sha256=digest(brief),
        began_at=REVIEWED_AT,
        ended_at=REVIEWED_AT,
        decisions=decisions,
    )
    made = {"review": review.model_dump(), "status": "reviewed", "tlp": "AMBER+STRICT"}
    return Brief.model_validate({**revised(brief.model_dump()), **made})


def printed(claim, brief: Brief) -> str:
    said = f"{lines.words(claim, brief.sources)} {lines.cites(claim)}"
    return f"{said} {lines.caveat(claim)}".strip()


@ANOTHER_VIEW
def test_every_view_makes_the_same_claims_with_the_same_marks_and_citations(brief, claims_in):
    assert Counter(claims_in(brief)) == Counter(readers.claims_in_json(brief))
    assert len(claims_in(brief)) == 37


def test_stix_has_every_claim_of_the_body_and_none_that_was_withheld(brief):
    body = [said for said in readers.claims_in_json(brief) if said.mark != lines.WITHHELD_MARK]
    assert Counter(readers.claims_in_stix(brief)) == Counter(body)
    assert len(body) == 34


@ANOTHER_VIEW
def test_every_view_makes_the_claims_that_a_review_left(brief, claims_in):
    after = reviewed(brief)
    assert Counter(claims_in(after)) == Counter(readers.claims_in_json(after))
    edited = Said(
        "J", "likely", "The message is meant to remind Moscow of its debt.", ("1.7", "1.11")
    )
    assert edited in claims_in(after)


def test_stix_makes_the_claims_that_a_review_left(brief):
    after = reviewed(brief)
    body = [said for said in readers.claims_in_json(after) if said.mark != lines.WITHHELD_MARK]
    assert Counter(readers.claims_in_stix(after)) == Counter(body)


@VIEWS
def test_every_view_says_who_stands_behind_the_brief_and_how_it_may_be_shared(brief, view):
    page = view(reviewed(brief))
    assert lines.status(reviewed(brief)) in page
    assert "TLP:AMBER+STRICT" in page
    assert "(edited by Ana Horvat)" in page
    assert "(Ana Horvat dissents: the treaty binds nobody)" in page
    assert "about 2,000 of roughly 15,000 troops sent to Russia" not in page
    assert "DRAFT" not in page


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
    wanted += ["Withheld", "Sources", "How this brief was made", "Verification", "AI use"]
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
