"""Read anybody's sentences as claims: a line each, Markdown, or a brief in JSON."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.briefs import parse_brief
from agent.clean import clean_text
from agent.errors import SourceError
from agent.sources.decoding import decode
from agent.sources.sentences import split_sentences
from schemas.claims import Basis, Claim
from schemas.sources import Sources

# As briefs print them: [1.3] or [1.3, 2.7].
CITED = re.compile(r"\[(\d+\.\d+(?:,\s*\d+\.\d+)*)\]")
OWN = re.compile(r"^\W*Marks:\W*R reported, J judgement", re.MULTILINE)
BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")


def read_statements(raw: bytes, name: str, sources: Sources) -> tuple[Claim, ...]:
    """Return the claims of a file, in its order; the verifier finds evidence for those without any.

    Citations such as [1.3] count when the sources have that sentence; those of a brief only when
    it was made from the very same texts. Headings, tables and code of Markdown claim nothing.

    Raises:
        SourceError: It is in no known encoding, is JSON but no brief, is a brief as text, or
            holds no sentence.
    """
    text, _ = decode(raw, name=name)
    cleaned, _ = clean_text(text)
    if OWN.search(cleaned):
        raise SourceError(
            name, "is a brief as text; give the JSON, which keeps what each line cites"
        )
    if cleaned.lstrip().startswith("{"):
        claims = _from_brief(cleaned, name, sources)
    else:
        lines = _markdown_lines(cleaned) if name.endswith((".md", ".markdown")) else _lines(cleaned)
        claims = read_lines(lines, sources)
    if not claims:
        raise SourceError(name, "holds no sentence to check; give one on each line")
    return claims


def _lines(text: str) -> Iterator[str]:
    return (BULLET.sub("", line) for line in text.splitlines())


def _markdown_lines(text: str) -> Iterator[str]:
    """Yield the running text of paragraphs and list items, without the markup."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and token.type == "inline":
            yield _plain(token)


def _plain(token: Token) -> str:
    breaks = {"softbreak": " ", "hardbreak": " "}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())


def read_lines(lines: Iterable[str], sources: Sources) -> tuple[Claim, ...]:
    """Return a claim for each sentence of each line, with the citations behind it that exist."""
    sentences = [line[start:end] for line in lines for start, end in split_sentences(line)]
    said = [_without_citations(sentence) for sentence in sentences]
    worded = [(text, cited) for text, cited in said if re.search(r"\w", text)]
    return tuple(
        _claim(n, text, "reported", [id for id in cited if id in sources.sentences])
        for n, (text, cited) in enumerate(worded, start=1)
    )


def _without_citations(sentence: str) -> tuple[str, list[str]]:
    ids = [id.strip() for found in CITED.findall(sentence) for id in found.split(",")]
    return " ".join(CITED.sub("", sentence).split()).replace(" .", "."), ids


def _from_brief(text: str, name: str, sources: Sources) -> tuple[Claim, ...]:
    brief = parse_brief(text, name)
    withheld = {claim.id for claim in brief.withheld}
    same = {
        str(theirs.number)
        for theirs, ours in zip(brief.sources, sources.items, strict=False)
        if theirs.sha256 == ours.sha256
    }
    kept = [
        claim for claim in brief.ledger if claim.id not in withheld and claim.form == "sentence"
    ]
    return tuple(
        _claim(n, c.text, c.basis, tuple(i for i in c.evidence if i.partition(".")[0] in same))
        for n, c in enumerate(kept, start=1)
    )


def _claim(number: int, text: str, basis: Basis, evidence: Sequence[str]) -> Claim:
    return Claim(
        id=str(number),
        section="bluf",
        part="statements",
        text=text,
        basis=basis,
        evidence=tuple(evidence),
        author="user",
    )
