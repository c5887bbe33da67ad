"""Run the exact steps on a claim, cheapest first, until one of them decides."""

from collections.abc import Callable

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
    """Return the first verdict an exact step can give, or None when only a judge can decide.

    Nothing is supported by silence: a reported claim stands only on the words of its sentence,
    and a judgement, assumption or recommendation only after every step has passed it. Whether the
    claim repeats another is not seen here but once it is known which of them stand (`cascade.py`).
    """
    passage = passage_for(claim, sources)
    return (
        check_citations(claim, passage)
        or check_wellformed(claim, passage)
        or check_verbatim(claim, passage)
        or check_label(claim, passage)
        or _check_sentence(claim, passage)
    )


def _check_sentence(claim: Claim, passage: Passage) -> Verdict | None:
    specifics: tuple[tuple[Check, Locate], ...] = (
        (check_quotations, locate_quotations),
        (check_figures, locate_figures),
        (check_dates, locate_dates),
        (check_names, locate_names),
    )
    for check, locate in specifics:
        verdict = check(claim, passage)
        if verdict:
            return verdict
        # An inference may name whom the sources name; a sentence is no premise of it for that.
        if locate is not locate_names or claim.basis == "reported":
            passage = passage.citing(locate(claim, passage))
    if claim.basis == "reported":
        return _check_report(claim, passage)
    return _check_inference(claim, passage)


def _check_report(claim: Claim, passage: Passage) -> Verdict | None:
    checks = (check_negation, check_roles, check_speakers, check_certainty, check_wording)
    return next((v for check in checks if (v := check(claim, passage))), None)


def _check_inference(claim: Claim, passage: Passage) -> Verdict:
    checks = (check_premises, check_negation, check_roles)
    against = next((v for check in checks if (v := check(claim, passage))), None)
    return against or in_favour(
        claim,
        method="premises",
        reason="rests on the cited sentences, brings in nothing they lack",
        score=0.6,
        evidence=passage.ids,
    )
