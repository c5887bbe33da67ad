"""Does the brief say what a good one must, and does it stay out of the traps?"""

from evals.scorers.case import Case, share
from evals.scorers.words import any_has_marks


def facts_covered(case: Case) -> float | None:
    """Return the share of the known facts that a printed sentence carries.

    Nuggets with patterns, after the TREC question answering track (Voorhees 2003): a person wrote
    down what must be said, and by which words it is known.
    """
    if case.brief is None or case.facts is None:
        return None
    texts = [claim.text for claim in case.printed]
    carried = [any_has_marks(texts, fact.marks) for fact in case.facts.facts]
    return share(sum(carried), len(carried))


def hypotheses_named(case: Case) -> float | None:
    """Return the share of the hypotheses a good analyst would name that the model drafted."""
    if case.brief is None or case.facts is None:
        return None
    texts = [claim.text for claim in case.drafted if claim.section == "hypotheses"]
    named = [any_has_marks(texts, hypothesis.marks) for hypothesis in case.facts.hypotheses]
    return share(sum(named), len(named))


def traps_avoided(case: Case) -> float | None:
    """Return the share of the known traps that no drafted claim fell for."""
    if case.brief is None or case.facts is None:
        return None
    texts = [claim.text for claim in case.drafted]
    avoided = [not any_has_marks(texts, trap.wrong) for trap in case.facts.traps]
    return share(sum(avoided), len(avoided))
