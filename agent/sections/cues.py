"""Words by which a sentence shows what it is about, for choices that are made without a model.

They are English. In another language nothing matches and only position counts.
"""

import re
from collections.abc import Mapping

from schemas.sources import Sentence


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


STATE_MEDIA = _any(
    r"state[- ](?:run |owned |controlled )?(?:media|television|TV|radio|news agency|broadcaster)",
    "KCNA",
    "Korean Central News Agency",
    "TASS",
    "RIA Novosti",
    "Sputnik",
    "Xinhua",
    "Global Times",
    "CGTN",
    "IRNA",
    "Press TV",
    "SANA",
)

UNKNOWN = _any(
    r"(?:could|can|been|be) (?:not )?(?:be )?independently (?:verified|confirmed)",
    r"not (?:been )?(?:independently |publicly )?"
    r"(?:verified|confirmed|released|published|disclosed)",
    r"(?:did|does|do|has|have|had) (?:not|never) "
    r"(?:say|said|give|given|gave|specify|specified|name|named|identify|elaborate|announced|"
    r"published|released|explain|explained|provide|provided|mention)",
    r"declined to",
    r"gave no",
    r"(?:is|was|remains?|remained) (?:un(?:clear|known|certain)|not (?:clear|known))",
    r"not immediately (?:clear|known)",
    r"neither [^.]{3,60} nor",
    r"no (?:outside body|details|evidence|word|independent)",
    "unverified",
    r"it was not clear",
)

ACCOUNT = _any(
    "said",
    "says",
    "told",
    "denied",
    "denies",
    "disputed",
    "rejected",
    "accused",
    "claimed",
    r"claims? (?:that|to)",
    "insisted",
    "estimates?",
    "estimated",
    "according to",
    "maintained",
    "blamed",
)

CONTEST = _any(
    "denied",
    "denies",
    "disputed",
    "disputes",
    "rejected",
    "accused",
    "claimed",
    "blamed",
    "contradicted",
    "doubt(?:s|ed)?",
    "both accounts",
    "false",
    "exaggerated",
    "inflated",
    "caution",
    "estimates?",
    "however",
    "but",
)

STAKE = _any(
    "propaganda",
    r"reasons? to",
    r"interest in",
    "claimed responsibility",
    "accused",
    "hiding",
    r"exaggerat\w+",
    "inflat(?:e|ed|ing)",
    "caution",
    "state television",
    "state media",
    r"not authorized",
    r"condition of anonymity",
    "denied",
    "denies",
    "blamed",
    "insisted",
    r"meant for",
    r"share price",
    "older or smaller",
    "record of claiming",
    "staged",
)

LEANS_ON = _any(
    "estimates?",
    "estimated",
    "according to",
    "believes?",
    "believed",
    "assumes?",
    "records?",
    "database",
    "logs?",
    "figures? (?:of|for)",
    "data",
    "survey",
    "satellite",
    "images?",
)

FORECAST = _any(
    r"(?:more |most |very |less )?likely",
    "expects?",
    "expected",
    "forecasts?",
    r"predict\w*",
    "projected",
    r"anticipat\w+",
)

LESS_LIKELY = _any("less likely", "unlikely", "not likely", "not expected", "not expect")

PLANNED = _any(
    r"will",
    r"plans? to",
    r"planned",
    r"(?:is|are|was|were) (?:expected|due|scheduled|set) ",
    r"scheduled",
    r"deadline",
    r"next (?:week|month|year|test|step)",
    r"in (?:the )?coming (?:days|weeks|months)",
    r"vows? to",
    r"ordered",
    r"would (?:begin|start|meet|vote|open|publish|send|inspect|review)",
)

ACTION = _any(
    r"will",
    r"plans? to",
    r"(?:is|are|was|were) (?:due|scheduled|set) ",
    "scheduled",
    "ordered",
    "urged",
    r"advis\w+",
    r"recommend\w*",
    "should",
    "must",
    r"(?:told|asked) [^.]{3,40} to",
    r"call(?:s|ed) (?:on|for)",
    r"appeal(?:s|ed) (?:to|for)",
    r"within \d+ (?:hours|days)",
)

DATED = _any(
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\. \d+",
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)",
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    "tomorrow",
    r"(?:next|this) (?:week|month)",
    r"in (?:the )?coming (?:days|weeks)",
    r"within \w+ (?:hours|days|weeks)",
)

LATER = _any(
    r"(?:early|late|mid-?|by|in|until|before) (?:20[2-9]\d)",
    r"next (?:year|season|five|harvest)",
    "long[- ]term",
    "treaty",
    "rebuild",
    "congress",
    "election",
    "budget",
)

BETTER = _any(
    "agree(?:d|ment)?",
    "cease-?fire",
    "talks",
    r"resum\w+",
    r"restor\w+",
    r"recover\w*",
    "relief",
    r"reopen\w*",
    "ease[ds]?",
    r"negotiat\w+",
    r"repair\w*",
    "rescued?",
    "contained",
    r"de-?escalat\w+",
    r"mediat\w+",
    r"improv\w+",
)

WORSE = _any(
    "warn(?:ed|s)?",
    "risks?",
    r"escalat\w+",
    r"worse\w*",
    r"collaps\w+",
    r"threat\w*",
    "shortages?",
    "attack(?:s|ed)?",
    "killed",
    r"casualt\w+",
    "further",
    "spread",
    r"retaliat\w+",
    r"fail\w*",
    "crisis",
    "deaths?",
)

EXPECTED = _any(
    "likely",
    "expects?",
    "expected",
    "forecasts?",
    r"predict\w*",
    "projected",
    "would",
    "will",
    "might",
    "possible",
    "warn(?:ed|s)?",
    r"threaten(?:ed|s)? to",
    "risks?",
)

