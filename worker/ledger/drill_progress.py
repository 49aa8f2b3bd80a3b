"""How far a drill has come, from its rows: each hop with its instant, each destination with its state."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import SETTLED, DeliveryState
from worker.ledger.drill_tables import drills
from worker.ledger.queue import same_lane
from worker.ledger.tables import alerts, deliveries, lanes
from worker.watchlists.destination import Destination

NOBODY_CAME = "nobody took it up"


class DrillDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one destination. `state` is None where nothing is owed to it (yet), and nothing more
    happens by itself where it `is_settled`; `why` says what is wrong, None where nothing is.
    """

    destination: Destination
    state: DeliveryState | None
    is_settled: bool
    attempts: int
    first_attempt_at: datetime | None
    settled_at: datetime | None
    reference: str | None
    why: str | None

    @property
    def is_delivered(self) -> bool:
        return self.state is DeliveryState.DELIVERED


class DrillProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Every hop of a drill; an instant is None for what has not happened. `deliveries` has one for each
    destination that was asked for, in that order.
    """

    accession: str
    asked_at: datetime
    until: datetime
    taken_at: datetime | None
    read_at: datetime | None
    matched_at: datetime | None
    why_nobody: str | None
    deliveries: tuple[DrillDelivery, ...]

    @property
    def is_settled(self) -> bool:
        """True where nothing more will happen by itself."""
        if self.matched_at is None:
            return False
        return all(one.is_settled for one in self.deliveries)

    @property
    def reached_all(self) -> bool:
        return all(one.is_delivered for one in self.deliveries)

    @property
    def result(self) -> str:
        """What came of it, in a sentence without a list's name."""
        if self.taken_at is None:
            return NOBODY_CAME
        if self.matched_at is None:
            return "it was taken up and its reading came to no end"
        if self.reached_all:
            number = len(self.deliveries)
            return f"{number} of {number} destination{'s' * (number != 1)} got it"
        missed = [f"{one.destination}: {one.why}" for one in self.deliveries if not one.is_delivered]
        return "; ".join([*([self.why_nobody] if self.why_nobody else []), *missed])


class LastDrill(msgspec.Struct, frozen=True, kw_only=True):
    """A drill that is over: whether every destination got it, and what came of it in a sentence."""

    accession: str
    asked_at: datetime
    ended_at: datetime
    reached_all: bool
    result: str


def progress(connection: sa.Connection, accession: str) -> DrillProgress:
    """Read it. Raises LookupError where there is no such drill."""
    drill = connection.execute(sa.select(drills).where(drills.c.accession == accession)).one_or_none()
    if drill is None:
        raise LookupError(f"{accession} is no drill")
    owed = (
        sa.select(deliveries, lanes.c.ended_because)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .join(lanes, same_lane())
        .where(alerts.c.accession == accession)
    )
    rows = {Destination(row.notifier, row.address): row for row in connection.execute(owed)}
    return DrillProgress(
        accession=accession,
        asked_at=drill.asked_at,
        until=drill.until,
        taken_at=drill.taken_at,
        read_at=drill.read_at,
        matched_at=drill.matched_at,
        why_nobody=drill.why_nobody,
        deliveries=tuple(
            _delivery(to, rows.get(to), was_matched=drill.matched_at is not None) for to in drill.destinations
        ),
    )


def _delivery(to: Destination, row: sa.Row[tuple[object, ...]] | None, *, was_matched: bool) -> DrillDelivery:
    if row is None:
        why = "the watchlist as the worker holds it does not tell it" if was_matched else "nothing was sent"
        return DrillDelivery(
            destination=to,
            state=None,
            is_settled=was_matched,
            attempts=0,
            first_attempt_at=None,
            settled_at=None,
            reference=None,
            why=why,
        )
    state = DeliveryState(row.state)
    ended = f"nothing goes there any more: {row.ended_because}" if row.ended_because else None
    waits = None if state is DeliveryState.DELIVERED else f"no answer yet ({state})"
    never_tried = ended if row.attempts == 0 else None
    return DrillDelivery(
        destination=to,
        state=state,
        is_settled=(state in SETTLED and row.due_at is None) or never_tried is not None,
        attempts=row.attempts,
        first_attempt_at=row.first_attempt_at,
        settled_at=row.settled_at,
        reference=row.receipt,
        why=never_tried or row.last_error or waits,
    )
