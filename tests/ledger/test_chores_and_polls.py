from __future__ import annotations

from datetime import timedelta

from tests.ledger.readings import LEASE, NOW
from worker.ledger.ledger import Ledger


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


def test_a_poll_that_failed_or_was_cut_short_is_not_complete(ledger: Ledger) -> None:
    whole = ledger.polls.begin(NOW - LEASE, NOW)
    ledger.polls.saw(whole, rows=100, new=50, newest=NOW, oldest=NOW - timedelta(minutes=2))
    ledger.polls.saw(
        whole, rows=40, new=20, newest=NOW - timedelta(minutes=3), oldest=NOW - timedelta(minutes=4)
    )
    ledger.polls.end(whole, NOW, error=None)
    failed = ledger.polls.begin(NOW, NOW)
    ledger.polls.end(failed, NOW, error="503")
    ledger.polls.begin(NOW, NOW)

    last = ledger.polls.last_complete()
    assert last is not None
    assert (last.pages, last.rows, last.new_filings, last.newest_accepted_at) == (2, 140, 70, NOW)
    assert last.is_complete
    newest = ledger.polls.last()
    assert newest is not None
    assert not newest.is_complete
