"""What the model fills, one shape for each call.

Docstrings and descriptions here are sent to the model. `Cite` stands for the ids of the sentences
that the prompt shows; `citing` binds it, so that a citation that points nowhere cannot be written.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import Field
from typing_extensions import TypeAliasType

from schemas.claims import Likelihood
from schemas.filing import Category
from schemas.record import Record
from schemas.techniques import Effect, Standing

Cite = TypeVar("Cite", bound=str)
Shape = TypeVar("Shape", bound="Answer")

SpeakerKind = Literal[
    "state media",
    "official",
    "military",
    "independent expert",
    "witness",
    "wire",
    "the outlet",
    "company",
    "armed group",
    "other",
    "unnamed",
]

# Closed lists, so that what a grade rests on can be printed without a check of its own.
SpeakerBasis = Literal[
    "was there or has the record",
    "has no stake and says how it knows",
    "speaks for a party to the matter",
    "others in the source contradict it",
    "known in the source for false claims",
    "not named",
    "nothing to judge by",
]
SpeakerGradeWords = Literal[
    "completely reliable",
    "usually reliable",
    "fairly reliable",
    "not usually reliable",
    "unreliable",
    "cannot be judged",
]
ItemBasis = Literal[
    "detailed and consistent with the rest",
    "plausible, nothing else speaks to it",
    "only claimed, no support shown",
    "another speaker disputes it",
    "does not fit what else is known",
    "nothing to judge by",
]
# "Confirmed" is not among them: it takes two unrelated sources, and that is counted by code.
ItemGradeWords = Literal[
    "probably true", "possibly true", "doubtful", "improbable", "cannot be judged"
]

# A hint for constrained decoding, not a check of ours (that is verify/wellformed.py): one line that
# starts with a capitalised word and ends like a sentence. Without it a small model copies ids. It
# excludes the straight quote: llama.cpp's grammar would take it for the end of the JSON string.
SENTENCE = {"pattern": "^[A-Z][A-Za-z'’.-]* [^\\n\\[\\]{}<>\\\\\"]{20,180}[.]$"}
LABEL = {"pattern": '^[A-Za-z][^\\n\\[\\]{}<>\\\\"]{1,60}$'}

SentenceText = Annotated[str, Field(min_length=1, json_schema_extra=cast(Any, SENTENCE))]
LabelText = Annotated[str, Field(min_length=1, json_schema_extra=cast(Any, LABEL))]


MOST_ASSUMPTIONS = 3
MOST_SPEAKERS = 3


class Answer(Record):
    """The base of every shape that a model fills."""


class Report(Answer, Generic[Cite]):
    """One fact that the source reports."""

    evidence: list[Cite] = Field(
        min_length=1, max_length=3, description="Ids of the sentences that state the fact."
    )
    text: SentenceText = Field(
        description="The fact in one sentence, with who says so when it is somebody's claim."
    )


class Judgement(Answer, Generic[Cite]):
    """One inference of yours that goes beyond what the source says."""

    evidence: list[Cite] = Field(
        min_length=1, max_length=4, description="Ids of the sentences it is inferred from."
    )
    text: SentenceText = Field(
        description="The inference in one plain sentence, without may, might, could or likely."
    )
    likelihood: Likelihood


class Premise(Answer, Generic[Cite]):
    """One sentence that has to be true, or is missing, for the reporting to hold."""

    evidence: list[Cite] = Field(
        min_length=1, max_length=3, description="Ids of the sentences it concerns."
    )
    text: SentenceText


class Action(Answer, Generic[Cite]):
    """One thing to do, addressed to the reader."""

    evidence: list[Cite] = Field(
        min_length=1, max_length=3, description="Ids of the sentences that call for it."
    )
    text: SentenceText = Field(
        description="An order in one sentence that starts with a verb: what to do about whom."
    )


class Signal(Answer, Generic[Cite]):
    """One sentence of the source that matters, and who speaks in it."""

    evidence: Cite = Field(description="Id of the sentence.")
    speaker: LabelText = Field(description="Who says so, by the name the source uses.")
    speaker_kind: SpeakerKind


class Signals(Answer, Generic[Cite]):
    """The sentences that a brief has to account for, most important first."""

    signals: list[Signal[Cite]] = Field(min_length=1, max_length=8)


class SpeakerGrade(Answer, Generic[Cite]):
    """How reliable one speaker is, whatever the speaker says here."""

    speaker: Cite = Field(description="Id that stands before the speaker in the list.")
    basis: SpeakerBasis
    interested: Literal["yes", "no", "not known"] = Field(
        description="Whether the speaker gains from being believed in this matter."
    )
    reliability: SpeakerGradeWords


class SpeakerGrades(Answer, Generic[Cite]):
    """One grade for each speaker of the list."""

    grades: list[SpeakerGrade[Cite]] = Field(min_length=1)


class ItemGrade(Answer, Generic[Cite]):
    """How credible one sentence is, whoever says it."""

    evidence: Cite = Field(description="Id of the sentence.")
    basis: ItemBasis
    credibility: ItemGradeWords


class ItemGrades(Answer, Generic[Cite]):
    """One grade for each sentence of the list."""

    grades: list[ItemGrade[Cite]] = Field(min_length=1)


class Hypotheses(Answer, Generic[Cite]):
    """Explanations that cannot all be true."""

    hypotheses: list[Judgement[Cite]] = Field(min_length=3, max_length=4)


class Assumptions(Answer, Generic[Cite]):
    """What the reporting rests on, what is not known, and who has reason to shape it."""

    assumptions: list[Premise[Cite]] = Field(min_length=2, max_length=MOST_ASSUMPTIONS)
    gaps: list[Premise[Cite]] = Field(min_length=1, max_length=3)
    bias: list[Premise[Cite]] = Field(min_length=1, max_length=2)


class Implications(Answer, Generic[Cite]):
    """What follows, by domain; a domain that the source says nothing about stays empty."""

    overall: list[Judgement[Cite]] = Field(min_length=1, max_length=2)
    political: list[Judgement[Cite]] = Field(max_length=1)
    security: list[Judgement[Cite]] = Field(max_length=1)
    cyber: list[Judgement[Cite]] = Field(max_length=1)
    economic: list[Judgement[Cite]] = Field(max_length=1)


class Outlook(Answer, Generic[Cite]):
    """What to do, and three ways it could go on."""

    immediate: list[Action[Cite]] = Field(
        min_length=1, max_length=2, description="Actions for the next 30 days."
    )
    medium: list[Action[Cite]] = Field(
        min_length=1, max_length=2, description="Posture for the next 1 to 12 months."
    )
    best: list[Judgement[Cite]] = Field(min_length=1, max_length=1)
    worst: list[Judgement[Cite]] = Field(min_length=1, max_length=1)
    most_likely: list[Judgement[Cite]] = Field(min_length=1, max_length=1)


class Entity(Answer, Generic[Cite]):
    """A person or an organisation that the source names."""

    evidence: list[Cite] = Field(min_length=1, max_length=2)
    name: LabelText = Field(description="The name as the source writes it.")
    role: LabelText = Field(description="The role, in words of the source.")


class Entities(Answer, Generic[Cite]):
    """The people and organisations that act or speak."""

    entities: list[Entity[Cite]] = Field(min_length=1, max_length=8)


class Tag(Answer, Generic[Cite]):
    """A theme under which a reader would look for this."""

    evidence: list[Cite] = Field(min_length=1, max_length=2)
    tag: LabelText = Field(description="One to three words, lower case unless a name.")


class Tags(Answer, Generic[Cite]):
    """Themes, from general to particular."""

    tags: list[Tag[Cite]] = Field(min_length=3, max_length=6)


class Filing(Answer, Generic[Cite]):
    """Under which one heading the reporting is filed."""

    evidence: list[Cite] = Field(
        min_length=1, max_length=2, description="Ids of the sentences that tell the main event."
    )
    event: LabelText = Field(description="The main event in a few words.")
    category: Category


class CausalLayers(Answer, Generic[Cite]):
    """Causal layered analysis, from the surface down."""

    litany: list[Report[Cite]] = Field(
        min_length=1, max_length=1, description="The visible account, as reported."
    )
    systemic: list[Judgement[Cite]] = Field(
        min_length=1, max_length=1, description="Social, economic or political structure behind it."
    )
    worldview: list[Judgement[Cite]] = Field(
        min_length=1,
        max_length=1,
        description="What the parties take for granted, and which party.",
    )
    myth: list[Judgement[Cite]] = Field(
        min_length=1, max_length=1, description="The image or story that a quoted phrase shows."
    )


class Bluf(Answer, Generic[Cite]):
    """The bottom line: what happened, then what it means."""

    what: list[Report[Cite]] = Field(min_length=1, max_length=2)
    meaning: list[Judgement[Cite]] = Field(min_length=1, max_length=2)


class Row(Answer, Generic[Cite]):
    """How one signal bears on each hypothesis."""

    signal: Cite = Field(description="Id of the sentence.")
    ratings: list[Literal["CC", "C", "N", "I", "II", "NA"]] = Field(
        description="One rating for each hypothesis in the order given: CC very consistent, "
        "C consistent, N neutral, I inconsistent, II very inconsistent, NA not applicable."
    )


class Matrix(Answer, Generic[Cite]):
    """Every signal rated against every hypothesis, one row after the other."""

    rows: list[Row[Cite]] = Field(min_length=1)


class AssumptionTest(Answer, Generic[Cite]):
    """One assumption put to the test."""

    assumption: int = Field(ge=1, le=MOST_ASSUMPTIONS, description="Its number in the list.")
    evidence: list[Cite] = Field(
        min_length=1, max_length=3, description="Ids of the sentences that bear on it."
    )
    breaks: SentenceText = Field(
        description="What one would observe if it were false, in one plain sentence."
    )
    resting: list[int] = Field(
        max_length=10, description="Numbers of the judgements that fail if it is false."
    )
    standing: Standing


class KeyAssumptions(Answer, Generic[Cite]):
    """Every listed assumption, tested."""

    tests: list[AssumptionTest[Cite]] = Field(min_length=1, max_length=MOST_ASSUMPTIONS)


class DeceptionTest(Answer, Generic[Cite]):
    """What one speaker would need in order to deceive."""

    speaker: int = Field(ge=1, le=MOST_SPEAKERS, description="The speaker's number in the list.")
    motive: Premise[Cite] = Field(description="What the speaker gains when it is believed.")
    opportunity: Premise[Cite] = Field(description="Why others cannot check it.")
    means: Premise[Cite] = Field(description="By which channel or control it shapes the account.")


class DeceptionTests(Answer, Generic[Cite]):
    """Motive, opportunity and means of every listed speaker."""

    tests: list[DeceptionTest[Cite]] = Field(min_length=1, max_length=MOST_SPEAKERS)


class WatchedEvent(Answer, Generic[Cite]):
    """An event that tells outcomes apart once it is observed."""

    evidence: list[Cite] = Field(
        min_length=1, max_length=3, description="Ids of the sentences that it follows up."
    )
    text: SentenceText = Field(
        description="Who does what, in one plain sentence: an act that an outsider can see and "
        "date. No order to watch something, no may or might."
    )
    times: int = Field(ge=1, le=1000, description="How often it has to be seen to count.")
    within_days: Literal[7, 30, 90, 180, 365]
    effects: list[Effect] = Field(
        description="What seeing it does to each outcome, in the order given."
    )


class WatchList(Answer, Generic[Cite]):
    """Events to watch for, the most telling first."""

    events: list[WatchedEvent[Cite]] = Field(min_length=1, max_length=5)


class Drivers(Answer, Generic[Cite]):
    """Further events that would make listed ones more or less likely."""

    events: list[Judgement[Cite]] = Field(min_length=1, max_length=3)


EventName = Literal["E1", "E2", "E3", "E4", "E5", "E6"]


class Impact(Answer):
    """What one event does to the likelihood of another."""

    given: EventName = Field(description="The event that happens.")
    event: EventName = Field(description="The event that it makes more or less likely.")
    reason: LabelText = Field(description="How the one acts on the other, in a few words.")
    likelihood: Likelihood = Field(description="How likely the second is once the first happens.")


class Impacts(Answer):
    """The pairs in which one event acts on the other, strongest first; all others are left out."""

    impacts: list[Impact] = Field(max_length=20)


class Finding(Answer):
    """Whether one passage supports one claim."""

    reason: str = Field(description="The words of the passage that decide it, and why.")
    label: Literal["supported", "partial", "contradicted", "not found"]


class Findings(Answer):
    """One finding for each claim, in the order of the claims."""

    findings: list[Finding]


class Rewrite(Answer, Generic[Cite]):
    """One claim written again so that its finding no longer holds."""

    evidence: list[Cite] = Field(min_length=1, max_length=4)
    text: SentenceText


class Rewrites(Answer, Generic[Cite]):
    """One rewritten claim for each failing one, in their order."""

    claims: list[Rewrite[Cite]]


def citing(shape: type[Shape], ids: Sequence[str]) -> type[Shape]:
    """Return the shape with its citations limited to the given sentence ids.

    The ids become one named definition in the JSON schema, referred to from every citation field:
    endpoints limit the total size of enumerations, and repeating it would multiply it.

    Args:
        shape: A generic shape of this module.
        ids: The sentences that the prompt shows, at least one.

    Raises:
        ValueError: `ids` is empty.
    """
    if not ids:
        raise ValueError("a shape that cites needs at least one sentence id")
    # These types are made at run time, where no type checker can follow.
    literal, alias, generic = cast(Any, (Literal, TypeAliasType, shape))
    return cast(type[Shape], generic[alias("Cite", literal[tuple(ids)])])
