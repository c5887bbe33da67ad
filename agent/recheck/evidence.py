"""Check that the evidence of a brief is there: texts by hash, sentences by offset, citations."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise

from agent.clean import one_line
from agent.material import fold
from agent.sections.fallback import METHOD as SOURCE_SENTENCE
from agent.verify.moments import moments_in
from agent.verify.numerals import figures_in
from agent.verify.quotations import quotes_in
from agent.views.lines import body
from schemas.brief import Brief
from schemas.claims import CheckedClaim
from schemas.recheck import Check, Fault
from schemas.sources import Sentence, Source
from schemas.sourcing import KeyFact


def check_texts(brief: Brief) -> Check:
    """Return whether each source's text is the one whose SHA-256 the source bears."""
    faults = [
        Fault(where=f"source {source.number}", problem=f"its text has the SHA-256 {found[:12]}…, "
              f"and it bears {one_line(source.sha256[:12])}…")
        for source in brief.sources
        if (found := text_digest(source)) != source.sha256
    ]  # fmt: skip
    numbers = [source.number for source in brief.sources]
    if numbers != list(range(1, len(numbers) + 1)):
        said = ", ".join(map(str, numbers)) or "none"
        faults.append(Fault(where="sources", problem=f"they are not numbered from 1: {said}"))
    if not numbers:
        faults.append(Fault(where="sources", problem="the brief has no source"))
    return Check(
        name="source texts",
        subject="evidence",
        asked="each text has the SHA-256 that its source bears",
        count=len(numbers),
        unit="sources",
        faults=tuple(faults),
    )


def text_digest(source: Source) -> str:
    """Return the SHA-256 of a source's text in UTF-8, in hex."""
    return hashlib.sha256(source.text.encode()).hexdigest()


def check_sentences(brief: Brief) -> Check:
    """Return whether each sentence is its text from start to end, and none is missing.

    Ids go up by one from `1.1`, no two sentences overlap, and what stands between two is white
    space: a sentence that was taken out leaves its words behind.
    """
    return Check(
        name="sentences",
        subject="evidence",
        asked="text[start:end] is the sentence to the character; ids in order; none left out",
        count=sum(len(source.sentences) for source in brief.sources),
        unit="sentences",
        faults=tuple(fault for source in brief.sources for fault in _sentence_faults(source)),
    )


def _sentence_faults(source: Source) -> Iterator[Fault]:
    for place, sentence in enumerate(source.sentences, start=1):
        wanted = f"{source.number}.{place}"
        if sentence.id != wanted:
            problem = f"stands where {wanted} has to stand"
            yield Fault(where=one_line(sentence.id), problem=problem)
        if source.text[sentence.start : sentence.end] != sentence.text:
            there = one_line(source.text[sentence.start : sentence.end], 60)
            problem = f'text[{sentence.start}:{sentence.end}] is "{there}", not the sentence'
            yield Fault(where=one_line(sentence.id), problem=problem)
    yield from _gaps(source)


def _gaps(source: Source) -> Iterator[Fault]:
    """Yield a fault for each stretch of text that no sentence holds, and each overlap."""
    edges = [(0, 0), *((s.start, s.end) for s in source.sentences)]
    edges.append((len(source.text), len(source.text)))
    for (_, end), (start, _) in pairwise(edges):
        where = f"source {source.number}"
        if start < end:
            yield Fault(where=where, problem=f"two sentences overlap at {start}")
        elif left := source.text[end:start].strip():
            problem = f'no sentence holds "{one_line(left, 60)}" at {end}'
            yield Fault(where=where, problem=problem)


def check_citations(brief: Brief) -> Check:
    """Return whether every sentence that anything in the brief cites exists."""
    known = {sentence.id for source in brief.sources for sentence in source.sentences}
    cited = dict.fromkeys((where, id) for where, ids in _citing(brief) for id in ids)
    return Check(
        name="citations",
        subject="evidence",
        asked="every sentence that a claim, fact, conflict or matrix row cites exists",
        count=len(cited),
        unit="citations",
        faults=tuple(
            Fault(where=one_line(where), problem=f"cites {one_line(id)}, which no source has")
            for where, id in cited
            if id not in known
        ),
    )


