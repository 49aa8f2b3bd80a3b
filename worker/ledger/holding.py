"""What keeps a message back, written down with the reading it follows from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from worker.alerts.hold import Hold
from worker.ledger.aftermath_tables import holds
from worker.ledger.silences import still_in_force
from worker.ledger.tables import deliveries


def ended_silences(connection: sa.Connection, found: Iterable[Hold], now: datetime) -> set[int]:
    """Those of the silences behind the holds that have ended since they were found. Whoever ended one has
    released what it held by then, and nobody would release what it holds from now on.
    """
    behind = {hold.silence_id for hold in found if hold.silence_id is not None}
    return {number for number in behind if not still_in_force(connection, number, now)}


def write_hold(connection: sa.Connection, key: str, hold: Hold, now: datetime) -> None:
    """What keeps the delivery of that key back, beside it."""
    delivery = connection.execute(sa.select(deliveries.c.id).where(deliveries.c.key == key)).scalar_one()
    connection.execute(
        sa.insert(holds).values(
            delivery_id=delivery,
            silence_id=hold.silence_id,
            because=hold.because,
            author=hold.by,
            held_at=now,
            until=hold.until,
        )
    )
