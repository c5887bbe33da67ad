"""Read the article out of a PDF file; runs as a child process, since a PDF can hold a bomb."""

import logging
import re
import struct
import zlib
from collections import Counter
from dataclasses import asdict
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import (
    DeprecationError,
    FileNotDecryptedError,
    LimitReachedError,
    PyPdfError,
)

from agent.clean import clean_text, one_line
from agent.errors import SourceError
from agent.sources.reading import Reading
from agent.sources.worker import serve

# What pypdf's parser trips over in a damaged file, beside its own errors.
BROKEN = (
    PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError,
    AssertionError, ArithmeticError, DeprecationError, zlib.error, struct.error,
)  # fmt: skip
NEEDS_PASSWORD = "the PDF is encrypted or needs a password; print it to a PDF without one"
MOST_PAGES = 500
HYPHENATED = re.compile(r"([^\W\d_]+)-\n([^\W\d_]+)")
SENTENCE_END = re.compile(r"[.!?:][\"”’)]?$")
BULLET = re.compile(r"\s*(?:[-*•‣▪◦–]\s|\(?\d{1,2}[.)]\s)")
# What word processors write into the title field when nobody filled it in.
NO_TITLE = re.compile(
    r"microsoft word|untitled|\.(?:docx?|pdf|indd|qxd|tex|pages)\b|^\W*$", re.IGNORECASE
)


def read_pdf(raw: bytes, *, name: str) -> Reading:
    """Return the text of a PDF, with its lines joined to paragraphs, and its stated title.

    Hyphenated line ends are joined; lines that head or foot most pages are left out. The
    file's own date is the day on which it was made: it goes to the notes and is not the date
    of publication.

    Raises:
        SourceError: It has a password, no text, no pages, too much in it, or is damaged.
    """
    # pypdf logs each fault that it repairs, on a logger that prints when nobody set one up.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(raw))
        pages = _pages(reader, name)
        title, author, made = _stated(reader)
    except LimitReachedError as error:
        raise SourceError(name, "the PDF expands past the limit; give its text") from error
    except FileNotDecryptedError as error:
        raise SourceError(name, NEEDS_PASSWORD) from error
    except BROKEN as error:
        raise SourceError(name, "the PDF is damaged or cut short; get it again") from error
    pages, furniture = _without_furniture(pages)
    text, removed = clean_text("\n\n".join(_paragraphs(page) for page in pages))
    if not text.strip():
        raise SourceError(
            name, "the PDF has no text, only images; run it through OCR, such as ocrmypdf, first"
        )
    return Reading(
        text=text.strip(), title=title, author=author, notes=(*made, *furniture, *removed)
    )


def _pages(reader: PdfReader, name: str) -> list[str]:
    # An empty password opens files that only forbid printing or copying.
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError(name, NEEDS_PASSWORD)
    count = len(reader.pages)
    if not count:
        raise SourceError(name, "the PDF has no pages")
    if count > MOST_PAGES:
        raise SourceError(name, f"the PDF has {count:,} pages, more than {MOST_PAGES}; give a part")
    return [page.extract_text() for page in reader.pages]


def _stated(reader: PdfReader) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return title, author and a note on when the file was made, as its metadata has them."""
    stated = reader.metadata
    if stated is None:
        return None, None, ()
    title = one_line(str(stated.title or ""), 300)
    author = one_line(str(stated.author or ""), 100)
    made = stated.creation_date
    note = (f"the PDF was made on {made.date().isoformat()}",) if made else ()
    return (None if NO_TITLE.search(title) else title), author or None, note


def _without_furniture(pages: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the pages without the lines that stand at the head or foot of most of them."""
    ends = Counter(key for page in pages for key in set(map(_key, _outer(page.split("\n")))))
    repeated = {key for key, count in ends.items() if count >= 3 and count > len(pages) / 2}
    kept, removed = [], 0
    for page in pages:
        lines = [line for line in page.split("\n") if line.strip()]
        outer = {i for i in (0, 1, len(lines) - 2, len(lines) - 1) if 0 <= i < len(lines)}
        drop = {i for i in outer if _key(lines[i]) in repeated}
        removed += len(drop)
        kept.append("\n".join(line for i, line in enumerate(lines) if i not in drop))
    note = f"{removed:,} running heads and page numbers were left out"
    return kept, (note,) if removed else ()


def _outer(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    return [*filled[:2], *filled[-2:]]


def _key(line: str) -> str:
    """Return the line without its figures, so that page numbers are all the same."""
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _paragraphs(page: str) -> str:
    """Return the page with its lines joined and a blank line between paragraphs."""
    lines = [line.strip() for line in page.split("\n")]
    widths = [len(line) for line in lines if line]
    if not widths:
        return ""
    # Most lines of a paragraph are full; headings and last lines are the short ones.
    full = sorted(widths)[int(0.8 * (len(widths) - 1))]
    parts, current = [], ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        current = f"{current}\n{line}" if current else line
        if _ends_paragraph(line, after, full):
            parts.append(current)
            current = ""
    return "\n\n".join(_joined(part) for part in [*parts, current] if part)


def _ends_paragraph(line: str, after: str, full: int) -> bool:
    if not after or BULLET.match(after):
        return True
    is_short = len(line) < 0.75 * full
    opens = after[:1].isupper() or not after[:1].isalnum()
    return is_short and opens and (bool(SENTENCE_END.search(line)) or len(line) < 0.6 * full)


def _joined(part: str) -> str:
    """Return the paragraph on one line, with words joined that a line end had parted."""
    known = part.lower()

    def join(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        # The text itself says which words keep their hyphen; a capital keeps it too.
        keeps = f"{first}-{second}".lower() in known or second[0].isupper()
        return f"{first}-{second}" if keeps else first + second

    return " ".join(HYPHENATED.sub(join, part).split())


def _handle(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    return asdict(read_pdf(raw, name=job["name"])), b""


if __name__ == "__main__":
    serve(_handle)
