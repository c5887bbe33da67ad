"""Check an entity or a tag: short labels that are no sentences."""

import re

from agent.verify.names import strange_names
from agent.verify.passage import Passage
from agent.verify.proper import folded_words
from agent.verify.verdicts import against, in_favour
from agent.verify.words import STOP_WORDS, content, plain, stem, tokens
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence

THEMES = (
    "regional conflicts",
    "counter-terrorism",
    "cyber",
    "national security",
    "economy",
    "disasters",
    "diplomacy",
)

LONGEST_ROLE = 16  # words; a role taken from the text beside a name is a short noun phrase
_CUT = re.compile(r"\s*(?:[:(;]|,\s| - )\s*")


def check_label(claim: Claim, passage: Passage) -> Verdict | None:
    """Return the verdict on a label; None only for a claim that is none.

    The words of a tag stand in a source or the tag is one of the closed themes. An entity's name
    stands in a source (case, title and possessive aside), its role is a short phrase that does not
    name it again and names nobody whom no source has, and at least three in four words of the role
    stand in the sentences that mention it or beside them.
    """
    if claim.form != "label":
        return None
    if claim.section == "tags":
        return _tag(claim, passage)
    name, _, role = _parted(claim.text)
    holders = _holders(name, passage)
    if not holders:
        return against(claim, method="labels", reason=f"names {name}, which no source mentions")
    fault = _fault(role, name, holders, passage)
    if fault:
        ids = [s.id for s in holders[:3]]
        return against(claim, method="labels", reason=fault, evidence=ids)
    cited = [s.id for s in holders if s.id in passage.ids] or [holders[0].id]
    return in_favour(
        claim, method="labels", reason="named in the source", score=0.9, evidence=cited
    )


def _tag(claim: Claim, passage: Passage) -> Verdict:
    text = plain(claim.text).lower().strip(" .#")
    wanted = set(content(text))
    if text in THEMES or text.replace("-", " ") in {t.replace("-", " ") for t in THEMES}:
        return in_favour(claim, method="labels", reason="a theme", score=0.9, evidence=passage.ids)
    known = {w for s in passage.sources.items for w in content(s.text)}
    missing = wanted - known
    if missing or not wanted:
        return against(
            claim,
            method="labels",
            reason=f"tags {' '.join(sorted(missing)) or 'nothing'}, which no source mentions",
            evidence=passage.ids,
        )
    return in_favour(
        claim, method="labels", reason="stands in the source", score=0.9, evidence=passage.ids
    )


def _parted(text: str) -> tuple[str, str, str]:
    flat = plain(text).rstrip(").")
    found = _CUT.search(flat)
    return (flat[: found.start()], found.group(), flat[found.end() :]) if found else (flat, "", "")


def _fault(role: str, name: str, holders: list[Sentence], passage: Passage) -> str | None:
    if _is_no_role(role, name):
        return f"gives a piece of text as the role of {name}, not a role"
    # A capital at the start of a role may be there for its place alone.
    strange = [w for w in strange_names(role, passage.sources) if not role.lstrip().startswith(w)]
    if strange:
        return f"names {strange[0]} in the role of {name}, which no source mentions"
    missing = _missing(role, holders, passage)
    if len(missing) > 0.25 * len(set(content(role))):
        return f"says {' '.join(sorted(missing))} of {name}, which the source does not"
    return None


def _is_no_role(role: str, name: str) -> bool:
    words = folded_words(role)
    return len(words) > LONGEST_ROLE or _has_run(words, folded_words(name))


def _holders(name: str, passage: Passage) -> list[Sentence]:
    """Return the sentences that hold the name's words in a row, the cited ones first."""
    wanted = folded_words(name)
    if not wanted:
        return []
    every = (*passage.cited, *passage.elsewhere)
    return [s for s in every if _has_run(folded_words(s.text), wanted)]


def _has_run(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    size = len(wanted)
    return any(words[at : at + size] == wanted for at in range(len(words) - size + 1))


def _missing(role: str, holders: list[Sentence], passage: Passage) -> set[str]:
    beside = [s for h in holders for s in (passage.before(h), h, passage.after(h)) if s]
    near = {stem(t) for s in beside for t in tokens(s.text) if t not in STOP_WORDS}
    return {w for w in content(role) if not any(_same(w, other) for other in near)}


def _same(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) >= 4 and word[:5] == other[:5])
