"""Indicators that can be observed and that tell outcomes apart; wishes are refused.

Indicators: CIA, A Tradecraft Primer (2009). That the best indicator is likely in one outcome and
unlikely in all others is the rule of diagnosticity in Heuer and Pherson (2010).
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from agent.analysis.hedging import find_loose
from schemas.techniques import Effect

_WATCH = (
    "monitor|watch|track|follow|observe|assess|analy[sz]e|look|keep|continue|maintain|stay|await|"
    "wait|check|review|evaluate|consider|remain|survey|scan|note|pay"
)
_ORDER = re.compile(rf"^\W*(?:{_WATCH})\b", re.IGNORECASE)
_CALL = re.compile(rf"\b(?:should|must|needs? to|ought to)\b.*\b(?:{_WATCH})\b", re.IGNORECASE)
# What nobody can point at and date.
_VAGUE = re.compile(
    r"\b(?:situation|developments?|tensions?|dynamics|relations|relationship|cooperation|ties|"
    r"stability|instability|stance|rhetoric|posture|influence|sentiment)\b"
    r"(?: \w+){0,5}? (?:evolv|escalat|de-escalat|deteriorat|improv|worsen|chang|shift|increas|"
    r"decreas|ris|fall|grow|deepen|strengthen|weaken|continu|remain|eas|intensif|harden|soften|"
    r"cool|warm)\w*",
    re.IGNORECASE,
)
_CHANGE_OF = re.compile(
    r"\b(?:increase|decrease|rise|shift|change|escalation|deterioration|improvement|growth)s? "
    r"(?:in|of)\b|\b(?:signs?|indications?|evidence) (?:of|that)\b",
    re.IGNORECASE,
)
# A measure without a figure: how much would be enough?
_MEASURE = re.compile(
    r"\b(?:significant|substantial|considerable|notable|heightened|sustained|growing)(?:ly)?\b"
    r"|\b(?-i:major)\b"
    r"|\bincreas(?:ed|ing)\b(?!.*\d)"
    r"|\b(?:more|fewer|greater|less)\b(?! than (?:\w+ )?(?:\d|two|three|four|five|six|seven|eight"
    r"|nine|ten|a dozen|half|a hundred|a thousand))",
    re.IGNORECASE,
)


def find_form_fault(text: str) -> str | None:
    """Return what keeps a sentence from being an indicator, in one line, or None.

    An indicator names an act that somebody outside could see happen. Orders to watch something,
    changes of mood, measures without a figure and hedged acts are wishes. The rules read English.
    """
    faults = (
        (_ORDER.search(text) or _CALL.search(text), "is an order to watch, not an event"),
        (text.rstrip().endswith("?"), "is a question, not an event"),
        (find_loose(text), "hedges: an event is seen or it is not"),
        (_VAGUE.search(text), "names a mood, not an act that can be seen and dated"),
        (_CHANGE_OF.search(text), "names a change, not an act that can be seen and dated"),
        (_MEASURE.search(text), "gives a measure without a figure"),
    )
    return next((fault for found, fault in faults if found), None)


def find_table_fault(effects: Sequence[Effect], *, hypotheses: int, scenarios: int) -> str | None:
    """Return why the effects tell nothing apart, in one line, or None.

    An indicator has to move two hypotheses, or two scenarios, differently: one that fits them all
    is not an indicator.

    Args:
        effects: One for each hypothesis, then one for each scenario.
        hypotheses: How many hypotheses there are.
        scenarios: How many scenarios.
    """
    if len(effects) != hypotheses + scenarios:
        return f"rates {len(effects)} of {hypotheses + scenarios} outcomes"
    if len(set(effects[:hypotheses])) < 2 and len(set(effects[hypotheses:])) < 2:
        return "fits every outcome alike, so it tells none apart"
    return None


def due(published: date | None, within_days: int) -> str:
    """Return until when an indicator is watched: a date, or the span when no date is known."""
    if published is None:
        return f"{within_days} days on"
    return (published + timedelta(days=within_days)).isoformat()
