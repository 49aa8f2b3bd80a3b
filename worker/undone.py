"""Undone: work that has nobody to do it, told by what is overdue and not by processes that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from worker.due import DELIVERING_TOO_OLD, READING_TOO_OLD
from worker.ledger.glance import Glance
from worker.ledger.ledger import Ledger
from worker.pipeline import Step

#: A chore that is due for longer has nobody to do it: the sweep rings twice a second.
OVERDUE = timedelta(minutes=2)

#: The chores that show each queue at work, first the one that always comes round soon.
CHORES = {"edgar": (Step.POLL, Step.RECONCILE), "deliver": (Step.FOLLOW_UP, Step.DIGEST)}


def undone(ledger: Ledger, now: datetime, queues: Collection[str] = tuple(CHORES)) -> Iterator[str]:
    """What nobody does on those queues, a sentence each. What is tried and fails is none of it, nor is what
    waits for a person.
    """
    for queue in queues:
        for chore in CHORES[queue]:
            due_at = ledger.vitals.due_at(chore)
            if due_at is None:
                yield f"nobody works on queue {queue}: {chore} was never done"
                break
            if now - due_at > OVERDUE:
                yield f"nobody works on queue {queue}: {chore} is due since {due_at:%Y-%m-%d %H:%M:%S} UTC"
                break
    if "edgar" in queues:
        yield from _unread(ledger, now)
    if "deliver" in queues:
        yield from _undelivered(ledger, now)


def _unread(ledger: Ledger, now: datetime) -> Iterator[str]:
    """A reader that is at work and gets nothing holds one filing, or has just put one off; its last try is at
    most that pause ago. One that is put off for long says nothing.
    """
    since, read = ledger.report.oldest_due_filing(), ledger.report.last_read()
    tried = ledger.report.last_tried_for(now + READING_TOO_OLD)
    if since is not None and max(since, read or since, tried or since) <= now - READING_TOO_OLD:
        yield f"filings are due since {since:%Y-%m-%d %H:%M:%S} UTC and nobody reads them"


def _undelivered(ledger: Ledger, now: datetime) -> Iterator[str]:
    glance = Glance(ledger.database)
    since, tried = glance.undelivered_since(now), glance.last_attempt()
    if since is not None and max(since, tried or since) <= now - DELIVERING_TOO_OLD:
        yield f"deliveries are due since {since:%Y-%m-%d %H:%M:%S} UTC and nobody delivers them"
