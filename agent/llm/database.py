"""Open the file that keeps the calls, whatever state it is in."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

APPLICATION_ID = 0x626C7566  # "bluf"
MAGIC = b"SQLite format 3\0"  # the first bytes of every database: sqlite.org/fileformat.html
BUSY_WAIT_S = 30.0
# Checking every page takes a second per few hundred megabytes; large files are read on trust.
CHECKED_BYTES = 32 * 2**20

# What each version added to the one before it: a new file takes every step, an older one those
# that it lacks. A step that was released is never changed.
STEPS = (
    (
        """CREATE TABLE runs (
        id TEXT PRIMARY KEY, what TEXT NOT NULL, model TEXT NOT NULL, status TEXT NOT NULL,
        started_at TEXT NOT NULL, ended_at TEXT)""",
        """CREATE TABLE calls (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL,
        request BLOB NOT NULL, body BLOB NOT NULL, structured_output TEXT NOT NULL,
        tokens_in INTEGER, tokens_out INTEGER, tokens_cached INTEGER, cost_usd REAL,
        seconds REAL NOT NULL)""",
        "CREATE UNIQUE INDEX served ON calls (key) WHERE outcome = 'ok'",
        """CREATE TABLE asks (
        id INTEGER PRIMARY KEY, run TEXT NOT NULL, call INTEGER NOT NULL REFERENCES calls (id),
        prompt TEXT NOT NULL, from_store INTEGER NOT NULL, asked_at TEXT NOT NULL)""",
        "CREATE INDEX asks_of_run ON asks (run)",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    (
        # Every run that begins looks for runs whose process is gone, and lists want the latest.
        "CREATE INDEX unended ON runs (id) WHERE status = 'running'",
        "CREATE INDEX latest ON runs (started_at)",
    ),
    (
        # Finished briefs: whole, and line by line for the search. A brief's title is a line too.
        """CREATE TABLE briefs (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, published TEXT, generated_at TEXT NOT NULL,
        category TEXT, status TEXT NOT NULL, tlp TEXT, sha256 TEXT NOT NULL, replaces TEXT,
        replaces_run TEXT, packed BLOB NOT NULL)""",
        "CREATE INDEX latest_briefs ON briefs (generated_at)",
        "CREATE INDEX replaced ON briefs (replaces)",
        "CREATE INDEX replaced_runs ON briefs (replaces_run)",
        """CREATE TABLE claims (
        row INTEGER PRIMARY KEY, brief TEXT NOT NULL REFERENCES briefs (id), id TEXT,
        section TEXT NOT NULL, part TEXT NOT NULL, basis TEXT, likelihood TEXT,
        remark TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, evidence TEXT NOT NULL,
        sources TEXT NOT NULL)""",
        "CREATE INDEX claims_of_brief ON claims (brief)",
        # A mark is part of its letter: without M* a vowel sign of Thai or Hindi would end the word.
        """CREATE VIRTUAL TABLE found USING fts5 (title, text, content = 'claims',
        content_rowid = 'row',
        tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'")""",
        """CREATE TRIGGER claim_kept AFTER INSERT ON claims BEGIN
        INSERT INTO found (rowid, title, text) VALUES (new.row, new.title, new.text); END""",
        """CREATE TRIGGER claim_dropped AFTER DELETE ON claims BEGIN
        INSERT INTO found (found, rowid, title, text)
        VALUES ('delete', old.row, old.title, old.text); END""",
    ),
)
VERSION = len(STEPS)


class UnusableError(Exception):
    """The file cannot be used, and nothing was done to it; the message says why."""


