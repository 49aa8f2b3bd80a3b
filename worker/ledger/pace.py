"""The one budget of requests to the SEC, shared by every process that uses this ledger.

Each request reserves the next free instant in one row, so that requests leave evenly spaced whatever the
number of processes. The SEC allows 10 requests a second "regardless of the number of machines"
(https://www.sec.gov/os/accessing-edgar-data).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from worker.errors import Blocked, Unreachable
from worker.ledger.database import Database
from worker.ledger.tables import pace

ROW = "sec"

#: How late, in seconds, a request may leave: a ledger far away takes some tenths to answer.
LATE = 0.5
TRIES = 5


class Pace:
    """Keeps the promise of the EDGAR client's `Budget`."""

    def __init__(self, database: Database, clock: Callable[[], float], *, per_second: float) -> None:
        """`clock` gives seconds since 1970; `per_second` is above 0; the settings allow 9."""
        self._database = database
        self._clock = clock
        self._gap = 1 / per_second
        row, now = pace.c.name == ROW, sa.bindparam("now", type_=sa.Float)
        free = sa.case((pace.c.next_at > now, pace.c.next_at), else_=now)
        self._take = (
            sa.update(pace)
            .where(row, pace.c.paused_until <= now)
            .values(next_at=free + self._gap)
            .returning(pace.c.next_at)
        )
        self._paused = sa.select(pace.c.paused_until).where(row)

    def reserve(self) -> float:
        """Take the next free instant and return how many seconds to wait for it.

        An instant that has gone by when the ledger's answer arrives is given up for the next free one:
        else all requests that waited for a ledger that stood still would leave at once when it goes on.
        Raises Blocked while requests are paused, without taking anything, and Unreachable where the ledger
        cannot keep up.
        """
        for _ in range(TRIES):
            wait = self._next() - self._clock()
            if wait > -LATE:
                return max(wait, 0.0)
        raise Unreachable("the ledger says too late when a request may leave")

    def _next(self) -> float:
        """The next free instant, taken."""
        now = self._clock()
        with self._database.write() as connection:
            while (after := connection.execute(self._take, {"now": now}).scalar_one_or_none()) is None:
                paused_until = connection.execute(self._paused).scalar_one_or_none()
                if paused_until is not None:
                    rest = timedelta(seconds=paused_until - now)
                    raise Blocked(
                        "the SEC asked for silence; no request leaves until it is over", retry_after=rest
                    )
                first = {"name": ROW, "next_at": now, "paused_until": 0.0}
                connection.execute(self._database.insert_new(pace, [first]))
        return float(after) - self._gap

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