def _citing(brief: Brief) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield everything that cites, by name, with the ids."""
    for claim in (*brief.ledger, *body(brief), *brief.withheld):
        yield claim.id, claim.evidence
    for fact in brief.sourcing.facts:
        yield "key fact", (fact.evidence,)
    for card in brief.sourcing.cards:
        for speaker in card.speakers:
            yield f"card of source {card.source}", speaker.facts
    for agreement in brief.sourcing.agreements:
        yield f"agreement on {agreement.what}", agreement.evidence
    for conflict in brief.sourcing.conflicts:
        for side in conflict.sides:
            yield f"conflict on {conflict.what}", side.evidence
    yield from _citing_techniques(brief)
    for decision in brief.review.decisions if brief.review else ():
        yield f"review of {decision.claim}", decision.evidence
    if brief.update:
        for fate in brief.update.judgements:
            yield f"fate of {fate.after or fate.before}", fate.evidence
        for indicator in brief.update.indicators:
            yield f"indicator {indicator.claim}", indicator.evidence


def _citing_techniques(brief: Brief) -> Iterator[tuple[str, tuple[str, ...]]]:
    for technique in brief.techniques:
        for row in technique.ach.rows if technique.ach else ():
            yield f"{technique.name}, matrix", row.evidence
        yield f"{technique.name}, linchpins", technique.ach.linchpins if technique.ach else ()
        for card in technique.deception:
            yield f"{technique.name}, {card.speaker}", card.says


def check_copies(brief: Brief) -> Check:
    """Return whether what the program copied from the sources is what they say.

    Those are the sentences that stand in for claims, the key facts with their figures, dates and
    quotations, and the signals of the matrix.
    """
    sentences = {s.id: s for source in brief.sources for s in source.sentences}
    copied = [claim for claim in brief.ledger if _is_copy(claim)]
    rows = [row for t in brief.techniques if t.ach for row in t.ach.rows]
    faults = [
        *(
            f
            for claim in copied
            for f in _miscopied(claim.id, claim.text, claim.evidence, sentences)
        ),
        *(f for row in rows for f in _miscopied("matrix", row.signal, row.evidence, sentences)),
        *(f for fact in brief.sourcing.facts for f in _misread(fact, sentences)),
    ]
    return Check(
        name="quotations",
        subject="evidence",
        asked="what the program put in from a source is that sentence, word for word",
        count=len(copied) + len(rows) + len(brief.sourcing.facts),
        unit="copies",
        faults=tuple(faults),
    )


def _is_copy(claim: CheckedClaim) -> bool:
    return claim.method == SOURCE_SENTENCE and claim.form == "sentence"


def _miscopied(
    where: str, text: str, evidence: tuple[str, ...], sentences: dict[str, Sentence]
) -> Iterator[Fault]:
    if len(evidence) != 1:
        yield Fault(where=one_line(where), problem=f"copies {len(evidence)} sentences, not one")
    elif evidence[0] in sentences and fold(sentences[evidence[0]].text) != text:
        problem = f'"{one_line(text, 60)}" is not what {evidence[0]} says'
        yield Fault(where=one_line(where), problem=problem)


def _misread(fact: KeyFact, sentences: dict[str, Sentence]) -> Iterator[Fault]:
    sentence = sentences.get(fact.evidence)
    if sentence is None:
        return
    found = {
        "text": (fact.text, sentence.text),
        "figures": (fact.figures, tuple(figure.text for figure in figures_in(sentence.text))),
        "dates": (fact.dates, tuple(moment.text for moment in moments_in(sentence.text))),
        "quotations": (fact.quotations, quotes_in(sentence.text)),
    }
    for name, (stored, there) in found.items():
        if stored != there:
            problem = f"the {name} of this key fact are not those of the sentence"
            yield Fault(where=fact.evidence, problem=problem)
