"""Keep briefs in the store, list them, give them back whole, and search what they claim."""

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from agent.briefs import parse_brief
from agent.clean import one_line
from agent.errors import EvidenceError, UsageError, WriteError
from agent.llm.database import UnusableError, open_file, open_to_read
from agent.sources.language import UNSPACED
from agent.verify import words as verified
from agent.views import lines
from agent.views.json import LONE_SURROGATE, as_json
from schemas.brief import Brief, Status
from schemas.claims import Basis, CheckedClaim, Likelihood
from schemas.filing import Category
from schemas.sources import Source, Tlp

# Stands between the letters of a script without spaces, in the index and in a search alike, so
# that a word in it is found as a phrase of letters. `plain` leaves none in a text, so that it can
# be taken out again. Korean has spaces, but its words carry their particles.
JOINT = "\u200b"
LETTER = re.compile(f"{UNSPACED.pattern}|[\uac00-\ud7af\uff66-\uff9f\U00020000-\U0003ffff]")
# Around what matches; `plain` leaves none of these in a text either.
HIT, END = "\x02", "\x03"
SNIPPET = 48  # words, or letters of a script without spaces
TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
AMBIGUOUS = 3  # how many briefs to name that begin alike

UPDATED_BY = """(SELECT later.id FROM briefs AS later WHERE later.id != briefs.id
    AND (later.replaces_run = briefs.id OR later.replaces = briefs.sha256)
    AND later.generated_at >= briefs.generated_at
    ORDER BY later.generated_at DESC LIMIT 1) AS updated_by"""
ENTRY = f"""briefs.id, briefs.title, briefs.published, briefs.generated_at, briefs.category,
    briefs.status, briefs.tlp, briefs.sha256, {UPDATED_BY}"""
FILED = "coalesce(briefs.category, 'other') = :category"
LIST = "SELECT {entry} FROM briefs WHERE {where} ORDER BY generated_at DESC, id DESC LIMIT :limit"
SEARCH = f"""SELECT {ENTRY}, claims.id AS claim, claims.basis, claims.likelihood, claims.remark,
    claims.text, claims.evidence, claims.sources,
    snippet(found, 1, '{HIT}', '{END}', '…', {SNIPPET}) AS snippet
    FROM found JOIN claims ON claims.row = found.rowid JOIN briefs ON briefs.id = claims.brief
    WHERE found MATCH :match AND (:category IS NULL OR {FILED})
    ORDER BY rank, briefs.generated_at DESC, found.rowid LIMIT :limit"""
KEEP_BRIEF = "INSERT INTO briefs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
KEEP_LINE = "INSERT INTO claims VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Entry:
    """What a list shows of one brief.

    Attributes:
        id: The run that wrote it.
        title: Its title.
        published: When its sources appeared.
        generated_at: When it was written, in UTC.
        category: What it is filed under; None counts as other.
        status: Draft or reviewed.
        tlp: Its mark.
        sha256: Hex digest of the brief in JSON.
        updated_by: The id of the latest brief that updates it, or None.
    """

    id: str
    title: str
    published: date | None
    generated_at: datetime
    category: Category | None
    status: Status
    tlp: Tlp | None
    sha256: str
    updated_by: str | None


@dataclass(frozen=True)
class Origin:
    """The source behind a citation: its publisher, else its title, and its date."""

    name: str
    published: date | None


@dataclass(frozen=True)
class Hit:
    """One line of one brief that a search found.

    Attributes:
        brief: The brief.
        claim: The claim's id; None when the title was found.
        basis: What kind of claim it is; None for a title.
        likelihood: Of a judgement.
        remark: What the reader has to know of the claim, or nothing.
        text: The whole line.
        snippet: The part that matches, in pieces, each with whether it is what was searched for.
        evidence: Ids of the sentences that it cites.
        sources: Where those stand.
    """

    brief: Entry
    claim: str | None
    basis: Basis | None
    likelihood: Likelihood | None
    remark: str
    text: str
    snippet: tuple[tuple[str, bool], ...]
    evidence: tuple[str, ...]
    sources: tuple[Origin, ...]


def keep_brief(brief: Brief, path: Path, notify: Callable[[str], None]) -> None:
    """Keep a brief that was printed; where that fails, say so in one line and raise nothing.

    Args:
        brief: The brief.
        path: The store.
        notify: Gets the line, and one when a damaged store was moved aside.
    """
    try:
        with open_library(path, notify) as library:
            if not library.keep(brief):
                notify(f"{brief.run.id}: the reviewed brief stays in the library, not this draft")
    except WriteError as error:
        notify(f"this brief is in no library: {error}")


@contextmanager
def open_library(path: Path, notify: Callable[[str], None]) -> Iterator["Library"]:
    """Give the library in the store at `path`, to be written; the file is created.

    Args:
        path: The store.
        notify: Gets one line when a damaged file was moved aside.

    Raises:
        WriteError: The file cannot be written, or it is not bluf's to write.
    """
    try:
        with closing(open_file(path, notify)) as database:
            yield Library(database)
    except (sqlite3.DatabaseError, UnusableError) as error:
        problem = f"the library cannot be written ({error}); set BLUF_STORE to another file"
        raise WriteError(f"{path}: {problem}") from error


