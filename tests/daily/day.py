"""Briefs of one day for the tests of the library and of the roll-up."""

from datetime import UTC, datetime
from typing import Any

from agent.briefs import digest
from schemas.brief import Brief
from schemas.claims import CheckedClaim
from schemas.review import Review
from schemas.update import Update
from tests.analysis.products import claim, make_brief
from tests.builders import LETTER, make_source

# The event of LETTER, told by another outlet in other words.
OTHER_TELLING = "\n\n".join(
    (
        "Kim Jong Un praised the soldiers whom Pyongyang sent to Russia in a letter to Putin.",
        "Seoul says that Russia pays Pyongyang in fuel for them.",
        "Officials in Seoul put the number of North Korea's dead at about 600.",
        "Putin has not answered Kim in public, and Russia gives no figure of its own.",
    )
)
OTHER_EVENT = "\n\n".join(
    (
        "The Upper Sanu dam in Kembara burst on Tuesday, and the army of Kembara went to Loma.",
        "Aranda, who runs the dam, said in Loma that about 600 of the soldiers were missing.",
        "Aranda declined to say more about the Sanu dam.",
    )
)
DAY = datetime(2026, 1, 2, 9, tzinfo=UTC)


def brief_of(
    number: int,
    *claims: CheckedClaim,
    text: str = LETTER,
    publisher: str | None = "Peninsula Wire",
    **known: Any,
) -> Brief:
    """Return a draft of 2 January 2026 with these claims; a higher number is a later one."""
    brief = make_brief(*claims, hypotheses=())
    fields = {
        "title": f"Brief number {number}",
        "generated_at": DAY.replace(minute=number % 60),
        "sources": (make_source(text, publisher=publisher),),
        "run": brief.run.model_copy(update={"id": f"20260102-09{number:02}00-abcdef"}),
        **known,
    }
    return brief.model_copy(update=fields)


def reported(text: str, *evidence: str, id: str = "bluf.what.1", **known: Any) -> CheckedClaim:
    """Return a reported fact of the bottom line, on sentence 1.1 unless stated."""
    return claim(id, text, basis="reported", evidence=evidence or ("1.1",), **known)


def reviewed(brief: Brief) -> Brief:
    """Return the brief as Hana Whitlock signed it."""
    review = Review(
        reviewer="Hana Whitlock",
        draft_sha256=digest(brief),
        began_at=DAY,
        ended_at=DAY,
        decisions=(),
    )
    return brief.model_copy(update={"status": "reviewed", "review": review})


def updates(brief: Brief, *, by_run: bool = True) -> Update:
    """Return what an update of the brief says of it, by its run or by its hash alone."""
    return Update(
        earlier_sha256="0" * 64 if by_run else digest(brief),
        earlier_title=brief.title,
        earlier_generated_at=brief.generated_at,
        earlier_run=brief.run.id if by_run else "another",
        new_sources=(),
        judgements=(),
        indicators=(),
    )
