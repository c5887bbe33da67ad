"""The STIX bundle is strict STIX 2.1, the same every time, and says what the brief says."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
import stix2

from agent.briefs import digest
from agent.views import lines
from agent.views.stix import stix
from agent.views.stix_names import Place, class_of, find_place, split_label
from schemas.brief import Brief, Part
from schemas.claims import CheckedClaim
from schemas.review import Decision, Review
from schemas.sources import Tlp
from schemas.sourcing import KeyFact, Sourcing
from schemas.update import Update
from tests.views.conftest import claim, source

# As OASIS publishes them: cti-stix-common-objects, extension-definition-specifications/tlp-2.0.
TLP = {
    "CLEAR": "94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# STIX 2.1, 2.9: the namespace of observables, which no other object may use.
OBSERVABLES = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
REVIEWED_AT = datetime(2026, 1, 3, 9, 30, tzinfo=UTC)


def objects(brief: Brief, kind: str = "") -> list[Any]:
    """Return the objects of the brief's bundle, parsed without leave for anything custom."""
    found = stix2.parse(stix(brief), allow_custom=False).objects
    return [one for one in found if not kind or one.type == kind]


def naming(brief: Brief, *labels: str, section: str = "entities") -> Brief:
    """Return the brief with these labels as its only entities, or tags."""
    claims = tuple(
        claim(f"{section}.{section}.{number}", label, "1.1", form="label")
        for number, label in enumerate(labels, start=1)
    )
    old = getattr(brief, section)
    return brief.model_copy(
        update={
            section: old.model_copy(
                update={"parts": (Part(name=section, title="t", claims=claims),)}
            )
        }
    )


def reviewed(brief: Brief) -> Brief:
    rulings = {"bluf.what.1": "accepted", "bluf.what.2": "edited", "bluf.meaning.1": "accepted"}
    review = Review(
        reviewer="Ana Horvat",
        draft_sha256=digest(brief),
        began_at=REVIEWED_AT,
        ended_at=REVIEWED_AT,
        decisions=tuple(
            Decision(
                claim=id,
                ruling=ruling,
                at=REVIEWED_AT,
                dissent="The debt is paid." if id == "bluf.meaning.1" else None,
            )
            for id, ruling in rulings.items()
        ),
    )
    return brief.model_copy(update={"review": review, "status": "reviewed"})


def note_on(brief: Brief, id: str) -> Any:
    place = [claim.id for claim in lines.body(brief)].index(id)
    return objects(brief, "note")[place]


def test_the_bundle_is_the_same_every_time_in_ascii_and_without_custom_properties(brief):
    text = stix(brief)
    assert stix(Brief.model_validate(brief.model_dump())) == text
    assert text.isascii()
    assert text.endswith("}\n")
    assert not re.search(r'"x_|"x-', text)


def test_every_id_is_a_uuid_of_version_5_used_once(brief):
    ids = [one.id for one in objects(reviewed(brief))]
    assert len(set(ids)) == len(ids)
    assert {UUID(id.partition("--")[2]).version for id in ids} == {5}
    assert len({id.partition("--")[2] for id in ids}) == len(ids)


def test_a_brief_that_differs_in_anything_is_another_report(brief):
    other = brief.model_copy(update={"generated_at": brief.generated_at + timedelta(seconds=1)})
    one, two = ({o.id for o in objects(b) if o.type != "identity"} for b in (brief, other))
    assert not one & two


def test_bluf_is_one_author_in_all_briefs_of_one_mark(brief):
    other = brief.model_copy(update={"title": "Another"})
    authors = [next(o for o in objects(b) if o.get("name") == "bluf") for b in (brief, other)]
    assert authors[0] == authors[1]
    assert authors[0].identity_class == "system"
    assert {o.created_by_ref for o in objects(brief) if "created_by_ref" in o} == {authors[0].id}


def test_every_reference_leads_to_an_object_of_the_bundle(brief):
    found = {one.id: one for one in objects(reviewed(brief).model_copy(update={"tlp": "RED"}))}
    for one in found.values():
        refs = [one.get("created_by_ref"), *one.get("object_refs", []), one.get("source_ref")]
        refs += one.get("object_marking_refs", [])
        assert [ref for ref in refs if ref and ref not in found] == []


