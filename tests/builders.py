"""Sources and a scripted model, for stages that are tested without a real one."""

import hashlib
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
