"""A roll-up holds checked claims to the letter, each once, with all that make it."""

from datetime import date
from itertools import permutations

from agent.briefs import digest
from agent.daily.rollup import roll_up
from schemas.daily import LeftOut
from tests.analysis.products import claim
from tests.daily.day import OTHER_EVENT, OTHER_TELLING, brief_of, reported, reviewed

DAY = date(2026, 1, 2)
PRAISE = reported("Kim praised the soldiers whom he sent to Russia.", "1.1")
FUEL = reported("Russia paid for the troops with fuel.", "1.7", id="bluf.what.2")


def rolled(*briefs, **known):
    return roll_up({digest(brief): brief for brief in briefs}, day=DAY, **known)


def judged(text, likelihood="likely", id="implications.overall.1", **known):
    return claim(id, text, likelihood=likelihood, **known)


def texts(lines):
    return [line.text for line in lines]


def test_the_bottom_line_comes_before_judgements_by_likelihood_and_the_outlook():
    brief = brief_of(
        1,
        PRAISE,
        judged("Kim hides the dead.", "unlikely", id="implications.overall.1"),
        judged("Putin pays the debt in fuel.", "very likely", id="implications.overall.2"),
        judged("A new deployment follows in spring.", "unlikely", id="outlook.worst.1"),
        reported("A congress is due.", id="assumptions.gaps.1"),
        judged("Seoul doubts the numbers.", None, id="assumptions.bias.1"),
    )
    (chapter,) = rolled(brief).chapters
    assert texts(chapter.bottom_line) == [PRAISE.text]
    assert texts(chapter.judgements) == ["Putin pays the debt in fuel.", "Kim hides the dead."]
    assert [(line.place, line.text) for line in chapter.outlook] == [
        ("Worst", "A new deployment follows in spring.")
    ]


def test_every_line_is_a_checked_claim_to_the_letter_with_its_brief_sentence_and_publisher():
    failing = reported("Kim lost the war.", id="bluf.what.3", verdict="unsupported")
    label = reported("Kim Jong Un", id="entities.entities.1", form="label")
    brief = brief_of(1, PRAISE, failing, label)
    (line,) = rolled(brief).chapters[0].bottom_line
    assert line.text == PRAISE.text
    (cite,) = line.cites
    assert (cite.brief, cite.claim, cite.evidence) == (brief.run.id, PRAISE.id, ("1.1",))
    assert (cite.sources[0].name, cite.sources[0].published) == (
        "Peninsula Wire",
        date(2025, 12, 28),
    )


def test_what_two_briefs_say_is_one_line_that_cites_both_with_the_other_words_kept():
    again = PRAISE.model_copy(update={"text": "Kim sent soldiers to Russia whom he praised."})
    both = rolled(brief_of(1, PRAISE), brief_of(2, again, text=OTHER_TELLING, publisher="Post"))
    (line,) = both.chapters[0].bottom_line
    assert line.text == again.text  # the newer one's
    assert [(cite.brief, cite.text) for cite in line.cites] == [
        (brief_of(2).run.id, None),
        (brief_of(1).run.id, PRAISE.text),
    ]
    assert line.independent_sources == 2


def test_reviewed_briefs_come_before_newer_drafts_and_their_words_are_printed():
    signed = reviewed(brief_of(1, FUEL, PRAISE))
    again = PRAISE.model_copy(update={"text": "Kim sent soldiers to Russia whom he praised."})
    draft = brief_of(2, again, reported("Seoul waits for news.", id="bluf.what.5"))
    (chapter,) = rolled(draft, signed).chapters
    assert texts(chapter.bottom_line) == [FUEL.text, PRAISE.text, "Seoul waits for news."]
    assert [member.status for member in chapter.briefs] == ["reviewed", "draft"]
    assert "Hana Whitlock" in chapter.briefs[0].standing and "DRAFT" in chapter.briefs[1].standing
    assert [cite.status for cite in chapter.bottom_line[1].cites] == ["reviewed", "draft"]


def test_a_line_of_a_bottom_line_stands_there_even_where_a_reviewed_brief_has_it_elsewhere():
    signed = reviewed(brief_of(1, PRAISE.model_copy(update={"section": "outlook", "id": "o.b.1"})))
    signed = signed.model_copy(
        update={"outlook": brief_of(1, reported(PRAISE.text, id="outlook.best.1")).outlook}
    )
    (chapter,) = rolled(signed, brief_of(2, PRAISE)).chapters
    assert texts(chapter.bottom_line) == [PRAISE.text] and chapter.outlook == ()


