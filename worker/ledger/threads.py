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
told = deliveries.alias("told")


def _same_destination(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.notifier == sa.bindparam("notifier"), table.c.address == sa.bindparam("address"))


# Put together once: every delivery asks for them, and SQLAlchemy takes longer than the database does.
_PLACED = sa.select(threads.c.top_id).where(threads.c.delivery_id == sa.bindparam("delivery"))
_ANSWERED = sa.select(deliveries.c.key, deliveries.c.receipt).where(
    deliveries.c.id == sa.bindparam("answered")
)
_ABOUT = (
    sa.select(notices.c.accession, notices.c.issuer_cik, notices.c.previous_accession)
    .join(alerts, alerts.c.accession == notices.c.accession)
    .join(deliveries, deliveries.c.alert_id == alerts.c.id)
    .where(deliveries.c.id == sa.bindparam("delivery"))
)

#: The conversation in which the family was first told of here, be it in a roll-up.
_OF_THE_FAMILY = (
    sa.select(threads.c.top_id)
    .select_from(deliveries)
    .join(alerts, alerts.c.id == deliveries.c.alert_id)
    .outerjoin(rollups, rollups.c.member_id == deliveries.c.id)
    .join(told, told.c.id == sa.func.coalesce(rollups.c.rollup_id, deliveries.c.id))
    .join(threads, threads.c.delivery_id == told.c.id)
    .where(
        alerts.c.accession.in_(sa.bindparam("family", expanding=True)),
        _same_destination(deliveries),
        told.c.id != sa.bindparam("delivery"),
        told.c.state == DeliveryState.DELIVERED,
    )
    .order_by(told.c.settled_at, told.c.id)
    .limit(1)
)

#: The first conversation about the issuer that began here today.
_OF_THE_DAY = (
    sa.select(top.c.id)
    .join(threads, threads.c.delivery_id == top.c.id)
    .join(alerts, alerts.c.id == top.c.alert_id)
    .join(notices, notices.c.accession == alerts.c.accession)
    .where(
        threads.c.top_id == top.c.id,
        notices.c.issuer_cik == sa.bindparam("issuer"),
        _same_destination(top),
        top.c.id != sa.bindparam("delivery"),
        top.c.state == DeliveryState.DELIVERED,
        top.c.settled_at >= sa.bindparam("day_began"),
    )
    .order_by(top.c.settled_at, top.c.id)
    .limit(1)
)

#: The conversation of the last roll-up that arrived here, for a roll-up that follows it closely.
_EARLIER_ROLLUP = (
    sa.select(threads.c.top_id)
    .join(top, top.c.id == threads.c.delivery_id)
    .where(
        sa.exists().where(rollups.c.rollup_id == sa.bindparam("delivery")),
        sa.exists().where(rollups.c.rollup_id == top.c.id),
        _same_destination(top),
        top.c.id != sa.bindparam("delivery"),
        top.c.state == DeliveryState.DELIVERED,
        top.c.settled_at >= sa.bindparam("since"),
    )
    .order_by(top.c.settled_at.desc(), top.c.id.desc())
    .limit(1)
)

#: The delivery that tells, or will tell, of that filing here in a message of its own.
_TOLD_OF = (
    sa.select(deliveries.c.id)
    .join(alerts, alerts.c.id == deliveries.c.alert_id)
    .where(
        alerts.c.accession == sa.bindparam("accession"),
        _same_destination(deliveries),
        deliveries.c.state != DeliveryState.ROLLED_UP,
    )
    .order_by(deliveries.c.id)
    .limit(1)
)

#: Amendments of the filing that came before it are to mark it, once both have arrived.
_ADOPT = (
    sa.update(threads)
    .where(
        threads.c.delivery_id.in_(
            sa.select(deliveries.c.id)
            .join(alerts, alerts.c.id == deliveries.c.alert_id)
            .join(notices, notices.c.accession == alerts.c.accession)
            .where(notices.c.previous_accession == sa.bindparam("accession"), _same_destination(deliveries))
        ),
        threads.c.amends_id.is_(None),
    )
    .values(amends_id=sa.bindparam("delivery"), mark_due_at=sa.bindparam("now"))
)


class Threads:
    """The `threads` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, delivery: Delivery, now: datetime, *, day_began: datetime) -> Earlier | None:
        """The message this delivery answers, or None where it begins a conversation of its own.

        The first answer stands for every later attempt, whatever arrives in between.
        """
        with self._database.write() as connection:
            top_id = connection.execute(_PLACED, {"delivery": delivery.id}).scalar_one_or_none()
            if top_id is None:
                top_id = self._placed(connection, delivery, now, day_began)
            if top_id == delivery.id:
                return None
            key, receipt = connection.execute(_ANSWERED, {"answered": top_id}).one()
            return Earlier(key=key, reference=receipt)

    def stand_alone(self, delivery: Delivery) -> None:
        """The message it answers takes no answers: from now on it begins a conversation of its own."""
        alone = sa.update(threads).where(threads.c.delivery_id == delivery.id).values(top_id=delivery.id)
        with self._database.write() as connection:
            connection.execute(alone)

    def _placed(
        self, connection: sa.Connection, delivery: Delivery, now: datetime, day_began: datetime
    ) -> int:
        to = delivery.destination
        here = {"delivery": delivery.id, "notifier": to.notifier, "address": to.address}
        notice = connection.execute(_ABOUT, {"delivery": delivery.id}).one_or_none()
        top_id = amends = None
        if notice is None:
            top_id = connection.scalar(_EARLIER_ROLLUP, here | {"since": now - ROLLUPS_TOGETHER})
        else:
            family = list(relatives(connection, notice.accession))
            top_id = connection.scalar(_OF_THE_FAMILY, here | {"family": family})
            if top_id is None and notice.issuer_cik is not None:
                day = {"issuer": notice.issuer_cik, "day_began": day_began}
                top_id = connection.scalar(_OF_THE_DAY, here | day)
            if notice.previous_accession and not notice.previous_accession.startswith(DRILL_AGENT):
                amends = connection.scalar(_TOLD_OF, here | {"accession": notice.previous_accession})
            connection.execute(_ADOPT, here | {"accession": notice.accession, "now": now})
        row = {
            "delivery_id": delivery.id,
            "top_id": top_id or delivery.id,
            "amends_id": amends,
            "mark_due_at": now if amends else None,
            "mark_attempts": 0,
        }
        connection.execute(sa.insert(threads), row)
        return top_id or delivery.id
