"""Steps that compare specifics: figures, dates, names, quotations."""

from datetime import date

import pytest

from agent.verify.dates import check_dates
from agent.verify.figures import check_figures
from agent.verify.moments import moments_in
from agent.verify.names import check_names
from agent.verify.numerals import figures_in
from agent.verify.passage import passage_for
from agent.verify.quotations import check_quotations
from agent.verify.steps import check_by_rule
from tests.verify.articles import claim_of, sources_of


def verdict_of(check, source: str, text: str, published: date | None = None, **fields):
    claim = claim_of(text, "1.1", **fields)
    return check(claim, passage_for(claim, sources_of(source, published)))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("some 15,000 troops", [(15000, "count", "about")]),
        ("fifteen thousand troops", [(15000, "count", "")]),
        ("15 thousand troops", [(15000, "count", "")]),
        ("two hundred and fifty-one homes", [(251, "count", "")]),
        ("half a million people", [(500_000, "count", "")]),
        ("1.5 million people", [(1_500_000, "count", "")]),
        ("a dozen rockets", [(12, "count", "")]),
        ("at least 23 people", [(23, "count", "above")]),
        ("up to 4 percent of revenue", [(4, "percent", "below")]),
        ("21 per cent", [(21, "percent", "")]),
        ("$1.2 million", [(1_200_000, "money", "")]),
        ("a third of imports", [(100 / 3, "percent", "about")]),
        ("two-thirds of them", [(200 / 3, "percent", "about")]),
        ("one in five villages", [(20, "percent", "about")]),
        ("a 61-year-old shepherd", [(61, "count", "")]),
        ("one of its patrols", []),
        ("on March 12, 2026, at 4:20 a.m.", []),
        ("the F-16, COVID-19 and 203.0.113.45", []),
        ("Unit 3/4 in the 1990s", []),
    ],
)
def test_figures_are_read_with_their_scale_kind_and_marker(text, values):
    found = [(f.low, f.kind, f.marker) for f in figures_in(text)]
    assert found == [(pytest.approx(v), kind, marker) for v, kind, marker in values]


def test_a_range_is_one_figure_and_shares_its_unit():
    (found,) = figures_in("between 15 billion and 17 billion dorins")
    assert (found.low, found.high) == (15e9, 17e9)
    first, second = figures_in("2 or 3 percent")
    assert (first.kind, second.kind) == ("percent", "percent")
    (found,) = figures_in("60 to 90 millimeters")
    assert (found.low, found.high, found.noun) == (60, 90, "millimeters")


FIGURES = "The ministry said 14,800 troops and 38 percent of 1,234,567 homes were hit in 2 days."


@pytest.mark.parametrize(
    "text",
    [
        "Some 15,000 troops were hit.",
        "Nearly 15,000 troops were hit.",
        "More than 14,000 troops were hit.",
        "14,800 troops were hit.",
        "Fewer than 15,000 troops were hit.",
        "About 40 percent of homes were hit.",
        "38% of homes were hit.",
        "1.2 million homes exist.",
        "Two days passed.",
    ],
)
def test_a_fair_rounding_agrees(text):
    assert verdict_of(check_figures, FIGURES, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "15,000 troops were hit.",
        "Some 20,000 troops were hit.",
        "Some 14,900 troops were hit.",
        "More than 15,000 troops were hit.",
        "39 percent of homes were hit.",
        "38 homes were hit.",
        "14,800 percent of homes were hit.",
        "$38 was paid for homes.",
    ],
)
def test_a_figure_that_is_no_fair_rounding_fails(text):
    assert verdict_of(check_figures, FIGURES, text) is not None


def test_the_reason_sets_both_figures_side_by_side():
    source = "The levy is 12 percent of the price of wheat."
    verdict = verdict_of(check_figures, source, "The levy is 21 percent of the price of wheat.")
    assert verdict.label == "contradicted"
    assert verdict.reason == "says 21 percent; sentence 1.1 says 12 percent"


