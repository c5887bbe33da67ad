"""Read the article out of a web page; runs as a child process, since pages are hostile."""

import html
import logging
import re
from collections import Counter
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import lxml.etree
import lxml.html
import trafilatura
from htmldate import find_date as find_marked_date
from lxml.html import HtmlElement
from readability import Document
from trafilatura.metadata import extract_metadata

from agent.clean import clean_text, one_line
from agent.errors import SourceError
from agent.sources.decoding import decode
from agent.sources.facts import Facts
from agent.sources.hidden import remove_hidden
from agent.sources.reading import Reading
from agent.sources.stubs import find_stub
from agent.sources.teasers import remove_teasers
from agent.sources.worker import serve

CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CONTROL_REFERENCE = re.compile(
    r"&#(?:x0*([0-9a-f]{1,4})(?![0-9a-f])|0*(\d{1,5})(?!\d));?", re.IGNORECASE
)
# htmldate takes these for want of anything better.
MODIFIED = (
    "//meta[contains(concat(@property, @name, @itemprop), 'modif')]"
    "|//meta[contains(concat(@property, @name, @itemprop), 'pdate')]"
    "|//*[@itemprop='dateModified']"
)
# The parser's time grows with the square of them: 40,000 in 350 KB took it 12 s. A value that
# holds an angle bracket hides them from this pattern, and the time limit is left.
HUGE_TAG = re.compile(r"<[a-zA-Z][^<>]{50000,}")
MOST_ATTRIBUTES = 10_000
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre")


def read_html(raw: bytes, *, name: str, charset: str | None = None, force: bool = False) -> Reading:
    """Return the article of a web page: its text, and what its markup says of its origin.

    trafilatura finds the text; readability's is taken instead when trafilatura gives fewer
    than 100 words, or fewer than half of readability's.

    Args:
        raw: The page.
        name: What the user typed, for messages.
        charset: The encoding that the server stated, if any.
        force: Whether a stub or a list is read too, with a note that says what it is.

    Raises:
        SourceError: No readable article is in the page, or it is a stub or a list.
    """
    # It logs what it cannot read, on a logger that prints when nobody set one up.
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    declared = charset or _stated_charset(raw)
    page, notes = decode(raw, name=name, declared=declared)
    page, controls = _without_controls(page)
    tree = _parse(page, name)
    facts = Facts(tree)
    reading = _stated(facts, tree)
    notes += (*_other_days(facts), *remove_hidden(tree))
    text, remarks = _find_text(tree)
    text, removed = clean_text(_without_title(text, reading.title))
    problem = find_stub(tree, text, title=reading.title, is_free=facts.is_free)
    if problem and not (force and text.strip()):
        raise SourceError(name, problem)
    notes += (problem,) if problem else _not_free(facts)
    text, teasers = remove_teasers(text)
    return replace(reading, text=text, notes=(*notes, *controls, *remarks, *removed, *teasers))


def _stated_charset(raw: bytes) -> str | None:
    match = CHARSET.search(raw[:4_096])
    return match[1].decode("ascii") if match else None


def _parse(page: str, name: str) -> HtmlElement:
    # An internal subset makes extractors return nothing.
    page = DOCTYPE.sub("", XML_DECLARATION.sub("", page), count=1)
    if any(_attributes(tag[0]) > MOST_ATTRIBUTES for tag in HUGE_TAG.finditer(page)):
        raise SourceError(
            name, f"one tag has more than {MOST_ATTRIBUTES:,} attributes; it is no article page"
        )
    # The page is text by now; a parser without an encoding would look for one in the page.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise SourceError(name, "it is no web page that can be parsed; give its text") from error
    return _flattened(tree)


def _attributes(tag: str) -> int:
    """Return about how many attributes a tag has; a page's own state may fill a long value."""
    bare = QUOTED.sub("", tag)
    return max(bare.count("="), len(bare.split()))


def _without_controls(page: str) -> tuple[str, tuple[str, ...]]:
    """Return the page without control characters, and a note; they blind or crash extractors."""
    referred = sum(not _resolved(match) for match in CONTROL_REFERENCE.finditer(page))
    page, direct = CONTROL.subn("", CONTROL_REFERENCE.sub(_resolved, page))
    count = referred + direct
    note = f"{count:,} control character{'s' if count > 1 else ''} removed"
    return page, (note,) if count else ()


