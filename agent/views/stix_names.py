"""What kind of party or place a name of a brief stands for, as far as the brief itself says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from babel import Locale
from stix2.v21.vocab import REGION

from schemas.sections import SpeakerKind
from schemas.sourcing import Sourcing

IdentityClass = Literal["individual", "group", "organization", "unknown"]

# The noun at the head of a role says who has one, and at the head of a name what the body is.
PERSON = frozenset(
    """president minister premier chancellor leader king queen prince princess sheikh emir governor
    mayor senator lawmaker deputy ambassador envoy diplomat secretary spokesman spokeswoman
    spokesperson commissioner director chief chair chairman chairwoman executive officer general
    admiral colonel captain commander soldier analyst economist professor researcher scientist
    historian expert lecturer fellow journalist reporter editor author lawyer prosecutor judge
    doctor engineer founder owner manager head activist resident witness survivor""".split()
)
BODY = frozenset(
    """agency ministry department office bureau service authority commission council committee
    parliament congress senate assembly cabinet court police army navy institute university
    college academy centre center company corporation corp inc ltd llc plc group holdings bank
    fund union association federation alliance organisation organization party movement foundation
    society league newspaper broadcaster network hospital regulator operator firm
    exchange""".split()
)
BY_KIND: Mapping[SpeakerKind, IdentityClass] = MappingProxyType(
    {
        "state media": "organization",
        "wire": "organization",
        "company": "organization",
        "armed group": "group",
    }
)
# A suffix that belongs to the name although a comma stands before it.
ROLE = re.compile(r", (?!(?:Inc|Ltd|LLC|Jr|Sr|Corp|Co)\b)")
# What a role or a name goes on with behind its head: "analyst | at the institute".
BEHIND_HEAD = re.compile(r"[,(]|\b(?:of|at|for|in|on|to|and|with|from|by|who|whose|which|that)\b")

# CLDR lists these beside the countries of ISO 3166-1.
NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())
# Names of states that are also names of people or of other places.
AMBIGUOUS = frozenset("chad georgia jordan".split())
# How newspapers call countries whose entry in CLDR reads otherwise.
ALSO_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "britain": "GB",
        "burma": "MM",
        "czech republic": "CZ",
        "democratic republic of the congo": "CD",
        "ivory coast": "CI",
        "myanmar": "MM",
        "turkey": "TR",
        "u.k.": "GB",
        "u.s.": "US",
        "uae": "AE",
        "uk": "GB",
        "united states of america": "US",
        "usa": "US",
    }
)


@dataclass(frozen=True)
class Place:
    """Where a place is, in the words of STIX: a code of ISO 3166-1, or a region."""

    country: str | None = None
    region: str | None = None


def split_label(label: str) -> tuple[str, str]:
    """Return the name in a label such as "Kim Jong Un, North Korean leader", and the role."""
    name, *role = ROLE.split(label, maxsplit=1)
    return name.strip(), "".join(role).strip()


def class_of(name: str, role: str, sourcing: Sourcing) -> IdentityClass:
    """Return what kind of party a name stands for.

    The role decides, then the kind that the brief gives the speaker of that name, then the noun at
    the head of the name. Where none of them says anything, the class is unknown.
    """
    spoken = {fact.speaker.casefold(): BY_KIND.get(fact.kind) for fact in sourcing.facts}
    return (
        _class_by_head(role, people=True)
        or spoken.get(name.casefold())
        or _class_by_head(name, people=False)
        or "unknown"
    )


def find_place(name: str) -> Place | None:
    """Return where the place of that name is, or None when the name is not that of a place.

    Only a country, by its English name in the Unicode CLDR, and a region of the STIX vocabulary
    are known: a town would have to be guessed.
    """
    wanted = _folded(name)
    if wanted in AMBIGUOUS:
        return None
    slug = wanted.replace(" and ", " ").replace(" ", "-")
    if slug in REGION:
        return Place(region=slug)
    code = ALSO_CALLED.get(wanted) or _countries().get(wanted)
    return Place(country=code) if code else None


def _countries() -> dict[str, str]:
    return {
        _folded(name): code
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code not in NOT_COUNTRIES
    }


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("&", "and").removeprefix("the ").split())


def _class_by_head(text: str, *, people: bool) -> IdentityClass | None:
    words = BEHIND_HEAD.split(text, maxsplit=1)[0].split()
    head = words[-1].casefold().rstrip(".") if words else ""
    if people and head in PERSON:
        return "individual"
    return "organization" if head in BODY else None
