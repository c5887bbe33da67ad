"""Sources and a scripted model, for stages that are tested without a real one."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from agent.errors import ModelError
from agent.llm.request import Filled
from agent.sources.sentences import number_sentences
from schemas.sources import Source

LETTER = "\n\n".join(
    (
        "North Korean leader Kim Jong Un told Russian President Vladimir Putin that their "
        "alliance was bound in blood, state media reported on Saturday.",
        "South Korean intelligence officials estimate that North Korea has sent roughly "
        "15,000 troops to Russia since late 2024 and that about 2,000 of those troops have "
        "been killed.",
        "Pyongyang has never published a total of its dead.",
        "None of the casualty figures could be independently verified.",
        "Lim Dae-sung, an analyst at the Institute for Far Eastern Studies, said both "
        "governments had a reason to shape the number.",
        "Lim said a further rotation of engineers in early 2026 was more likely than a new "
        "combat deployment.",
        "South Korean officials say Russia has paid for the troops with money, food and fuel.",
        "Kim is expected to set out military plans at the party congress in early 2026.",
    )
)


def make_source(text: str, *, number: int = 1, **fields: Any) -> Source:
    """Return a source of the given text, with plausible origins unless stated."""
    known: dict[str, Any] = {
        "name": f"source-{number}.txt",
        "kind": "text",
        "title": "Kim tells Putin that the alliance is bound in blood",
        "publisher": "Peninsula Wire",
        "author": None,
        "published": date(2025, 12, 28),
        "published_from": "stated",
        "url": None,
        "language": "en",
    }
    return Source(
        number=number,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        sentences=number_sentences(text, source=number),
        **{**known, **fields},
    )


Answer = dict[str, Any] | ModelError | Callable[[Filled], dict[str, Any]]


class Scripted:
    """A model that gives the answers it was given, by prompt, and keeps what it was asked."""

    name = "scripted"
    context_tokens = 32_768
    parallel = 8
    judges = True

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[Filled] = []

    async def ask(self, shape: Any, request: Filled, *, repeat: int = 0) -> Any:
        self.asked.append(request)
        answer = self.answers[request.prompt]
        if isinstance(answer, ModelError):
            raise answer
        return shape.model_validate(answer(request) if callable(answer) else answer)


def report(*evidence: str, text: str) -> dict[str, Any]:
    """Return a fact as a model answers it."""
    return {"evidence": list(evidence), "text": text}


def judgement(*evidence: str, text: str, likelihood: str = "likely") -> dict[str, Any]:
    """Return an inference as a model answers it."""
    return {"evidence": list(evidence), "text": text, "likelihood": likelihood}


def supported(request: Filled) -> dict[str, Any]:
    """Return the findings of a judge that supports whatever it is shown."""
    count = request.text.count("\nPassage ")
    return {"findings": [{"reason": "It says so.", "label": "supported"}] * count}


def graded_speakers(request: Filled) -> dict[str, Any]:
    """Return one middling grade for each speaker that the prompt lists."""
    ids = re.findall(r"^\[(\d+\.\d+)\] [^\n]*\), in source", request.text, re.MULTILINE)
    return {
        "grades": [
            {
                "speaker": id,
                "basis": "speaks for a party to the matter",
                "interested": "no",
                "reliability": "fairly reliable",
            }
            for id in ids
        ]
    }


def graded_items(request: Filled) -> dict[str, Any]:
    """Return "possibly true" for each sentence that the prompt lists; it weighs 1."""
    listed = request.text.rpartition("For each of the sentences")[2].partition("in that order")[0]
    return {
        "grades": [
            {
                "evidence": id,
                "basis": "plausible, nothing else speaks to it",
                "credibility": "possibly true",
            }
            for id in re.findall(r"\d+\.\d+", listed)
        ]
    }


def good_answers() -> dict[str, Answer]:
    """Return answers on LETTER that an able model could give, one for each prompt."""
    return {
        "signals": {
            "signals": [
                {"evidence": "1.1", "speaker": "state media", "speaker_kind": "state media"},
                {"evidence": "1.2", "speaker": "officials", "speaker_kind": "official"},
                {"evidence": "1.4", "speaker": "the outlet", "speaker_kind": "the outlet"},
                {
                    "evidence": "1.5",
                    "speaker": "Lim Dae-sung",
                    "speaker_kind": "independent expert",
                },
                {"evidence": "1.6", "speaker": "Lim", "speaker_kind": "independent expert"},
                {"evidence": "1.7", "speaker": "officials", "speaker_kind": "official"},
            ]
        },
        "hypotheses": {
            "hypotheses": [
                judgement(
                    "1.1", "1.7", text="Pyongyang trades troops to Moscow for money and fuel."
                ),
                judgement("1.1", text="The bond in blood is display for an audience at home."),
                judgement("1.3", "1.5", text="Pyongyang hides its dead to mislead the public."),
            ],
        },
        "assumptions": {
            "assumptions": [
                report("1.2", text="Seoul can count troops that it does not see."),
                report("1.7", text="Payments to Pyongyang go on while the troops stay."),
            ],
            "gaps": [
                report("1.7", text="Nobody outside knows the scale of the payments by Russia.")
            ],
            "bias": [
                report("1.5", text="Both governments gain when the number of dead suits them.")
            ],
        },
        "implications": {
            "overall": [
                judgement(
                    "1.6",
                    text="Engineers replace combat troops as the main support.",
                    likelihood="roughly even chance",
                )
            ],
            "political": [judgement("1.1", text="Putin owes Kim a visible favour after the war.")],
            "security": [
                judgement("1.2", text="South Korean planners raise their estimate again.")
            ],
            "cyber": [],
            "economic": [judgement("1.7", text="Fuel and food from Russia blunt sanctions.")],
        },
        "outlook": {
            "immediate": [report("1.8", text="Track announcements of the party congress.")],
            "medium": [report("1.7", text="Map the payments in fuel and food from Russia.")],
            "best": [
                judgement(
                    "1.6", text="No new combat troops leave for Russia.", likelihood="unlikely"
                )
            ],
            "worst": [
                judgement(
                    "1.6",
                    text="A new combat deployment follows the congress.",
                    likelihood="very unlikely",
                )
            ],
            "most_likely": [
                judgement("1.6", text="Builders rotate in while combat troops come home.")
            ],
        },
        "entities": {
            "entities": [
                {"evidence": ["1.1"], "name": "Kim Jong Un", "role": "North Korean leader"},
                {"evidence": ["1.1"], "name": "Vladimir Putin", "role": "Russian President"},
            ]
        },
        "tags": {
            "tags": [
                {"evidence": ["1.1"], "tag": "alliance"},
                {"evidence": ["1.2"], "tag": "troops"},
                {"evidence": ["1.4"], "tag": "casualty figures"},
            ]
        },
        "causal_layers": {
            "litany": [
                report(
                    "1.1",
                    text="Kim Jong Un told Vladimir Putin that their alliance was bound in blood, "
                    "state media reported.",
                )
            ],
            "systemic": [judgement("1.7", text="Scarcity drives Pyongyang to sell soldiers.")],
            "worldview": [judgement("1.1", text="Kim takes sacrifice for the measure of an ally.")],
            "myth": [judgement("1.1", text="The alliance is told as a brotherhood of blood.")],
        },
        "key_assumptions": {
            "tests": [
                {
                    "assumption": 1,
                    "evidence": ["1.2", "1.4"],
                    "breaks": "Seoul withdraws its count of the troops in Russia.",
                    "resting": [5],
                    "standing": "unsupported",
                },
                {
                    "assumption": 2,
                    "evidence": ["1.7"],
                    "breaks": "Fuel and food from Russia stop while the troops stay.",
                    "resting": [1, 6],
                    "standing": "with caveats",
                },
            ]
        },
        "deception": {
            "tests": [
                {
                    "speaker": 1,
                    "motive": report("1.5", text="South Korean officials gain from a high number."),
                    "opportunity": report(
                        "1.3", "1.4", text="Nobody outside can check the casualty figures."
                    ),
                    "means": report("1.2", text="The estimate comes from intelligence officials."),
                },
                {
                    "speaker": 2,
                    "motive": report("1.1", text="State media gain when the alliance looks firm."),
                    "opportunity": report("1.3", text="Pyongyang keeps the total to itself."),
                    "means": report("1.1", text="State media alone carried the words to Putin."),
                },
            ]
        },
        "drivers": {
            "events": [
                judgement(
                    "1.8",
                    text="The party congress announces a second troop contract with Moscow.",
                    likelihood="roughly even chance",
                )
            ]
        },
        "cross_impact": {
            "impacts": [
                {
                    "given": "E5",
                    "event": "E4",
                    "reason": "A contract fixes the payments",
                    "likelihood": "almost certain",
                },
                {
                    "given": "E5",
                    "event": "E1",
                    "reason": "Soldiers go instead of engineers",
                    "likelihood": "very unlikely",
                },
                {
                    "given": "E2",
                    "event": "E5",
                    "reason": "A debt makes a contract easier",
                    "likelihood": "very likely",
                },
            ]
        },
        "indicators": {
            "events": [
                {
                    "evidence": ["1.3"],
                    "text": "Families in Pyongyang receive a list of names.",
                    "times": 1,
                    "within_days": 90,
                    "effects": ["no change", "less likely", "less likely", *["no change"] * 3],
                },
                {
                    "evidence": ["1.6"],
                    "text": "Trains with engineers leave North Korea for Russia.",
                    "times": 3,
                    "within_days": 180,
                    "effects": ["more likely", "less likely", "no change"] * 2,
                },
            ]
        },
        "matrix": lambda request: {
            "rows": [
                {
                    "signal": id,
                    "ratings": ratings if "A. Pyongyang trades" in request.text else ratings[::-1],
                }
                for id, ratings in (
                    ("1.1", ["C", "C", "N"]),
                    ("1.2", ["C", "I", "C"]),
                    ("1.4", ["N", "N", "C"]),
                    ("1.7", ["CC", "II", "I"]),
                )
            ]
        },
        "bluf": {
            "what": [
                report(
                    "1.2",
                    text="South Korean intelligence officials estimate that about 2,000 of "
                    "the troops have been killed.",
                )
            ],
            "meaning": [
                judgement("1.6", text="Engineers carry more of the alliance than soldiers do.")
            ],
        },
        "category": {
            "evidence": ["1.1"],
            "event": "A message on the alliance",
            "category": "diplomacy",
        },
        "grade_speakers": graded_speakers,
        "grade_items": graded_items,
        "judge": supported,
        "judge_premises": supported,
        "repair": {"claims": []},
    }
