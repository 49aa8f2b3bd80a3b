"""Drills in the ledger: asked for, taken up like any filing, watched, and ended, whoever is killed meanwhile.

A drill is over at its `until` at the latest. What it did not bring about by then is withdrawn: a worker that
starts tomorrow sends nobody yesterday's drill.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.filings.filing import Filing
from worker.ledger.announcing import announce
from worker.ledger.chain import Value, note
from worker.ledger.database import Database
from worker.ledger.drill_progress import DrillProgress, LastDrill, progress
from worker.ledger.drill_tables import drill_alerts, drills
from worker.ledger.kinds import Kind
from worker.ledger.tables import deliveries, filings
from worker.watchlists.destination import Destination

#: Deliveries that wait for their first attempt, or for the next.
WAITING = (DeliveryState.OWED, DeliveryState.HELD)


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one list: `body`, read as a filing's document, is to reach `destinations`, which are
    some or all of those the list tells, before `until`.
    """

    accession: str
    watchlist_id: str
    destinations: tuple[Destination, ...]
    body: bytes
    asked_at: datetime
    until: datetime


class Drills:
    """The `drills` table, over `filings` and `deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, filing: Filing, drill: Drill) -> bool:
        """Write the drill down, with its filing due to be read now. False, with nothing written, where the
        accession number is taken.
        """
        row = {name: getattr(drill, name) for name in Drill.__struct_fields__}
        with self._database.write() as connection:
            if not announce(self._database, connection, [filing], drill.asked_at):
                return False
            connection.execute(sa.insert(drills).values(row))
            to = [str(one) for one in drill.destinations]
            asked: dict[str, Value] = {"list": drill.watchlist_id, "destinations": to, "until": drill.until}
            note(connection, Kind.DRILLED, drill.accession, drill.asked_at, **asked)
            return True

    def take_up(self, filing: Filing, now: datetime) -> Drill | None:
        """The drill behind a claimed filing, None where EDGAR announced it. One that is over comes too; its
        claim is gone by then, so that nothing read from it is written.
        """
        if not filing.is_drill:
            return None
        mine = drills.c.accession == filing.accession
        with self._database.write() as connection:
            connection.execute(
                sa.update(drills).where(mine, drills.c.taken_at.is_(None)).values(taken_at=now)
            )
            row = connection.execute(sa.select(drills).where(mine)).one()
            if row.until <= now:
                self._end(connection, filing.accession, now)
        return Drill(**{name: getattr(row, name) for name in Drill.__struct_fields__})

    def progress(self, accession: str) -> DrillProgress:
        """How far it has come. Raises LookupError where there is no such drill."""
        with self._database.read() as connection:
            return progress(connection, accession)

    def end(self, accession: str, now: datetime) -> LastDrill:
        """End it, withdraw what nobody has begun to send, and write down what came of it. Ending it again
        changes nothing. Raises LookupError where there is no such drill.
        """
        with self._database.write() as connection:
            self._end(connection, accession, now)
            return _last(connection, drills.c.accession == accession)

    def end_overdue(self, now: datetime) -> None:
        """End every drill whose command did not live to do so, and withdraw what came back to be sent again
        after a drill was over.
        """
        overdue = sa.select(drills.c.accession).where(drills.c.ended_at.is_(None), drills.c.until <= now)
        over = drill_alerts(drills.c.until <= now)
        strays = sa.select(deliveries.c.id).where(
            deliveries.c.alert_id.in_(over), deliveries.c.state.in_(WAITING)
        )
        with self._database.read() as connection:
            found = connection.execute(overdue).scalars().all()
            some_strayed = connection.execute(strays.limit(1)).first() is not None
        if not (found or some_strayed):
            return
        with self._database.write() as connection:
            for accession in found:
                self._end(connection, accession, now)
            _withdraw(connection, over, now)

    def last(self) -> LastDrill | None:
        """The drill that ended last, None where none ever did."""
        with self._database.read() as connection:
            try:
                return _last(connection, drills.c.ended_at.is_not(None))
            except LookupError:
                return None

    @staticmethod
    def _end(connection: sa.Connection, accession: str, now: datetime) -> None:
        mine = drills.c.accession == accession
        ended = sa.update(drills).where(mine, drills.c.ended_at.is_(None)).values(ended_at=now)
        if connection.execute(ended).rowcount != 1:
            return
        unread = sa.and_(filings.c.accession == accession, filings.c.due_at.is_not(None))
        connection.execute(
            sa.update(filings).where(unread).values(state="withdrawn", owner=None, due_at=None)
        )
        _withdraw(connection, drill_alerts(mine), now)
        found = progress(connection, accession)
        connection.execute(
            sa.update(drills).where(mine).values(reached_all=found.reached_all, result=found.result)
        )
        note(
            connection,
            Kind.DRILLED,
            accession,
            now,
            reached_all=found.reached_all,
            result=found.result,
        )


def write_drill_reading(
    connection: sa.Connection,
    accession: str,
    *,
    read_at: datetime,
    matched_at: datetime,
    why_nobody: str | None,
) -> None:
    """Note when its document was read and matched, and why nobody is told where that is so."""
    connection.execute(
        sa.update(drills)
        .where(drills.c.accession == accession)
        .values(read_at=read_at, matched_at=matched_at, why_nobody=why_nobody)
    )


def _withdraw(connection: sa.Connection, over: sa.Select[tuple[int]], now: datetime) -> None:
    """Nobody is told of a drill that is over; what is being sent at this moment comes to its own end."""
    waiting = sa.and_(deliveries.c.alert_id.in_(over), deliveries.c.state.in_(WAITING))
    why = sa.func.coalesce(deliveries.c.last_error, "the drill was over before it was sent")
    connection.execute(
        sa.update(deliveries)
        .where(waiting)
        .values(state=DeliveryState.ABANDONED, due_at=None, settled_at=now, last_error=why)
    )
    asked_later = sa.and_(deliveries.c.alert_id.in_(over), deliveries.c.state == DeliveryState.UNKNOWN)
    connection.execute(sa.update(deliveries).where(asked_later).values(due_at=None, settled_at=now))


def _last(connection: sa.Connection, which: sa.ColumnElement[bool]) -> LastDrill:
    query = sa.select(drills).where(which).order_by(drills.c.asked_at.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None or row.ended_at is None:
        raise LookupError("there is no such drill")
    return LastDrill(
        accession=row.accession,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        reached_all=row.reached_all,
        result=row.result,
    )
