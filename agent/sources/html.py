"""Read the article out of a web page; runs as a child process, since pages are hostile."""

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
from agent.sources.worker import serve

FEWEST_WORDS = 40
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
CONTROL_REFERENCE = re.compile(r"&#(?:x0*([0-9a-f]{1,2})|0*(\d{1,3}));", re.IGNORECASE)
# htmldate takes these for want of anything better.
MODIFIED = (
    "//meta[contains(concat(@property, @name, @itemprop), 'modif')]"
    "|//meta[contains(concat(@property, @name, @itemprop), 'pdate')]"
    "|//*[@itemprop='dateModified']"
)
BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre")


def read_html(raw: bytes, *, name: str, charset: str | None = None) -> Reading:
    """Return the article of a web page: its text, and what its markup says of its origin.

    trafilatura finds the text; readability's is taken instead when trafilatura gives fewer
    than 100 words, or fewer than half of readability's.

    Args:
        raw: The page.
        name: What the user typed, for messages.
        charset: The encoding that the server stated, if any.

    Raises:
        SourceError: No readable article is in the page.
    """
    declared = charset or _stated_charset(raw)
    page, notes = decode(raw, name=name, declared=declared)
    tree = _parse(page, name)
    facts = Facts(tree)
    marked = facts.published or _marked_date(tree)
    reading = Reading(
        text="", title=facts.title, publisher=facts.publisher,
        author=facts.author or _byline(tree, facts.publisher),
        published=marked[0].isoformat() if marked else None,
        published_from=marked[1] if marked else None, url=facts.url, language=facts.language,
    )  # fmt: skip
    notes += remove_hidden(tree)
    text, remarks = _find_text(tree)
    text, removed = clean_text(_without_title(text, reading.title))
    _check(text, name)
    return replace(reading, text=text, notes=(*notes, *remarks, *removed))


def _stated_charset(raw: bytes) -> str | None:
    match = CHARSET.search(raw[:4_096])
    return match[1].decode("ascii") if match else None


def _parse(page: str, name: str) -> HtmlElement:
    # An internal subset or a reference to a control character makes extractors return nothing.
    page = DOCTYPE.sub("", XML_DECLARATION.sub("", page), count=1)
    page = CONTROL_REFERENCE.sub(_without_control, page).replace("\0", "")
    # The page is text by now; a parser without an encoding would look for one in the page.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise SourceError(name, "it is no web page that can be parsed; give its text") from error
    return _flattened(tree)


def _without_control(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if code in {9, 10, 13} or not (code < 32 or 127 <= code < 160) else ""


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


def _check(text: str, name: str) -> None:
    words = len(text.split())
    if words < FEWEST_WORDS:
        found = f"only {words} words were found; " if words else "no article was found; "
        raise SourceError(
            name,
            f"{found}this may be a paywall, a log-in or a page made by scripts: "
            "open it in a browser, and save the text to a file",
        )


def _handle(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    reading = read_html(raw, name=job["name"], charset=job.get("declared"))
    return asdict(reading), b""


if __name__ == "__main__":
    serve(_handle)
