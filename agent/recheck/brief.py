"""Work a stored brief out again, offline: what of it holds, and what does not."""

from collections.abc import Sequence
from pathlib import Path

from agent.analysis.tradecraft import faults_in_brief
from agent.briefs import digest
from agent.clean import one_line
from agent.prompts import PromptSet
from agent.recheck.confidence import check_confidence
from agent.recheck.evidence import check_citations, check_copies, check_sentences, check_texts
from agent.recheck.ledger import check_ledger, check_names, check_review
from agent.recheck.making import check_making
from agent.recheck.matrix import check_matrix
from agent.recheck.originals import check_originals
from agent.recheck.places import check_places
from agent.recheck.simulation import check_simulation
from agent.recheck.sourcing import check_head, check_sourcing
from agent.recheck.verdicts import check_verdicts
from agent.views.lines import status
from schemas.brief import Brief
from schemas.recheck import Check, Recheck, Reproduction
from schemas.sources import Source

NO_GROUND = "not worked out again: sentences or citations do not hold"


async def recheck_brief(
    brief: Brief, prompts: PromptSet, *, own: Path | None = None, originals: Sequence[Source] = ()
) -> Recheck:
    """Return what of the brief holds when it is worked out again from what it holds itself.

    Args:
        brief: As it was stored.
        prompts: Any version; no prompt of it is asked.
        own: The folder of the user's own prompt versions.
        originals: The articles, to compare with the texts in the brief.
    """
    sentences, citations = check_sentences(brief), check_citations(brief)
    # A changed text is told by its hash alone; the steps still say which claims it touches.
    ground = bool(brief.sources) and not sentences.faults
    verdicts, again = await _verdicts(brief, prompts, ground=ground)
    checks = (
        check_texts(brief),
        sentences,
        citations,
        check_copies(brief),
        check_originals(brief, originals) if originals and brief.sources else None,
        check_ledger(brief),
        check_names(brief),
        check_places(brief),
        check_review(brief),
        verdicts,
        check_matrix(brief),
        check_confidence(brief) if brief.sources else None,
        check_simulation(brief) if brief.sources else None,
        check_sourcing(brief) if ground and not citations.faults else _skipped("sourcing"),
        check_head(brief),
        check_making(brief, own),
        _check_tradecraft(brief),
    )
    return Recheck(
        title=brief.title,
        run=brief.run.id,
        bluf_version=brief.run.bluf_version,
        sha256=digest(brief),
        status=status(brief),
        checks=tuple(check for check in checks if check is not None),
        verdicts=again,
    )


async def _verdicts(
    brief: Brief, prompts: PromptSet, *, ground: bool
) -> tuple[Check, tuple[Reproduction, ...]]:
    return await check_verdicts(brief, prompts) if ground else (_skipped("verdicts"), ())


def _skipped(name: str) -> Check:
    return Check(
        name=name, subject="conclusions", asked="", count=0, unit="looked at", skipped=NO_GROUND
    )


def _check_tradecraft(brief: Brief) -> Check:
    """Return the linter's findings as notes: they are matters of style, and no claim falls."""
    found = faults_in_brief(brief)
    return Check(
        name="tradecraft",
        subject="conclusions",
        asked="the linter's findings, for information",
        count=len(found),
        unit="findings",
        notes=tuple(one_line(f"{f.claim}: {f.kind}: {f.words} - {f.advice}", 300) for f in found),
    )
