"""A brief with everything that a page can show."""

from datetime import UTC, datetime

from schemas.brief import Brief
from schemas.review import Decision, Review
from schemas.sources import Sentence
from schemas.update import IndicatorState, JudgementFate, Update
from tests.views.test_sourcing import SOURCING
from tests.views.test_techniques import BREAKS, GROUNDS, techniques

BEGAN = datetime(2026, 1, 3, 8, 0, tzinfo=UTC)


def complete(brief: Brief) -> Brief:
    """Return the brief with every technique, its sourcing, a mark, an update and a review."""
    return brief.model_copy(
        update={
            "techniques": (*brief.techniques, *techniques()),
            "ledger": (*brief.ledger, *BREAKS, *GROUNDS),
            "sourcing": SOURCING,
            "tlp": "AMBER",
            "category": "regional conflicts",
            "review": review(),
            "update": update(),
        }
    )


def review() -> Review:
    return Review(
        reviewer="Ines Halvorsen",
        draft_sha256="ab" * 32,
        began_at=BEGAN,
        ended_at=None,
        decisions=(
            Decision(
                claim="bluf.meaning.1",
                ruling="edited",
                at=BEGAN,
                before="The message secures payment.",
                text="The message is meant to secure payment for the troops before the war ends.",
            ),
        ),
    )


def update() -> Update:
    judgements = (
        JudgementFate(
            fate="new",
            before=None,
            after="implications.political.1",
            text_before=None,
            text_after="Kim raises the alliance with Russia at the party congress.",
            likelihood_after="very likely",
            why="no earlier judgement speaks of it",
            evidence=("2.1",),
        ),
        JudgementFate(
            fate="changed",
            before="outlook.most_likely.1",
            after="outlook.most_likely.1",
            text_before="Engineers replace combat troops.",
            text_after="Engineers and builders replace combat troops during 2026.",
            likelihood_before="unlikely",
            likelihood_after="likely",
            why="a new source reports a rotation",
            evidence=("1.12",),
        ),
        JudgementFate(
            fate="dropped",
            before="implications.cyber.1",
            after=None,
            text_before="Hackers of both countries share tools.",
            text_after=None,
            likelihood_before="likely",
            why="it did not stand the check again",
        ),
    )
    indicators = (
        IndicatorState(
            claim="hypotheses.indicators.1",
            text="The ministry names the date of the congress.",
            fired=True,
            verdict="supported",
            score=0.91,
            evidence=("2.1",),
        ),
        IndicatorState(
            claim="hypotheses.indicators.2",
            text="A congress that is silent about Russia.",
            fired=False,
            verdict="unsupported",
            score=0.08,
            evidence=(),
        ),
    )
    return Update(
        earlier_sha256="cd" * 32,
        earlier_title="Kim writes to Putin",
        earlier_generated_at=datetime(2025, 12, 28, 9, 0, tzinfo=UTC),
        earlier_run="20251228T090000-1a2b",
        new_sources=(2,),
        judgements=judgements,
        indicators=indicators,
    )


def long_source(brief: Brief, *, words: int) -> Brief:
    """Return the brief with a first source of so many words, each sentence with a claim on it."""
    first, *others = brief.sources
    texts: list[str] = []
    while sum(len(text.split()) for text in texts) < words:
        texts.append(first.sentences[len(texts) % len(first.sentences)].text)
    sentences, start = [], 0
    for number, text in enumerate(texts, start=1):
        end = start + len(text)
        sentences.append(Sentence(id=f"1.{number}", start=start, end=end, text=text))
        start = end + 1
    source = first.model_copy(update={"text": " ".join(texts), "sentences": tuple(sentences)})
    drawn = tuple(
        brief.ledger[0].model_copy(update={"id": f"bluf.what.{10 + n}", "evidence": (s.id,)})
        for n, s in enumerate(sentences)
    )
    what, *more = brief.bluf.parts
    parts = (what.model_copy(update={"claims": (*what.claims, *drawn)}), *more)
    return brief.model_copy(
        update={
            "sources": (source, *others),
            "bluf": brief.bluf.model_copy(update={"parts": parts}),
            "ledger": (*brief.ledger, *drawn),
        }
    )
