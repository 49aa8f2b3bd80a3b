"""A glance at where things stand, for a person who watches: destinations, and what went wrong last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.ledger.counters import ARRIVED
from worker.ledger.database import Database
from worker.ledger.gauges import quiet_until
from worker.ledger.queue import CAN_BE_CLAIMED, CLAIMABLE, same_lane
from worker.ledger.tables import attempts, deliveries, filings, lanes, polls
from worker.ledger.types import UtcDateTime
from worker.watchlists.destination import Destination

#: How far back it is looked for what went wrong.
LATELY = timedelta(days=1)


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """A destination: how many deliveries wait for it, from when it takes the next one, why it takes none."""

    destination: Destination
    waiting: int
    open_at: datetime
    ended_because: str | None


class Mishap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong: with which part or destination, and in which words."""

    at: datetime
    where: str
    what: str


class Glance:
    """Reads; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lanes(self, most: int) -> Sequence[Lane]:
        """Those that have ended first, then those for which most deliveries wait."""
        waiting = sa.func.count(deliveries.c.id)
        query = (
            sa.select(lanes, waiting.label("waiting"))
            .outerjoin(
                deliveries,
                sa.and_(
                    same_lane(),
                    deliveries.c.state.in_(CLAIMABLE),
                    sa.or_(deliveries.c.due_at.is_not(None), deliveries.c.state == DeliveryState.OWED),
                ),
            )
            .group_by(*lanes.c)
            .order_by(lanes.c.ended_because.is_(None), waiting.desc(), lanes.c.notifier, lanes.c.address)
            .limit(most)
        )
        with self._database.read() as connection:
            return [
                Lane(
                    destination=Destination(row.notifier, row.address),
                    waiting=row.waiting,
                    open_at=row.open_at,
                    ended_because=row.ended_because,
                )
                for row in connection.execute(query)
            ]

    def mishaps(self, now: datetime, most: int) -> Sequence[Mishap]:
        """The last ones of a day, the newest first: polls, documents, deliveries."""
        since = now - LATELY
        failed_polls = (
            sa.select(polls.c.ended_at.label("at"), polls.c.error.label("what"))
            .where(polls.c.started_at >= since, polls.c.error.is_not(None))
            .order_by(polls.c.id.desc())
            .limit(most)
        )
        unreadable = (
            sa.select(filings.c.read_at.label("at"), filings.c.accession, filings.c.last_error.label("what"))
            .where(filings.c.read_at >= since, filings.c.state == "unreadable")
            .order_by(filings.c.read_at.desc())
            .limit(most)
        )
        undelivered = (
            sa.select(
                attempts.c.ended_at.label("at"),
                attempts.c.detail.label("what"),
                deliveries.c.notifier,
                deliveries.c.address,
            )
            .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
            .where(attempts.c.ended_at >= since, attempts.c.outcome.not_in(ARRIVED))
            .order_by(attempts.c.ended_at.desc())
            .limit(most)
        )
        with self._database.read() as connection:
            found = [
                *(Mishap(at=row.at, where="feed", what=row.what) for row in connection.execute(failed_polls)),
                *(
                    Mishap(at=row.at, where=row.accession, what=row.what)
                    for row in connection.execute(unreadable)
                ),
                *(
                    Mishap(at=row.at, where=str(Destination(row.notifier, row.address)), what=row.what)
                    for row in connection.execute(undelivered)
                ),
            ]
        return sorted(found, key=lambda mishap: mishap.at, reverse=True)[:most]

    def undelivered_since(self, now: datetime) -> datetime | None:
        """Since when the delivery that waits longest could have been claimed, None where none can be."""
        free_since = sa.case(
            (lanes.c.open_at > deliveries.c.due_at, lanes.c.open_at), else_=deliveries.c.due_at
        )
        since = sa.func.min(free_since, type_=UtcDateTime)
        query = CAN_BE_CLAIMED.with_only_columns(since, maintain_column_froms=True)
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query, {"now": now})
        return found

    def last_attempt(self) -> datetime | None:
        """When an attempt to deliver last came to its end, None where none ever did."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(sa.select(sa.func.max(attempts.c.ended_at)))
        return found

    def quiet_until(self, now: datetime) -> datetime | None:
        """Until when no request goes to the SEC, as it asked; None where requests do."""
        with self._database.read() as connection:
            return quiet_until(connection, now)
