"""Budget: how often the SEC may be asked, counted over everything that asks.

"Current guidelines limit each user to a total of no more than 10 requests per second, regardless of the
number of machines used to submit requests" (https://www.sec.gov/os/accessing-edgar-data).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Protocol

from worker.errors import Blocked

#: The SEC's limit, which no setting may exceed, and ours, which leaves room for a person's browser.
MOST_PER_SECOND = 10.0
USUAL_PER_SECOND = 5.0


class Budget(Protocol):
    """What the client asks before every request.

    Two keep the promise: `LocalBudget`, for one process, and the ledger's row, for all of them.
    """

    def reserve(self) -> float:
        """Take the next free slot; how many seconds the caller must wait before its one request.

        Raises Blocked, with what is left of it, while a pause lasts.
        """
        ...

    def pause(self, seconds: float) -> None:
        """Let nobody ask for so many seconds from now; a pause that ends later already stands."""
        ...


class LocalBudget:
    """Evenly spaced slots for the threads of one process."""

    def __init__(
        self,
        *,
        per_second: float = USUAL_PER_SECOND,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ValueError for a rate that is not above 0 and at most the SEC's 10."""
        if not 0 < per_second <= MOST_PER_SECOND:
            raise ValueError(
                f"{per_second} requests per second: it must be above 0 and at most {MOST_PER_SECOND:.0f}, "
                "the SEC's limit for all your machines together"
            )
        self._spacing = 1 / per_second
        self._monotonic = monotonic
        self._lock = Lock()
        self._next = self._paused_until = float("-inf")

    def reserve(self) -> float:
        with self._lock:
            now = self._monotonic()
            if now < self._paused_until:
                left = timedelta(seconds=self._paused_until - now)
                raise Blocked("the SEC asked for silence, and it is kept", retry_after=left)
            slot = max(self._next, now)
            self._next = slot + self._spacing
            return slot - now

    def pause(self, seconds: float) -> None:
        with self._lock:
            self._paused_until = max(self._paused_until, self._monotonic() + seconds)