def test_the_report_has_title_dates_confidence_and_everything_that_is_told(brief):
    (report,) = objects(brief, "report")
    assert report.name == brief.title
    assert report.published == report.created == report.modified == brief.generated_at
    assert report.confidence == 50
    assert report.labels == ["status:draft", *(tag.text for tag in brief.tags.parts[0].claims)]
    told = [o.id for o in objects(brief) if o.type in {"note", "location"}]
    assert set(told) <= set(report.object_refs)
    assert {o.id for o in objects(brief, "identity") if o.name != "bluf"} <= set(report.object_refs)
    assert "South Korean intelligence officials estimate" in report.description
    assert report.description.startswith("DRAFT: machine-written")


@pytest.mark.parametrize(("level", "value"), [("low", 15), ("moderate", 50), ("high", 85)])
def test_confidence_is_a_figure_of_its_own_and_never_stands_with_a_likelihood(brief, level, value):
    rated = brief.confidence.model_copy(update={"level": level})
    rated_brief = brief.model_copy(update={"confidence": rated})
    (report,) = objects(rated_brief, "report")
    assert report.confidence == value
    for line in report.description.splitlines():
        assert not ("onfidence" in line and "%" in line)
    for told, note in zip(lines.body(brief), objects(rated_brief, "note"), strict=True):
        stated = told.basis in {"reported", "judgement"}
        assert note.get("confidence") == (value if stated else None)
        assert "onfidence" not in note.content
        assert (f"likelihood:{told.likelihood}" in note.labels) == (told.likelihood is not None)
        assert lines.odds(told) in note.content


@pytest.mark.parametrize(
    ("category", "types"), [("cyber", ["threat-report"]), ("economy", None), (None, None)]
)
def test_only_a_brief_on_a_threat_is_called_a_threat_report(brief, category, types):
    (report,) = objects(brief.model_copy(update={"category": category}), "report")
    assert report.get("report_types") == types
    assert (category in report.labels) == (category is not None)


def test_a_note_says_where_it_stands_on_what_basis_and_by_whom(brief):
    note = note_on(brief, "bluf.meaning.1")
    assert note.abstract == "BLUF (Bottom Line Up Front): What it means"
    assert note.content == (
        "(likely, 55-80%) The message is meant to secure payment for the troops before the war "
        "ends. [1.7, 1.11]"
    )
    assert note.labels == [
        "basis:judgement", "verdict:supported", "likelihood:likely", "section:bluf",
    ]  # fmt: skip
    assert note.authors == ["SmolLM2-135M-Instruct"]
    assert note_on(brief, "assumptions.bias.1").authors == ["bluf"]
    assert note_on(brief, "techniques.myth.1").abstract == "Causal Layered Analysis (CLA): Myth"


def test_each_note_quotes_the_sentences_that_it_rests_on(brief):
    note = note_on(brief, "bluf.meaning.1")
    first = brief.sources[0]
    sentences = {sentence.id: sentence.text for sentence in first.sentences}
    assert [dict(one) for one in note.external_references] == [
        {
            "source_name": "Peninsula Wire",
            "description": sentences[id],
            "external_id": f"{id} sha256:{first.sha256}",
        }
        for id in ("1.7", "1.11")
    ]


def test_the_report_lists_its_sources_with_the_hash_of_the_text_that_was_read(brief):
    (report,) = objects(brief, "report")
    assert [one.external_id for one in report.external_references] == [
        f"sha256:{one.sha256}" for one in brief.sources
    ]
    assert report.external_references[1].description == (
        "Source 2 Ministry watches for congress, date not stated, B2; title: Ministry watches for "
        "congress"
    )


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://wire.example/a?b=1", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://wire.example/a b", False),
    ],
)
def test_only_an_address_on_the_web_is_an_address(brief, address, kept):
    read = source(1, "t", tuple(s.text for s in brief.sources[0].sentences), url=address)
    (report,) = objects(brief.model_copy(update={"sources": (read,)}), "report")
    assert report.external_references[0].get("url") == (address if kept else None)