def test_a_figure_from_another_sentence_is_added_to_the_evidence():
    source = "Police counted the dead at the market. In all 23 people died at the market."
    claim = claim_of("In all 23 people died at the market.", "1.1", basis="reported")
    verdict = check_by_rule(claim, sources_of(source))
    assert verdict.label == "supported"
    assert "1.2" in verdict.evidence


def test_a_right_figure_on_the_wrong_noun_fails():
    source = "Of 15,000 troops sent to Russia, about 2,000 soldiers have been killed in Kursk."
    verdict = verdict_of(check_figures, source, "About 15,000 soldiers have been killed in Kursk.")
    assert verdict.label == "contradicted"


STORY = (
    "ORUND, March 12 (Wire) - The ministry said the fight began on Wednesday. "
    "The truce of June 2024 held until Dec. 3. A talk is set for March 19."
)
DAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "The fight began on Wednesday.",
        "The fight began on March 11.",
        "The fight began on March 11, 2026.",
        "The fight began yesterday.",
        "The truce held until December.",
        "The truce held until December 2025.",
        "The truce of 2024 held.",
        "A talk is set for next Thursday, March 19.",
        "The fight may go on.",
    ],
)
def test_a_date_that_follows_from_the_story_agrees(text):
    assert verdict_of(check_dates, STORY, text, DAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "The fight began on March 21.",
        "The fight began on Sunday.",
        "The truce of 2023 held.",
        "The truce held until November 2025.",
        "The fight began in May.",
        "The fight began at 4 a.m.",
        "A talk is set for March 19, 2027.",
    ],
)
def test_a_date_that_no_sentence_bears_out_fails(text):
    assert verdict_of(check_dates, STORY, text, DAY) is not None


def test_may_the_verb_and_two_thousand_soldiers_are_no_dates():
    assert moments_in("It may rain on 2000 soldiers.") == ()


PEOPLE = (
    "Gen. Rustam Odilbek of Teshkar met Irena Kasabian in the U.S. capital. The National "
    "Intelligence Service and the WHO were there, and so was José Núñez."
)


@pytest.mark.parametrize(
    "text",
    [
        "Odilbek met Kasabian.",
        "General Rustam Odilbek met Ms. Kasabian.",
        "The Teshkari general met Kasabian's aides.",
        "American officials met Odilbek.",
        "Odilbek was in the United States.",
        "The NIS met Odilbek.",
        "The World Health Organization met Odilbek.",
        "Jose Nunez met Odilbeck.",
        "Analysts met Odilbek.",
    ],
)
def test_a_name_in_another_form_is_known(text):
    assert verdict_of(check_names, PEOPLE, text) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Odilbek met Sergei Shoigu.", "Sergei Shoigu"),
        ("Pavel Odilbek met Kasabian.", "Pavel Odilbek"),
        ("The talks with NATO began.", "NATO"),
        ("Irena Odilbek met the general.", "Irena Odilbek"),
        ("Talks took place in Austria.", "Austria"),
        ("LockBit met the general.", "LockBit"),
    ],
)
def test_a_name_that_no_source_has_fails_and_is_shown(text, named):
    assert named in verdict_of(check_names, PEOPLE, text).reason


QUOTED = "“We have four dead — we’ve published their names,” she said.  The guard said nothing."


@pytest.mark.parametrize(
    "text",
    [
        'She said: "We have four dead - we\'ve published their names."',
        "“four dead” was what she said.",
        "She said ‘published their names,’ no more.",
    ],
)
def test_a_quotation_is_compared_with_marks_made_plain(text):
    assert verdict_of(check_quotations, QUOTED, text) is None


@pytest.mark.parametrize(
    "text",
    [
        'She said: "We have five dead."',
        'She spoke of "four dead we\'ve published."',
        'The "war" guard said nothing.',
        'She said: "We have four dead.',
    ],
)
def test_a_quotation_that_is_not_verbatim_fails(text):
    assert verdict_of(check_quotations, QUOTED, text) is not None


def test_a_section_number_with_a_hyphen_is_no_figure_and_no_crash():
    assert [f.text for f in figures_in("Under 4.1.122-5 it is exempt.")] == ["5"]
