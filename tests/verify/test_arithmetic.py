import pytest

from agent.verify.figures import check_figures
from agent.verify.passage import passage_for
from tests.verify.articles import claim_of, sources_of

TEXT = """Reserves fell to $6.9 billion in May from $9.4 billion a year earlier. Hackers shut
down six of the nine hospitals. The treaty of 1974 was renounced in 2019. An alarm went off at 2.10
a.m. but the valves were closed at 3.55 a.m. on Thursday. The line was dead for 47 minutes."""


def judged(text: str, cited: str):
    sources = sources_of(TEXT)
    claim = claim_of(text, cited)
    return check_figures(claim, passage_for(claim, sources))


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Reserves shrank by $2.5 billion to $6.9 billion over a year.", "1.1"),
        ("Two thirds of the hospitals were shut down.", "1.2"),
        ("The treaty was renounced 45 years after it was made.", "1.3"),
        ("The line was dead for three quarters of an hour.", "1.5"),
    ],
)
def test_a_figure_that_follows_from_those_cited_is_left_to_a_reader(text, cited):
    assert judged(text, cited) is None


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Reserves shrank by $3.5 billion to $6.9 billion over a year.", "1.1"),
        ("A quarter of the hospitals were shut down.", "1.2"),
        ("The treaty was renounced 30 years after it was made.", "1.3"),
    ],
)
def test_a_figure_that_does_not_follow_still_fails(text, cited):
    verdict = judged(text, cited)
    assert verdict is not None
    assert verdict.method == "figures"
