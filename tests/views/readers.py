"""Readers of each format that share no code with what writes it, and what they find there."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from typing import NamedTuple

import docx as word
import lxml.html
import pypdf
import pytest
import stix2
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from agent.errors import UsageError
from agent.views import lines
from agent.views.docx import docx
from agent.views.html import html
from agent.views.json import as_json
from agent.views.markdown import markdown
from agent.views.pdf import pdf
from agent.views.stix import stix
from agent.views.terminal import terminal
from schemas.brief import Brief

FOOTER = re.compile(r"^(?:\d+ / \d+|DRAFT|TLP:\S+)$", re.MULTILINE)
# Likelihood, words, ids, and what stands behind them up to the next label of the line.
SAID = re.compile(
    r"(?:\((?P<odds>[a-z ]+), [\d-]+%\):? )?(?P<text>.+?) \[(?P<cites>\d+\.\d+(?:, \d+\.\d+)*)\]"
    r"(?: (?:\(|— ).*$)?(?:, |$)"
)


class Said(NamedTuple):
    """A claim as a reader of one format finds it."""

    mark: str
    likelihood: str
    text: str
    cites: tuple[str, ...]


def one_line(text: str) -> str:
    return " ".join(text.split())


# What each format says, on one line.


def in_terminal(brief: Brief, *, detail: bool = True) -> str:
    return one_line(terminal(brief, width=100, colour=False, detail=detail))


def in_markdown(brief: Brief) -> str:
    unescaped = re.sub(r"\\(.)", r"\1", markdown(brief))
    return one_line(unescaped.replace("**", "").replace("`", ""))


def in_html(brief: Brief) -> str:
    (body,) = lxml.html.document_fromstring(html(brief)).xpath("//body")
    for script in body.xpath("//script | //style"):
        script.drop_tree()
    # Elements that stand side by side are words apart, whatever the template puts between them.
    return one_line(" ".join(body.itertext()))


def in_docx(brief: Brief) -> str:
    return one_line("\n".join(_text(block) for block in opened(brief).iter_inner_content()))


def in_pdf(brief: Brief) -> str:
    return one_line(text_of_pdf(brief))


def in_json(brief: Brief) -> Brief:
    return Brief.model_validate(json.loads(as_json(brief)))


def opened(brief: Brief) -> Document:
    """Return the brief's Word document, read back."""
    return word.Document(BytesIO(written(brief)))


@cache
def written(brief: Brief) -> bytes:
    """Return the brief's Word document."""
    return docx(brief)


@cache
def printed(brief: Brief) -> bytes:
    """Return the brief's PDF, or skip the test where this machine cannot make one, never in CI."""
    try:
        return pdf(brief)
    except UsageError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@cache
def text_of_pdf(brief: Brief) -> str:
    """Return the text of the brief's PDF without what is printed on the margin of each page."""
    pages = pypdf.PdfReader(BytesIO(printed(brief))).pages
    return "\n".join(FOOTER.sub("", page.extract_text()) for page in pages)


def _text(block: Paragraph | Table) -> str:
    if isinstance(block, Paragraph):
        return block.text
    return "\n".join(cell.text for row in block.rows for cell in row.cells)


# What each format claims, by its own marks.


def claims_in_terminal(brief: Brief) -> list[Said]:
    page = terminal(brief, width=100, colour=False, detail=True)
    # A line by the program stands where a claim goes on, but begins with a title.
    page = re.sub(rf"^ {{5}}{_titles(brief)}:?(?: |$)", r"\n\g<0>", page, flags=re.MULTILINE)
    found = re.findall(r"^  ([RJA►✗])  (\S.*(?:\n {5}\S.*)*)", page, re.MULTILINE)
    return list(_read(found, brief))


def claims_in_markdown(brief: Brief) -> list[Said]:
    page = re.sub(r"\\(.)", r"\1", markdown(brief)).replace("**", "")
    return list(_read(re.findall(r"^ *(?:- )?`(.)` (.*)", page, re.MULTILINE), brief))


def claims_in_json(brief: Brief) -> list[Said]:
    read = in_json(brief)
    kept = [(lines.MARKS[c.basis], lines.words(c, read.sources), c) for c in lines.body(read)]
    left = [("✗", claim.text, claim) for claim in read.withheld]
    return [Said(mark, c.likelihood or "", text, c.evidence) for mark, text, c in (*kept, *left)]


def claims_in_html(brief: Brief) -> list[Said]:
    page = lxml.html.document_fromstring(html(brief))
    found = []
    for claim in page.xpath("//li[@class='claim']"):
        mark = claim.xpath("string(.//summary/span[1]/span[@aria-hidden])")
        found.append((mark, one_line(claim.xpath("string(.//summary/span[@class='said'])"))))
    return list(_read(found, brief))


def claims_in_docx(brief: Brief) -> list[Said]:
    found = []
    for line in opened(brief).paragraphs:
        if line.style.name in {"List", "List 2"}:
            mark, _, text = line.text.partition("\t")
            found.append((mark, text))
    return list(_read(found, brief))


def claims_in_pdf(brief: Brief) -> list[Said]:
    """Return the claims of the printed page; each ends with the mark of its verdict."""
    claims = re.findall(
        r"(?:^|(?<=[✓~✗?−] ))([RJA►✗])\s((?:(?!\n[RJA►✗]\s).)+?\[\d[\d., ]*\].*?)\s[✓~✗?−]",
        text_of_pdf(brief),
        re.MULTILINE | re.DOTALL,
    )
    return list(_read(claims, brief))


def claims_in_stix(brief: Brief) -> list[Said]:
    found = []
    for note in (one for one in stix2.parse(stix(brief)).objects if one.type == "note"):
        labels = dict(label.split(":", 1) for label in note.labels)
        ((_, likelihood, text, cites),) = _read([("", note.content)], brief)
        quoted = tuple(one.external_id.split()[0] for one in note.external_references)
        assert (likelihood, quoted) == (labels.get("likelihood", ""), cites)
        found.append(Said(lines.MARKS[labels["basis"]], likelihood, text, cites))
    return found


def _read(marked: Iterable[tuple[str, str]], brief: Brief) -> Iterator[Said]:
    """Yield the claims of lines, which may begin with the title of the part they are alone in."""
    title = re.compile(rf"{_titles(brief)}(?:: | (?=\())")
    for mark, line in marked:
        for found in SAID.finditer(title.sub("", one_line(line), count=1)):
            cites = tuple(found["cites"].split(", "))
            yield Said(mark, found["odds"] or "", found["text"], cites)


def _titles(brief: Brief) -> str:
    """Return what finds the title of a part."""
    chapters = (*lines.sections(brief), *brief.techniques)
    titles = {part.title for chapter in chapters for part in chapter.parts}
    return f"(?:{'|'.join(sorted(map(re.escape, titles)))})"
