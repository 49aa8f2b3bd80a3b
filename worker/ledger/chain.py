"""The record: an append-only account of every step, each entry chained to the one before by its hash.

An entry is written in the transaction of the step it tells of, so that neither stands without the other. It
is chained a moment later, by whoever seals first: those who write never wait for each other, and the chain
has one end. What has been sealed cannot be changed, taken out or put in another order without every later
hash being wrong; an export can be checked with `verifier.py` alone.

The program is designed to help with record keeping; what a record has to hold is for its keeper to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from worker.ledger.database import Database
from worker.ledger.record_tables import entries, links
from worker.ledger.verifier import GENESIS, chained, entry_hash_of

#: How many entries are chained in one transaction: few enough that on SQLite, which has one writer at a
#: time, the others hardly notice (benchmarks/record.py).
BATCH = 500

#: How many are read at a time.
PAGE = 2000

#: What a body may hold. No floats: others would write them in other digits, and get other hashes.
Value: TypeAlias = "str | int | bool | date | Sequence[Value] | Mapping[str, Value] | None"


class Entry(NamedTuple):
    """One step: what it was, whom or what it is about, and its particulars."""

    kind: str
    subject: str
    body: Mapping[str, Value]


class Written(NamedTuple):
    """An entry as it stands in the ledger: `at` an instant in UTC, `body` the text of a JSON object."""

    at: str
    kind: str
    subject: str
    body: str

    @property
    def canonical(self) -> str:
        """One text for one entry: JSON with its keys sorted and no spaces. Its sha256 is the entry's hash."""
        at, kind, subject = _encode(self.at), _encode(self.kind), _encode(self.subject)
        return f'{{"at":{at},"body":{self.body},"kind":{kind},"subject":{subject}}}'


class Sealed(NamedTuple):
    """One link, with the entry in its place; None where the entry is gone."""

    position: int
    entry_hash: str
    hash: str
    entry: Written | None


class Head(NamedTuple):
    """The last position, 0 where nothing is sealed, and its hash: what an anchor is made of."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


def note(connection: sa.Connection, kind: str, subject: str, now: datetime, **body: Value) -> None:
    """Write an entry in the caller's transaction. `subject` is an accession number, a delivery's key or the
    like. Names, owners and reasons of watchlists have no place in it.
    """
    note_all(connection, now, [Entry(kind, subject, body)])


def note_all(connection: sa.Connection, now: datetime, steps: Iterable[Entry]) -> None:
    """Several at once, in that order."""
    rows = [
        {
            "at": instant(now),
            "kind": one.kind,
            "subject": one.subject,
            "body": _encode(one.body),
            "sealed": False,
        }
        for one in steps
    ]
    if rows:
        connection.execute(sa.insert(entries), rows)


class Chain:
    """The tables `entries` and `links`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, kind: str, subject: str, now: datetime, **body: Value) -> None:
        """Write an entry about what changes nothing else in the ledger."""
        with self._database.write() as connection:
            note(connection, kind, subject, now, **body)

    def seal(self) -> int:
        """Chain what is not chained yet, in batches; how many entries that were.

        Any number may seal at once: a position is taken once, and who finds it taken looks again. All that
        was committed before the call has its place when it returns.
        """
        sealed = 0
        while loose := self._loose_ids_and_links():
            ids, batch = loose
            try:
                self._append(ids, batch)
            except sa.exc.IntegrityError:
                continue
            sealed += len(batch)
        return sealed

    def _loose_ids_and_links(self) -> tuple[list[int], list[dict[str, object]]] | None:
        """The entries that come next, and links for those that have none; None where nothing is loose.

        Reading and hashing are done before any lock is taken. What has a link is looked up for these few: a
        join would let the database choose to read every link there is.
        """
        query = sa.select(entries).where(_IS_LOOSE).order_by(entries.c.id).limit(BATCH)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            if not rows:
                return None
            ids = [row.id for row in rows]
            linked = set(
                connection.execute(sa.select(links.c.entry_id).where(links.c.entry_id.in_(ids))).scalars()
            )
            position, last = _head(connection)
        batch: list[dict[str, object]] = []
        for number, row in enumerate((row for row in rows if row.id not in linked), start=position + 1):
            entry_hash = entry_hash_of(_written(row).canonical)
            last = chained(last, entry_hash)
            batch.append({"position": number, "entry_id": row.id, "entry_hash": entry_hash, "hash": last})
        return ids, batch

    def _append(self, ids: list[int], batch: list[dict[str, object]]) -> None:
        """Raises IntegrityError where another sealer was faster."""
        with self._database.write() as connection:
            if batch:
                connection.execute(sa.insert(links), batch)
            connection.execute(sa.update(entries).where(entries.c.id.in_(ids)).values(sealed=True))

    def head(self) -> Head:
        """The end of the chain."""
        with self._database.read() as connection:
            return _head(connection)

    def loose(self) -> int:
        """How many entries wait to be sealed."""
        query = sa.select(sa.func.count()).select_from(entries).where(_IS_LOOSE)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def loose_since(self) -> datetime | None:
        """When the oldest entry that waits to be sealed was written, None where none waits."""
        query = sa.select(entries.c.at).where(_IS_LOOSE).order_by(entries.c.id).limit(1)
        with self._database.read() as connection:
            at = connection.execute(query).scalar_one_or_none()
        return datetime.fromisoformat(at) if at is not None else None

    def walk(self, first: int = 1, last: int | None = None) -> Iterator[Sealed]:
        """The links in order, from position `first` to `last` (None: to the end), some at a time: nobody
        waits for a reader.
        """
        joined = sa.select(links, entries).outerjoin(entries, links.c.entry_id == entries.c.id)
        joined = joined.order_by(links.c.position).limit(PAGE)
        if last is not None:
            joined = joined.where(links.c.position <= last)
        rows: Sequence[sa.Row[Any]] | None = None
        while rows is None or len(rows) == PAGE:
            after = rows[-1].position if rows else first - 1
            with self._database.read() as connection:
                rows = connection.execute(joined.where(links.c.position > after)).all()
            for row in rows:
                entry = None if row.id is None else _written(row)
                yield Sealed(row.position, row.entry_hash, row.hash, entry)

    def span(self, since: datetime | None, until: datetime | None) -> tuple[int, int] | None:
        """The first and last position of what happened from `since` to before `until`, None for nothing.

        Entries may stand in a slightly other order than they happened in: what lies between belongs to it.
        """
        ends = [] if since is None else [entries.c.at >= instant(since)]
        ends += [] if until is None else [entries.c.at < instant(until)]
        query = (
            sa.select(sa.func.min(links.c.position), sa.func.max(links.c.position))
            .join(entries, entries.c.id == links.c.entry_id)
            .where(*ends)
        )
        with self._database.read() as connection:
            first, last = connection.execute(query).one()
        return None if first is None else (first, last)


#: A link is what counts; the flag only finds the few rows that may lack one.
_IS_LOOSE = entries.c.sealed.is_(sa.false())


def _written(row: sa.Row[Any]) -> Written:
    return Written(row.at, row.kind, row.subject, row.body)


def instant(value: datetime) -> str:
    """In UTC to the microsecond, so that texts sort as instants do. A naive one raises ValueError."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; the record takes aware instants only")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in the record")


#: Canonical JSON: keys sorted, no spaces, no escapes beyond JSON's own.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode


def _head(connection: sa.Connection) -> Head:
    query = sa.select(links.c.position, links.c.hash).order_by(links.c.position.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Head(row.position, row.hash) if row is not None else Head(0, GENESIS)