def _resolved(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code in {9, 10, 13} or (31 < code < 127) or (code > 159 and code not in {0xFFFE, 0xFFFF}):
        return match[0]
    # As browsers do: 128 to 159 are the quotation marks and dashes of Windows-1252.
    return html.unescape(f"&#{code};") if code else ""


def _flattened(tree: HtmlElement) -> HtmlElement:
    """Return the tree with deep nesting taken out: extractors go blind or crash beyond 256."""
    deep = [
        e for e in tree.iter("div", "span", "section", "font", "b", "i", "center") if _is_deep(e)
    ]
    for element in deep:
        element.drop_tag()
    return tree


def _is_deep(element: HtmlElement) -> bool:
    return sum(1 for _, _ in zip(element.iterancestors(), range(120), strict=False)) >= 120


def _stated(facts: Facts, tree: HtmlElement) -> Reading:
    """Return what the page's markup says of its origin, and no text yet."""
    marked = facts.published or _marked_date(tree)
    return Reading(
        text="",
        title=facts.title,
        publisher=facts.publisher,
        author=facts.author or _byline(tree, facts.publisher),
        published=marked[0].isoformat() if marked else None,
        published_from=marked[1] if marked else None,
        url=facts.url,
        language=facts.language,
    )


def _other_days(facts: Facts) -> tuple[str, ...]:
    """Return a note on the days that the page gives beside the one taken."""
    others = [f"{day.isoformat()} ({where})" for day, where in facts.other_days[:3]]
    if not others or not facts.published:
        return ()
    taken, where = facts.published
    return (f"the page gives more than one date: {taken.isoformat()} ({where}) was taken, "
            f"not {', '.join(others)}",)  # fmt: skip


def _not_free(facts: Facts) -> tuple[str, ...]:
    remark = "the page says that only subscribers see it whole; check that its text is all there"
    return () if facts.is_free else (remark,)


def _marked_date(tree: HtmlElement) -> tuple[date, str] | None:
    """Return htmldate's finding in the head of the page; its search of the text is a guess."""
    for stated in tree.xpath(MODIFIED):
        stated.drop_tree()
    found = find_marked_date(tree, extensive_search=False, original_date=True)
    return (date.fromisoformat(found), "page markup (htmldate)") if found else None


def _byline(tree: HtmlElement, publisher: str | None) -> str | None:
    """Return the author that trafilatura reads from the layout of the page."""
    found = extract_metadata(tree).author
    names = [one_line(name, 100) for name in (found or "").split(";")]
    return ", ".join(n for n in names if n and n != publisher) or None


def _find_text(tree: HtmlElement) -> tuple[str, tuple[str, ...]]:
    """Return the article's paragraphs, a blank line between them, and remarks on how sure it is."""
    source = lxml.html.tostring(tree, encoding="unicode")
    first = trafilatura.extract(source, include_comments=False, include_tables=True) or ""
    second = _readability_text(source)
    words, others = len(first.split()), len(second.split())
    if words < others and (words < 100 or words < others / 2):
        return second, ("extracted by readability, since trafilatura found too little",)
    remarks: tuple[str, ...] = ()
    if others and _agreement(first, second) < 0.8:
        remarks = ("two extractors disagree on this page; check that the text is whole",)
    return "\n\n".join(first.split("\n")), remarks


def _readability_text(source: str) -> str:
    try:
        body = lxml.html.fromstring(Document(source).summary(html_partial=True))
    except (lxml.etree.LxmlError, ValueError):
        return ""
    blocks = [e for e in body.iter(*BLOCKS) if not any(a.tag in BLOCKS for a in e.iterancestors())]
    lines = [" ".join(e.text_content().split()) for e in blocks]
    return "\n\n".join(line for line in lines if line)


def _agreement(first: str, second: str) -> float:
    """Return the F1 of two texts' words against each other, in [0, 1]."""
    a, b = Counter(first.lower().split()), Counter(second.lower().split())
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0


def _without_title(text: str, title: str | None) -> str:
    """Return the text without a first paragraph that only repeats the title."""
    first, _, rest = text.partition("\n")
    return rest.lstrip() if title and " ".join(first.split()) == title else text


def _handle(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    reading = read_html(
        raw, name=job["name"], charset=job.get("declared"), force=job.get("force", False)
    )
    return asdict(reading), b""


if __name__ == "__main__":
    serve(_handle)
