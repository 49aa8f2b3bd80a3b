from __future__ import annotations

from datetime import datetime, timedelta

from tests.ledger.looks import begun, polled
from tests.ledger.readings import LEASE, NOW
from worker.ledger.ledger import Ledger
from worker.ledger.polls import Poll


def test_a_chore_nobody_did_is_due_and_one_process_gets_it(ledger: Ledger) -> None:
    assert ledger.chores.is_due("poll", NOW)
    assert ledger.chores.claim("poll", NOW, LEASE, "one")
    assert not ledger.chores.claim("poll", NOW, LEASE, "two")
    assert not ledger.chores.is_due("poll", NOW)


def test_a_chore_comes_round_when_it_was_said_to(ledger: Ledger) -> None:
    ledger.chores.claim("poll", NOW, LEASE, "one")
    assert ledger.chores.done("poll", "one", due_at=NOW + timedelta(seconds=10))
    assert not ledger.chores.claim("poll", NOW + timedelta(seconds=9), LEASE, "two")
    assert ledger.chores.claim("poll", NOW + timedelta(seconds=10), LEASE, "two")


def test_a_chore_whose_process_died_is_due_when_the_lease_ends(ledger: Ledger) -> None:
    ledger.chores.claim("poll", NOW, LEASE, "one")
    assert ledger.chores.claim("poll", NOW + LEASE, LEASE, "two")
    assert not ledger.chores.done("poll", "one", due_at=NOW)


def test_one_process_polls_at_a_time_and_is_told_how_far_back(ledger: Ledger) -> None:
    polled(ledger, NOW - LEASE)
    last = ledger.polls.last_complete()
    asked: list[tuple[Poll | None, datetime]] = []

    def back_to(last: Poll | None, now: datetime) -> datetime:
        asked.append((last, now))
        return now - LEASE

    look = ledger.polls.begin(NOW, LEASE, "one", back_to)
    assert look is not None
    assert look.back_to == NOW - LEASE
    assert asked == [(last, NOW)]
    assert ledger.polls.begin(NOW, LEASE, "two", lambda _last, now: now) is None
    assert ledger.polls.begin(NOW + LEASE, LEASE, "two", lambda _last, now: now) is not None


def test_a_poll_that_outlives_its_lease_leaves_the_next_one_alone(ledger: Ledger) -> None:
    slow = begun(ledger, NOW)
    quick = ledger.polls.begin(NOW + LEASE, LEASE, "quick", lambda _last, now: now)
    assert quick is not None
    ledger.polls.end(slow, NOW + LEASE, again=NOW, error=None)
    assert not ledger.chores.is_due("poll", NOW + LEASE)
    ledger.polls.end(quick, NOW + LEASE, again=NOW + LEASE, error=None)
    assert ledger.chores.is_due("poll", NOW + LEASE)


def test_a_poll_that_failed_or_was_cut_short_is_not_complete(ledger: Ledger) -> None:
    whole = begun(ledger, NOW)
    whole.saw(rows=100, new=50, newest=NOW, oldest=NOW - timedelta(minutes=2))
    whole.saw(rows=40, new=20, newest=NOW - timedelta(minutes=3), oldest=NOW - timedelta(minutes=4))
    whole.saw(rows=0, new=0, newest=None, oldest=None)
    ledger.polls.end(whole, NOW, again=NOW, error=None)
    polled(ledger, NOW, error="503")
    begun(ledger, NOW)

    last = ledger.polls.last_complete()
    assert last is not None
    assert (last.pages, last.rows, last.new_filings, last.newest_accepted_at) == (3, 140, 70, NOW)
    assert last.oldest_accepted_at == NOW - timedelta(minutes=4)
    assert last.is_complete
    newest = ledger.polls.last()
    assert newest is not None
    assert not newest.is_complete
