"""When things are due: how far back to look, how long a claim holds, how long to wait before trying again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TypeVar

from worker.alerts.delivery import Delivery
from worker.edgar.hours import EASTERN
from worker.errors import Awaiting, Blocked, Unreachable
from worker.filings.filing import eastern_day
from worker.ledger.families import Original
from worker.ledger.filings import ClaimedFiling
from worker.ledger.polls import Poll

#: What a step takes, one at a time.
Claim = TypeVar("Claim", ClaimedFiling, Delivery)

#: How far behind the newest filing already seen a poll looks again. EDGAR shows filings out of order: in
#: a trace of 100, more than half appeared after one that was accepted later, the worst 71 s late.
LOOK_BACK = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(hours=24)

#: How soon a poll that failed is tried again, where EDGAR names no time.
POLL_RETRY = timedelta(seconds=15)

#: How long nothing is asked after the SEC refused our declared contact: only a person can mend that.
AGENT_REFUSED = timedelta(hours=1)

#: How often search and indexes are asked for what the feed did not show.
RECONCILE_EVERY = timedelta(minutes=5)

#: How long a claim holds: at least twice the longest time one piece of its work may take.
POLL_LEASE = timedelta(minutes=2)
RECONCILE_LEASE = timedelta(minutes=10)
READ_LEASE = timedelta(seconds=90)
DELIVER_LEASE = timedelta(minutes=4)
FOLLOW_UP_LEASE = timedelta(minutes=5)

#: How often it is looked whether anything did not arrive.
FOLLOW_UP = timedelta(seconds=10)

#: From when on silence is a fault. In EDGAR's hours a good poll older than this means that nobody is looking;
#: filings or deliveries due for so long, while none is read or tried, have no worker; and an index that is
#: later than the latest one known (37 hours) is worth a person's look.
POLL_TOO_OLD = timedelta(minutes=15)
READING_TOO_OLD = timedelta(minutes=15)
DELIVERING_TOO_OLD = timedelta(minutes=15)
INDEX_TOO_OLD = timedelta(hours=40)

#: How often it is looked whether a digest's time has come, and how long one look may take.
DIGEST_EVERY = timedelta(seconds=30)
DIGEST_LEASE = timedelta(minutes=5)

#: A digest that is later than this has nobody who makes it.
DIGEST_TOO_OLD = timedelta(minutes=15)

#: How long one doorbell goes on before others get their turn; the sweep rings again for the rest.
DRAIN = timedelta(seconds=20)

#: How long a document may stay away after its filing was announced before its readers hear of it.
DOCUMENT_PATIENCE = timedelta(hours=24)
#: And how often it is asked for at least: the day may have passed while nobody was running.
DOCUMENT_ATTEMPTS = 20

#: So long after it was announced a document is late by a minute at most once EDGAR is well again.
LOOKED_FOR_OFTEN = timedelta(minutes=30)

#: How long an amendment waits for the notice it amends, where that was announced and is not read yet.
ORIGINAL_PATIENCE = timedelta(minutes=15)
#: And how often that one is tried at least: the time may have passed while nobody was running, or while days
#: that are read first had their turn.
ORIGINAL_ATTEMPTS = 10

#: How long a document that cannot be read waits for the other party, where the feed has shown one row only:
#: who asks about that party would not be told. The rows of a filing appear seconds apart.
OTHER_ROW_PATIENCE = timedelta(minutes=5)
OTHER_ROW_PAUSE = timedelta(seconds=15)


def day_began(now: datetime) -> datetime:
    """When EDGAR's day that `now` lies in began."""
    return datetime.combine(eastern_day(now), time(0), tzinfo=EASTERN)


def look_back(last: Poll | None, now: datetime) -> datetime:
    """Where a poll may stop: whatever was accepted before that, an earlier poll has seen; or the feed did
    not reach back so far, and then asking again would not help: the indexes close that gap.
    """
    if last is None:
        return now - FIRST_LOOK_BACK
    if last.newest_accepted_at is None:
        return last.back_to
    return max(last.newest_accepted_at - LOOK_BACK, last.back_to)


def waits_for_document(claim: ClaimedFiling, error: Unreachable, now: datetime) -> bool:
    """Whether the document is asked for again. A block says nothing about any document, and one that waits
    for another is there.
    """
    tried = claim.attempt >= DOCUMENT_ATTEMPTS and now >= claim.seen_at + DOCUMENT_PATIENCE
    return isinstance(error, Blocked | Awaiting) or not tried


def waits_for_original(claim: ClaimedFiling, original: Original, now: datetime) -> bool:
    """Whether an amendment waits on for the notice it amends."""
    tried = original.attempts >= ORIGINAL_ATTEMPTS and now >= claim.seen_at + ORIGINAL_PATIENCE
    return original.is_awaited and not tried


def next_look(claim: ClaimedFiling, error: Unreachable, now: datetime) -> datetime:
    """When to look again for a document that was announced and is not there, or waits for another: when EDGAR
    says, or else after 1, 2, 4 ... 60 seconds where it is new, and ... 300 of one that was announced a while
    ago or is there and waits.
    """
    is_news = now < claim.seen_at + LOOKED_FOR_OFTEN and not isinstance(error, Awaiting)
    longest = timedelta(minutes=1 if is_news else 5)
    return now + (error.retry_after or min(timedelta(seconds=2 ** min(claim.attempt - 1, 16)), longest))
