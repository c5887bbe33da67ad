"""What holds for every text: no step raises, a copy stands, a changed digit does not."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.verify.duplicates import check_duplicates
from agent.verify.steps import check_by_rule
from schemas.claims import Claim
from tests.verify.articles import PUBLISHED, claim_of, example, sources_of

SENTENCES = [
    (article, sentence)
    for article in sorted(PUBLISHED)
    for sentence in example(article).sentences.values()
    if len(sentence.text.split()) >= 4
]

# Text that looks like what the steps read: figures, dates, names, quotations, denials, markup.
PIECES = st.sampled_from(
    """not never said says “ ” ' " ’ 12 15,000 1.5 million % percent $ € a third of March May 2026
    2000 4:20 a.m. Tuesday last week Kim U.S. NATO Dr. J. R. Halvorsen rose fell may plans to
    between and - – – ... , ; : ( ) [ ] { } < > * # 1.3 one two twenty-one hundred dozen th nd
    é ß Жуков 北 ſept 30 Feb 31 9999 1500s Q4 I I'm we the The He It""".split()
)
NOISE = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map(" ".join)


@settings(max_examples=60)
@given(st.sampled_from(SENTENCES))
def test_a_sentence_that_cites_itself_is_supported_as_a_report(picked):
    article, sentence = picked
    verdict = check_by_rule(claim_of(sentence.text, sentence.id), example(article))
    assert verdict is not None
    assert verdict.label == "supported"


@settings(max_examples=150)
@given(
    figure=st.integers(min_value=10, max_value=999_999),
    place=st.integers(min_value=0, max_value=5),
    step=st.integers(min_value=1, max_value=9),
    lead=st.sampled_from(["", "about ", "more than ", "at least ", "nearly "]),
    grouped=st.booleans(),
)
def test_a_figure_with_one_digit_changed_always_fails(figure, place, step, lead, grouped):
    digits = list(str(figure))
    at = place % len(digits)
    digits[at] = str((int(digits[at]) + step) % 10)
    changed = int("".join(digits))
    if len(str(changed)) < len(digits) or 1500 <= figure < 2100 or 1500 <= changed < 2100:
        return
    if lead and digits[-1] == "0":  # which may be a fair rounding
        return
    source = "Officials in the capital said that {}{} people had left the valley on Sunday."
    form = "{:,}" if grouped else "{}"
    sources = sources_of(source.format(lead, form.format(figure)))
    verdict = check_by_rule(claim_of(source.format(lead, form.format(changed)), "1.1"), sources)
    assert verdict is not None
    assert verdict.label in ("contradicted", "unsupported")
    assert verdict.method == "figures"
    assert "\n" not in verdict.reason


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=NOISE,
    article=NOISE,
    basis=st.sampled_from(["reported", "judgement", "assumption", "recommendation"]),
    form=st.sampled_from(["sentence", "label"]),
    section=st.sampled_from(["bluf", "tags", "entities", "hypotheses"]),
)
def test_no_text_makes_a_step_raise_and_every_reason_is_one_line(
    text, article, basis, form, section
):
    sources = sources_of(f"The ministry said 12 people died. {article}")
    ids = tuple(sources.sentences)
    claim = claim_of(text, *ids[:2], basis=basis, form=form, section=section)
    other = claim_of(article, "1.1", id="bluf.x.0", section=section, form=form)
    verdict = check_duplicates(claim, [other, claim]) or check_by_rule(claim, sources)
    assert verdict is None or (verdict.reason and "\n" not in verdict.reason)
    if verdict:
        assert verdict.claim == claim.id
        assert set(verdict.evidence) <= set(ids)


@settings(max_examples=60)
@given(text=NOISE)
def test_a_claim_that_cites_nothing_is_never_supported(text):
    sources = sources_of("The ministry said 12 people died.")
    claim = Claim.model_validate(claim_of(text).model_dump())
    verdict = check_by_rule(claim, sources)
    assert verdict is not None
    assert verdict.label == "unsupported"
