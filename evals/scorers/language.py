"""Faults of estimative language, and how much of what was drafted could be printed."""

from agent.analysis.tradecraft import faults_in_brief
from evals.scorers.case import Case, share


def language_clean(case: Case) -> float | None:
    """Return the share of printed sentences without a fault of tradecraft (ICD 203)."""
    if case.brief is None:
        return None
    faulty = {fault.claim for fault in faults_in_brief(case.brief)}
    clean = sum(1 for claim in case.printed if claim.id not in faulty)
    return share(clean, len(case.printed))


def drafts_printed(case: Case) -> float | None:
    """Return the share of drafted sentences that were printed: one minus the withheld share.

    This one is the verifier's opinion of the writer, so it tells what a version costs and never
    whether it is right.
    """
    if case.brief is None:
        return None
    withheld = {claim.id for claim in case.brief.withheld}
    return share(sum(1 for c in case.drafted if c.id not in withheld), len(case.drafted))