@contextmanager
def read_library(path: Path) -> Iterator["Library"]:
    """Give the library in the store at `path`; nothing there is changed.

    Where there is no file, and in the store of an older bluf, the library is empty.

    Raises:
        WriteError: The file cannot be read, is damaged, or is not a store of this bluf.
    """
    try:
        with closing(open_to_read(path)) as database:
            yield Library(database)
    except (sqlite3.DatabaseError, UnusableError) as error:
        problem = f"the library cannot be read ({error}); set BLUF_STORE to another"
        raise WriteError(f"{path}: {problem}") from error


def cited_sources(claim: CheckedClaim, brief: Brief) -> tuple[Source, ...]:
    """Return the sources of the sentences that a claim cites, in that order, each once."""
    numbers = dict.fromkeys(id.partition(".")[0] for id in claim.evidence)
    known = {str(source.number): source for source in brief.sources}
    return tuple(known[number] for number in numbers if number in known)


class Library:
    """The briefs in one SQLite file that several processes may share."""

    def __init__(self, database: sqlite3.Connection) -> None:
        database.row_factory = sqlite3.Row
        self._database = database
        named = "SELECT count(*) FROM sqlite_master WHERE name = 'briefs'"
        self._exists = bool(database.execute(named).fetchone()[0])

    def keep(self, brief: Brief) -> bool:
        """Keep a brief under the id of its run, in place of an earlier one; say whether it was.

        A draft does not take the place of the brief that somebody reviewed.

        Raises:
            sqlite3.DatabaseError: It cannot be written; what was there stays.
        """
        document = as_json(brief)
        kept = parse_brief(document, brief.run.id)  # as every reader will get it
        with self._database as database:
            database.execute("BEGIN IMMEDIATE")
            found = "SELECT status FROM briefs WHERE id = ?"
            earlier = database.execute(found, (kept.run.id,)).fetchone()
            if earlier and earlier["status"] == "reviewed" and kept.status == "draft":
                return False
            database.execute("DELETE FROM claims WHERE brief = ?", (kept.run.id,))
            database.execute("DELETE FROM briefs WHERE id = ?", (kept.run.id,))
            database.execute(KEEP_BRIEF, _brief_row(kept, document))
            database.executemany(KEEP_LINE, _line_rows(kept))
        return True

    def find(self, beginning: str) -> str:
        """Return the id of the only brief whose id begins so, or is exactly so.

        Raises:
            UsageError: No id begins so, or several do.
        """
        # As every text is kept; what was typed may be no Unicode at all.
        beginning = LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", beginning)
        sql = "SELECT id FROM briefs WHERE id >= ? AND id < ? ORDER BY id"
        rows = self._read(sql, (beginning, f"{beginning}\U0010ffff")) if beginning else ()
        found = [row["id"] for row in rows]
        if beginning in found:
            return beginning
        if not found:
            raise UsageError(f"no brief {one_line(beginning)!r}; `bluf list` shows which there are")
        if len(found) > 1:
            named = ", ".join(map(one_line, found[:AMBIGUOUS]))
            more = f" and {len(found) - AMBIGUOUS} more" if len(found) > AMBIGUOUS else ""
            raise UsageError(f"{one_line(beginning)!r} begins {named}{more}; give more of the id")
        return str(found[0])

    def get(self, id: str) -> Brief:
        """Return the whole brief that was kept under an id.

        Raises:
            KeyError: None was.
            EvidenceError: It is not what was kept: its hash is another.
            SourceError: Another version of bluf kept it, and this one cannot read it.
        """
        rows = self._read("SELECT packed, sha256 FROM briefs WHERE id = ?", (id,))
        if not rows:
            raise KeyError(id)
        (row,) = rows
        try:
            document = zlib.decompress(row["packed"])
        except zlib.error as error:
            raise EvidenceError(f"{one_line(id)}: the kept brief is damaged ({error})") from error
        if hashlib.sha256(document).hexdigest() != row["sha256"]:
            raise EvidenceError(f"{one_line(id)}: the kept brief does not match its hash")
        return parse_brief(document, one_line(id))

    def list_briefs(
        self,
        *,
        category: Category | None = None,
        day: date | None = None,
        status: Status | None = None,
        limit: int = -1,
    ) -> tuple[Entry, ...]:
        """Return the briefs, newest first.

        Args:
            category: Only those filed under it; one that has none counts as other.
            day: Only those that were written on it, in UTC.
            status: Only drafts, or only reviewed ones.
            limit: At most so many; -1 is all.
        """
        wanted = {"category": category, "day": day and day.isoformat(), "status": status}
        tests = {
            "category": FILED,
            # Stamps compare as text; the day after begins with a later letter than any of its own.
            "day": "generated_at >= :day AND generated_at < :day || 'U'",
            "status": "status = :status",
        }
        where = " AND ".join(test for name, test in tests.items() if wanted[name]) or "true"
        sql = LIST.format(entry=ENTRY, where=where)
        return tuple(map(_entry, self._read(sql, {**wanted, "limit": limit})))

    def days(self, category: Category | None = None) -> tuple[tuple[date, int], ...]:
        """Return the days in UTC on which briefs were written, newest first, with how many.

        Args:
            category: Count only those filed under it.
        """
        sql = f"""SELECT substr(generated_at, 1, 10) AS day, count(*) AS briefs FROM briefs
            WHERE :category IS NULL OR {FILED} GROUP BY day ORDER BY day DESC"""
        found = self._read(sql, {"category": category})
        return tuple((date.fromisoformat(row["day"]), row["briefs"]) for row in found)

    def search(
        self, words: Iterable[str], *, limit: int = 20, category: Category | None = None
    ) -> tuple[Hit, ...]:
        """Return the lines that hold every word, best first: FTS5's bm25, then the newest.

        A word may stand in the title of the brief as long as another stands in the line itself. No
        word is read as a query: whatever is given is looked for.

        Args:
            words: What was typed; words in quotation marks, and an argument with spaces in it,
                stand together in this order.
            limit: At most so many lines.
            category: Only in briefs that are filed under it.

        Raises:
            UsageError: There is no word among them.
        """
        match = _match(words)
        values = {"match": match, "category": category, "limit": limit}
        return tuple(map(_hit, self._read(SEARCH, values)))

    def _read(
        self, sql: str, values: Mapping[str, object] | Sequence[object] = ()
    ) -> Sequence[sqlite3.Row]:
        # The store of an older bluf that may only be read has no such tables.
        return self._database.execute(sql, values).fetchall() if self._exists else ()