def test_a_note_is_about_whom_it_names_or_else_about_the_report(brief):
    ids = {o.get("name"): o.id for o in objects(brief)}
    assert note_on(brief, "bluf.what.1").object_refs == [ids["Kim Jong Un"], ids["Russia"]]
    assert note_on(brief, "bluf.meaning.1").object_refs == [ids[brief.title]]


def test_what_was_withheld_is_in_no_object(brief):
    assert brief.withheld
    assert [c.id for c in brief.withheld if c.text in stix(brief)] == []


@pytest.mark.parametrize("mark", get_args(Tlp))
def test_every_object_bears_the_tlp_mark_as_oasis_defines_it(brief, mark):
    text = json.loads(stix(reviewed(brief).model_copy(update={"tlp": mark})))
    marking, *others = text["objects"]
    assert marking == {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{TLP[mark]}",
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{mark}",
        "extensions": {
            "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                "extension_type": "property-extension",
                "tlp_2_0": mark.lower(),
            }
        },
    }
    assert {tuple(one["object_marking_refs"]) for one in others} == {(marking["id"],)}


def test_without_a_mark_nothing_is_marked(brief):
    assert not any("object_marking_refs" in one for one in objects(brief))
    assert not objects(brief, "marking-definition")


def test_the_reviewer_is_a_person_who_agrees_or_not_and_is_the_author_of_what_was_edited(brief):
    after = reviewed(brief)
    (person,) = [o for o in objects(after, "identity") if o.name == "Ana Horvat"]
    assert (person.identity_class, person.roles) == ("individual", ["reviewer"])
    held = {o.object_refs[0]: (o.opinion, o.get("explanation")) for o in objects(after, "opinion")}
    assert held == {
        note_on(after, "bluf.what.1").id: ("agree", None),
        note_on(after, "bluf.meaning.1").id: ("disagree", "The debt is paid."),
    }
    assert {o.created_by_ref for o in objects(after, "opinion")} == {person.id}
    assert note_on(after, "bluf.what.2").authors == ["Ana Horvat"]
    (report,) = objects(after, "report")
    assert report.published == REVIEWED_AT
    assert "status:reviewed" in report.labels


def test_a_review_that_has_not_ended_has_no_opinions(brief):
    after = reviewed(brief)
    open_ = after.review.model_copy(update={"ended_at": None})
    begun = after.model_copy(update={"review": open_, "status": "draft"})
    assert not objects(begun, "opinion")
    assert "Ana Horvat" not in {o.get("name") for o in objects(begun)}


def test_a_reviewed_brief_and_an_update_are_derived_from_the_reports_before_them(brief):
    (draft,) = objects(brief, "report")
    update = Update(
        earlier_sha256=digest(brief), earlier_title="t", earlier_run="r", new_sources=(),
        earlier_generated_at=brief.generated_at, judgements=(), indicators=(),
    )  # fmt: skip
    for later in (reviewed(brief), brief.model_copy(update={"update": update})):
        (tie,) = objects(later, "relationship")
        assert tie.relationship_type == "derived-from"
        assert (tie.source_ref, tie.target_ref) == (objects(later, "report")[0].id, draft.id)
    assert not objects(brief, "relationship")


@pytest.mark.parametrize(
    ("label", "name", "role"),
    [
        ("Kim Jong Un, North Korean leader", "Kim Jong Un", "North Korean leader"),
        ("Acme, Inc., a maker of pumps", "Acme, Inc.", "a maker of pumps"),
        ("KCNA", "KCNA", ""),
        ("Lim, an analyst, of Seoul", "Lim", "an analyst, of Seoul"),
    ],
)
def test_a_label_is_a_name_and_the_role_behind_the_comma(label, name, role):
    assert split_label(label) == (name, role)


