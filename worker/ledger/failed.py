"""Deliveries a person has to look at: what became of each attempt, and trying them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.ledger.aftermath_tables import redirects
from worker.ledger.chain import note
from worker.ledger.database import Database
from worker.ledger.drill_tables import no_drill_delivery
from worker.ledger.kinds import Kind
from worker.ledger.prunable import PRUNED
from worker.ledger.queue import same_lane
from worker.ledger.tables import alerts, attempts, deliveries, lanes
from worker.watchlists.destination import Destination

GIVEN_UP = (DeliveryState.REFUSED, DeliveryState.ABANDONED)


class FailedDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that failed, or waits for a destination that has ended. `accession` is None for what is
    about no single filing; `went_to` is who was given it instead, None where nobody was. Of one that was
    closed, `last_error` says by whom, why, and what had gone wrong.
    """

    id: int
    accession: str | None
    destination: Destination
    state: DeliveryState
    attempts: int
    owed_since: datetime
    last_error: str | None
    destination_ended: str | None
    went_to: Destination | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. `outcome` is None where it was cut short or is under way."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery whole: what was to be sent, under which key, and every attempt."""

    delivery: FailedDelivery
    key: str
    message: Message
    attempts: tuple[Attempt, ...]


class Failed:
    """Reads, closes and reopens over `deliveries`, `attempts` and `lanes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[FailedDelivery, ...]:
        """Every one that is about a notice and that nobody closed, the oldest first."""
        with self._database.read() as connection:
            return tuple(
                _failed(row) for row in connection.execute(_query().where(_FAILED, no_drill_delivery()))
            )

    def one(self, number: int) -> Failure | None:
        """The delivery of that number, in whatever state it is; None where there is none."""
        tried = sa.select(attempts).where(attempts.c.delivery_id == number).order_by(attempts.c.number)
        with self._database.read() as connection:
            row = connection.execute(_query().where(deliveries.c.id == number)).one_or_none()
            if row is None:
                return None
            return Failure(
                delivery=_failed(row),
                key=row.key,
                message=row.message,
                attempts=tuple(
                    Attempt(**{name: getattr(attempt, name) for name in Attempt.__struct_fields__})
                    for attempt in connection.execute(tried)
                ),
            )

    def retry(self, numbers: Sequence[int], now: datetime, *, by: str, send_again: bool) -> int:
        """Make failed deliveries due now, with new patience, and open their destinations again. A person may
        also be wrong about one that was closed, while its message is kept.

        One that may have arrived is asked about first, unless `send_again`: then it is sent whatever the
        other side holds. Returns how many; a number that names no failed delivery is passed over, and so is
        one that another person has brought back at this moment.
        """
        retried = 0
        with self._database.write() as connection:
            rows = connection.execute(
                _query().where(sa.or_(_FAILED, _CLOSED), no_drill_delivery(), deliveries.c.id.in_(numbers))
            ).all()
            for row in rows:
                doubtful = row.state in _DOUBTFUL and not send_again
                done = connection.execute(
                    sa.update(deliveries)
                    .where(deliveries.c.id == row.id, deliveries.c.state == row.state)
                    .values(
                        state=DeliveryState.UNKNOWN if doubtful else DeliveryState.OWED,
                        due_at=now,
                        owed_since=now,
                        owner=None,
                        settled_at=None,
                    )
                )
                if done.rowcount != 1:
                    continue
                retried += 1
                self._open(connection, Destination(row.notifier, row.address), now, by)
                note(connection, Kind.RETRIED, row.key, now, by=by, state=row.state, send_again=send_again)
        return retried

    def close(self, numbers: Sequence[int], now: datetime, *, by: str, reason: str) -> int:
        """Write down that a person has dealt with failed deliveries: from now on nothing waits for them, and
        nobody is told of them. Returns how many; a number that names none is passed over, and so is one
        that is being sent at this moment.
        """
        closed = 0
        with self._database.write() as connection:
            rows = connection.execute(
                _query().where(_FAILED, no_drill_delivery(), deliveries.c.id.in_(numbers))
            ).all()
            for row in rows:
                was = f"it was {row.state}: {row.last_error or row.ended_because or 'no reason given'}"
                still = sa.and_(deliveries.c.id == row.id, deliveries.c.state == row.state)
                done = connection.execute(
                    sa.update(deliveries)
                    .where(still, deliveries.c.state != DeliveryState.SENDING)
                    .values(
                        state=DeliveryState.CLOSED,
                        due_at=None,
                        owner=None,
                        settled_at=now,
                        last_error=f"by {by}: {reason}; {was}",
                    )
                )
                if done.rowcount == 1:
                    closed += 1
                    note(connection, Kind.CLOSED, row.key, now, state=row.state, by=by, because=reason)
        return closed

    def open(self, destination: Destination, now: datetime, *, by: str) -> bool:
        """Let messages go to a destination again. False where nothing was ever owed to it."""
        with self._database.write() as connection:
            return self._open(connection, destination, now, by)

    @staticmethod
    def _open(connection: sa.Connection, to: Destination, now: datetime, by: str) -> bool:
        had_ended = sa.select(lanes.c.ended_because).where(
            lanes.c.notifier == to.notifier, lanes.c.address == to.address
        )
        if (because := connection.execute(had_ended).scalar_one_or_none()) is not None:
            note(connection, Kind.LANE_OPENED, str(to), now, by=by, had_ended_because=because)
        reopened = connection.execute(
            sa.update(lanes)
            .where(lanes.c.notifier == to.notifier, lanes.c.address == to.address)
            .values(
                ended_because=None,
                open_at=sa.case((lanes.c.ended_because.is_not(None), now), else_=lanes.c.open_at),
            )
        )
        # What was set aside there while it had ended, with new patience.
        connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.notifier == to.notifier,
                deliveries.c.address == to.address,
                deliveries.c.state == DeliveryState.OWED,
                deliveries.c.due_at.is_(None),
            )
            .values(due_at=now, owed_since=now)
        )
        return reopened.rowcount == 1


#: What may have arrived; of what was closed, nobody knows any more.
_DOUBTFUL = (DeliveryState.UNKNOWN, DeliveryState.SENDING, DeliveryState.CLOSED)

_CLOSED = sa.and_(deliveries.c.state == DeliveryState.CLOSED, deliveries.c.message != PRUNED)

#: Given up; or of unknown fate with nobody to ask; or waiting for a destination that has ended, set aside
#: or not yet.
_FAILED = sa.or_(
    deliveries.c.state.in_(GIVEN_UP),
    sa.and_(deliveries.c.state == DeliveryState.UNKNOWN, deliveries.c.due_at.is_(None)),
    sa.and_(
        deliveries.c.state.in_((DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.UNKNOWN)),
        lanes.c.ended_because.is_not(None),
    ),
    sa.and_(deliveries.c.state == DeliveryState.OWED, deliveries.c.due_at.is_(None)),
)


def _query() -> sa.Select[tuple[object, ...]]:
    """Deliveries with their alert's accession, their lane's end and whoever got them instead."""
    return (
        sa.select(
            deliveries,
            alerts.c.accession,
            lanes.c.ended_because,
            redirects.c.notifier.label("other_notifier"),
            redirects.c.address.label("other_address"),
        )
        .join(lanes, same_lane())
        .outerjoin(alerts, alerts.c.id == deliveries.c.alert_id)
        .outerjoin(redirects, redirects.c.delivery_id == deliveries.c.id)
        .order_by(deliveries.c.id)
    )


def _failed(row: sa.Row[tuple[object, ...]]) -> FailedDelivery:
    redirected = row.other_notifier is not None
    return FailedDelivery(
        id=row.id,
        accession=row.accession,
        destination=Destination(row.notifier, row.address),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        owed_since=row.owed_since,
        last_error=row.last_error,
        destination_ended=row.ended_because,
        went_to=Destination(row.other_notifier, row.other_address) if redirected else None,
    )