def _brief_row(brief: Brief, document: str) -> tuple[object, ...]:
    update = brief.update
    return (
        brief.run.id,
        brief.title,
        brief.published and brief.published.isoformat(),
        _stamp(brief.generated_at),
        brief.category,
        brief.status,
        brief.tlp,
        hashlib.sha256(document.encode()).hexdigest(),
        update.earlier_sha256 if update else None,
        update.earlier_run if update else None,
        zlib.compress(document.encode()),
    )


def _line_rows(brief: Brief) -> Iterator[tuple[object, ...]]:
    """Yield the title and every claim of the body, as the search will find them."""
    title, id = _searchable(brief.title), brief.run.id
    # In its own row a title is the line, so that it is found once and not with every claim.
    yield (id, None, "title", "", None, None, "", "", title, "[]", "[]")
    for claim in lines.body(brief):
        yield (
            id,
            claim.id,
            claim.section,
            claim.part,
            claim.basis,
            claim.likelihood,
            lines.caveat(claim),
            title,
            _searchable(claim.text),
            json.dumps(claim.evidence),
            json.dumps([_origin(source) for source in cited_sources(claim, brief)]),
        )


def _origin(source: Source) -> tuple[str, str | None]:
    published = source.published.isoformat() if source.published else None
    return source.publisher or source.title, published


def _stamp(moment: datetime) -> str:
    """Return a moment in UTC as text of one form, so that stamps sort as moments do."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return known.astimezone(UTC).isoformat(timespec="microseconds")


def _searchable(text: str) -> str:
    return LETTER.sub(f"{JOINT}\\g<0>{JOINT}", lines.plain(text))


def _match(words: Iterable[str]) -> str:
    """Return the FTS5 query for what was typed, each term a string that holds no syntax."""
    terms = [f'"{_searchable(term)}"' for term in _terms(words)]
    if not terms:
        raise UsageError("there is no word to search for")
    # One term at least in the line itself: a title would otherwise be found with every claim.
    return f"({' AND '.join(terms)}) AND text : ({' OR '.join(terms)})"


def _terms(words: Iterable[str]) -> list[str]:
    """Return the words and phrases; AND between words says what is meant anyway."""
    typed = (verified.plain(lines.plain(word)) for word in words)
    asked = (f'"{word}"' if " " in word and '"' not in word else word for word in typed)
    found = TERM.findall(" ".join(asked))
    return [
        phrase or word
        for phrase, word in found
        if any(map(str.isalnum, phrase or word)) and word != "AND"
    ]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        title=row["title"],
        published=row["published"] and date.fromisoformat(row["published"]),
        generated_at=datetime.fromisoformat(row["generated_at"]),
        category=row["category"],
        status=row["status"],
        tlp=row["tlp"],
        sha256=row["sha256"],
        updated_by=row["updated_by"],
    )


def _hit(row: sqlite3.Row) -> Hit:
    return Hit(
        brief=_entry(row),
        claim=row["claim"],
        basis=row["basis"],
        likelihood=row["likelihood"],
        remark=row["remark"],
        text=row["text"].replace(JOINT, ""),
        snippet=tuple(_pieces(row["snippet"])),
        evidence=tuple(json.loads(row["evidence"])),
        sources=tuple(
            Origin(name, published and date.fromisoformat(published))
            for name, published in json.loads(row["sources"])
        ),
    )


def _pieces(marked: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a snippet; letters that match side by side are one piece."""
    shown = marked.replace(JOINT, "").replace(END + HIT, "")
    for number, piece in enumerate(re.split(f"[{HIT}{END}]", shown)):
        if piece:
            yield piece, number % 2 == 1
