"""Read the head of a plain article: title, byline, publisher and date before the text begins."""

import re
from dataclasses import dataclass, replace

from agent.sources.dates import find_date, is_date_line
from agent.sources.reading import Reading

LONGEST_TITLE = 250
LONGEST_LINE = 120  # of a byline or a publisher
MOST_LINES = 12
BYLINE = re.compile(r"(?:by|written by|reporting by|story by)[:\s]\s*(?P<name>[^\W\d_].{1,100})", re.I)
LABELLED = re.compile(
    r"(?P<label>title|headline|author|byline|publisher|source|outlet|publication|date|published"
    r"|date published|url|link):\s*(?P<value>\S.*)",
    re.IGNORECASE,
)
FIELDS = {
    "title": "title", "headline": "title", "author": "author", "byline": "author",
    "publisher": "publisher", "source": "publisher", "outlet": "publisher",
    "publication": "publisher", "date": "published", "published": "published",
    "date published": "published", "url": "url", "link": "url",
}  # fmt: skip
WORDS = re.compile(r"[^\W\d_]{2,}")
ROLE = re.compile(r"(?P<name>[A-Z][\w.'’-]*(?: [\w.'’-]+){1,4}), [A-Z]")
DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z .'’-]+[A-Z](?:, [A-Z][\w .'’-]{1,40}){0,2})(?:, (?P<date>[^()\n]{3,30}?))?"
    r"\s*(?:\((?P<publisher>[^()\n]{2,60})\))?\s*[-–—]{1,2}\s"
)


@dataclass(frozen=True)
class _Head:
    fields: dict[str, str]
    size: int  # code points up to the body


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
    return _with_dateline(replace(reading, text=body, **known))


def _find_head(reading: Reading) -> _Head:
    lines = _first_lines(reading.text)
    if not lines:
        return _Head({}, 0)
    fields: dict[str, str] = {}
    size = 0
    if reading.title is None and _is_title(lines):
        fields["title"], size = lines[0]
        fields["title"] = fields["title"].removeprefix("Title:").removeprefix("Headline:").strip()
        lines = lines[1:]
    elif lines[0][0] == reading.title:
        size, lines = lines[0][1], lines[1:]
    found = _read_lines(lines)
    return _Head({**found.fields, **fields}, max(size, found.size))


def _first_lines(text: str) -> list[tuple[str, int]]:
    """Return the first lines that are not blank, each with the offset behind it."""
    lines, at = [], 0
    for line in text[:8_000].splitlines(keepends=True):
        at += len(line)
        if line.strip():
            lines.append((line.strip(), at))
        if len(lines) > MOST_LINES:
            break
    return lines


def _is_title(lines: list[tuple[str, int]]) -> bool:
    """Whether the first line is a title: one line, short, no full stop, more behind it."""
    line, _ = lines[0]
    if len(lines) < 2 or len(line) > LONGEST_TITLE or DATELINE.match(line):
        return False
    if BYLINE.fullmatch(line) or is_date_line(line):
        return False
    if LABELLED.fullmatch(line):
        return line.lower().startswith(("title:", "headline:"))
    if line.endswith((".", ",", ";", ":", "-", "…")) or line.startswith(("-", "*", "•", '"', "“")):
        return False
    return _has_blank_or_head_behind(lines)


def _has_blank_or_head_behind(lines: list[tuple[str, int]]) -> bool:
    (line, end), (after, after_end) = lines[0], lines[1]
    if BYLINE.fullmatch(after) or is_date_line(after) or LABELLED.fullmatch(after):
        return True
    if len(WORDS.findall(line)) < 2:
        return False
    # More than the line itself and its end lies between: a blank line.
    gap = after_end - end - len(after)
    return gap > 1 or len(after) > 1.5 * len(line)


def _read_lines(lines: list[tuple[str, int]]) -> _Head:
    """Read the lines behind the title for as long as each is a byline, a date or a publisher."""
    fields: dict[str, str] = {}
    size = 0
    unnamed: list[str] = []
    for line, end in lines:
        found = _read_line(line)
        if found and found[0] not in fields:
            fields[found[0]] = found[1]
            size = end
        elif _may_be_name(line) and len(unnamed) < 2:
            unnamed.append(line)
            # Counts only if a line that is surely of the head goes before or comes behind.
            size = end if fields else size
        elif not found:
            break
        else:
            size = end
        if unnamed and fields:
            _place(unnamed.pop(), fields)
    return _Head(fields, size if fields else 0)


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
    return ("author", match["name"]) if match and not line.endswith(".") else None


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


def _place(line: str, fields: dict[str, str]) -> None:
    """Put an unlabelled line where it belongs: `NAME, ROLE` is an author, else a publisher."""
    person = ROLE.match(line)
    if person and "author" not in fields:
        fields["author"] = line
    elif "publisher" not in fields:
        fields["publisher"] = line


def _with_dateline(reading: Reading) -> Reading:
    match = DATELINE.match(reading.text)
    if not match:
        return reading
    if match["publisher"] and not reading.publisher:
        reading = replace(reading, publisher=match["publisher"])
    day = find_date(match["date"] or "")
    if day and not reading.published:
        return replace(reading, published=day.isoformat(), published_from="dateline")
    return reading
