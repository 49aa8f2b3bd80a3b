"""Roll-ups in the ledger: deliveries to one destination that come too fast and are told in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message, Summary
from worker.ledger import steps
from worker.ledger.chain import Entry, note_all
from worker.ledger.conversation_tables import rollups
from worker.ledger.database import Database
from worker.ledger.drill_tables import no_drill_delivery
from worker.ledger.kinds import Kind
from worker.ledger.owing import Due, owe
from worker.ledger.tables import deliveries, lanes
from worker.ledger.troubles import Trouble, note
from worker.watchlists.destination import Destination

#: What quiet hours held is due when they end, and stands as held until somebody attempts it.
_WAITING = (DeliveryState.OWED, DeliveryState.HELD)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that may go out, or is held for more to come, and that nobody has attempted yet."""

    id: int
    key: str
    owed_since: datetime
    summary: Summary


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for one destination, the oldest first, where that is more than it is to get one by one.

    `last_sent_at` is when the last message arrived there, None where none did lately.
    """

    destination: Destination
    waiting: tuple[Waiting, ...]
    last_sent_at: datetime | None

    @property
    def waits_since(self) -> datetime:
        """Since when the one that has waited longest may go out."""
        return min(one.owed_since for one in self.waiting)


class Rollups:
    """The `rollups` table, over `deliveries` and `lanes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def crowds(self, now: datetime, *, most: int, within: timedelta) -> Sequence[Crowd]:
        """The destinations where more than `most` messages would arrive within that time.

        Counted is what arrived and what waits: what is due, some of it now, and what is held for it. Messages
        that have no summary wait for nobody.
        """
        lane = (deliveries.c.notifier, deliveries.c.address)
        waiting = (
            sa.select(*lane, sa.func.count().label("number"))
            .where(_waits(now, within))
            .group_by(*lane)
            .having(sa.func.min(deliveries.c.due_at) <= now)
            .subquery()
        )
        sent = sa.and_(
            deliveries.c.state == DeliveryState.DELIVERED,
            deliveries.c.settled_at > now - within,
            no_drill_delivery(),
            deliveries.c.notifier == waiting.c.notifier,
            deliveries.c.address == waiting.c.address,
        )
        query = (
            sa.select(
                waiting.c.notifier,
                waiting.c.address,
                sa.func.max(deliveries.c.settled_at).label("last_sent_at"),
            )
            .select_from(waiting)
            .join(
                lanes,
                sa.and_(lanes.c.notifier == waiting.c.notifier, lanes.c.address == waiting.c.address),
            )
            .outerjoin(deliveries, sent)
            .where(lanes.c.ended_because.is_(None), waiting.c.number > 1)
            .group_by(waiting.c.notifier, waiting.c.address, waiting.c.number)
            .having(waiting.c.number + sa.func.count(deliveries.c.id) > most)
        )
        with self._database.read() as connection:
            found = [
                Crowd(
                    destination=(to := Destination(row.notifier, row.address)),
                    waiting=_waiting(connection, to, now, within),
                    last_sent_at=row.last_sent_at,
                )
                for row in connection.execute(query).all()
            ]
        return [crowd for crowd in found if len(crowd.waiting) > 1]

    def hold(self, crowd: Crowd, until: datetime) -> None:
        """Let what waits wait until then, for more to come; what quiet hours held is owed from now on."""
        with self._database.write() as connection:
            waiting = _untouched([one.id for one in crowd.waiting])
            held = {"state": DeliveryState.OWED, "due_at": until}
            connection.execute(sa.update(deliveries).where(waiting).values(held))

    def tell_together(
        self,
        to: Destination,
        told: Sequence[Waiting],
        message: Message,
        key: str,
        now: datetime,
        *,
        problem: str | None,
    ) -> bool:
        """Owe `message` in the place of `told`. False, with nothing written, where one of them was claimed
        or settled in the meantime. `problem` says why the message is not what the templates asked for.
        """
        rolled_up = {"state": DeliveryState.ROLLED_UP, "due_at": None, "settled_at": now}
        ids = [one.id for one in told]
        still = self._database.only_free_rows(sa.select(deliveries.c.id).where(_untouched(ids)), deliveries)
        with self._database.write() as connection:
            if len(connection.execute(still).all()) != len(told):
                return False
            connection.execute(sa.update(deliveries).where(_untouched(ids)).values(rolled_up))
            if problem:
                note(self._database, connection, Trouble.TEMPLATE, problem, what=problem, now=now)
            rollup_id = owe(self._database, connection, Due(to, message, key, since=now))
            members = [{"member_id": one.id, "rollup_id": rollup_id} for one in told]
            connection.execute(sa.insert(rollups), members)
            body = {"destination": str(to), "in_place_of": [one.key for one in told]}
            rolled = Entry(Kind.ROLLED_UP, key, body)
            note_all(connection, now, [rolled, steps.rendered(key, to, message)])
            return True


def _waits(now: datetime, within: timedelta) -> sa.ColumnElement[bool]:
    """What nobody has attempted is owed for later only where `hold` said so; quiet hours are over when what
    they held is due.
    """
    return sa.and_(
        deliveries.c.state.in_(_WAITING),
        sa.or_(deliveries.c.due_at <= now, deliveries.c.state == DeliveryState.OWED),
        deliveries.c.due_at <= now + within,
        deliveries.c.attempts == 0,
        deliveries.c.alert_id.is_not(None),
        no_drill_delivery(),
    )


def _waiting(
    connection: sa.Connection, to: Destination, now: datetime, within: timedelta
) -> tuple[Waiting, ...]:
    query = (
        sa.select(deliveries.c.id, deliveries.c.key, deliveries.c.owed_since, deliveries.c.message)
        .where(_waits(now, within), deliveries.c.notifier == to.notifier, deliveries.c.address == to.address)
        .order_by(deliveries.c.id)
    )
    return tuple(
        Waiting(id=row.id, key=row.key, owed_since=row.owed_since, summary=row.message.summary)
        for row in connection.execute(query)
        if row.message.summary is not None
    )


def _untouched(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(deliveries.c.id.in_(ids), deliveries.c.state.in_(_WAITING), deliveries.c.attempts == 0)
