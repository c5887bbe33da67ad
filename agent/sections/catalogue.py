"""What sections a brief has, in print order, and how each part of an answer becomes claims.

To add a section: a shape in schemas/sections.py, a prompt file of the same name, a plan here, and a
field in schemas/brief.py. Part names are the field names of the shape.
"""

from dataclasses import dataclass
from typing import Literal

from agent.clean import one_line
from agent.material import LONGEST_CLAIM
from schemas.claims import Basis, Claim, SectionName
from schemas.sections import Action, Answer, Entity, Judgement, Premise, Report, Tag


@dataclass(frozen=True)
class PartPlan:
    """One labelled list inside a section.

    Attributes:
        name: The field of the shape, and the part's name in the brief.
        title: What stands before its claims.
        basis: What its claims are.
        form: Whether they are sentences or labels.
        needed: Whether the sources are quoted here even when the rest of the section stands.
    """

    name: str
    title: str
    basis: Basis
    form: Literal["sentence", "label"] = "sentence"
    needed: bool = False


@dataclass(frozen=True)
class SectionPlan:
    """One section of the body; `prompt` names its prompt file."""

    name: SectionName
    title: str
    prompt: str
    parts: tuple[PartPlan, ...]

    def key(self, part: PartPlan) -> str:
        """Return what names one part among those of all sections, such as outlook.worst."""
        return f"{self.prompt}.{part.name}"


BLUF = SectionPlan(
    "bluf",
    "BLUF (Bottom Line Up Front)",
    "bluf",
    (
        PartPlan("what", "What happened", "reported", needed=True),
        PartPlan("meaning", "What it means", "judgement"),
    ),
)
HYPOTHESES = SectionPlan(
    "hypotheses",
    "Competing Hypotheses",
    "hypotheses",
    (
        PartPlan("hypotheses", "Hypothesis", "judgement", needed=True),
        PartPlan("indicators", "Indicators that could shift this", "judgement"),
    ),
)
ASSUMPTIONS = SectionPlan(
    "assumptions",
    "Key Assumptions and Red Flags",
    "assumptions",
    (
        PartPlan("assumptions", "Assumptions", "assumption"),
        PartPlan("gaps", "Information Gaps", "judgement"),
        PartPlan("bias", "Bias & Deception Risks", "judgement"),
    ),
)
IMPLICATIONS = SectionPlan(
    "implications",
    "Implications and Strategic Risks",
    "implications",
    (
        PartPlan("overall", "Overall", "judgement"),
        PartPlan("political", "Political / Geopolitical", "judgement"),
        PartPlan("security", "Security / Counter-Terrorism", "judgement"),
        PartPlan("cyber", "Cyber / Information Space", "judgement"),
        PartPlan("economic", "Economic / Social", "judgement"),
    ),
)
OUTLOOK = SectionPlan(
    "outlook",
    "Recommendations and Outlook",
    "outlook",
    (
        PartPlan("immediate", "Immediate Actions (0–30 days)", "recommendation"),
        PartPlan("medium", "Medium-Term Posture (1–12 months)", "recommendation"),
        PartPlan("best", "Scenario: Best", "judgement"),
        PartPlan("worst", "Scenario: Worst", "judgement"),
        PartPlan("most_likely", "Scenario: Most-Likely", "judgement"),
    ),
)
ENTITIES = SectionPlan(
    "entities",
    "Key Individuals and Entities",
    "entities",
    (PartPlan("entities", "Named in the sources", "reported", "label"),),
)
TAGS = SectionPlan(
    "tags", "Thematic Tags", "tags", (PartPlan("tags", "Themes", "reported", "label"),)
)
CAUSAL_LAYERS = SectionPlan(
    "techniques",
    "Causal Layered Analysis",
    "causal_layers",
    (
        PartPlan("litany", "Litany", "reported"),
        PartPlan("systemic", "Systemic causes", "judgement"),
        PartPlan("worldview", "Worldview", "judgement"),
        PartPlan("myth", "Myth", "judgement"),
    ),
)
KEY_ASSUMPTIONS = SectionPlan(
    "techniques",
    "Key Assumptions Check",
    "key_assumptions",
    (PartPlan("breaks", "What would break them", "judgement"),),
)
DECEPTION = SectionPlan(
    "techniques",
    "Deception Detection",
    "deception",
    (
        PartPlan("motive", "Motive", "judgement"),
        PartPlan("opportunity", "Opportunity", "judgement"),
        PartPlan("means", "Means", "judgement"),
    ),
)
DRIVERS = SectionPlan(
    "techniques",
    "Cross-Impact Simulation",
    "drivers",
    (PartPlan("events", "Further events", "judgement"),),
)
INDICATORS = SectionPlan(
    "hypotheses",
    "Indicators",
    "indicators",
    (PartPlan("indicators", "Indicators that could shift this", "judgement"),),
)

# In the order of the printed brief.
PLANS = (BLUF, HYPOTHESES, ASSUMPTIONS, IMPLICATIONS, OUTLOOK, ENTITIES, TAGS, CAUSAL_LAYERS)
# Drafted when there is a judge; what they say may be said in a section too.
TECHNIQUES = (INDICATORS, KEY_ASSUMPTIONS, DECEPTION, DRIVERS)


def claims_of(plan: SectionPlan, answer: Answer) -> tuple[Claim, ...]:
    """Return every sentence of a section's answer as a claim, in the order of its parts."""
    return tuple(
        Claim(
            id=f"{plan.key(part)}.{number}",
            section=plan.name,
            part=part.name,
            text=_text(item),
            basis=part.basis,
            evidence=tuple(dict.fromkeys(item.evidence)),
            likelihood=item.likelihood if isinstance(item, Judgement) else None,
            form=part.form,
        )
        for part in plan.parts
        # A part that another call drafts is no field of this answer.
        for number, item in enumerate(getattr(answer, part.name, ()), start=1)
    )


def _text(item: object) -> str:
    match item:
        case Entity():
            return one_line(f"{item.name}, {item.role}", limit=LONGEST_CLAIM)
        case Tag():
            return one_line(item.tag, limit=LONGEST_CLAIM)
        case Report() | Judgement() | Premise() | Action():
            return one_line(item.text, limit=LONGEST_CLAIM)
    raise TypeError(f"no claim can be made of a {type(item).__name__}")
