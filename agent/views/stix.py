"""A brief as a STIX 2.1 bundle: a report, whom and what it names, and a note for each claim.

OASIS, "STIX Version 2.1", OASIS Standard, 10 June 2021. Confidence and likelihood never share a
property: `confidence` is how far the evidence can be relied on, on the scale of appendix A, and a
likelihood stands in the words of a note and in its labels.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID, uuid5

import stix2
from stix2.confidence.scales import none_low_med_high_to_value

from agent.briefs import digest
from agent.views import lines
from agent.views.json import dump
from agent.views.stix_names import class_of, find_place, split_label
from schemas.brief import Brief, Level
from schemas.claims import CheckedClaim
from schemas.filing import Category
from schemas.review import Decision
from schemas.sources import Source, Tlp

# Ours alone, drawn by chance: STIX 2.1, 2.9, keeps its own for observables.
NAMESPACE = UUID("6d0b9c8e-3f57-4d0e-9a44-0f4ab17c5e21")
SCALE: Mapping[Level, str] = MappingProxyType({"low": "Low", "moderate": "Med", "high": "High"})
# Only what is said for certain to be about a threat is called a threat report.
THREATS: frozenset[Category] = frozenset({"counter-terrorism", "cyber"})
# The tool is the same in every bundle, so it was made on one day: that of its first commit.
TOOL_MADE = datetime(2026, 11, 22, tzinfo=UTC)
# OASIS, STIX 2.1 common objects, extension "tlp-2.0" (2022): ids and date are fixed there.
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_MADE = datetime(2022, 10, 1, tzinfo=UTC)
TLP_IDS: Mapping[Tlp, str] = MappingProxyType(
    {
        "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
)
WEB = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def stix(brief: Brief) -> str:
    """Return the brief as one STIX 2.1 bundle in JSON, without any custom property.

    The same brief gives the same text: ids are UUIDv5 over the brief's digest, so that a brief
    that differs in anything is another report, and dates are the brief's own. Withheld claims are
    no part of it.

    Raises:
        ValueError: A figure in the brief is not finite, so that it has no digest.
    """
    maker = _Maker.of(brief)
    named = tuple(_named(brief, maker))
    notes = {claim.id: _note(claim, place, brief, named, maker) for place, claim in _placed(brief)}
    reviewer = tuple(_reviewer(brief, maker))
    opinions = tuple(_opinions(brief, notes, reviewer, maker))
    told = (*(one.stix for one in named), *notes.values(), *opinions)
    report = _report(brief, told, maker)
    bundle = stix2.Bundle(
        id=maker.id("bundle"),
        objects=[*maker.marking, maker.tool, *reviewer, report, *told, *_earlier(brief, maker)],
    )
    return dump(json.loads(bundle.serialize()))


@dataclass(frozen=True)
class _Maker:
    """What all objects of one bundle have in common.

    Attributes:
        brief: The digest of the brief.
        at: When it was written, or reviewed.
        tool: The identity of bluf, which is the same in every bundle of one TLP mark.
        marking: The TLP marking, where the brief has one.
    """

    brief: str
    at: datetime
    tool: Any
    marking: tuple[Any, ...]

    @classmethod
    def of(cls, brief: Brief) -> "_Maker":
        """Return what the objects made of a brief have in common."""
        reviewed = brief.review.ended_at if brief.review else None
        marking = tuple(_marking(brief.tlp))
        tool = stix2.Identity(
            id=f"identity--{uuid5(NAMESPACE, f'bluf {brief.tlp}')}",
            created=TOOL_MADE,
            modified=TOOL_MADE,
            name="bluf",
            description="Writes intelligence briefs from open sources and checks every claim.",
            identity_class="system",
            object_marking_refs=[mark.id for mark in marking],
        )
        return cls(digest(brief), reviewed or brief.generated_at, tool, marking)

    def id(self, kind: str, *key: str) -> str:
        """Return the id of one object of this bundle."""
        return _id(kind, self.brief, *key)

    def common(self, kind: str, *key: str, by: str | None = None) -> dict[str, Any]:
        """Return the properties that every object has."""
        return {
            "id": self.id(kind, *key),
            "created": self.at,
            "modified": self.at,
            "created_by_ref": by or self.tool.id,
            "object_marking_refs": [mark.id for mark in self.marking],
        }


@dataclass(frozen=True)
class _Named:
    """A party or a place that the brief names, and its object."""

    name: str
    stix: Any


def _report(brief: Brief, told: Iterable[Any], maker: _Maker) -> Any:
    subject = ["threat-report"] if brief.category in THREATS else None
    tags = (claim.text for part in brief.tags.parts for claim in part.claims)
    labels = (f"status:{brief.status}", brief.category or "", *tags)
    about = [one.id for one in told] or [maker.tool.id]
    return stix2.Report(
        **maker.common("report"),
        name=lines.plain(brief.title) or "Untitled",
        description=_summary(brief),
        report_types=subject,
        published=maker.at,
        object_refs=about,
        confidence=_confidence(brief),
        labels=_labels(labels),
        lang="en",
        external_references=[_source(source) for source in brief.sources],
    )


def _summary(brief: Brief) -> str:
    """Return who stands behind the brief, its confidence, and its bottom line."""
    bluf = [claim for part in brief.bluf.parts for claim in part.claims]
    said = (_said(claim, brief) for claim in bluf)
    level = f"Confidence: {brief.confidence.level}."
    return "\n".join(map(lines.plain, (lines.status(brief), level, *said)))


def _placed(brief: Brief) -> Iterator[tuple[str, CheckedClaim]]:
    """Yield every claim of the body behind the titles below which it stands."""
    chapters = [(section.title, section.parts) for section in lines.sections(brief)]
    chapters += [(technique.name, technique.parts) for technique in brief.techniques]
    for title, parts in chapters:
        for part in parts:
            for claim in part.claims:
                yield f"{title}: {part.title}", claim


def _note(
    claim: CheckedClaim, place: str, brief: Brief, named: Iterable[_Named], maker: _Maker
) -> Any:
    about = [one.stix.id for one in named if _names(claim.text, one.name)]
    section = f"section:{claim.section}"
    likelihood = f"likelihood:{claim.likelihood}" if claim.likelihood else ""
    labels = (f"basis:{claim.basis}", f"verdict:{claim.verdict}", likelihood, section)
    return stix2.Note(
        **maker.common("note", claim.id),
        abstract=lines.plain(place),
        content=lines.plain(_said(claim, brief)),
        authors=[_author(claim, brief)],
        # A report has no object of its own before it is made; its id is known.
        object_refs=about or [maker.id("report")],
        confidence=_confidence(brief) if claim.basis in {"reported", "judgement"} else None,
        labels=_labels(labels),
        external_references=list(_cited(claim.evidence, brief)),
    )


def _author(claim: CheckedClaim, brief: Brief) -> str:
    edited = (
        (d.claim for d in brief.review.decisions if d.ruling == "edited") if brief.review else ()
    )
    if brief.review and claim.id in edited:
        return lines.plain(brief.review.reviewer) or "unnamed"
    return (lines.plain(brief.run.model) if claim.author == "model" else "") or "bluf"


def _said(claim: CheckedClaim, brief: Brief) -> str:
    words = (lines.words(claim, brief.sources), lines.cites(claim), lines.caveat(claim))
    return " ".join(filter(None, (lines.odds(claim), *words)))


def _cited(evidence: Iterable[str], brief: Brief) -> Iterator[Any]:
    """Yield a reference for each cited sentence: whose it is, its id, and its words."""
    for source in brief.sources:
        for sentence in source.sentences:
            if sentence.id in evidence:
                yield stix2.ExternalReference(
                    source_name=_name(source),
                    description=lines.plain(sentence.text),
                    url=_address(source),
                    external_id=lines.plain(f"{sentence.id} sha256:{source.sha256}"),
                )


def _source(source: Source) -> Any:
    # `hashes` would be those of what is at the address; the hash here is that of the text read.
    return stix2.ExternalReference(
        source_name=_name(source),
        description=lines.plain(f"Source {lines.source_line(source)}; title: {source.title}"),
        url=_address(source),
        external_id=lines.plain(f"sha256:{source.sha256}"),
    )


def _name(source: Source) -> str:
    return lines.plain(source.publisher or source.title) or f"Source {source.number}"


def _address(source: Source) -> str | None:
    """Return where the source was read on the web, or None."""
    return source.url if source.url and WEB.fullmatch(source.url) else None


def _named(brief: Brief, maker: _Maker) -> Iterator[_Named]:
    """Yield each party and place of the entities once, and each place that is a tag."""
    seen = set()
    for section in (brief.entities, brief.tags):
        for claim in (claim for part in section.parts for claim in part.claims):
            name, role = split_label(lines.plain(claim.text))
            if not name or name.casefold() in seen:
                continue
            made = _place(name, claim, brief, maker)
            if made is None and section is brief.entities:
                made = _party(name, role, claim, brief, maker)
            if made is not None:
                seen.add(name.casefold())
                yield _Named(name, made)


def _place(name: str, claim: CheckedClaim, brief: Brief, maker: _Maker) -> Any | None:
    place = find_place(name)
    if place is None:
        return None
    return stix2.Location(
        **maker.common("location", name),
        name=name,
        country=place.country,
        region=place.region,
        external_references=list(_cited(claim.evidence, brief)),
    )


def _party(name: str, role: str, claim: CheckedClaim, brief: Brief, maker: _Maker) -> Any:
    return stix2.Identity(
        **maker.common("identity", name),
        name=name,
        description=role or None,
        identity_class=class_of(name, role, brief.sourcing),
        external_references=list(_cited(claim.evidence, brief)),
    )


def _names(text: str, name: str) -> bool:
    """Whether a claim has a name as whole words."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lines.plain(text)) is not None


