"""Fill a section that came out empty with attributed source sentences, chosen without a model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.material import fold
from agent.sections import cues
from agent.sections.catalogue import PartPlan, SectionPlan
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence, Sources

METHOD = "source sentence"


@dataclass(frozen=True)
class Choice:
    """Which sentences serve a part whose drafts all failed, and how the brief introduces them.

    Attributes:
        needs: Cues that a sentence must have, each of them.
        count: How many sentences at most.
        note: Printed before them.
        wants: Cues that put a sentence before others.
        avoids: Cues that rule a sentence out.
        least: How many different words of the first need a sentence must have.
    """

    needs: tuple[re.Pattern[str], ...]
    count: int
    note: str
    wants: tuple[re.Pattern[str], ...] = ()
    avoids: tuple[re.Pattern[str], ...] = ()
    least: int = 1


# In the order in which parts choose: those that need a rare kind of sentence come first.
CHOICES: Mapping[str, Choice] = {
    "bluf.what": Choice((), 2, "The sources open with:"),
    "assumptions.bias": Choice(
        (cues.STAKE,), 3, "State media, and parties with a stake:", wants=(cues.STATE_MEDIA,)
    ),
    "assumptions.gaps": Choice((cues.UNKNOWN,), 4, "What the sources say is not known:"),
    "outlook.most_likely": Choice(
        (cues.FORECAST,), 1, "The sources expect:", avoids=(cues.UNKNOWN, cues.LESS_LIKELY)
    ),
    "outlook.worst": Choice(
        (cues.WORSE, cues.EXPECTED), 1, "The sources warn of:", avoids=(cues.UNKNOWN,)
    ),
    "outlook.best": Choice(
        (cues.BETTER, cues.EXPECTED), 1, "The sources hold out:", avoids=(cues.UNKNOWN, cues.WORSE)
    ),
    "hypotheses.hypotheses": Choice(
        (cues.ACCOUNT,),
        4,
        "Accounts that a hypothesis would have to explain:",
        wants=(cues.CONTEST, cues.FIGURE),
        avoids=(cues.UNKNOWN,),
    ),
    "hypotheses.indicators": Choice(
        (cues.PLANNED,),
        2,
        "Plans and events in the sources:",
        wants=(cues.DATED,),
        avoids=(cues.UNKNOWN,),
    ),
    "outlook.immediate": Choice(
        (cues.ACTION, cues.DATED),
        2,
        "Steps that the sources announce or urge:",
        avoids=(cues.UNKNOWN, cues.LATER),
    ),
    "outlook.medium": Choice(
        (cues.LATER, cues.EXPECTED), 1, "Further ahead, the sources name:", avoids=(cues.UNKNOWN,)
    ),
    "assumptions.assumptions": Choice(
        (cues.LEANS_ON,), 2, "What the reporting leans on:", avoids=(cues.UNKNOWN,)
    ),
    **{
        f"implications.{domain}": Choice((words,), 1, "In the sources:", least=2)
        for domain, words in cues.DOMAINS.items()
    },
    "implications.overall": Choice(
        (cues.EXPECTED,),
        1,
        "In the sources:",
        wants=(cues.WORSE, cues.BETTER),
        avoids=(cues.UNKNOWN,),
    ),
    "bluf.meaning": Choice(
        (cues.EXPECTED,),
        1,
        "The sources look ahead:",
        wants=(cues.FORECAST, cues.WORSE),
        avoids=(cues.UNKNOWN,),
    ),
}
ANYTHING = Choice((), 1, "From the sources:")
PRIORITY = {key: place for place, key in enumerate(CHOICES)}


@dataclass(frozen=True)
class Filled:
    """What the fallback put into one part."""

    claims: tuple[Claim, ...]
    verdicts: Mapping[str, Verdict]
    note: str


def fill_parts(
    wanted: Sequence[tuple[SectionPlan, PartPlan]], sources: Sources
) -> Mapping[str, Filled]:
    """Return attributed sentences for the parts, by `prompt.part`.

    No sentence serves two parts, so that each says something of its own. A part that no sentence
    serves is missing from the result; but of a section with all its parts wanted at least the first
    is filled, with the most telling sentence, while there are sentences left.
    """
    used: set[str] = set()
    filled: dict[str, Filled] = {}
    for plan, part in sorted(
        wanted, key=lambda pair: PRIORITY.get(pair[0].key(pair[1]), len(PRIORITY))
    ):
        choice = CHOICES.get(plan.key(part))
        if choice and (chosen := _choose(choice, sources, used)):
            filled[plan.key(part)] = _as_claims(plan, part, chosen, choice.note)
    for plan, part in wanted:
        whole = all((plan, other) in wanted for other in plan.parts)
        bare = whole and not any(plan.key(other) in filled for other in plan.parts)
        if bare and (chosen := _choose(ANYTHING, sources, used)):
            filled[plan.key(part)] = _as_claims(plan, part, chosen, ANYTHING.note)
    return filled


def _as_claims(
    plan: SectionPlan, part: PartPlan, sentences: Sequence[Sentence], note: str
) -> Filled:
    claims = tuple(
        Claim(
            id=f"{plan.key(part)}.s{number}",
            section=plan.name,
            part=part.name,
            text=fold(sentence.text),
            basis="reported",
            evidence=(sentence.id,),
            author="program",
        )
        for number, sentence in enumerate(sentences, start=1)
    )
    return Filled(claims, {claim.id: quoted(claim) for claim in claims}, note)


def quoted(claim: Claim) -> Verdict:
    """Return the verdict on a sentence that the program took from the source as it stands."""
    return Verdict(
        claim=claim.id,
        label="supported",
        method=METHOD,
        score=1.0,
        evidence=claim.evidence,
        reason="the sentence of the source itself",
    )


def _choose(choice: Choice, sources: Sources, used: set[str]) -> list[Sentence]:
    """Return the best sentences in reading order, and take note that they are used."""
    scored = [
        (_score(choice, sentence), sentence)
        for sentence in sources.sentences.values()
        if sentence.id not in used
    ]
    fitting = [(score, s) for score, s in scored if score > 0]
    best = sorted(fitting, key=lambda pair: -pair[0])[: choice.count]
    chosen = {sentence.id for _, sentence in best}
    used |= chosen
    return [sentence for id, sentence in sources.sentences.items() if id in chosen]


def _score(choice: Choice, sentence: Sentence) -> float:
    if not _is_quotable(sentence) or any(p.search(sentence.text) for p in choice.avoids):
        return 0.0
    found = [cues.matches(pattern, sentence) for pattern in choice.needs]
    if not all(found) or (found and found[0] < choice.least):
        return 0.0
    liked = sum(1 for pattern in choice.wants if pattern.search(sentence.text))
    # "She said …" tells little to a reader who has not seen the sentence before it.
    awkward = 2.0 * bool(cues.REFERS_BACK.search(sentence.text))
    return max(0.1, 1.0 + sum(found) + liked + 0.5 * cues.salience(sentence) - awkward)


def _is_quotable(sentence: Sentence) -> bool:
    words = len(sentence.text.split())
    # Scripts without spaces have one word to a sentence, and say as much in a third of the letters.
    long_enough = words >= 6 or (not sentence.text.isascii() and len(sentence.text) >= 12)
    return long_enough and words <= 60 and len(sentence.text) <= 500
