"""Who has seen to which alert, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.ledger.aftermath_tables import acknowledgements
from worker.ledger.chain import Entry, note_all
from worker.ledger.conversation_tables import threads
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import alerts, deliveries


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """One person's word that they have seen to an alert. `how` is `cli` or `slack`; `remark` may be None."""

    alert_id: int
    person: str
    acknowledged_at: datetime
    how: str
    remark: str | None


class Acknowledgements:
    """The `acknowledgements` table. What stands in it is never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alerts_of(self, named: str) -> tuple[int, ...]:
        """The alerts meant by an alert's number or a filing's accession number; () where there is none."""
        is_number = named.isascii() and named.isdigit() and len(named) < 10
        meant = alerts.c.id == int(named) if is_number else alerts.c.accession == named
        with self._database.read() as connection:
            return tuple(connection.execute(sa.select(alerts.c.id).where(meant)).scalars())

    def add(self, alert: int, person: str, *, how: str, remark: str | None, now: datetime) -> bool:
        """Write it down. False where this person acknowledged it before: the first time stands."""
        row = {
            "alert_id": alert,
            "person": person[:200],
            "acknowledged_at": now,
            "how": how,
            "remark": remark,
        }
        insert = self._database.insert_new(acknowledgements, [row])
        with self._database.write() as connection:
            added = connection.execute(insert.returning(acknowledgements.c.alert_id)).scalar_one_or_none()
            if added is None:
                return False
            accession, watchlist_id = connection.execute(
                sa.select(alerts.c.accession, alerts.c.watchlist_id).where(alerts.c.id == alert)
            ).one()
            body = {"alert": alert, "list": watchlist_id, "by": person, "how": how, "remark": remark}
            note_all(connection, now, [Entry(Kind.ACKNOWLEDGED, accession, body)])
            return True

    def named(self, numbers: Collection[int]) -> dict[int, tuple[str, str]]:
        """Of each of those alerts the filing's accession number and the list's id."""
        query = (
            sa.select(alerts.c.id, alerts.c.accession, alerts.c.watchlist_id)
            .where(alerts.c.id.in_(numbers))
            .order_by(alerts.c.id)
        )
        with self._database.read() as connection:
            return {row.id: (row.accession, row.watchlist_id) for row in connection.execute(query)}

    def of(self, alert: int) -> tuple[Acknowledgement, ...]:
        """Everybody who acknowledged that alert, the first first."""
        query = (
            sa.select(acknowledgements)
            .where(acknowledgements.c.alert_id == alert)
            .order_by(acknowledgements.c.acknowledged_at, acknowledgements.c.person)
        )
        with self._database.read() as connection:
            return tuple(
                Acknowledgement(
                    alert_id=row.alert_id,
                    person=row.person,
                    acknowledged_at=row.acknowledged_at,
                    how=row.how,
                    remark=row.remark,
                )
                for row in connection.execute(query)
            )

    def awaited(self, notifier: str, since: datetime) -> dict[str, int]:
        """The messages delivered from `since` on whose alert nobody has acknowledged: the receipt's
        reference, and the alert.
        """
        query = sa.select(deliveries.c.receipt, deliveries.c.alert_id).where(*_awaited(notifier, since))
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def awaited_answers(self, notifier: str, since: datetime) -> dict[str, list[str]]:
        """Which of those messages are answers: the reference of the message that each conversation begins
        with, and those of its answers, the conversation with the youngest first.
        """
        top = deliveries.alias("top")
        query = (
            sa.select(top.c.receipt, deliveries.c.receipt)
            .join(threads, threads.c.delivery_id == deliveries.c.id)
            .join(top, top.c.id == threads.c.top_id)
            .where(*_awaited(notifier, since), top.c.id != deliveries.c.id, top.c.receipt.is_not(None))
            .order_by(deliveries.c.settled_at.desc(), deliveries.c.id.desc())
        )
        found: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for begins, answer in connection.execute(query):
                found.setdefault(begins, []).append(answer)
        return found


def _awaited(notifier: str, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Delivered from then on, and nobody has acknowledged the alert."""
    return (
        deliveries.c.notifier == notifier,
        deliveries.c.state == DeliveryState.DELIVERED,
        deliveries.c.settled_at >= since,
        deliveries.c.alert_id.is_not(None),
        ~sa.exists().where(acknowledgements.c.alert_id == deliveries.c.alert_id),
    )
