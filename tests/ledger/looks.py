"""Polls for the ledger's tests: begun, and brought to an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.ledger.readings import LEASE
from worker.ledger.ledger import Ledger
from worker.ledger.polls import Look


def begun(ledger: Ledger, now: datetime, back_to: datetime | None = None) -> Look:
    """A poll that looks back to there, by default ten minutes; any earlier one that was killed has lost its
    lease.
    """
    ledger.chores.void_claims(now)
    far = back_to or now - timedelta(minutes=10)
    look = ledger.polls.begin(now, LEASE, "poller", lambda _last, _now: far)
    assert look is not None
    return look


def polled(ledger: Ledger, now: datetime, *, error: str | None = None) -> None:
    """The next one is due, even where the clock is set back."""
    ledger.polls.end(begun(ledger, now), now, again=now - timedelta(days=365), error=error)
