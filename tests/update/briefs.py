"""An earlier brief on the letter, and the one on the letter with a later article, both scripted."""

import asyncio
from functools import cache
from typing import Any

from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import load_prompts
from agent.update.brief import compare
from agent.update.join import join_sources
from schemas.brief import Brief
from schemas.sources import Sources
from schemas.update import Update
from tests.builders import Scripted, good_answers, judgement, make_source, report
from tests.recheck.briefs import written
from tests.test_pipeline import RUN

LATER = "\n\n".join(
    (
        "Seoul raised its estimate of North Korean losses in Russia on Tuesday and said that the "
        "soldiers there are being replaced.",
        "South Korean intelligence officials now estimate that about 3,100 of the troops in Russia "
        "have been killed.",
        "North Korea's Foreign Ministry published a total of its dead for the first time and gave "
        "it as 1,280.",
        "Families in Pyongyang receive a list of names this week, state media said.",
        "Russia has stopped the deliveries of fuel to North Korea, South Korean officials said.",
        "The talks between Kim Jong Un and Vladimir Putin on a new treaty of trade begin in May.",
    )
)
FUEL_ENDS = "Fuel from Russia no longer blunts sanctions."
TREATY = "A new treaty of trade binds Pyongyang closer to Moscow."


def later_answers(**changes: Any) -> dict[str, Any]:
    """Return the answers of the model on both articles: some as before, some others."""
    answers = dict(good_answers())
    answers["implications"] = {
        "overall": [
            judgement(
                "1.6", "2.1",
                text="Engineers replace combat troops as the main support.",
                likelihood="very likely",
            )
        ],
        "political": [judgement("1.1", text="After the war Putin owes Kim a visible favour.")],
        "security": [judgement("2.6", text=TREATY)],
        "cyber": [],
        "economic": [judgement("2.5", text=FUEL_ENDS)],
    }  # fmt: skip
    answers["bluf"] = {
        "what": [
            report(
                "2.2",
                text="South Korean intelligence officials now estimate that about 3,100 of the "
                "troops in Russia have been killed.",
            )
        ],
        "meaning": [
            judgement("1.6", text="Engineers carry more of the alliance than soldiers do.")
        ],
    }
    # No event acts on another: what the model says of a likelihood stays what it said.
    answers["cross_impact"] = {"impacts": []}
    return answers | changes


@cache
def earlier() -> Brief:
    """Return the brief on the letter alone, its likelihoods as the model gave them."""
    return write(
        Sources(items=written().sources), good_answers() | {"cross_impact": {"impacts": []}}
    )


def write_later(**changes: Any) -> Brief:
    """Return the brief on both articles."""
    added = Sources(
        items=(make_source(LATER, name="later.txt", title="Seoul raises its estimate"),)
    )
    return write(join_sources(earlier(), added), later_answers(**changes))


def update_of(before: Brief, now: Brief, *, judge: Any = None) -> Update:
    """Return what changed from one brief to the other, with a judge if one is given."""
    return asyncio.run(compare(before, now, judge=judge, prompts=load_prompts("v1")))


def write(sources: Sources, answers: dict[str, Any]) -> Brief:
    model = Scripted(**answers)
    return asyncio.run(
        write_brief(
            sources,
            model,
            load_prompts("v1"),
            Silent(),
            judge=model,
            describe_run=lambda: RUN,
        )
    )
