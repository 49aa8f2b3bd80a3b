"""Marks in the ledger: messages that are to say, where everybody sees it, that their notice was amended.

A mark can be set again without harm, so one that was cut short, or whose answer was lost, is set again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.ledger.chain import note
from worker.ledger.conversation_tables import threads
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import alerts, deliveries, filings
from worker.ledger.types import UtcDateTime
from worker.watchlists.destination import Destination

#: As many are handed out at a time.
AT_ONCE = 20


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A message that arrived and is to be marked.

    `delivery_id` is the amendment's delivery. `key`, `reference` and `message` are those of the message that
    is to be marked, `amended_at` when each of its amendments that arrived was accepted (or, lacking that,
    seen), in that order. `attempt` counts from 1; `since` is when the amendment arrived.
    """

    delivery_id: int
    destination: Destination
    key: str
    reference: str
    message: Message
    amended_at: tuple[datetime, ...]
    attempt: int
    since: datetime


post = deliveries.alias("post")


class Marks:
    """The columns `mark_*` and `marked_at` of `threads`. For one process at a time: a mark says all that is
    known when it is asked for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> Sequence[Mark]:
        """The marks that are due, and whose message and amendment both arrived, the oldest first."""
        arrived = DeliveryState.DELIVERED
        query = (
            sa.select(
                threads.c.delivery_id,
                threads.c.amends_id,
                threads.c.mark_attempts,
                deliveries.c.settled_at.label("since"),
                post.c.notifier,
                post.c.address,
                post.c.key,
                post.c.receipt,
                post.c.message,
            )
            .select_from(threads)
            .join(
                deliveries, sa.and_(deliveries.c.id == threads.c.delivery_id, _state(deliveries) == arrived)
            )
            .join(post, sa.and_(post.c.id == threads.c.amends_id, _state(post) == arrived))
            .where(threads.c.mark_due_at <= now)
            # Not in the table's own order: SQLite would go through all threads there are for the first ones.
            .order_by(threads.c.delivery_id + 0)
            .limit(AT_ONCE)
        )
        with self._database.read() as connection:
            return [
                Mark(
                    delivery_id=row.delivery_id,
                    destination=Destination(row.notifier, row.address),
                    key=row.key,
                    reference=row.receipt,
                    message=row.message,
                    amended_at=_amended_at(connection, row.amends_id),
                    attempt=row.mark_attempts + 1,
                    since=row.since,
                )
                for row in connection.execute(query).all()
            ]

    def done(self, mark: Mark, now: datetime) -> None:
        """The message is marked."""
        with self._database.write() as connection:
            _settle(connection, mark, mark_due_at=None, marked_at=now, mark_error=None)
            to, amended = str(mark.destination), list(mark.amended_at)
            note(connection, Kind.MARKED, mark.key, now, destination=to, amended=amended)

    def failed(self, mark: Mark, why: str, *, again: datetime | None) -> None:
        """It is not marked, and is tried again at that time; None leaves it at that."""
        with self._database.write() as connection:
            _settle(connection, mark, mark_due_at=again, mark_error=why)


def _settle(connection: sa.Connection, mark: Mark, **values: object) -> None:
    connection.execute(
        sa.update(threads)
        .where(threads.c.delivery_id == mark.delivery_id)
        .values(mark_attempts=mark.attempt, **values)
    )


def _state(of: sa.FromClause) -> sa.ColumnElement[str]:
    """The state, hidden from the index on it: SQLite would go through all that ever arrived with it."""
    return sa.func.coalesce(of.c.state, "")


def _amended_at(connection: sa.Connection, post_id: int) -> tuple[datetime, ...]:
    when = sa.func.coalesce(filings.c.accepted_at, filings.c.seen_at, type_=UtcDateTime)
    query = (
        sa.select(when)
        .select_from(threads)
        .join(deliveries, deliveries.c.id == threads.c.delivery_id)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .join(filings, filings.c.accession == alerts.c.accession)
        .where(threads.c.amends_id == post_id, deliveries.c.state == DeliveryState.DELIVERED)
        .distinct()
    )
    return tuple(sorted(connection.execute(query).scalars()))