def _reviewer(brief: Brief, maker: _Maker) -> Iterator[Any]:
    """Yield the person who stands behind the brief, once there is one."""
    if brief.review and brief.status == "reviewed":
        yield stix2.Identity(
            **maker.common("identity", "reviewer"),
            name=lines.plain(brief.review.reviewer) or "unnamed",
            description=lines.plain(lines.status(brief)),
            identity_class="individual",
            roles=["reviewer"],
        )


def _opinions(
    brief: Brief, notes: Mapping[str, Any], reviewer: Iterable[Any], maker: _Maker
) -> Iterator[Any]:
    """Yield what the reviewer holds of each claim that somebody else wrote, once all is decided."""
    for person in reviewer:
        for decision in brief.review.decisions if brief.review else ():
            held = _opinion(decision)
            if held and decision.claim in notes:
                yield stix2.Opinion(
                    **maker.common("opinion", decision.claim, by=person.id),
                    opinion=held,
                    explanation=lines.plain(decision.dissent) if decision.dissent else None,
                    authors=[person.name],
                    object_refs=[notes[decision.claim].id],
                )


def _opinion(decision: Decision) -> Literal["agree", "disagree"] | None:
    if decision.dissent:
        return "disagree"
    # Who edited a claim is its author, and has no opinion of it beside.
    return "agree" if decision.ruling == "accepted" else None


