"""A brief as the pipeline would make it, for every view's tests."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import get_args

import pytest

from schemas.brief import Ach, Brief, Confidence, MatrixRow, Part, Run, Section, Technique
from schemas.claims import CheckedClaim, Likelihood, SectionName
from schemas.sources import Sentence, Source
from schemas.sourcing import Sourcing

LETTER = (
    "SEOUL, Dec. 27 (Peninsula Wire) - North Korean leader Kim Jong Un has told Russian President "
    'Vladimir Putin that theirs is an alliance of "sharing blood, life and death in the same '
    'trench," state media reported on Saturday.',
    "The Korean Central News Agency, or KCNA, said Kim sent the message to Putin to mark the "
    "start of 2026.",
    "KCNA did not say how many North Korean soldiers had died in Russia's war against Ukraine.",
    "South Korean intelligence officials estimate that North Korea has sent roughly 15,000 troops "
    "to Russia since late 2024 and that about 2,000 of those troops have been killed.",
    "Pyongyang has never published a total.",
    "None of the casualty figures could be independently verified.",
    "South Korean officials say Russia has paid for the troops with money, food, fuel and "
    "military technology.",
    "Those officials have not released evidence that shows the scale of the payments.",
    "The two countries signed a treaty in June 2024 that obliges each to aid the other if it is "
    "attacked.",
    "Lim Dae-sung, an analyst at the Institute for Far Eastern Studies at Kyungnam University, "
    "said both accounts of the losses should be read with caution.",
    '"Kim wants Putin to remember the debt when the war ends, because that is when Russia will '
    'need him less."',
    "Lim said a further rotation of engineers and builders in early 2026 was more likely than a "
    "new combat deployment.",
    "Kim is expected to set out military plans for the next five years at the congress.",
)
NOTE_FROM_SEOUL = (
    "Seoul's unification ministry said it was watching for a date of the party congress.",
    "It did not comment on the number of dead.",
)


# What a page or a model can send to take over a terminal or a Markdown viewer.
HOSTILE = (
    "[bold]loud[/bold] [/] [/nope] [link=https://evil.example]x[/link] :skull:",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07click\x1b]8;;\x07 \x1b]0;title\x07",
    "\x9b31mC1 \x00nul \x7fdel \r\n\tlines\u2028more",
    "\u202eesrever\u202c \u2066isolated\u2069 \u200bzero \U000e0041tag",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <https://evil.example> &lt;b&gt;",
    "[link](https://evil.example) ![image](https://evil.example/x.png) [ref]: https://evil.example",
    "https://evil.example www.evil.example a@evil.example `code` **bold** _it_ ~~no~~ | cell | $x$",
    "# heading",
    "1. list",
    "- list",
    "=== setext",
    "\\[escaped\\](x)",
)
OUTSIDE = {
    "title",
    "name",
    "publisher",
    "author",
    "published_from",
    "url",
    "language",
    "text",
    "reason",
    "reasons",
    "note",
    "notes",
    "signal",
    "method",
    "result",
    "model",
    "judge",
    "structured_output",
    "prompt_version",
    "prompt_hash",
}

# Values of fields that share a name with one from outside.
OURS = (*get_args(SectionName), "model", "program")


def taint(value: object, with_text: str) -> object:
    """Return a dumped brief in which every string from outside begins with the given text."""
    if isinstance(value, dict):
        return {k: _tainted(k, v, with_text) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [taint(item, with_text) for item in value]
    return value


def _tainted(key: str, value: object, with_text: str) -> object:
    if key not in OUTSIDE or value in OURS:
        return taint(value, with_text)
    if isinstance(value, str):
        return f"{with_text} {value}"
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return tuple(f"{with_text} {item}" for item in value)
    return taint(value, with_text)


@pytest.fixture(params=HOSTILE, ids=lambda text: ascii(text)[:24])
def hostile(request: pytest.FixtureRequest, brief: Brief) -> tuple[str, Brief]:
    """One hostile text, and a brief that has it in every string from outside."""
    return request.param, Brief.model_validate(taint(brief.model_dump(), request.param))


def source(number: int, title: str, sentences: tuple[str, ...], **known: object) -> Source:
    text = " ".join(sentences)
    numbered, start = [], 0
    for place, sentence in enumerate(sentences, start=1):
        end = start + len(sentence)
        numbered.append(Sentence(id=f"{number}.{place}", start=start, end=end, text=sentence))
        start = end + 1
    fields = {
        "name": f"source-{number}.txt",
        "kind": "text",
        "publisher": None,
        "author": None,
        "published": None,
        "published_from": None,
        "url": None,
        "language": "en",
        "sha256": sha256(text.encode()).hexdigest(),
    }
    return Source.model_validate(
        {
            **fields,
            **known,
            "number": number,
            "title": title,
            "text": text,
            "sentences": tuple(numbered),
        }
    )


def claim(id: str, text: str, *evidence: str, basis: str = "reported", **known: object):
    section, part, _ = id.split(".")
    fields = {
        "likelihood": None,
        "form": "sentence",
        "author": "model",
        "verdict": "supported",
        "method": "figures",
        "score": 1.0,
        "reason": "every specific is in the cited sentences",
        "repairs": 0,
    }
    given = {"id": id, "section": section, "part": part, "text": text, "basis": basis}
    return CheckedClaim.model_validate({**fields, **given, "evidence": evidence, **known})


def judgement(id: str, likelihood: Likelihood | None, text: str, *evidence: str, **known: object):
    judged = {"method": "judge", "score": 0.8, **known}
    return claim(id, text, *evidence, basis="judgement", likelihood=likelihood, **judged)


def part(title: str, *claims: CheckedClaim, note: str | None = None) -> Part:
    name = claims[0].part if claims else "empty"
    return Part(name=name, title=title, claims=claims, note=note)


def section(name: SectionName, title: str, *parts: Part) -> Section:
    return Section(name=name, title=title, parts=parts)


def bluf() -> Section:
    return section(
        "bluf",
        "BLUF (Bottom Line Up Front)",
        part(
            "What happened",
            claim(
                "bluf.what.1",
                "State media reported that Kim Jong Un called the alliance with Russia one of "
                '"sharing blood, life and death in the same trench".',
                "1.1",
                "1.2",
                method="quotations",
            ),
            claim(
                "bluf.what.2",
                "South Korean intelligence officials estimate that about 2,000 of roughly 15,000 "
                "troops sent to Russia have been killed.",
                "1.4",
            ),
        ),
        part(
            "What it means",
            judgement(
                "bluf.meaning.1",
                "likely",
                "The message is meant to secure payment for the troops before the war ends.",
                "1.7",
                "1.11",
                repairs=1,
            ),
        ),
    )


def hypotheses() -> Section:
    return section(
        "hypotheses",
        "Competing Hypotheses",
        part(
            "Hypothesis A",
            judgement(
                "hypotheses.a.1",
                "likely",
                "The two governments exchange troops for money, fuel and technology, and the "
                "letter confirms the bargain.",
                "1.4",
                "1.7",
            ),
        ),
        part(
            "Hypothesis B",
            judgement(
                "hypotheses.b.1",
                "unlikely",
                "The alliance is largely symbolic, and the letter serves audiences at home.",
                "1.3",
                "1.8",
            ),
        ),
        part(
            "Hypothesis C",
            judgement(
                "hypotheses.c.1",
                "very unlikely",
                "The reporting is meant to deceive other governments about the losses.",
                "1.5",
                "1.6",
            ),
        ),
        part(
            "Assessment",
            note="Hypothesis A is least refuted (inconsistency points over 4 signals: A 0, B 4, "
            "C 1).",
        ),
        part(
            "Indicators that could shift this",
            claim(
                "hypotheses.indicators.1",
                "A further rotation of engineers in early 2026 would favour A.",
                "1.12",
                basis="assumption",
                verdict="not checkable",
            ),
            claim(
                "hypotheses.indicators.2",
                "A congress that is silent about Russia would favour B.",
                "1.13",
                basis="assumption",
                verdict="not checkable",
            ),
        ),
    )


def assumptions() -> Section:
    return section(
        "assumptions",
        "Key Assumptions and Red Flags",
        part(
            "Assumptions",
            claim(
                "assumptions.assumptions.1",
                "KCNA printed the letter as it was sent.",
                "1.2",
                basis="assumption",
            ),
            claim(
                "assumptions.assumptions.2",
                "Seoul's estimate rests on more than one kind of collection.",
                "1.4",
                basis="assumption",
            ),
        ),
        part(
            "Information Gaps",
            claim(
                "assumptions.gaps.1",
                "No source gives the number of the dead from Pyongyang.",
                "1.3",
                "1.5",
                basis="assumption",
            ),
        ),
        part(
            "Bias & Deception Risks",
            claim(
                "assumptions.bias.1",
                "None of the casualty figures could be independently verified.",
                "1.6",
                author="program",
                method="verbatim",
            ),
            note="No drafted risk stood the check; statements by parties with a stake:",
        ),
    )


def implications() -> Section:
    return section(
        "implications",
        "Implications and Strategic Risks",
        part(
            "Overall",
            judgement(
                "implications.overall.1",
                "likely",
                "Governments that want the war to end have to reckon with a second capital.",
                "1.9",
                "1.11",
            ),
        ),
        part(
            "Political / Geopolitical",
            judgement(
                "implications.political.1",
                "very likely",
                "Kim raises the alliance with Russia at the party congress.",
                "1.13",
                "2.1",
            ),
        ),
        part(
            "Security / Counter-Terrorism",
            judgement(
                "implications.security.1",
                "roughly even chance",
                "Military technology changes the balance on the peninsula within the year.",
                "1.7",
                verdict="partial",
            ),
        ),
        part("Cyber / Information Space", note="The source says nothing that bears on this."),
        part(
            "Economic / Social",
            judgement(
                "implications.economic.1",
                "likely",
                "Food and fuel from Russia blunt the sanctions.",
                "1.7",
            ),
        ),
    )


def outlook() -> Section:
    return section(
        "outlook",
        "Recommendations and Outlook",
        part(
            "Immediate Actions (0\u201330 days)",
            claim(
                "outlook.immediate.1",
                "Watch for the date of the party congress.",
                "1.13",
                basis="recommendation",
            ),
            claim(
                "outlook.immediate.2",
                "Ask Seoul for the evidence behind its estimate of the payments.",
                "1.7",
                "1.8",
                basis="recommendation",
            ),
        ),
        part(
            "Medium-Term Posture (1\u201312 months)",
            claim(
                "outlook.medium.1",
                "Follow the rotation of engineers and builders through commercial imagery.",
                "1.12",
                basis="recommendation",
            ),
        ),
        part(
            "Scenario: Best",
            judgement(
                "outlook.best.1",
                "unlikely",
                "The exchange ends with the war, and no technology changes hands.",
                "1.8",
            ),
        ),
        part(
            "Scenario: Worst",
            judgement(
                "outlook.worst.1",
                "almost no chance",
                "The treaty of June 2024 draws North Korea's regular army into the war.",
                "1.9",
            ),
        ),
        part(
            "Scenario: Most-Likely",
            judgement(
                "outlook.most_likely.1",
                "likely",
                "Engineers and builders replace combat troops during 2026.",
                "1.12",
            ),
        ),
    )


def entities() -> Section:
    def entity(number: int, text: str, *evidence: str) -> CheckedClaim:
        return claim(f"entities.entities.{number}", text, *evidence, form="label", method="names")

    return section(
        "entities",
        "Key Individuals and Entities",
        part(
            "Named in the sources",
            entity(1, "Kim Jong Un, North Korean leader", "1.1"),
            entity(2, "Vladimir Putin, Russian President", "1.1"),
            entity(3, "Lim Dae-sung, analyst at the Institute for Far Eastern Studies", "1.10"),
            entity(4, "Korean Central News Agency (KCNA)", "1.2"),
        ),
    )


def tags() -> Section:
    named = {"North Korea": "1.1", "Russia": "1.1", "military cooperation": "1.9"}
    named |= {"casualty figures": "1.6", "state media": "1.1", "sanctions": "1.7"}
    return section(
        "tags",
        "Thematic Tags",
        part(
            "Thematic Tags",
            *(
                claim(f"tags.tags.{n}", tag, id, form="label", method="names")
                for n, (tag, id) in enumerate(named.items(), start=1)
            ),
        ),
    )


def techniques() -> tuple[Technique, ...]:
    rows = (
        ("1.4", 3, ("C", "I", "N"), 0.47),
        ("1.7", 6, ("CC", "II", "I"), 0.82),
        ("1.3", 2, ("N", "C", "C"), 0.0),
        ("1.9", 8, ("C", "I", "NA"), 0.47),
    )
    ach = Ach(
        hypotheses=("A", "B", "C"),
        rows=tuple(
            MatrixRow(evidence=(id,), signal=LETTER[place], ratings=ratings, diagnosticity=spread)
            for id, place, ratings, spread in rows
        ),
        scores=(0.0, 4.0, 1.0),
        least_refuted=("A",),
        signal_count=4,
        stable=True,
    )
    return (
        Technique(
            name="Analysis of Competing Hypotheses (ACH)",
            method="Heuer (1999), ch. 8",
            result="A is least refuted by 4 signals; were 1.7 false, the order would stand.",
            ach=ach,
        ),
        Technique(
            name="Causal Layered Analysis (CLA)",
            method="Inayatullah (1998)",
            result="The deeper layers bear out the bargain that hypothesis A describes.",
            parts=(
                part(
                    "Litany",
                    claim(
                        "techniques.litany.1",
                        "KCNA said Kim sent the message to mark the start of 2026.",
                        "1.2",
                    ),
                ),
                part(
                    "Myth",
                    judgement(
                        "techniques.myth.1",
                        "likely",
                        'The phrase "in the same trench" makes of a trade a brotherhood in arms.',
                        "1.1",
                    ),
                ),
            ),
        ),
    )


def withheld() -> tuple[CheckedClaim, ...]:
    return (
        claim(
            "bluf.what.3",
            "About 20,000 North Korean soldiers have been killed.",
            "1.4",
            verdict="contradicted",
            reason="20,000 is not in the cited sentence, which says 2,000",
            score=0.0,
            repairs=2,
        ),
        judgement(
            "implications.cyber.1",
            "likely",
            "Hackers of both countries share tools.",
            "1.7",
            verdict="unsupported",
            reason="no cited sentence speaks of computers",
            score=0.1,
            repairs=2,
        ),
        judgement(
            "implications.cyber.2",
            "likely",
            "Russia trains operators in Pyongyang.",
            "1.7",
            verdict="unsupported",
            reason="the passage does not mention training",
            score=0.1,
            repairs=2,
        ),
    )


def run() -> Run:
    return Run(
        id="20260102T101500-7c1e",
        bluf_version="0.1.0",
        model="SmolLM2-135M-Instruct",
        endpoint="embedded",
        structured_output="json_schema",
        prompt_version="v1",
        prompt_hash="3f9a12bc77d0e5",
        judge="SmolLM2-135M-Instruct",
        calls=14,
        calls_from_store=3,
        tokens_in=21340,
        tokens_out=3201,
        tokens_cached=18002,
        cost_usd=None,
        seconds=41.23,
    )


@pytest.fixture
def brief() -> Brief:
    parts = {
        "bluf": bluf(),
        "hypotheses": hypotheses(),
        "assumptions": assumptions(),
        "implications": implications(),
        "outlook": outlook(),
        "entities": entities(),
        "tags": tags(),
    }
    kept = [c for s in parts.values() for p in s.parts for c in p.claims]
    kept += [c for t in techniques() for p in t.parts for c in p.claims]
    sources = (
        source(
            1,
            "Kim tells Putin that North Korea and Russia are bound by shared blood",
            LETTER,
            publisher="Peninsula Wire",
            author="Hana Whitlock",
            published=date(2025, 12, 28),
            published_from="line 4 of the text",
            notes=("3 hidden passages were left out",),
        ),
        source(2, "Ministry watches for congress", NOTE_FROM_SEOUL, reliability="B", credibility=2),
    )
    return Brief(
        title="Kim tells Putin that North Korea and Russia are bound by shared blood in New Year "
        "message",
        published=date(2025, 12, 28),
        generated_at=datetime(2026, 1, 2, 10, 15, tzinfo=UTC),
        confidence=Confidence(
            level="moderate",
            reasons=(
                "2 independent sources",
                "ratings F6, B2",
                "state media alone vouch for 50% of the signals: caps at moderate",
                "30 of 36 drafted claims were supported at first try",
                "the least refuted hypothesis leads by 1 points: under 2 caps at moderate",
            ),
        ),
        sourcing=Sourcing(),
        sources=sources,
        **parts,
        techniques=techniques(),
        ledger=(*kept, *withheld()),
        withheld=withheld(),
        run=run(),
    )
