"""Keep every model call: cache, resume, replay and recordings are this one table."""

import asyncio
import hashlib
import json
import sqlite3
import uuid
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar
from weakref import WeakValueDictionary

from agent.errors import WriteError
from agent.llm.alive import RunLocks
from agent.llm.database import (
    UnusableError,
    is_damage,
    open_file,
    open_memory,
    open_to_read,
    set_aside,
)

T = TypeVar("T")
Outcome = Literal["ok", "truncated", "refused", "empty", "invalid", "replaced", "error"]
RunStatus = Literal["running", "done", "failed", "interrupted"]

CALL = """calls.id, calls.key, calls.model, calls.outcome, calls.request, calls.body,
    calls.structured_output, calls.tokens_in, calls.tokens_out, calls.tokens_cached,
    calls.cost_usd, calls.seconds"""
FIND = f"SELECT {CALL} FROM calls WHERE key = ? AND outcome = 'ok'"
FIND_ANY = f"""SELECT {CALL} FROM calls WHERE key = ? AND outcome NOT IN ('error', 'replaced')
    ORDER BY outcome = 'ok' DESC, id DESC LIMIT 1"""
SHOW = f"""SELECT {CALL}, asks.prompt, asks.from_store, asks.asked_at
    FROM asks JOIN calls ON calls.id = asks.call WHERE asks.run = ? ORDER BY asks.id"""
# Calls without an answer (connection lost, status 500) are history; no brief rests on them.
TOTALS = """SELECT count(*) AS calls, total(from_store) AS calls_from_store,
    total(tokens_in) AS tokens_in, total(tokens_out) AS tokens_out,
    total(tokens_cached) AS tokens_cached, total(seconds) AS seconds,
    total(cost_usd) AS cost, count(cost_usd) AS priced,
    total(iif(from_store, 0, cost_usd)) AS spent,
    total(NOT from_store AND cost_usd IS NULL) AS unpriced
    FROM asks JOIN calls ON calls.id = asks.call WHERE run = ? AND outcome != 'error'"""


@dataclass(frozen=True)
class Usage:
    """What one answer took; None where the endpoint did not say."""

    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    cost_usd: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Call:
    """One call as it is kept.

    Attributes:
        key: From `call_key`; only calls with the outcome ok are ever served again.
        prompt: Name of the prompt file.
        model: The name of the model that was asked.
        outcome: What became of it.
        request: What was asked, as JSON; it holds no key of the endpoint.
        body: The body of the response as it came, or the error message when there was none.
        structured_output: How the schema was enforced.
        usage: Tokens, cost and time.
    """

    key: str
    prompt: str
    model: str
    outcome: Outcome
    request: str
    body: str
    structured_output: str
    usage: Usage


@dataclass(frozen=True)
class KeptCall:
    """One call of one run, read back; `from_store` when this run did not pay for it."""

    id: int
    call: Call
    from_store: bool
    asked_at: datetime


@dataclass(frozen=True)
class Totals:
    """The sums of what a run rests on, whether it was asked now or taken from the store.

    `spent_usd` alone is what this run paid. A cost is None as soon as one of its calls has no
    known price, since half a sum would mislead.
    """

    calls: int
    calls_from_store: int
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost_usd: float | None
    spent_usd: float | None
    seconds: float


@dataclass(frozen=True)
class RunSummary:
    """One run and its totals; `ended_at` is None while it runs, or when its process was killed."""

    id: str
    what: str
    model: str
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    totals: Totals


@contextmanager
def open_store(path: Path | None, notify: Callable[[str], None]) -> Iterator["CallStore"]:
    """Give the store that lies at `path`, and close it in the end.

    A damaged file is moved aside. Where nothing can be written the calls are kept in memory, and
    the answers of a file that can still be read are served. Each is said once through `notify`;
    nothing is raised.

    Args:
        path: The file; its folder is created. None keeps everything in memory.
        notify: Gets one line for each thing the user should know.
    """
    store = CallStore(path, notify)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def read_store(path: Path) -> Iterator["CallStore"]:
    """Give the store that lies at `path` to list and show its runs; nothing there is changed.

    Where there is no file the store has no runs.

    Raises:
        WriteError: The file cannot be read, is damaged, or is not a store of this bluf.
    """
    try:
        store = CallStore.to_read(path)
    except UnusableError as error:
        raise _unreadable(path, str(error)) from error
    try:
        yield store
    except (sqlite3.DatabaseError, zlib.error) as error:
        raise _unreadable(path, f"it is damaged: {error}") from error
    finally:
        store.close()