def _earlier(brief: Brief, maker: _Maker) -> Iterator[Any]:
    """Yield what ties the report to the one of its draft, and of the brief that it updates."""
    drafts = {
        "draft": brief.review.draft_sha256 if brief.review else None,
        "update": brief.update.earlier_sha256 if brief.update else None,
    }
    for key, digest_before in drafts.items():
        if digest_before:
            yield stix2.Relationship(
                **maker.common("relationship", key),
                relationship_type="derived-from",
                source_ref=maker.id("report"),
                target_ref=_id("report", lines.plain(digest_before)),
            )


def _marking(tlp: Tlp | None) -> Iterator[Any]:
    """Yield the marking definition of a TLP 2.0 label as OASIS published it."""
    if tlp:
        yield stix2.MarkingDefinition(
            id=TLP_IDS[tlp],
            created=TLP_MADE,
            name=f"TLP:{tlp}",
            extensions={
                TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.lower()}
            },
        )


def _confidence(brief: Brief) -> int:
    """Return how far the evidence can be relied on, by STIX 2.1, appendix A: low is 15."""
    return int(none_low_med_high_to_value(SCALE[brief.confidence.level]))


def _labels(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(lines.plain, texts))))


def _id(kind: str, *key: str) -> str:
    # As a list in JSON: no two different keys are ever the same text.
    return f"{kind}--{uuid5(NAMESPACE, json.dumps([kind, *key]))}"
