"""The one budget of requests to the SEC, shared by every process that uses this ledger.

Each request reserves the next free instant in one row, so that requests leave evenly spaced whatever the
number of processes. The SEC allows 10 requests a second "regardless of the number of machines"
(https://www.sec.gov/os/accessing-edgar-data).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from worker.errors import Blocked
from worker.ledger.database import Database
from worker.ledger.tables import pace

ROW = "sec"


class Pace:
    """Keeps the promise of the EDGAR client's `Budget`."""

    def __init__(self, database: Database, clock: Callable[[], float], *, per_second: float) -> None:
        """`clock` gives seconds since 1970; `per_second` is above 0 and at most 10."""
        self._database = database
        self._clock = clock
        self._gap = 1 / per_second

    def reserve(self) -> float:
        """Take the next free instant and return how many seconds to wait for it.

        Raises Blocked while requests are paused, without taking anything.
        """
        with self._database.write() as connection:
            now = self._clock()
            connection.execute(
                self._database.insert_new(pace, [{"name": ROW, "next_at": now, "paused_until": 0.0}])
            )
            query = sa.select(pace.c.next_at, pace.c.paused_until).where(pace.c.name == ROW)
            next_at, paused_until = connection.execute(query.with_for_update()).one()
            if paused_until > now:
                rest = timedelta(seconds=paused_until - now)
                raise Blocked(
                    "the SEC asked for silence; no request leaves until it is over", retry_after=rest
                )
            at = max(next_at, now)
            connection.execute(sa.update(pace).where(pace.c.name == ROW).values(next_at=at + self._gap))
        return float(at - now)

    def pause(self, seconds: float) -> None:
        """No request from any process for that long; a longer pause already running stands."""
        until = self._clock() + seconds
        with self._database.write() as connection:
            connection.execute(
                self._database.insert_new(pace, [{"name": ROW, "next_at": until, "paused_until": 0.0}])
            )
            connection.execute(
                sa.update(pace)
                .where(pace.c.name == ROW, pace.c.paused_until < until)
                .values(paused_until=until)
            )
