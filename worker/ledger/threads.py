"""Threads in the ledger: which message a delivery answers, decided once, before its first attempt.

What has arrived by then decides: an alert about a notice of the same family, or the issuer's first of the
day. Whatever is still owed, was refused or is unknown is no message that could be answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from worker.alerts.delivery import Delivery, DeliveryState, Earlier
from worker.filings.filing import DRILL_AGENT
from worker.ledger.conversation_tables import rollups, threads
from worker.ledger.database import Database
from worker.ledger.families import relatives
from worker.ledger.tables import alerts, deliveries, notices

#: Roll-ups this close to each other are one conversation.
ROLLUPS_TOGETHER = timedelta(hours=1)

top = deliveries.alias("top")


class Threads:
    """The `threads` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, delivery: Delivery, now: datetime, *, day_began: datetime) -> Earlier | None:
        """The message this delivery answers, or None where it begins a conversation of its own.

        The first answer stands for every later attempt, whatever arrives in between.
        """
        placed = sa.select(threads.c.top_id).where(threads.c.delivery_id == delivery.id)
        with self._database.write() as connection:
            top_id = connection.execute(placed).scalar_one_or_none()
            if top_id is None:
                top_id = self._placed(connection, delivery, now, day_began)
            if top_id == delivery.id:
                return None
            answered = sa.select(deliveries.c.key, deliveries.c.receipt).where(deliveries.c.id == top_id)
            key, receipt = connection.execute(answered).one()
            return Earlier(key=key, reference=receipt)

    def stand_alone(self, delivery: Delivery) -> None:
        """The message it answers takes no answers: from now on it begins a conversation of its own."""
        alone = sa.update(threads).where(threads.c.delivery_id == delivery.id).values(top_id=delivery.id)
        with self._database.write() as connection:
            connection.execute(alone)

    def _placed(
        self, connection: sa.Connection, delivery: Delivery, now: datetime, day_began: datetime
    ) -> int:
        about = (
            sa.select(notices)
            .join(alerts, alerts.c.accession == notices.c.accession)
            .join(deliveries, deliveries.c.alert_id == alerts.c.id)
            .where(deliveries.c.id == delivery.id)
        )
        notice = connection.execute(about).one_or_none()
        if notice is None:
            top_id, amends = _earlier_rollup(connection, delivery, now - ROLLUPS_TOGETHER), None
        else:
            top_id = _of_the_family(
                connection, delivery, relatives(connection, notice.accession)
            ) or _of_the_day(connection, delivery, notice.issuer_cik, day_began)
            amends = _told_of(connection, delivery, notice.previous_accession)
            _adopt(connection, delivery, notice.accession, now)
        row = {
            "delivery_id": delivery.id,
            "top_id": top_id or delivery.id,
            "amends_id": amends,
            "mark_due_at": now if amends else None,
            "mark_attempts": 0,
        }
        connection.execute(sa.insert(threads).values(row))
        return top_id or delivery.id


def _of_the_family(connection: sa.Connection, delivery: Delivery, family: set[str]) -> int | None:
    """The conversation in which the family was first told of here, be it in a roll-up."""
    told = deliveries.alias("told")
    query = (
        sa.select(threads.c.top_id)
        .select_from(deliveries)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .outerjoin(rollups, rollups.c.member_id == deliveries.c.id)
        .join(told, told.c.id == sa.func.coalesce(rollups.c.rollup_id, deliveries.c.id))
        .join(threads, threads.c.delivery_id == told.c.id)
        .where(
            alerts.c.accession.in_(family),
            _same_destination(deliveries, delivery),
            told.c.id != delivery.id,
            told.c.state == DeliveryState.DELIVERED,
        )
        .order_by(told.c.settled_at, told.c.id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def _of_the_day(
    connection: sa.Connection, delivery: Delivery, issuer_cik: int | None, day_began: datetime
) -> int | None:
    """The first conversation about the issuer that began here today."""
    query = (
        sa.select(top.c.id)
        .join(threads, threads.c.delivery_id == top.c.id)
        .join(alerts, alerts.c.id == top.c.alert_id)
        .join(notices, notices.c.accession == alerts.c.accession)
        .where(
            threads.c.top_id == top.c.id,
            notices.c.issuer_cik == issuer_cik,
            _same_destination(top, delivery),
            top.c.id != delivery.id,
            top.c.state == DeliveryState.DELIVERED,
            top.c.settled_at >= day_began,
        )
        .order_by(top.c.settled_at, top.c.id)
        .limit(1)
    )
    return None if issuer_cik is None else connection.execute(query).scalar_one_or_none()


def _earlier_rollup(connection: sa.Connection, delivery: Delivery, since: datetime) -> int | None:
    """The conversation of the last roll-up that arrived here, for a roll-up that follows it closely."""
    is_one = sa.exists().where(rollups.c.rollup_id == delivery.id)
    query = (
        sa.select(threads.c.top_id)
        .join(top, top.c.id == threads.c.delivery_id)
        .where(
            is_one,
            sa.exists().where(rollups.c.rollup_id == top.c.id),
            _same_destination(top, delivery),
            top.c.id != delivery.id,
            top.c.state == DeliveryState.DELIVERED,
            top.c.settled_at >= since,
        )
        .order_by(top.c.settled_at.desc(), top.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def _told_of(connection: sa.Connection, delivery: Delivery, accession: str | None) -> int | None:
    """The delivery that tells, or will tell, of that filing here in a message of its own."""
    query = (
        sa.select(deliveries.c.id)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .where(
            alerts.c.accession == accession,
            _same_destination(deliveries, delivery),
            deliveries.c.state != DeliveryState.ROLLED_UP,
        )
        .order_by(deliveries.c.id)
        .limit(1)
    )
    named_none = accession is None or accession.startswith(DRILL_AGENT)
    return None if named_none else connection.execute(query).scalar_one_or_none()


def _adopt(connection: sa.Connection, delivery: Delivery, accession: str, now: datetime) -> None:
    """Amendments of this filing that came before it are to mark it, once both have arrived."""
    came_before = (
        sa.select(deliveries.c.id)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .join(notices, notices.c.accession == alerts.c.accession)
        .where(notices.c.previous_accession == accession, _same_destination(deliveries, delivery))
    )
    connection.execute(
        sa.update(threads)
        .where(threads.c.delivery_id.in_(came_before), threads.c.amends_id.is_(None))
        .values(amends_id=delivery.id, mark_due_at=now)
    )


def _same_destination(table: sa.FromClause, delivery: Delivery) -> sa.ColumnElement[bool]:
    to = delivery.destination
    return sa.and_(table.c.notifier == to.notifier, table.c.address == to.address)