def call_key(parts: Mapping[str, object]) -> str:
    """Return the SHA-256, in hex, of everything that can change an answer.

    Args:
        parts: JSON values: provider, model, messages, schema, sampling, repeat, attempt. A
            secret must not be among them.
    """
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class CallStore:
    """The calls of many runs in one SQLite file that several processes may share."""

    def __init__(self, path: Path | None, notify: Callable[[str], None]) -> None:
        self._path = path
        self._notify = notify
        self._lock = Lock()
        self._flights: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._runs: list[str] = []
        self._alive = RunLocks(path) if path else None
        # A file that cannot be written, now or since a write failed: for the answers it holds.
        self._unwritable: sqlite3.Connection | None = None
        self._database = self._open(path) if path else _by_name(open_memory())

    @classmethod
    def to_read(cls, path: Path) -> "CallStore":
        """Return the store at `path`, for its runs alone.

        Raises:
            UnusableError: The file cannot be read, is damaged, or is not a store of this bluf.
        """
        database = open_to_read(path)
        store = cls(None, _say_nothing)
        store._database.close()
        store._database, store._alive = _by_name(database), RunLocks(path)
        return store

    def close(self) -> None:
        """Close the file; a run that was not ended counts as interrupted from then on."""
        with self._lock:
            self._database.close()
            if self._unwritable:
                self._unwritable.close()
            if self._alive:
                self._alive.release_all()

    def begin_run(self, *, what: str, model: str) -> str:
        """Note that a run began and return its id.

        Args:
            what: What the user asked for, in one line, such as the names of the sources.
            model: The name of the model.
        """
        run = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        self._runs.append(run)
        row = (run, what, model, "running", _now(), None)
        # One transaction: no other process sees the run before its lock is held.
        cut_off = self._write(lambda db: self._begin(db, row))
        if what in cut_off:
            self._notify(f"an earlier run of {what} was cut off; what it was answered is used here")
        return run

    def end_run(self, run: str, status: RunStatus) -> None:
        """Note how a run ended."""
        row = (status, _now(), run)
        self._write(
            lambda db: db.execute("UPDATE runs SET status = ?, ended_at = ? WHERE id = ?", row)
        )
        if self._alive:
            self._alive.release(run)

    def list_runs(self, limit: int = 20) -> tuple[RunSummary, ...]:
        """Return the latest runs, newest first; one whose process is gone was interrupted."""
        latest = "SELECT * FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?"
        return tuple(
            RunSummary(
                id=row["id"],
                what=row["what"],
                model=row["model"],
                status=self._status(row["id"], row["status"]),
                started_at=datetime.fromisoformat(row["started_at"]),
                ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
                totals=self.totals(row["id"]),
            )
            for row in self._read(latest, limit)
        )

    def show_run(self, run: str) -> tuple[KeptCall, ...]:
        """Return the calls of a run in the order in which they were asked.

        Raises:
            KeyError: No run has that id.
        """
        if not self._read("SELECT 1 FROM runs WHERE id = ?", run):
            raise KeyError(run)
        return tuple(
            _as_kept(
                row,
                prompt=row["prompt"],
                from_store=bool(row["from_store"]),
                asked_at=row["asked_at"],
            )
            for row in self._read(SHOW, run)
        )

    def totals(self, run: str) -> Totals:
        """Return the sums of a run; zeros for one without calls."""
        (row,) = self._read(TOTALS, run)
        return Totals(
            calls=row["calls"],
            calls_from_store=int(row["calls_from_store"]),
            tokens_in=int(row["tokens_in"]),
            tokens_out=int(row["tokens_out"]),
            tokens_cached=int(row["tokens_cached"]),
            cost_usd=row["cost"] if row["priced"] == row["calls"] else None,
            spent_usd=row["spent"] if not row["unpriced"] else None,
            seconds=row["seconds"],
        )

    @asynccontextmanager
    async def flight(self, key: str) -> AsyncIterator[None]:
        """Let one task at a time ask for a key; those that waited then find its answer."""
        async with self._flights.setdefault(key, asyncio.Lock()):
            yield

    async def reuse(
        self, keys: Sequence[str], *, run: str, prompt: str, history: bool = False
    ) -> KeptCall | None:
        """Return the answer under the first of the keys that has one, now also of this run.

        Args:
            keys: From `call_key`, the wanted one first.
            run: The run that asks.
            prompt: Name of the prompt.
            history: Whether an answer of no use, such as a truncated one, counts too.
        """
        return await asyncio.to_thread(self._reuse, keys, run, prompt, history)

    async def keep(self, call: Call, *, run: str, replace: bool = False) -> KeptCall:
        """Keep a call and return what is served for it; it is on the disk when this returns.

        When another process kept an answer under the same key in the meantime, that one is
        returned, so that a replay gives what the first reader saw.

        Args:
            call: What was asked and what came.
            run: The run that asked.
            replace: Serve this answer from now on, in place of an older one.
        """
        return await asyncio.to_thread(
            self._write, lambda db: _insert(db, call, run, replace=replace)
        )

    async def discard(self, ids: Sequence[int]) -> None:
        """Serve these answers no more: none of them was of the asked-for shape."""
        await asyncio.to_thread(self._write, partial(_discard, ids=ids))

    def _open(self, path: Path) -> sqlite3.Connection:
        """Return the file at `path`, or memory with the file beside it as far as it can be read."""
        try:
            return _by_name(open_file(path, self._notify))
        except UnusableError as error:
            self._alive = None
            used = ""
            with suppress(UnusableError):
                self._unwritable = _by_name(open_to_read(path))
                used = "what it holds is used; "
            self._notify(
                f"{path}: calls are not kept this time ({error}); {used}set BLUF_STORE to another "
                "file"
            )
            return _by_name(open_memory())

    def _begin(self, database: sqlite3.Connection, row: tuple[str | None, ...]) -> tuple[str, ...]:
        """Insert a run; return what the runs were about whose process is gone."""
        cut_off: list[str] = []
        if self._alive:
            unended = database.execute("SELECT id, what FROM runs WHERE status = 'running'")
            for run, what in unended.fetchall():
                if run not in self._runs and not self._alive.is_alive(run):
                    database.execute("UPDATE runs SET status = 'interrupted' WHERE id = ?", (run,))
                    self._alive.release(run)
                    cut_off.append(what)
            self._alive.hold(str(row[0]))
        database.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", row)
        return tuple(cut_off)

    def _status(self, run: str, noted: RunStatus) -> RunStatus:
        if noted != "running" or run in self._runs or self._alive is None:
            return noted
        return noted if self._alive.is_alive(run) else "interrupted"

    def _reuse(self, keys: Sequence[str], run: str, prompt: str, history: bool) -> KeptCall | None:
        for key in keys:
            if rows := self._read(FIND_ANY if history else FIND, key):
                with suppress(zlib.error):
                    kept = _as_kept(rows[0], prompt=prompt, from_store=True, asked_at=_now())
                    self._write(partial(_link, id=kept.id, run=run, prompt=prompt))
                    return kept
                # Its bytes changed on the disk: asked again, and kept as history.
                self._write(partial(_discard, ids=[rows[0]["id"]]))
        return self._rescue(self._unwritable, keys, run, prompt) if self._unwritable else None

    def _rescue(
        self, file: sqlite3.Connection, keys: Sequence[str], run: str, prompt: str
    ) -> KeptCall | None:
        """Return an answer that only the file holds, which can no longer be written."""
        with suppress(sqlite3.Error, zlib.error), self._lock:
            for key in keys:
                if row := file.execute(FIND, (key,)).fetchone():
                    found = _as_kept(row, prompt=prompt, from_store=True, asked_at=_now())
                    return _insert(self._database, found.call, run, from_store=True)
        return None

    def _read(self, sql: str, value: object) -> list[sqlite3.Row]:
        with self._lock:
            try:
                return self._database.execute(sql, (value,)).fetchall()
            except sqlite3.DatabaseError as error:
                self._go_on_in_memory(error)
                return self._database.execute(sql, (value,)).fetchall()

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                return _commit(self._database, work)
            except sqlite3.DatabaseError as error:
                self._go_on_in_memory(error)
                return _commit(self._database, work)

    def _go_on_in_memory(self, error: sqlite3.DatabaseError) -> None:
        """Replace the file by memory, with all that this process has asked; say so once."""
        if self._path is None or self._unwritable:
            raise error
        file, self._unwritable = self._database, self._database
        self._database = _by_name(open_memory())
        with suppress(sqlite3.Error):
            for run in self._runs:
                _copy_run(file, self._database, run)
        place = str(self._path)
        if is_damage(error):
            with suppress(OSError):
                place = f"{self._path} (moved to {set_aside(self._path).name})"
        self._notify(f"{place}: calls are no longer kept ({error}); this run goes on")


