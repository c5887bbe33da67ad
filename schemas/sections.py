"""What the model fills, one shape for each call.

Docstrings and descriptions here are sent to the model. `Cite` stands for the ids of the sentences
that the prompt shows; `citing` binds it, so that a citation that points nowhere cannot be written.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import Field
from typing_extensions import TypeAliasType

from schemas.claims import Likelihood
from schemas.record import Record

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
    "unnamed",
]

# A hint for constrained decoding, not a check of ours (that is verify/wellformed.py): one line that
# starts with a capitalised word and ends like a sentence. Without it a small model copies ids. It
# excludes the straight quote: llama.cpp's grammar would take it for the end of the JSON string.
SENTENCE = {"pattern": "^[A-Z][A-Za-z'’.-]* [^\\n\\[\\]{}<>\\\\\"]{20,180}[.]$"}
LABEL = {"pattern": '^[A-Za-z][^\\n\\[\\]{}<>\\\\"]{1,60}$'}

SentenceText = Annotated[str, Field(min_length=1, json_schema_extra=cast(Any, SENTENCE))]
LabelText = Annotated[str, Field(min_length=1, json_schema_extra=cast(Any, LABEL))]


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


class Hypotheses(Answer, Generic[Cite]):
    """Explanations that cannot all be true, and what would tell them apart."""

    hypotheses: list[Judgement[Cite]] = Field(min_length=3, max_length=4)
    indicators: list[Premise[Cite]] = Field(
        min_length=1, max_length=2, description="Observable events that would favour one of them."
    )


class Assumptions(Answer, Generic[Cite]):
    """What the reporting rests on, what is not known, and who has reason to shape it."""

    assumptions: list[Premise[Cite]] = Field(min_length=2, max_length=3)
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
