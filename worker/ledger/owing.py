"""Owing one message: its lane, and a delivery that is due at once."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.ledger.database import Database
from worker.ledger.tables import deliveries, lanes
from worker.watchlists.destination import Destination


class Due(NamedTuple):
    """A message that is to go out from `since` on, under that key. `alert_id` is None for what is about no
    single alert.
    """

    to: Destination
    message: Message
    key: str
    since: datetime
    alert_id: int | None = None


def owe(database: Database, connection: sa.Connection, due: Due) -> int:
    """Owe it, and return the delivery's id. Raises IntegrityError where it is owed already."""
    _open_lane(database, connection, due)
    insert = sa.insert(deliveries).values(_row(due)).returning(deliveries.c.id)
    return int(connection.execute(insert).scalar_one())


def owe_once(database: Database, connection: sa.Connection, due: Due) -> bool:
    """Owe it. False, with no delivery written, where that key, or that alert at that destination, is owed
    already.
    """
    _open_lane(database, connection, due)
    insert = database.insert_new(deliveries, [_row(due)]).returning(deliveries.c.id)
    return connection.execute(insert).scalar_one_or_none() is not None


def _open_lane(database: Database, connection: sa.Connection, due: Due) -> None:
    """A lane that stands already is left as it is."""
    lane = {"notifier": due.to.notifier, "address": due.to.address, "open_at": due.since}
    connection.execute(database.insert_new(lanes, [lane]))


def _row(due: Due) -> dict[str, object]:
    return {
        "alert_id": due.alert_id,
        "notifier": due.to.notifier,
        "address": due.to.address,
        "key": due.key,
        "message": due.message,
        "state": DeliveryState.OWED,
        "due_at": due.since,
        "attempts": 0,
        "owed_since": due.since,
    }