def _say_nothing(line: str) -> None:
    """What is only read has nothing to tell: it fails, or it is there."""
    del line


def _unreadable(path: Path, reason: str) -> WriteError:
    return WriteError(f"{path}: the store cannot be read ({reason}); set BLUF_STORE to another")


def _by_name(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return the database with its columns told by name."""
    database.row_factory = sqlite3.Row
    return database


def _commit(database: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    # IMMEDIATE: a plain BEGIN that reads first fails at once when another process wrote since.
    database.execute("BEGIN IMMEDIATE")
    try:
        result = work(database)
        database.execute("COMMIT")
    except BaseException:
        # SQLite itself rolls back on some errors, a full disk among them.
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    return result


def _insert(
    database: sqlite3.Connection,
    call: Call,
    run: str,
    *,
    replace: bool = False,
    from_store: bool = False,
) -> KeptCall:
    outcome = call.outcome
    older = database.execute(FIND, (call.key,)).fetchone() if outcome == "ok" else None
    if older and replace:
        database.execute("UPDATE calls SET outcome = 'replaced' WHERE id = ?", (older["id"],))
    elif older:
        outcome = "replaced"
    usage = call.usage
    id = database.execute(
        "INSERT INTO calls VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            call.key,
            call.model,
            outcome,
            _pack(call.request),
            _pack(call.body),
            call.structured_output,
            usage.tokens_in,
            usage.tokens_out,
            usage.tokens_cached,
            usage.cost_usd,
            usage.seconds,
        ),
    ).lastrowid
    _link(database, id=id, run=run, prompt=call.prompt, from_store=from_store)
    served = older["id"] if older and not replace else id
    row = database.execute(f"SELECT {CALL} FROM calls WHERE id = ?", (served,)).fetchone()
    return _as_kept(row, prompt=call.prompt, from_store=from_store, asked_at=_now())


def _link(
    database: sqlite3.Connection, *, id: int | None, run: str, prompt: str, from_store: bool = True
) -> None:
    database.execute(
        "INSERT INTO asks VALUES (NULL, ?, ?, ?, ?, ?)", (run, id, prompt, from_store, _now())
    )


def _discard(database: sqlite3.Connection, *, ids: Sequence[int]) -> None:
    rows = [(id,) for id in ids]
    database.executemany("UPDATE calls SET outcome = 'invalid' WHERE id = ?", rows)


def _copy_run(source: sqlite3.Connection, target: sqlite3.Connection, run: str) -> None:
    for table, which in (
        ("runs", "id = ?"),
        ("calls", "id IN (SELECT call FROM asks WHERE run = ?)"),
        ("asks", "run = ?"),
    ):
        for row in source.execute(f"SELECT * FROM {table} WHERE {which}", (run,)):
            marks = ", ".join("?" * len(row))
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", tuple(row))


def _as_kept(row: sqlite3.Row, *, prompt: str, from_store: bool, asked_at: str) -> KeptCall:
    call = Call(
        key=row["key"],
        prompt=prompt,
        model=row["model"],
        outcome=row["outcome"],
        request=_unpack(row["request"]),
        body=_unpack(row["body"]),
        structured_output=row["structured_output"],
        usage=Usage(
            tokens_in=row["tokens_in"],
            tokens_out=row["tokens_out"],
            tokens_cached=row["tokens_cached"],
            cost_usd=row["cost_usd"],
            seconds=row["seconds"],
        ),
    )
    return KeptCall(
        id=row["id"], call=call, from_store=from_store, asked_at=datetime.fromisoformat(asked_at)
    )


def _pack(text: str) -> bytes:
    # A lone surrogate in a server's message must not make the call impossible to keep.
    return zlib.compress(text.encode("utf-8", "replace"))


def _unpack(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
