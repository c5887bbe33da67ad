"""Read the head of a plain article: title, byline, publisher and date before the text begins."""

import re
from dataclasses import dataclass, replace

from agent.sources.dates import find_date, is_date_line
from agent.sources.reading import Reading

LONGEST_TITLE = 250
LONGEST_LINE = 120  # of a byline or a publisher
MOST_LINES = 12
# A headline has no full stop, in any script.
NO_TITLE_END = (
    ".",
    ",",
    ";",
    ":",
    "-",
    "…",
    "。",
    "．",
    "｡",
    "；",
    "：",
    "।",
    "۔",
    "։",
    "።",
    "၊",
    "။",
)
BYLINE = re.compile(
    r"(?:by|written by|reporting by|story by)[:\s]\s*(?P<name>[^\W\d_].{1,100})", re.I
)
LABELLED = re.compile(
    r"(?P<label>title|headline|author|byline|publisher|source|outlet|publication|date|published"
    r"|date published|url|link):\s*(?P<value>\S.*)",
    re.IGNORECASE,
)
LABEL = re.compile(r"(?:title|headline):\s*", re.IGNORECASE)
FIELDS = {
    "title": "title", "headline": "title", "author": "author", "byline": "author",
    "publisher": "publisher", "source": "publisher", "outlet": "publisher",
    "publication": "publisher", "date": "published", "published": "published",
    "date published": "published", "url": "url", "link": "url",
}  # fmt: skip
WORDS = re.compile(r"[^\W\d_]{2,}")
ROLE = re.compile(r"(?P<name>[A-Z][\w.'’-]*(?: [\w.'’-]+){1,4}), [A-Z]")
DATELINE = re.compile(
    r"[A-Z][A-Z .'’-]{1,40}[A-Z](?:, [A-Z][\w .'’-]{1,40}){0,2}"
    r"(?:, [^()\n]{3,30}?)?"
    r"\s*(?:\((?P<publisher>[^()\n]{2,60})\))?\s*[-–—]{1,2}\s"
)


@dataclass(frozen=True)
class _Head:
    fields: dict[str, str]
    size: int  # code points up to the body


@dataclass(frozen=True)
class _Line:
    text: str
    end: int  # offset behind it, in code points
    is_apart: bool  # a blank line stands before it


def read_head(reading: Reading) -> Reading:
    """Return the reading with what its head says moved from the text to the fields.

    The text then begins with the body: title, byline, publisher and date lines are not part
    of it. A dateline such as `SEOUL, Dec. 27 (Peninsula Wire) - ` stays in the first
    sentence, but names the publisher when no line did, and the date when it has a year.
    What was known before is kept.
    """
    head = _find_head(reading)
    body = reading.text[head.size :].lstrip("\n ")
    if not body.strip():
        head, body = _Head({}, 0), reading.text
    known = {key: value for key, value in head.fields.items() if not getattr(reading, key)}
    if "published" in known:
        known["published_from"] = "line in the head of the text"
    return _with_dateline(replace(reading.with_fields(known), text=body))


def _find_head(reading: Reading) -> _Head:
    lines = _first_lines(reading.text)
    if not lines:
        return _Head({}, 0)
    first = lines[0]
    if reading.title is None and _is_title(lines):
        title = LABEL.sub("", first.text)
        found = _read_lines(lines[1:])
        return _Head({**found.fields, "title": title}, max(first.end, found.size))
    if first.text == reading.title:
        return _Head((found := _read_lines(lines[1:])).fields, max(first.end, found.size))
    return _read_lines(lines)


def _first_lines(text: str) -> list[_Line]:
    """Return the first lines that are not blank."""
    lines, at, is_apart = [], 0, False
    for line in text[:8_000].splitlines(keepends=True):
        at += len(line)
        if line.strip():
            lines.append(_Line(line.strip(), at, is_apart))
        is_apart = not line.strip()
        if len(lines) > MOST_LINES:
            break
    return lines


def _is_title(lines: list[_Line]) -> bool:
    """Whether the first line is a title: one line, short, no full stop, more behind it."""
    line = lines[0].text
    if len(lines) < 2 or len(line) > LONGEST_TITLE or DATELINE.match(line):
        return False
    if field := _read_line(line):
        return field[0] == "title"
    if line.endswith(NO_TITLE_END) or line.startswith(("-", "*", "•", '"', "“")):
        return False
    if _read_line(lines[1].text):
        return True
    if len(WORDS.findall(line)) < 2:
        return False
    return lines[1].is_apart or len(lines[1].text) > 1.5 * len(line)


def _read_lines(lines: list[_Line]) -> _Head:
    """Read the lines behind the title for as long as each is a byline, a date or a publisher."""
    fields: dict[str, str] = {}
    size = 0
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        if found := _read_line(line.text):
            fields.setdefault(*found)
        # A bare name counts only beside a line that is surely of the head; else it is a heading.
        elif not (_is_beside(line, after, fields) and _place(line.text, fields)):
            break
        size = line.end
    return _Head(fields, size)


def _read_line(line: str) -> tuple[str, str] | None:
    if match := LABELLED.fullmatch(line):
        field, value = FIELDS[match["label"].lower()], match["value"]
        if field == "published":
            day = find_date(value)
            return (field, day.isoformat()) if day else None
        return (field, value) if len(value) <= LONGEST_TITLE else None
    if len(line) > LONGEST_LINE:
        return None
    if is_date_line(line) and (day := find_date(line)):
        return "published", day.isoformat()
    match = BYLINE.fullmatch(line)
    is_name = match and match["name"][0].isupper() and not line.endswith((".", ":", ","))
    return ("author", match["name"]) if match and is_name else None


def _may_be_name(line: str) -> bool:
    """Whether a line may be a bare publisher or author: short, capitals, no sentence."""
    return (
        len(line) <= 80
        and not line.endswith((".", "!", "?", ":", ";", ","))
        and line[0].isupper()
        and sum(word[0].islower() for word in line.split()) <= 3
        and len(line.split()) <= 9
        and not DATELINE.match(line + " ")
    )


def _is_beside(line: _Line, after: _Line | None, fields: dict[str, str]) -> bool:
    if not _may_be_name(line.text):
        return False
    return bool(fields and not line.is_apart) or bool(after and _read_line(after.text))


def _place(line: str, fields: dict[str, str]) -> bool:
    """Put a bare name where it belongs: `NAME, ROLE` is an author, all else a publisher."""
    field = "author" if ROLE.match(line) and "author" not in fields else "publisher"
    return fields.setdefault(field, line) == line


def _with_dateline(reading: Reading) -> Reading:
    match = DATELINE.match(reading.text)
    if not match:
        return reading
    if match["publisher"] and not reading.publisher:
        reading = replace(reading, publisher=match["publisher"])
    day = find_date(match[0])
    if day and not reading.published:
        return replace(reading, published=day.isoformat(), published_from="dateline")
    return reading
