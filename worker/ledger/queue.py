"""The queue of deliveries: which of them may be claimed, and which one is next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.ledger.database import Database
from worker.ledger.tables import alerts, attempts, deliveries, lanes

#: States from which a delivery can be claimed once it is due: `sending` past its lease is a crash,
#: `unknown` with a due time waits to be asked about, `held` with one for its quiet hours to end.
CLAIMABLE = (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.HELD)


def same_lane() -> sa.ColumnElement[bool]:
    return sa.and_(deliveries.c.notifier == lanes.c.notifier, deliveries.c.address == lanes.c.address)


#: Put together once: every delivery asks for it, and SQLAlchemy takes longer than the database does.
CAN_BE_CLAIMED = (
    sa.select(deliveries)
    .join(lanes, same_lane())
    .where(
        deliveries.c.due_at <= sa.bindparam("now"),
        deliveries.c.state.in_(CLAIMABLE),
        lanes.c.open_at <= sa.bindparam("now"),
        lanes.c.ended_because.is_(None),
    )
)


#: What the delivery's one alert is about, for the log; NULL for a message about several.
_ACCESSION = (
    sa.select(alerts.c.accession)
    .where(alerts.c.id == deliveries.c.alert_id)
    .scalar_subquery()
    .label("accession")
)

#: How many came to no end, with their process, and how many may have arrived: since the delivery is owed, for
#: a person who retries it gives it new patience.
_WITHOUT_ANSWER = sa.select(
    sa.func.count().filter(attempts.c.outcome.is_(None)),
    sa.func.count().filter(sa.or_(attempts.c.outcome.is_(None), attempts.c.outcome == "unknown")),
).where(attempts.c.delivery_id == sa.bindparam("delivery"), attempts.c.started_at >= sa.bindparam("since"))


class Queue:
    """What can be claimed, the oldest first; but what goes to a destination that did not take the last one
    comes after all others, in turn by destination: what is gone keeps nobody else waiting.
    """

    def __init__(self, database: Database) -> None:
        told = CAN_BE_CLAIMED.add_columns(_ACCESSION)
        well = told.where(lanes.c.failing.is_(sa.false())).order_by(deliveries.c.id)
        failing = told.where(lanes.c.failing).order_by(lanes.c.open_at, deliveries.c.id)
        self._heads = [database.only_free_rows(one.limit(1), deliveries, lanes) for one in (well, failing)]
        # Only rows that nobody holds: those who hold them say themselves how it went.
        theirs = sa.select(lanes.c.address).where(
            lanes.c.notifier == sa.bindparam("to"), lanes.c.failing.is_(sa.false())
        )
        self._put_last = (
            sa.update(lanes)
            .where(
                lanes.c.notifier == sa.bindparam("to"),
                lanes.c.address.in_(database.only_free_rows(theirs, lanes)),
            )
            .values(failing=True)
        )

    def next(self, connection: sa.Connection, now: datetime) -> sa.Row[Any] | None:
        """The next delivery's row, locked where the database has locks; None where none can be claimed."""
        for head in self._heads:
            if (row := connection.execute(head, {"now": now}).one_or_none()) is not None:
                return row
        return None

    def without_answer(self, connection: sa.Connection, row: sa.Row[Any]) -> tuple[int, int]:
        """How many attempts at it were cut short, and how many may have arrived."""
        since = {"delivery": row.id, "since": row.owed_since}
        cut_short, unanswered = connection.execute(_WITHOUT_ANSWER, since).one()
        return cut_short, unanswered

    def put_last(self, connection: sa.Connection, notifier: str) -> None:
        """All that goes through that notifier comes after what goes through others, until it takes something
        again.
        """
        connection.execute(self._put_last, {"to": notifier})
