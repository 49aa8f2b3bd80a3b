"""What a destination refused, or can no longer get, and whom it went to instead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.ledger import steps
from worker.ledger.aftermath_tables import redirects
from worker.ledger.chain import Entry, Value, note, note_all
from worker.ledger.database import Database
from worker.ledger.drill_tables import no_drill_delivery
from worker.ledger.kinds import Kind
from worker.ledger.owing import Due, owe_once
from worker.ledger.queue import CLAIMABLE, same_lane
from worker.ledger.tables import deliveries, lanes
from worker.ledger.troubles import Trouble
from worker.ledger.troubles import note as note_trouble
from worker.watchlists.destination import Destination

#: What was given up longer ago than this stays where it is: a fallback that is named today is not meant
#: for last year's alerts.
RECENT = timedelta(days=2)

GIVEN_UP = (DeliveryState.REFUSED, DeliveryState.ABANDONED)
DOUBTFUL = (DeliveryState.SENDING, DeliveryState.UNKNOWN)

#: As many are set aside in one transaction: whoever waits for the ledger hardly notices.
SLICE = 500

#: Set aside: the destination has ended, and nothing happens to it by itself.
_SET_ASIDE = sa.and_(
    deliveries.c.state.in_((DeliveryState.OWED, DeliveryState.UNKNOWN)), deliveries.c.due_at.is_(None)
)


class Stranded(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that will not arrive where it was to go, or nobody can tell whether it did. `why` is a
    sentence.
    """

    id: int
    destination: Destination
    message: Message
    key: str
    why: str
    may_have_arrived: bool


class Redirects:
    """The `redirects` table, over `deliveries` and `lanes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_aside(self, now: datetime) -> int:
        """Take what is due at a destination that has ended out of the workers' way; how many. What is owed
        stays owed, without a time, until the fallback is given it or a person opens the destination again;
        what may have arrived is of unknown fate, and the operator hears of it: nobody can be asked.
        """
        in_vain = (
            sa.select(deliveries, lanes.c.ended_because)
            .join(lanes, same_lane())
            .where(
                deliveries.c.due_at <= now,
                deliveries.c.state.in_(CLAIMABLE),
                lanes.c.ended_because.is_not(None),
            )
            .limit(SLICE)
        )
        number = 0
        while True:
            with self._database.read() as connection:
                if connection.execute(in_vain.with_only_columns(deliveries.c.id).limit(1)).first() is None:
                    return number
            with self._database.write() as connection:
                # With their lanes: who opens one meanwhile finds all that was set aside there.
                free = self._database.only_free_rows(in_vain, deliveries, lanes)
                rows = connection.execute(free).all()
                owed = [row.id for row in rows if row.state not in DOUBTFUL]
                connection.execute(
                    sa.update(deliveries)
                    .where(deliveries.c.id.in_(owed))
                    .values(state=DeliveryState.OWED, due_at=None)
                )
                for row in rows:
                    if row.state in DOUBTFUL:
                        self._nobody_can_tell(connection, row, now)
            if not rows:
                return number
            number += len(rows)

    def next(self, fallback: Destination, now: datetime) -> Stranded | None:
        """The oldest delivery that was refused or abandoned, or was set aside, and that nobody else was given
        yet. What the fallback itself did not take has nowhere else to go, and a drill is to be missed where
        it is missing.
        """
        given_up = sa.and_(deliveries.c.state.in_(GIVEN_UP), deliveries.c.settled_at >= now - RECENT)
        recent = sa.or_(deliveries.c.settled_at.is_(None), deliveries.c.settled_at >= now - RECENT)
        in_vain = sa.and_(_SET_ASIDE, recent, lanes.c.ended_because.is_not(None))
        query = (
            sa.select(deliveries, lanes.c.ended_because)
            .join(lanes, same_lane())
            .where(
                deliveries.c.state.in_((*GIVEN_UP, DeliveryState.OWED, DeliveryState.UNKNOWN)),
                sa.or_(given_up, in_vain),
                sa.not_(
                    sa.and_(
                        deliveries.c.notifier == fallback.notifier, deliveries.c.address == fallback.address
                    )
                ),
                ~sa.exists().where(redirects.c.delivery_id == deliveries.c.id),
                no_drill_delivery(),
            )
            # Not in the table's own order: SQLite would go through all that ever arrived for the first one.
            .order_by(deliveries.c.id + 0)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Stranded(
            id=row.id,
            destination=Destination(row.notifier, row.address),
            message=row.message,
            key=row.key,
            why=row.ended_because or row.last_error or "it did not say why",
            may_have_arrived=row.state == DeliveryState.UNKNOWN,
        )

    def record(self, stranded: Stranded, to: Destination, message: Message, key: str, now: datetime) -> bool:
        """Owe it to `to` instead. False where another worker did, or a person opened the destination again.

        Where `to` is owed the same alert already, it is not told twice.
        """
        done = {
            "delivery_id": stranded.id,
            "notifier": to.notifier,
            "address": to.address,
            "redirected_at": now,
        }
        with self._database.write() as connection:
            still = sa.select(deliveries.c.alert_id, deliveries.c.state).where(
                deliveries.c.id == stranded.id,
                sa.or_(deliveries.c.state.in_(GIVEN_UP), _SET_ASIDE),
            )
            row = connection.execute(self._database.only_free_rows(still, deliveries)).one_or_none()
            if row is None or not self._first(connection, done):
                return False
            connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.id == stranded.id, deliveries.c.state == DeliveryState.OWED)
                .values(
                    state=DeliveryState.REFUSED,
                    due_at=None,
                    settled_at=now,
                    last_error=f"not sent, the destination has ended: {stranded.why}",
                )
            )
            due = Due(to, message, key, since=now, alert_id=row.alert_id)
            is_new = owe_once(self._database, connection, due)
            body = {"meant_for": str(stranded.destination), "because": stranded.why, "to": str(to)}
            told = [Entry(Kind.REDIRECTED, stranded.key, {**body, "message": key if is_new else None})]
            told += [steps.rendered(key, to, message)] if is_new else []
            note_all(connection, now, told)
            return True

    def _nobody_can_tell(self, connection: sa.Connection, row: sa.Row[Any], now: datetime) -> None:
        to, why = (
            str(Destination(row.notifier, row.address)),
            f"the destination has ended: {row.ended_because}",
        )
        connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.id == row.id)
            .values(state=DeliveryState.UNKNOWN, due_at=None, owner=None, settled_at=now, last_error=why)
        )
        said: dict[str, Value] = {"attempt": row.attempts, "outcome": "unknown", "said": why, "in_time": True}
        note(connection, Kind.SETTLED, row.key, now, destination=to, **said)
        note_trouble(self._database, connection, Trouble.UNKNOWN, to, what=why, now=now)

    def _first(self, connection: sa.Connection, done: dict[str, object]) -> bool:
        insert = self._database.insert_new(redirects, [done]).returning(redirects.c.delivery_id)
        return connection.execute(insert).scalar_one_or_none() is not None
