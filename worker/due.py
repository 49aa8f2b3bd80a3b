"""When things are due: how far back to look, how long a claim holds, how long to wait before trying again."""

from __future__ import annotations

from datetime import datetime, timedelta

from worker.ledger.filings import ClaimedFiling
from worker.ledger.polls import Poll

#: How far behind the newest filing already seen a poll looks again. EDGAR shows filings out of order: in
#: a trace of 100, more than half appeared after one that was accepted later, the worst 71 s late.
LOOK_BACK = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(hours=24)

#: How soon a poll that failed is tried again, where EDGAR names no time.
POLL_RETRY = timedelta(seconds=15)

#: How long nothing is asked after the SEC refused our declared contact: only a person can mend that.
AGENT_REFUSED = timedelta(hours=1)

#: How long a claim holds: at least twice the longest time its work may take.
POLL_LEASE = timedelta(minutes=2)
READ_LEASE = timedelta(seconds=90)
DELIVER_LEASE = timedelta(seconds=90)

#: How long one doorbell goes on before others get their turn; the sweep rings again for the rest.
DRAIN = timedelta(seconds=20)

#: How long a document may stay away after its filing was announced before its readers hear of it.
DOCUMENT_PATIENCE = timedelta(hours=24)


def look_back(last: Poll | None, now: datetime) -> datetime:
    """Where a poll may stop: whatever was accepted before that, an earlier poll has seen."""
    if last is None:
        return now - FIRST_LOOK_BACK
    if last.newest_accepted_at is None:
        return last.back_to
    return max(last.newest_accepted_at - LOOK_BACK, last.back_to)


def document_pause(claim: ClaimedFiling) -> timedelta:
    """How long to wait for a document that was announced and is not there: 1, 2, 4 ... 300 seconds."""
    return timedelta(seconds=min(2 ** min(claim.attempt - 1, 16), 300))
