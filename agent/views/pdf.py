"""A brief as a PDF, set from the same HTML page by WeasyPrint."""

import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from types import ModuleType
from xml.etree.ElementTree import Element

from agent.briefs import digest
from agent.clean import cut, one_line
from agent.errors import UsageError
from agent.views.html import html
from agent.views.lines import plain
from schemas.brief import Brief

VARIANT = "pdf/ua-1"  # ISO 14289-1: tagged, so that a screen reader finds headings and tables
LONG_WORD = re.compile(r"\S{100,}")
PIECE = 50  # characters of a long word between two places to break it at
BREAK = "\N{ZERO WIDTH SPACE}"
UNSEEN = frozenset({"head", "title", "style", "script"})
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def pdf(brief: Brief) -> bytes:
    """Return the brief's page as a tagged PDF with an outline; the same brief gives the same bytes.

    Raises:
        UsageError: WeasyPrint or a library that it needs is not installed.
        ValueError: A figure in the brief is not finite, so that it has no digest.
    """
    return print_page(
        html(brief),
        identifier=bytes.fromhex(digest(brief)),
        written=brief.generated_at,
        authors=(f"bluf {brief.run.bluf_version}", plain(brief.run.model)),
    )


def print_page(
    page: str, *, identifier: bytes, written: datetime, authors: tuple[str, ...]
) -> bytes:
    """Return an HTML page as a tagged PDF whose outline is the headings of the page.

    Nothing is fetched: an address that the page holds is refused, whatever its scheme.

    Args:
        page: The page, with everything that it needs in it.
        identifier: What tells the file from others; without it, one is drawn by chance.
        written: The date that the file bears in place of today's.
        authors: Who wrote it.

    Raises:
        UsageError: WeasyPrint or a library that it needs is not installed.
    """
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    parsed = weasyprint.HTML(string=page, url_fetcher=nothing)
    _break_words(parsed.etree_element)
    document = parsed.render(pdf_variant=VARIANT)
    moment = written.astimezone(UTC) if written.tzinfo else written
    about = document.metadata
    about.created = about.modified = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    about.authors = list(authors)
    file: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)
    return file


def _weasyprint() -> ModuleType:
    """Return the library; it is large, and few briefs are printed.

    Raises:
        UsageError: It is not installed, or cannot load what it needs.
    """
    try:
        # It prints advice where Pango is missing, and warns where HarfBuzz cannot cut fonts down.
        with redirect_stdout(StringIO()), warnings.catch_warnings(action="ignore"):
            return import_module("weasyprint")
    except (ImportError, OSError) as error:
        raise UsageError(
            f"PDF needs WeasyPrint and Pango ({one_line(str(error), 80)}): pip install "
            f"'bluf[pdf]', on Debian apt install {PACKAGES}; or print --format html in any browser"
        ) from error


def _break_words(page: Element) -> None:
    """Let words that no line can hold be broken, where nothing is seen when they are not.

    Without a place to break at, the time to set a word grows with the square of its length.
    """
    for element in page.iter():
        if element.tag not in UNSEEN:
            element.text = _breakable(element.text)
            element.tail = _breakable(element.tail)


def _breakable(text: str | None) -> str | None:
    return LONG_WORD.sub(lambda word: BREAK.join(_pieces(word.group())), text) if text else text


def _pieces(word: str) -> Iterator[str]:
    start = 0
    while start < len(word):
        piece = cut(word[start : start + 2 * PIECE], PIECE)
        yield piece
        start += len(piece)
