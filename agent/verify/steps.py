"""Run the exact steps on a claim, cheapest first, until one of them decides."""

from collections.abc import Callable, Iterator

from agent.verify.additions import check_additions
from agent.verify.addressing import check_addressing, quotable
from agent.verify.certainty import check_certainty
from agent.verify.citations import check_citations
from agent.verify.dates import check_dates, locate_dates
from agent.verify.figures import check_figures, locate_figures
from agent.verify.labels import check_label
from agent.verify.names import check_names, locate_names
from agent.verify.negation import check_negation
from agent.verify.passage import Passage, passage_for
from agent.verify.premises import check_premises
from agent.verify.quotations import check_quotations, locate_quotations
from agent.verify.roles import check_roles
from agent.verify.speakers import check_speakers
from agent.verify.verdicts import in_favour
from agent.verify.wellformed import check_wellformed
from agent.verify.wording import check_verbatim, check_wording
from schemas.claims import Claim, Verdict
from schemas.sources import Sources

Check = Callable[[Claim, Passage], Verdict | None]
Locate = Callable[[Claim, Passage], tuple[str, ...]]


def check_by_rule(claim: Claim, sources: Sources) -> Verdict | None:
    """Return the first verdict an exact step can give, or None when only a reader can decide.

    Nothing is supported by silence: a reported claim stands only on the words of its sentence,
    and a judgement, assumption or recommendation only after every step has passed it. Whether the
    claim repeats another is not seen here but once it is known which of them stand (`cascade.py`).
    """
    return next(findings(claim, sources), None)


def findings(claim: Claim, sources: Sources) -> Iterator[Verdict]:
    """Yield every verdict that a step gives, in the order of the steps; each runs when asked for.

    The first decides. The others show what each step is worth, which `bluf bench` measures.
    """
    yield from _each((check_citations, check_addressing), claim, passage_for(claim, sources))
    # What addresses a reader or a model bears nothing out, whoever cites it.
    passage = passage_for(claim, quotable(sources))
    yield from _each((check_wellformed, check_verbatim, check_label), claim, passage)
    specifics: tuple[tuple[Check, Locate], ...] = (
        (check_quotations, locate_quotations),
        (check_figures, locate_figures),
        (check_dates, locate_dates),
        (check_names, locate_names),
    )
    for check, locate in specifics:
        yield from _each((check,), claim, passage)
        # An inference may name whom the sources name; a sentence is no premise of it for that.
        if locate is not locate_names or claim.basis == "reported":
            passage = passage.citing(locate(claim, passage))
    yield from _each((check_additions,), claim, passage)
    if claim.basis == "reported":
        checks = (check_negation, check_roles, check_speakers, check_certainty, check_wording)
        yield from _each(checks, claim, passage)
    else:
        yield from _each((check_premises, check_negation, check_roles), claim, passage)
        yield in_favour(
            claim,
            method="premises",
            reason="rests on the cited sentences, brings in nothing they lack",
            score=0.6,
            evidence=passage.ids,
        )


def _each(checks: tuple[Check, ...], claim: Claim, passage: Passage) -> Iterator[Verdict]:
    return (verdict for check in checks if (verdict := check(claim, passage)))
