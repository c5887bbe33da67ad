"""Entities and tags taken from the sources without a model, for when no drafted one stood."""

import re
from collections.abc import Iterator

from agent.sections import cues
from schemas.claims import Claim, SectionName
from schemas.sources import Sources

MOST_ENTITIES = 10
MOST_NAMES_AS_TAGS = 5
# The closed list of themes; a text may have several.
THEMES = {
    "political": "diplomacy",
    "security": "national security",
    "cyber": "cyber",
    "economic": "economy",
}
THEME_SHARE = 0.3  # of the sentences, in which a theme's words stand

# A run of capitalised words; inside it, a few small words join the parts of one name.
_WORD = r"(?:[A-Z]\.(?:[A-Z]\.)*|[A-Z][\w’'-]*\w(?:['’](?= [A-Z]))?)"
_NAME = re.compile(rf"{_WORD}(?: (?:(?:of|for|de|al|du|von|van) (?:the )?)?{_WORD})*")
_POSSESSIVE = re.compile(r"['’]s$")
_ADJECTIVE = re.compile(r"(?:an|ish|ese|ic|i|ian|s)$")
# Titles and words that take a capital without naming anybody.
_NOT_NAMES = frozenset(
    """the a an in on at of for and but it its he she they his her their this that these those
    none neither no not some both all each as if when while after before since from with by
    to under over other another officials police residents president prime minister gen dr
    mr mrs ms prof sen gov lt col maj capt adm sir monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october
    november december jan feb mar apr jun jul aug sep sept oct nov dec i we you
    investigators union company government army state commissioner minister director
    chairman chairwoman chief public those one two three four five six seven eight nine ten
    a.m. p.m. source our my""".split()
)
_ROLE_BEFORE = re.compile(
    r"((?:[A-Z][\w.’'-]+ ){0,3}(?:[a-z-]+ ){0,2}"
    r"(?:[Pp]resident|[Ll]eader|[Mm]inister|[Cc]hief|[Ss]pokes(?:man|woman|person)|[Dd]irector|"
    r"[Cc]ommissioner|[Gg]overnor|[Aa]nalyst|[Ee]conomist|[Cc]hair(?:man|woman)?)) $"
)
_ROLE_AFTER = re.compile(r"^, ((?:a|an|the|who|which)\b[^,.;\"“”]{4,110})[,.]")


def named_entities(sources: Sources) -> tuple[Claim, ...]:
    """Return who is named most, each with the role the text gives beside the name."""
    mentions = _mentions(sources)
    claims = []
    for number, (name, ids) in enumerate(mentions[:MOST_ENTITIES], start=1):
        role, where = _role(name, ids, sources)
        text = f"{name}, {role}" if role else name
        claims.append(_label("entities", text, where, number))
    return tuple(claims)


def main_themes(sources: Sources) -> tuple[Claim, ...]:
    """Return the themes whose words run through the text, then the names it has most."""
    tags = _themes(sources) + [
        (name, ids[0]) for name, ids in _mentions(sources)[:MOST_NAMES_AS_TAGS]
    ]
    return tuple(_label("tags", tag, id, number) for number, (tag, id) in enumerate(tags, start=1))


def _label(section: SectionName, text: str, id: str, number: int) -> Claim:
    return Claim(
        id=f"{section}.{section}.s{number}",
        section=section,
        part=section,
        text=text,
        basis="reported",
        evidence=(id,),
        form="label",
        author="program",
    )


def _themes(sources: Sources) -> list[tuple[str, str]]:
    found = []
    for domain, theme in THEMES.items():
        ids = [s.id for s in sources.sentences.values() if cues.matches(cues.DOMAINS[domain], s)]
        if len(ids) >= THEME_SHARE * len(sources.sentences):
            found.append((len(ids), theme, ids[0]))
    return [(theme, id) for _, theme, id in sorted(found, reverse=True)]


def _mentions(sources: Sources) -> list[tuple[str, list[str]]]:
    """Return each name with the sentences that have it, most often named first.

    A short form (a last name, or a first word such as Kim) counts for the one longer name that
    holds it. A single word met only once is left out.
    """
    ids: dict[str, list[str]] = {}
    for sentence in sources.sentences.values():
        for name in _names(sentence.text):
            ids.setdefault(name, []).append(sentence.id)
    for short in sorted(ids, key=len):
        longer = [
            name for name in ids if name != short and short in (name.split()[0], name.split()[-1])
        ]
        if len(longer) == 1 and " " not in short:
            ids[longer[0]] += ids.pop(short)
    publishers = {(source.publisher or "").casefold() for source in sources.items}
    worth = {
        name: found
        for name, found in ids.items()
        if (len(found) > 1 or " " in name) and name.casefold() not in publishers
    }
    order = {name: place for place, name in enumerate(worth)}
    return sorted(worth.items(), key=lambda item: (-len(item[1]), order[item[0]]))


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        words = match.group().split()
        titles = [i for i, w in enumerate(words) if w.rstrip(".").casefold() in _NOT_NAMES]
        # "Russian President Vladimir Putin" names the man; a title at the end names nobody.
        words = words[titles[-1] + 1 :] if titles else words
        # "Russia's Defense Ministry" names two: the owner and what is owned.
        for part in _at_possessives(words):
            follows = text[match.end() : match.end() + 2]
            adjective = (
                part[-1] == words[-1] and _ADJECTIVE.search(part[-1]) and follows[1:].islower()
            )
            name = " ".join(part)
            if len(name) > 2 and not (adjective and follows.startswith(" ") and len(part) < 3):
                yield name


def _at_possessives(words: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        part.append(_POSSESSIVE.sub("", word))
        if _POSSESSIVE.search(word):
            yield part
            part = []
    if part:
        yield part


def _role(name: str, ids: list[str], sources: Sources) -> tuple[str, str]:
    for id in ids:
        text = sources.sentences[id].text
        at = text.find(name)
        if at < 0:
            continue
        after = _ROLE_AFTER.search(text[at + len(name) :])
        before = _ROLE_BEFORE.search(text[:at])
        if after:
            return after.group(1), id
        if before:
            return before.group(1), id
    return "", ids[0]