@pytest.mark.parametrize(
    ("name", "role", "kind"),
    [
        ("Kim Jong Un", "North Korean leader", "individual"),
        ("Lim Dae-sung", "an analyst at the Institute for Far Eastern Studies", "individual"),
        ("Acme", "whose president resigned", "unknown"),
        ("Acme", "an agency that buys grain", "organization"),
        ("Korean Central News Agency (KCNA)", "", "organization"),
        ("National Intelligence Service in Seoul", "", "organization"),
        ("Institute for Far Eastern Studies", "", "organization"),
        ("Acme Ltd.", "", "organization"),
        ("Kursk", "", "unknown"),
        ("KCNA", "", "organization"),
        ("Northern Column", "", "group"),
        ("John Major", "", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_a_party_is_what_the_brief_says_it_is_and_else_unknown(name, role, kind):
    facts = (
        KeyFact(evidence="1.1", text="t", speaker="KCNA", chain=("KCNA",), kind="state media",
                interested=None),
        KeyFact(evidence="1.2", text="t", speaker="Northern Column", chain=("x",),
                kind="armed group", interested=True),
    )  # fmt: skip
    assert class_of(name, role, Sourcing(facts=facts)) == kind


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("North Korea", Place(country="KP")),
        ("the United States", Place(country="US")),
        ("U.S.", Place(country="US")),
        ("Bosnia and Herzegovina", Place(country="BA")),
        ("Turkey", Place(country="TR")),
        ("Eastern Europe", Place(region="eastern-europe")),
        ("Latin America and Caribbean", Place(region="latin-america-caribbean")),
        ("Georgia", None),
        ("Jordan", None),
        ("European Union", None),
        ("Seoul", None),
        ("Russian", None),
        ("", None),
    ],
)
def test_a_place_is_known_only_by_the_name_of_a_country_or_a_region(name, place):
    assert find_place(name) == place


def test_parties_and_places_are_named_once_each_with_role_and_sentence(brief):
    named = naming(brief, "Ana Horvat, mayor", "Ana Horvat, head of the party", "Kosk", "Russia")
    found = [o for o in objects(named) if o.type in {"identity", "location"}]
    assert [(o.name, o.get("identity_class"), o.get("country")) for o in found[1:]] == [
        ("Ana Horvat", "individual", None), ("Kosk", "unknown", None), ("Russia", None, "RU"),
        ("North Korea", None, "KP"),
    ]  # fmt: skip
    assert found[1].description == "mayor"
    assert found[1].external_references[0].description == brief.sources[0].sentences[0].text


def test_a_brief_without_any_claim_is_a_report_about_its_author(brief):
    empty = brief
    for name in (
        "bluf",
        "hypotheses",
        "assumptions",
        "implications",
        "outlook",
        "entities",
        "tags",
    ):
        section = getattr(empty, name).model_copy(update={"parts": ()})
        empty = empty.model_copy(update={name: section})
    empty = empty.model_copy(update={"techniques": (), "ledger": (), "withheld": ()})
    (report,) = objects(empty, "report")
    assert report.object_refs == [objects(empty, "identity")[0].id]


def test_text_that_is_nothing_once_it_is_cleaned_leaves_no_empty_name(brief):
    nothing: dict[str, Any] = {
        "title": "\u200b",
        "run": brief.run.model_copy(update={"model": "\u202e"}),
    }
    sources = tuple(s.model_copy(update={"publisher": "\x00", "title": ""}) for s in brief.sources)
    found = objects(
        naming(brief, "\u200b", "\u200b, mayor").model_copy(update={**nothing, "sources": sources})
    )
    names = [o.name for o in found if "name" in o]
    assert all(names)
    assert not [o for o in found if o.type == "note" and o.authors == [""]]


def test_a_date_without_a_zone_is_taken_for_utc(brief):
    naive = brief.model_copy(update={"generated_at": datetime(2026, 1, 2, 10, 15)})
    assert '"published": "2026-01-02T10:15:00Z"' in stix(naive)


def test_claims_of_a_body_are_never_lost(brief):
    body: list[CheckedClaim] = list(lines.body(brief))
    assert len(objects(brief, "note")) == len(body) == 34