DOMAINS: Mapping[str, re.Pattern[str]] = {
    "political": _any(
        r"presiden\w+",
        "prime minister",
        "minist(?:er|ers|ry|ries)",
        "governments?",
        r"parliament\w*",
        r"diploma\w+",
        "treat(?:y|ies)",
        "alliances?",
        "sanctions?",
        "elections?",
        "talks",
        "summit",
        "ambassadors?",
        "lawmakers?",
        "congress",
        "coalition",
        "opposition",
        "sovereignty",
        "foreign",
        "protests?",
        "United Nations",
        "unity",
        "leaders?",
    ),
    "security": _any(
        "troops?",
        "soldiers?",
        r"militar\w+",
        "army",
        "navy",
        "missiles?",
        "drones?",
        "attack(?:s|ed|ers?)?",
        "killed",
        "wounded",
        "bomb(?:s|ings?|ed|er)?",
        "explo(?:sion|sives?|ded)",
        "militants?",
        r"terror\w+",
        r"insurgen\w+",
        "cease-?fire",
        "border",
        "weapons?",
        "police",
        "hostages?",
        "combat",
        "shell(?:ing|ed)",
        r"casualt\w+",
        r"evacuat\w+",
        "nuclear",
        "intelligence",
        "gunmen",
        "dead",
        "deaths?",
        "war",
        "emergency",
    ),
    "cyber": _any(
        r"cyber\w*",
        "ransomware",
        "malware",
        "hack(?:ed|ers?|ing)?",
        "phishing",
        "breach(?:es|ed)?",
        "networks?",
        "servers?",
        "data",
        r"encrypt\w+",
        r"vulnerabilit\w+",
        "passwords?",
        "credentials?",
        "software",
        "disinformation",
        "propaganda",
        "state media",
        "state television",
        "social media",
        "online",
        "footage",
        "internet",
        "satellite",
        "CERT",
    ),
    "economic": _any(
        r"econom\w+",
        "trade",
        "exports?",
        "imports?",
        "prices?",
        "inflation",
        "currency",
        "markets?",
        "banks?",
        "rates?",
        "tax(?:es)?",
        "lev(?:y|ies)",
        "tariffs?",
        "tons?",
        "tonnes?",
        "harvest",
        "costs?",
        "million",
        "billion",
        "jobs?",
        "workers?",
        "farmers?",
        "port",
        "energy",
        "oil",
        "gas",
        "fuel",
        "food",
        "aid",
        "residents?",
        "homes",
        "displaced",
        "budget",
        "money",
        "payments?",
    ),
}

DISASTER = _any(
    "floods?",
    r"(?:severe|extreme|critical|tropical|heat|winter|fire) (?:weather|storms?|conditions|outlook)",
    "advisor(?:y|ies)",
    "hazards?",
    "thunderstorms?",
    "tsunamis?",
    "magnitude",
    "threat(?:s|ens?|ened)?",
    "hail",
    "flooded",
    "flooding",
    "storms?",
    "hurricanes?",
    "typhoons?",
    "cyclones?",
    "tornado(?:es)?",
    "winds?",
    "rainfall",
    r"snow\w*",
    "earthquakes?",
    "aftershocks?",
    "wildfires?",
    "landslides?",
    "surge",
    "damaged?",
    "eruption",
    r"volcan\w+",
    "drought",
    "famine",
    "epidemic",
    "outbreak",
    r"evacuat\w+",
    r"rescue\w*",
    "survivors?",
)

# What marks a text that is neither about events nor about policy.
OFF_TOPIC = _any(
    "recipes?",
    "tablespoons?",
    "teaspoons?",
    "tbsp",
    "tsp",
    "preheat",
    "oven",
    "simmer",
    "whisk",
    "garlic",
    "butter",
    "dough",
    "ingredients?",
    "serves \\d+",
    "scored?",
    "goals?",
    "touchdowns?",
    "quarterback",
    "innings?",
    "striker",
    "midfielder",
    "goalkeeper",
    "halftime",
    "half-time",
    "league",
    "season opener",
    "playoffs?",
    "coach",
    "hat-trick",
    "penalty (?:kick|shootout)",
    "home run",
    "horoscope",
    "box office",
    "album",
    "celebrity",
    "coupon",
    "discount",
    "free shipping",
)

FIGURE = re.compile(r"\d")
REFERS_BACK = re.compile(r"^(?:He|She|They|It|That|This|These|Those|His|Her|Their|Its)\b")


def matches(pattern: re.Pattern[str], sentence: Sentence) -> int:
    """Return how many different words of the pattern the sentence has."""
    return len({found.casefold() for found in pattern.findall(sentence.text)})


def salience(sentence: Sentence) -> float:
    """Return how telling a sentence is by place and wording; only the order has a meaning.

    News puts the main event first (the inverted pyramid), so early sentences lead; figures,
    competing accounts and stated unknowns raise a later one, a pronoun without its noun lowers it.
    """
    number = int(sentence.id.partition(".")[2])
    place = max(0.0, 4.0 - 0.5 * (number - 1))
    wording = (
        1.0 * bool(FIGURE.search(sentence.text))
        + 1.0 * bool(ACCOUNT.search(sentence.text))
        + 0.7 * bool(CONTEST.search(sentence.text))
        + 0.5 * bool(UNKNOWN.search(sentence.text))
    )
    words = len(sentence.text.split())
    awkward = 2.0 * (words < 6) + 1.0 * (words > 45)
    return place + wording - awkward - 1.5 * bool(REFERS_BACK.search(sentence.text))