def open_file(path: Path, notify: Callable[[str], None]) -> sqlite3.Connection:
    """Return the database at `path`, brought up to this version.

    The file is created with mode 0600 and its folder with 0700. A damaged database is moved aside
    and a new one begun. A file that is no database, the database of another program and one of a
    newer bluf are left alone.

    Args:
        path: Where the file lies or shall lie.
        notify: Gets one line when the file was moved aside.

    Raises:
        UnusableError: The file cannot be written, or it is not bluf's to write.
    """
    try:
        try:
            return _connect(path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            notify(f"{path}: the store is damaged; moved to {set_aside(path).name}, starting anew")
            return _connect(path)
    except (sqlite3.DatabaseError, OSError) as error:
        raise UnusableError(_reason(error)) from error


def open_to_read(path: Path) -> sqlite3.Connection:
    """Return the database at `path` without writing to it; an empty one where there is none.

    Raises:
        UnusableError: The file cannot be read, is damaged, or is not bluf's.
    """
    try:
        if not path.exists():
            return open_memory()
        try:
            return _connect_to_read(path)
        except sqlite3.OperationalError:
            # In a folder that cannot be written, SQLite reads a database in WAL mode only when it
            # is told that nobody writes; that holds when no journal is left beside it.
            journal = path.with_name(f"{path.name}-wal")
            if journal.exists() and journal.stat().st_size:
                raise
            return _connect_to_read(path, nobody_writes=True)
    except (sqlite3.DatabaseError, OSError) as error:
        reason = "it is damaged" if _is_damaged(error) else _reason(error)
        raise UnusableError(reason) from error


def open_memory() -> sqlite3.Connection:
    """Return an empty database that lives as long as its connection."""
    return _prepare(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error says that the file's content is unusable, not that it is out of reach."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def set_aside(path: Path) -> Path:
    """Move a file and its journals out of the way; return its new path.

    Raises:
        OSError: The folder cannot be written.
    """
    stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{time.monotonic_ns() % 1000:03}"
    aside = path.with_name(f"{path.name}.bad-{stamp}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    database = sqlite3.connect(
        path, timeout=BUSY_WAIT_S, isolation_level=None, check_same_thread=False
    )
    try:
        _check(database, path)
        return _prepare(database)
    except BaseException:
        database.close()
        raise


def _connect_to_read(path: Path, *, nobody_writes: bool = False) -> sqlite3.Connection:
    # A connection that may write takes its journal away in the end, and is refused nothing: where
    # the file is write-protected SQLite falls back to reading.
    mode = "ro&immutable=1" if nobody_writes else "rw"
    address = f"{path.absolute().as_uri()}?mode={mode}"
    database = sqlite3.connect(
        address, uri=True, timeout=BUSY_WAIT_S, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA query_only = ON")
        if _check(database, path):
            return database
    except BaseException:
        database.close()
        raise
    database.close()
    return open_memory()


def _check(database: sqlite3.Connection, path: Path) -> int:
    """Return how many tables and indexes the file has, once it is known to be bluf's and sound."""
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
    if head.strip(b"\0") and head != MAGIC:
        raise UnusableError("it is no store of bluf")
    # In one transaction: another process may be making the tables at this moment.
    with _reading(database):
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        count: int = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if count and application != APPLICATION_ID:
        raise UnusableError("it belongs to another program")
    if version > VERSION:
        raise UnusableError("it was written by a newer bluf")
    if path.stat().st_size <= CHECKED_BYTES:
        ((found,),) = database.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            damage = sqlite3.DatabaseError(found)
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage
    return count


@contextmanager
def _reading(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN")
    try:
        yield
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _prepare(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return the database with its settings made and its tables there."""
    # Two processes that switch to WAL at once collide at once; the time-out does not cover it.
    for attempt in Retrying(
        retry=retry_if_exception(_is_busy),
        stop=stop_after_delay(BUSY_WAIT_S),
        wait=wait_random(0.01, 0.1),
        reraise=True,
    ):
        with attempt, closing(database.execute("PRAGMA journal_mode = WAL")):
            pass
    # FULL: a paid answer survives a power cut, not only a killed process.
    database.execute("PRAGMA synchronous = FULL")
    database.execute("BEGIN IMMEDIATE")
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        for step in STEPS[version:]:
            for statement in step:
                database.execute(statement)
        # Written only when it changes: a file that is up to date stays as it is.
        if version < VERSION:
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except BaseException:
        # SQLite itself rolls back on some errors, a full disk among them.
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    return database


def _is_busy(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.OperationalError) and code & 0xFF == sqlite3.SQLITE_BUSY


def _is_damaged(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) and is_damage(error)


def _reason(error: Exception) -> str:
    """Return what went wrong in a few words, without the path, which stands before them."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