def test_a_shared_judgement_of_two_likelihoods_is_two_lines_and_a_difference():
    said = "Kim sends a second group of engineers to Russia."
    both = rolled(
        brief_of(1, judged(said, "likely")),
        brief_of(2, judged(said, "unlikely"), text=OTHER_TELLING, publisher="Post"),
    )
    (chapter,) = both.chapters
    assert [line.likelihood for line in chapter.judgements] == ["likely", "unlikely"]
    assert [difference.about for difference in both.differences] == ["likelihood"]


def test_a_judgement_without_a_likelihood_neither_stands_nor_splits_a_line_in_two():
    said = "Scarcity drives Pyongyang to sell soldiers."
    bare = judged(said, None, id="assumptions.bias.1")
    (chapter,) = rolled(brief_of(1, judged(said)), brief_of(2, bare)).chapters
    assert [(line.likelihood, len(line.cites)) for line in chapter.judgements] == [("likely", 1)]


def test_chapters_follow_the_closed_list_and_a_brief_without_a_category_is_under_other():
    briefs = [
        brief_of(1, PRAISE),
        brief_of(2, FUEL, category="diplomacy", text=OTHER_TELLING),
        brief_of(3, reported("The dam burst."), category="disasters", text=OTHER_EVENT),
    ]
    found = rolled(*briefs).chapters
    assert [chapter.category for chapter in found] == ["disasters", "diplomacy", "other"]
    assert [texts(chapter.bottom_line) for chapter in found] == [
        ["The dam burst."],
        [FUEL.text],
        [PRAISE.text],
    ]


def test_a_fact_of_two_categories_is_one_line_under_that_of_the_leading_brief():
    first, second = brief_of(1, PRAISE, category="economy"), brief_of(2, PRAISE, category="cyber")
    chapters = {chapter.category: chapter for chapter in rolled(first, second).chapters}
    assert len(chapters["cyber"].bottom_line) == 1 and chapters["economy"].bottom_line == ()
    assert len(chapters["cyber"].bottom_line[0].cites) == 2


def test_the_strictest_mark_of_the_briefs_holds_for_the_roll_up():
    briefs = [brief_of(1, tlp="GREEN"), brief_of(2, tlp="AMBER+STRICT"), brief_of(3)]
    assert rolled(*briefs).tlp == "AMBER+STRICT"
    assert rolled(brief_of(1)).tlp is None


def test_what_a_review_says_of_a_claim_stays_with_its_citation():
    dissent = PRAISE.model_copy(update={"reviewed": "Hana Whitlock dissents: it was no praise"})
    found = rolled(brief_of(1, dissent), brief_of(2, PRAISE))
    (line,) = found.chapters[0].bottom_line
    assert [cite.remark for cite in line.cites] == [
        "",
        "(Hana Whitlock dissents: it was no praise)",
    ]


def test_a_technique_is_read_too_as_far_as_it_judges():
    brief = brief_of(1, judged("Scarcity drives Pyongyang to sell soldiers."))
    part = brief.implications.parts[0]
    technique = {"name": "Causal Layered Analysis", "method": "m", "result": "r", "parts": (part,)}
    empty = brief.implications.model_copy(update={"parts": ()})
    held = brief.model_validate(
        {**brief.model_dump(), "implications": empty, "techniques": (technique,)}
    )
    assert len(rolled(held).chapters[0].judgements) == 1


def test_the_order_in_which_briefs_come_changes_nothing():
    briefs = [brief_of(n, PRAISE, FUEL, category="cyber" if n % 2 else None) for n in range(1, 4)]
    found = [rolled(*order) for order in permutations(briefs)]
    assert all(one == found[0] for one in found)


def test_an_empty_day_is_an_empty_roll_up_with_what_was_left_out():
    left = LeftOut(id="x", title="t", why="updated by y")
    found = rolled(left_out=[left], category="cyber")
    assert (found.chapters, found.differences, found.left_out) == ((), (), (left,))
    assert (found.day, found.category) == (DAY, "cyber")
