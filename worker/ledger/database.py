"""The database behind the ledger: SQLite in one file, or PostgreSQL; the same statements on both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from sqlite3 import Connection as SqliteConnection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite

from worker.errors import ConfigurationError, Mistake, Unreachable
from worker.ledger import failures

#: How long a writer waits for another on SQLite before it gives up.
BUSY = timedelta(seconds=30)


#: Connections one process may keep: as many as the command line lets it have threads. Each is made when it is
#: first wanted.
AT_A_TIME = 64

#: A server or a network that went away without a word is noticed within a minute and a half; by default it
#: takes two hours, and a worker's threads wait so long. A client that went away in the middle of its
#: transaction keeps nobody waiting for its rows longer than a minute.
#: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
POSTGRESQL: dict[str, object] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c idle_in_transaction_session_timeout=60s",
}


class Database:
    """Transactions on one engine. Open it once per process, after any fork."""

    def __init__(self, url: str) -> None:
        """`url` is an SQLAlchemy URL, `sqlite:///...` or `postgresql+psycopg://...`."""
        try:
            self.engine = sa.create_engine(
                url,
                pool_size=AT_A_TIME,
                # A file does not hang up.
                pool_pre_ping=not url.startswith("sqlite"),
                connect_args=_connect_arguments(url),
            )
        except (exc.ArgumentError, ModuleNotFoundError, ValueError):
            hint = "write sqlite:///file or postgresql+psycopg://..."
            raise ConfigurationError([Mistake("FORM144_LEDGER_URL", "cannot be used", hint)]) from None
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writing = threading.Lock()
        self._closed = False
        event.listen(self.engine, "handle_error", failures.notice)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that will write: committed on leaving, rolled back on an error.

        Raises Unreachable where the database is away, locked, full or takes no writes, and ConfigurationError
        where its user may not write; nothing was written then.
        """
        with _failures(), self._none_left(), self._turn(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One transaction that only reads, and waits for no writer. Raises as `write` does."""
        with (
            _failures(),
            self._none_left(),
            self.engine.connect().execution_options(form144_reads=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The writer's turn among the threads of this process. SQLite lets one write at a time, and who
        finds another at it sleeps, longer each time, and may be passed by whoever comes later.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=BUSY.total_seconds()):
            raise Unreachable(f"the ledger did not answer: others wrote for {BUSY.total_seconds():.0f} s")
        try:
            yield
        finally:
            self._writing.release()

    def only_free_rows(self, query: sa.Select[Any], *tables: sa.Table) -> sa.Select[Any]:
        """Let `query` pass over rows of `tables` that another worker is claiming at this moment.

        SQLite has one writer at a time and needs nothing. Rows that a new row elsewhere points at are free.
        """
        if self.is_sqlite:
            return query
        return query.with_for_update(skip_locked=True, key_share=True, of=list(tables))

    def insert_new(self, table: sa.Table, rows: list[dict[str, Any]]) -> sa.Insert:
        """An INSERT of `rows` that passes over those whose key or unique columns stand already."""
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        return insert(table).values(rows).on_conflict_do_nothing()

    def close(self) -> None:
        """Close every connection: those at rest now, those in use by other threads when they have done."""
        self._closed = True
        self.engine.pool.dispose()

    @contextmanager
    def _none_left(self) -> Iterator[None]:
        """Nobody closes what is given back to a pool once it was emptied: whoever comes last empties it."""
        try:
            yield
        finally:
            if self._closed:
                self.engine.pool.dispose()


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except exc.SQLAlchemyError as error:
        raised = failures.ours(error)
        if raised is None:
            raise
        # A mistake is told without the driver's words, which may quote what belongs to a secret.
        raise raised from (error if isinstance(raised, Unreachable) else None)


def _connect_arguments(url: str) -> dict[str, object]:
    """What libpq is told where the URL does not say it."""
    parts = sa.make_url(url)
    if parts.get_backend_name() != "postgresql":
        return {}
    return {name: value for name, value in POSTGRESQL.items() if name not in parts.query}


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    # The driver's own transaction handling would begin too late for `_begin_sqlite`.
    connection.isolation_level = None
    # FULL: with NORMAL a power cut may take back commits that somebody was already told about.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={int(BUSY.total_seconds() * 1000)}",
    ):
        try:
            connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()  # the pool has not taken it over yet
            raise


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that upgrades to a writer gets SQLITE_BUSY at once; a writer says so from the start.
    reads = connection.get_execution_options().get("form144_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
