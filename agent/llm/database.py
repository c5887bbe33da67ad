"""Open the file that keeps the calls, whatever state it is in."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

VERSION = 1
APPLICATION_ID = 0x626C7566  # "bluf"
BUSY_WAIT_S = 30.0
# Checking every page takes a second per few hundred megabytes; large files are read on trust.
CHECKED_BYTES = 32 * 2**20

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS runs (
        id TEXT PRIMARY KEY, what TEXT NOT NULL, model TEXT NOT NULL, status TEXT NOT NULL,
        started_at TEXT NOT NULL, ended_at TEXT)""",
    """CREATE TABLE IF NOT EXISTS calls (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL,
        request BLOB NOT NULL, body BLOB NOT NULL, structured_output TEXT NOT NULL,
        tokens_in INTEGER, tokens_out INTEGER, tokens_cached INTEGER, cost_usd REAL,
        seconds REAL NOT NULL)""",
    "CREATE UNIQUE INDEX IF NOT EXISTS served ON calls (key) WHERE outcome = 'ok'",
    """CREATE TABLE IF NOT EXISTS asks (
        id INTEGER PRIMARY KEY, run TEXT NOT NULL, call INTEGER NOT NULL REFERENCES calls (id),
        prompt TEXT NOT NULL, from_store INTEGER NOT NULL, asked_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS asks_of_run ON asks (run)",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)


class _ForeignError(Exception):
    """The file is sound, but it is not this version's to write."""


def open_database(path: Path, notify: Callable[[str], None]) -> sqlite3.Connection:
    """Return the database at `path`; one in memory where no file can be had.

    The file is created with mode 0600 and its folder with 0700. A file that is no database, or a
    damaged one, is moved aside. A database of another program, or of a newer bluf, is left alone.

    Args:
        path: Where the file lies or shall lie.
        notify: Gets one line when the file was moved aside or cannot be used.
    """
    try:
        try:
            return _open_file(path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            notify(f"{path}: the store is damaged; moved to {set_aside(path).name}, starting anew")
            return _open_file(path)
    except (_ForeignError, sqlite3.DatabaseError, OSError) as error:
        notify(f"{path}: calls are not kept this time ({error}); set BLUF_STORE to another file")
        return open_memory()


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


def _open_file(path: Path) -> sqlite3.Connection:
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


def _check(database: sqlite3.Connection, path: Path) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise _ForeignError("it belongs to another program")
    if version > VERSION:
        raise _ForeignError("it was written by a newer bluf")
    if path.stat().st_size <= CHECKED_BYTES:
        ((found,),) = database.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            damage = sqlite3.DatabaseError(found)
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage


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
        for statement in SCHEMA:
            database.execute(statement)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    return database


def _is_busy(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.OperationalError) and code & 0xFF == sqlite3.SQLITE_BUSY
