"""Retention: what may be forgotten of days long gone; on the record, and with the chain still whole.

What goes: entries of the record, whose links stay; the bodies of documents, whose sha256 stays; messages that
arrived or that a person closed; polls, but for the first and the last. All else stays for ever, such as which
filings were seen, the notices (later amendments are compared with them), alerts, deliveries with their keys,
receipts and every attempt, messages that were refused or given up (a person may try them again), what digests
held, and who silenced, acknowledged or drilled what. Nothing goes that is younger than what is still owed,
waits for a digest, is of unknown fate or unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa

from worker.ledger.chain import note
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.prunable import (
    PRUNED,
    Prunable,
    old_documents,
    old_messages,
    old_polls,
    open_since,
    prunable,
)
from worker.ledger.record_tables import entries, links
from worker.ledger.tables import deliveries, documents, polls

#: Nothing younger can be pruned: what was given up is still redirected, what arrived still acknowledged,
#: answered and amended.
KEPT_AT_LEAST = timedelta(days=30)

#: As many rows of a table go in one transaction: the workers, who wait for it on SQLite, hardly notice.
SLICE = 500

#: What goes in one transaction: rows with the keys of entries, documents, messages and polls, in that order.
_Slice: TypeAlias = tuple[Sequence[sa.Row[Any]], ...]


class _Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction took out, and the last position whose entry is gone, with its hash."""

    entries: int
    position: int
    hash: str
    documents: int
    messages: int
    polls: int


class Retention:
    """Takes out of `entries`, `documents`, `deliveries` and `polls`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prunable(self, before: datetime) -> Prunable:
        """What pruning up to `before` would take."""
        with self._database.read() as connection:
            return prunable(connection, before)

    def prune(self, before: datetime, now: datetime, *, by: str, reason: str) -> Prunable:
        """Take it out, some at a time, each time with an entry that says so: who was killed in between took
        out what the record says, and prunes again for the rest. Where something old came to be owed again
        meanwhile, the rest stays, and only what went is returned.

        Who calls has verified the record, or what was taken from it by others would pass as pruned. Raises
        ValueError where `before` is later than `now - KEPT_AT_LEAST`.
        """
        if before > now - KEPT_AT_LEAST:
            raise ValueError(f"{before} is not {KEPT_AT_LEAST.days} days ago")
        found = self.prunable(before)
        nothing = {"entries": 0, "position": 0, "hash": "", "documents": 0, "document_bytes": 0}
        gone = msgspec.structs.replace(found, **nothing, messages=0, polls=0)
        for rows in self._slices(found):
            with self._database.write() as connection:
                still_open, since = open_since(connection)
                if since is not None and since < found.until:
                    return msgspec.structs.replace(gone, still_open=still_open)
                taken = _take(connection, rows, found)
                note(
                    connection,
                    Kind.PRUNED,
                    "record",
                    now,
                    by=by,
                    because=reason,
                    before=found.until,
                    **msgspec.structs.asdict(taken),
                )
            gone = _sum(gone, taken, rows)
        return gone

    def _slices(self, found: Prunable) -> Iterator[_Slice]:
        """All that goes, the oldest entries first; at least one, for a pruning is noted at any rate."""
        record = (
            sa.select(links.c.position, links.c.entry_id, links.c.hash)
            .join(entries, entries.c.id == links.c.entry_id)
            .where(links.c.position <= found.position)
        )
        bodies = sa.select(documents.c.accession, sa.func.length(documents.c.body).label("bytes"))
        slices = zip_longest(
            self._pages(record, links.c.position),
            self._pages(bodies.where(*old_documents(found.until)), documents.c.accession),
            self._pages(sa.select(deliveries.c.id).where(*old_messages(found.until)), deliveries.c.id),
            self._pages(sa.select(polls.c.id).where(*old_polls(found.until)), polls.c.id),
            fillvalue=(),
        )
        yield next(slices, ((), (), (), ()))
        yield from slices

    def _pages(self, query: sa.Select[Any], key: sa.ColumnElement[Any]) -> Iterator[Sequence[sa.Row[Any]]]:
        """Its rows, some at a time, by the key, which comes first in each."""
        ordered = page = query.order_by(key).limit(SLICE)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(page).all()
            if rows:
                yield rows
            if len(rows) < SLICE:
                return
            page = ordered.where(key > rows[-1][0])


def _take(connection: sa.Connection, rows: _Slice, found: Prunable) -> _Taken:
    record, bodies, messages, looks = rows
    last = record[-1] if len(record) == SLICE else found
    entry, poll = entries.c.id.in_(_keys(record, 1)), polls.c.id.in_(_keys(looks))
    filing, delivery = documents.c.accession.in_(_keys(bodies)), deliveries.c.id.in_(_keys(messages))
    # A person may have had one sent again since it was found: it would go out empty.
    still_over = old_messages(found.until)
    return _Taken(
        entries=connection.execute(sa.delete(entries).where(entry)).rowcount,
        position=last.position,
        hash=last.hash,
        documents=connection.execute(sa.update(documents).where(filing).values(body=b"")).rowcount,
        messages=connection.execute(
            sa.update(deliveries).where(delivery, *still_over).values(message=PRUNED)
        ).rowcount,
        polls=connection.execute(sa.delete(polls).where(poll)).rowcount,
    )


def _keys(rows: Sequence[sa.Row[Any]], column: int = 0) -> list[Any]:
    return [row[column] for row in rows]


def _sum(gone: Prunable, taken: _Taken, rows: _Slice) -> Prunable:
    """What went so far, and what has just gone."""
    return msgspec.structs.replace(
        gone,
        entries=gone.entries + taken.entries,
        position=taken.position,
        hash=taken.hash,
        documents=gone.documents + taken.documents,
        document_bytes=gone.document_bytes + sum(row.bytes for row in rows[1]),
        messages=gone.messages + taken.messages,
        polls=gone.polls + taken.polls,
    )
