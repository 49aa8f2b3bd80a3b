"""Digests in the ledger: what waits for which, and the one transaction in which a digest takes it.

Whatever is told in a digest is a row of its own, written with the reading it follows from. A digest takes the
rows that are there and nobody took: no clock decides what it holds, so what was committed late is in the
next one, and nothing is in two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import ForDigest
from worker.alerts.message import Message
from worker.ledger import steps
from worker.ledger.aftermath_tables import holds
from worker.ledger.chain import Entry as Step
from worker.ledger.chain import Value, note_all
from worker.ledger.database import Database
from worker.ledger.digest_tables import digest_entries, digests
from worker.ledger.kinds import Kind
from worker.ledger.owing import Due, owe
from worker.ledger.tables import deliveries
from worker.ledger.troubles import Trouble, note
from worker.watchlists.destination import Destination

#: As many rows are named in one statement.
_AT_ONCE = 500


class LastDigest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest digest of a destination and schedule: the time it was for, and up to when its readers were
    told: until it was made, or, where it was not sent, until the one before.
    """

    slot: datetime
    until: datetime


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A digest ready to be owed: for which time, about the time from `since` on, and the entries it tells of.

    `message` is None where there is nothing to say. `problem` is why it is not what the templates asked for.
    """

    destination: Destination
    schedule: str
    slot: datetime
    since: datetime
    entries: tuple[int, ...]
    message: Message | None
    key: str
    problem: str | None = None


class NewEntry(NamedTuple):
    """Something for a digest: an alert, by the key of its own delivery, or a near miss, which has none."""

    destination: Destination
    watchlist_id: str
    digest: ForDigest
    key: str | None = None


class Digests:
    """The tables `digests` and `digest_entries`, over `deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> Mapping[tuple[Destination, str], int]:
        """How many entries wait, by destination and schedule, also of schedules no list asks for any more."""
        to = (digest_entries.c.notifier, digest_entries.c.address, digest_entries.c.schedule)
        query = sa.select(*to, sa.func.count()).where(digest_entries.c.digest_id.is_(None)).group_by(*to)
        with self._database.read() as connection:
            return {
                (Destination(notifier, address), schedule): number
                for notifier, address, schedule, number in connection.execute(query)
            }

    def last(self) -> Mapping[tuple[Destination, str], LastDigest]:
        """The newest of every destination and schedule there ever was."""
        to = (digests.c.notifier, digests.c.address, digests.c.schedule)
        newest = sa.select(sa.func.max(digests.c.id)).group_by(*to)
        with self._database.read() as connection:
            return {
                (Destination(row.notifier, row.address), row.schedule): LastDigest(
                    slot=row.slot, until=row.since if row.delivery_id is None else row.composed_at
                )
                for row in connection.execute(sa.select(digests).where(digests.c.id.in_(newest)))
            }

    def begin(self, to: Destination, schedule: str, slot: datetime, now: datetime) -> None:
        """Write down that there are digests after `slot`. Once for each destination and schedule."""
        with self._database.write() as connection:
            row = _row(to, schedule, slot, since=now, now=now, number=0)
            connection.execute(self._database.insert_new(digests, [row]))

    def tell(self, made: Composed, now: datetime) -> bool:
        """Owe the digest, and write down that it holds its entries: all of it, or nothing.

        False where that time's digest was told already, or another one took one of its entries: then the
        next look finds what is left.
        """
        try:
            with self._database.write() as connection:
                return self._tell(connection, made, now)
        except _TakenError:
            return False

    def _tell(self, connection: sa.Connection, made: Composed, now: datetime) -> bool:
        number = len(made.entries)
        row = _row(made.destination, made.schedule, made.slot, since=made.since, now=now, number=number)
        insert = self._database.insert_new(digests, [row]).returning(digests.c.id)
        digest = connection.execute(insert).scalar_one_or_none()
        if digest is None:
            return False
        for ids in _parts(made.entries):
            taken = connection.execute(
                sa.update(digest_entries)
                .where(digest_entries.c.id.in_(ids), digest_entries.c.digest_id.is_(None))
                .values(digest_id=digest)
            )
            if taken.rowcount != len(ids):
                raise _TakenError
        connection.execute(_told_in(digest, now))
        if made.message is not None:
            due = Due(made.destination, made.message, made.key, since=now)
            delivery = owe(self._database, connection, due)
            sha = sha256(msgspec.json.encode(made.message)).hexdigest()
            connection.execute(
                sa.update(digests).where(digests.c.id == digest).values(delivery_id=delivery, sha256=sha)
            )
        note_all(connection, now, _steps(connection, made, digest))
        if made.problem:
            note(self._database, connection, Trouble.TEMPLATE, made.problem, what=made.problem, now=now)
        return True


def enter(
    database: Database, connection: sa.Connection, accession: str, found: Iterable[NewEntry], now: datetime
) -> None:
    """Write entries of a filing down, inside the transaction of the reading they follow from."""
    rows = [
        {
            "notifier": one.destination.notifier,
            "address": one.destination.address,
            "schedule": one.digest.schedule,
            "accession": accession,
            "watchlist_id": one.watchlist_id,
            "delivery_id": _delivery(connection, one.key),
            "item": one.digest.item,
            "entered_at": now,
        }
        for one in found
    ]
    if rows:
        connection.execute(database.insert_new(digest_entries, rows))


def _delivery(connection: sa.Connection, key: str | None) -> int | None:
    if key is None:
        return None
    return int(connection.execute(sa.select(deliveries.c.id).where(deliveries.c.key == key)).scalar_one())


def _steps(connection: sa.Connection, made: Composed, digest: int) -> Iterator[Step]:
    """What the record tells of a digest."""
    alerts = (
        sa.select(deliveries.c.key)
        .join(digest_entries, digest_entries.c.delivery_id == deliveries.c.id)
        .where(digest_entries.c.digest_id == digest)
        .order_by(digest_entries.c.id)
    )
    body: dict[str, Value] = {
        "destination": str(made.destination),
        "schedule": made.schedule,
        "slot": made.slot,
        "since": made.since,
        "entries": len(made.entries),
        "messages": connection.execute(alerts).scalars().all(),
        "sent": made.message is not None,
    }
    yield Step(Kind.DIGEST, made.key, body)
    if made.message is not None:
        yield steps.rendered(made.key, made.destination, made.message)


class _TakenError(Exception):
    """Another digest holds one of the entries."""


def _told_in(digest: int, now: datetime) -> sa.Update:
    """Deliveries that were held for this digest alone have been told in it. What a silence holds stays."""
    theirs = sa.select(digest_entries.c.delivery_id).where(
        digest_entries.c.digest_id == digest, digest_entries.c.delivery_id.is_not(None)
    )
    for_a_digest = sa.select(holds.c.delivery_id).where(holds.c.silence_id.is_(None), holds.c.until.is_(None))
    return (
        sa.update(deliveries)
        .where(
            deliveries.c.id.in_(theirs),
            deliveries.c.id.in_(for_a_digest),
            deliveries.c.state == DeliveryState.HELD,
        )
        .values(state=DeliveryState.ROLLED_UP, due_at=None, settled_at=now)
    )


def _row(
    to: Destination, schedule: str, slot: datetime, *, since: datetime, now: datetime, number: int
) -> dict[str, object]:
    return {
        "notifier": to.notifier,
        "address": to.address,
        "schedule": schedule,
        "slot": slot,
        "since": since,
        "composed_at": now,
        "entries": number,
    }


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while part := list(islice(left, _AT_ONCE)):
        yield part
