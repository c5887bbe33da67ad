"""The six sample articles as sources, and claims about them, for the tests of each step."""

import html
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from agent.sources.sentences import split_sentences
from schemas.claims import Basis, Claim
from schemas.sources import Sentence, Source, Sources

EXAMPLES = Path(__file__).parents[2] / "examples"

PUBLISHED = {
    "border-clash.txt": date(2026, 3, 12),
    "dam-flood-follow-up.txt": date(2025, 11, 29),
    "dam-flood.txt": date(2025, 11, 18),
    "grain-levy.html": date(2026, 7, 9),
    "letter.txt": date(2025, 12, 28),
    "market-bombing.txt": date(2026, 2, 8),
    "port-breach.md": date(2026, 5, 28),
}


def sources_of(text: str, published: date | None = None) -> Sources:
    sentences = tuple(
        Sentence(id=f"1.{number}", start=start, end=end, text=text[start:end])
        for number, (start, end) in enumerate(split_sentences(text), 1)
    )
    source = Source(
        number=1,
        name="article.txt",
        kind="text",
        title="",
        publisher=None,
        author=None,
        published=published,
        published_from=None,
        url=None,
        language="en",
        sha256="0" * 64,
        text=text,
        sentences=sentences,
    )
    return Sources(items=(source,))


@lru_cache(maxsize=8)
def example(name: str) -> Sources:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        body = text.partition('<div class="story-body">')[2].partition("</div>")[0]
        paragraphs = re.findall(r"<p>(.*?)</p>", body, re.DOTALL)
        text = "\n\n".join(html.unescape(p) for p in paragraphs)
    elif name.endswith(".md"):
        text = text.split("---", 2)[2].strip()
    return sources_of(text, PUBLISHED.get(name))


def cite(sources: Sources, *snippets: str) -> tuple[str, ...]:
    """Return the id of the one sentence that holds each snippet."""
    found = []
    for snippet in snippets:
        plain = snippet.replace("'", "’")
        ids = [s.id for s in sources.sentences.values() if snippet in s.text or plain in s.text]
        assert ids, f"no sentence holds {snippet!r}"
        found.append(ids[0])
    return tuple(found)


def claim_of(text: str, *evidence: str, basis: Basis = "reported", **fields: object) -> Claim:
    given = {
        "id": "bluf.x.1",
        "section": "bluf",
        "part": "x",
        "text": text,
        "basis": basis,
        "evidence": evidence,
    }
    return Claim.model_validate(given | fields)
