"""Tell what some bytes are: by what they hold, and by name where that says nothing."""

import json
import re
from pathlib import PurePath

from agent.errors import SourceError
from schemas.sources import SourceKind

MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"\0\0\1\0", "an icon image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    (b"\0asm", "a WebAssembly program"),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or PowerPoint document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"bplist", "a web archive or property list of macOS"),
    (b"OggS", "an Ogg sound or film"),
    (b"ID3", "an MP3 sound"),
    (b"fLaC", "a FLAC sound"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM film"),
    (b"wOF", "a font"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
)
RIFF = {b"WEBP": "a WebP image", b"WAVE": "a WAV sound", b"AVI ": "an AVI film"}
ZIPPED = ((b"word/", "a Word document"), (b"xl/", "an Excel workbook"),
          (b"ppt/", "a PowerPoint file"), (b"application/epub", "an EPUB book"),
          (b"opendocument", "an OpenDocument file"))  # fmt: skip

HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article)\b", re.IGNORECASE)
TAGS = re.compile(rb"<(?:p|div|h[1-6]|span|a|meta|title|table|ul|br)\b[^<>]*>", re.IGNORECASE)
FEED = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(rss|feed|urlset|sitemapindex)\b", re.S
)
FRONT_MATTER = re.compile(rb"\s*(---|\+\+\+)[ \t]*\r?\n[^\n]{0,200}[:=]")
HEADING = re.compile(rb"\s*#{1,3} \S")
# A byte order mark in front hides nothing from the patterns above.
BOM = b"\xef\xbb\xbf"


def find_kind(raw: bytes, *, name: str, declared: str | None = None) -> SourceKind:
    """Return what kind of source some bytes are.

    Args:
        raw: The bytes, at least the first 64 KiB of them.
        name: What the user typed; its ending counts where the content decides nothing.
        declared: The content type that a server stated, if any.

    Raises:
        SourceError: They are no text, or no article: an image, an archive, a feed.
    """
    if not raw.strip(b" \t\r\n\f\v\0\xef\xbb\xbf\xfe\xff"):
        raise SourceError(name, "it is empty; give a file that holds an article")
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if binary := _binary(raw):
        raise SourceError(name, f"it is {binary}, not text; give the article as text, HTML or PDF")
    text = _narrow(raw[:65_536].removeprefix(BOM))
    if FEED.match(text):
        raise SourceError(name, "it is a feed or site map, not an article; give one article of it")
    if _is_json(text, name, declared):
        raise SourceError(name, "it is JSON, not an article; give the article's text")
    return _text_kind(text, PurePath(name).suffix.lower(), declared or "")


def _binary(raw: bytes) -> str | None:
    for magic, what in MAGIC:
        # Two letters alone may open a sentence; a program or an image has a NUL nearby.
        if raw.startswith(magic) and (len(magic) > 3 or _is_wild(raw)):
            return what
    if raw[:4] == b"RIFF" and raw[8:12] in RIFF:
        return RIFF[raw[8:12]]
    if raw[4:8] == b"ftyp":
        return "an MP4 film or HEIC image"
    if raw.startswith(b"PK\3\4"):
        return next((what for mark, what in ZIPPED if mark in raw[:65_536]), "a ZIP archive")
    if raw[257:262] == b"ustar":
        return "a tar archive"
    return "binary data" if _is_wild(raw) and not _is_wide(raw) else None


def _is_wild(raw: bytes) -> bool:
    """Whether too many bytes are ones that no text has; a stray few are cleaned away later."""
    sample = raw[:65_536]
    strange = sum(sample.count(bytes([b])) for b in range(32) if b not in b"\t\n\r\f\x1b")
    return strange > max(8, len(sample) // 50)


def _is_wide(raw: bytes) -> bool:
    """Whether this may be UTF-16 or UTF-32: a mark, or zeros in every other place alone."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    sample = raw[:4_000]
    few, many = sorted((sample[::2].count(0), sample[1::2].count(0)))
    return many > len(sample) * 0.3 and few < len(sample) * 0.05


def _narrow(raw: bytes) -> bytes:
    """Return UTF-16 text without its zeros, so that tags are found in it too."""
    return raw.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")


def _is_json(text: bytes, name: str, declared: str | None) -> bool:
    if not text.lstrip().startswith((b"{", b"[")):
        return False
    if "json" in (declared or "") or name.lower().endswith((".json", ".jsonl", ".geojson")):
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _text_kind(text: bytes, suffix: str, declared: str) -> SourceKind:
    named = suffix in {".html", ".htm", ".xhtml"} or "html" in declared
    # A text about web pages may quote tags; a page begins with one.
    is_page = named or text.lstrip().startswith(b"<")
    if is_page and (HTML.search(text) or len(TAGS.findall(text)) > 1):
        return "html"
    if suffix in {".md", ".markdown", ".mdown", ".mkd"} or "markdown" in declared:
        return "markdown"
    if FRONT_MATTER.match(text) or (suffix != ".txt" and HEADING.match(text)):
        return "markdown"
    return "text"
