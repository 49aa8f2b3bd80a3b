from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_filing
from tests.ledger.readings import SLACK, a_raised_alert, a_reading
from worker.filings.filing import FoundBy
from worker.ledger.drill_progress import NOBODY_CAME
from worker.ledger.drills import Drill
from worker.ledger.ledger import Ledger
from worker.watchlists.destination import Destination

NOW = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
LEASE = timedelta(seconds=90)
ACCESSION = "0000000000-26-000001"
FILING = a_filing(accession=ACCESSION, found_by=FoundBy.DRILL)
DRILL = Drill(
    accession=ACCESSION,
    watchlist_id="example",
    destinations=(Destination("slack", "#ir"),),
    body=b"<edgarSubmission/>",
    asked_at=NOW,
    until=NOW + timedelta(minutes=1),
)


def test_a_drill_is_asked_for_once_and_taken_up_as_a_filing(ledger: Ledger) -> None:
    assert ledger.drills.ask(FILING, DRILL)
    assert not ledger.drills.ask(FILING, DRILL)
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    assert ledger.drills.take_up(claim.filing, NOW) == DRILL
    assert ledger.drills.take_up(a_filing(), NOW) is None
    found = ledger.drills.progress(ACCESSION)
    assert (found.asked_at, found.taken_at, found.read_at) == (NOW, NOW, None)
    assert not found.is_settled


def test_the_first_to_take_it_up_is_the_one_that_is_measured(ledger: Ledger) -> None:
    ledger.drills.ask(FILING, DRILL)
    ledger.drills.take_up(FILING, NOW + timedelta(seconds=1))
    ledger.drills.take_up(FILING, NOW + timedelta(seconds=9))
    assert ledger.drills.progress(ACCESSION).taken_at == NOW + timedelta(seconds=1)


def test_ended_it_is_claimed_by_nobody_and_ends_no_second_time(ledger: Ledger) -> None:
    ledger.drills.ask(FILING, DRILL)
    ended = ledger.drills.end(ACCESSION, LATER)
    assert (ended.reached_all, ended.result, ended.ended_at) == (False, NOBODY_CAME, LATER)
    assert ledger.drills.end(ACCESSION, LATER + LEASE) == ended
    assert ledger.filings.claim(LATER, LEASE, "me") is None
    ledger.void_claims(LATER)
    assert ledger.filings.claim(LATER, LEASE, "me") is None


def test_whoever_takes_it_up_too_late_ends_it(ledger: Ledger) -> None:
    ledger.drills.ask(FILING, DRILL)
    claim = ledger.filings.claim(LATER, LEASE, "me")
    assert claim is not None
    assert ledger.drills.last() is None
    ledger.drills.take_up(claim.filing, LATER)
    last = ledger.drills.last()
    assert last is not None
    assert last.result == "it was taken up and its reading came to no end"


def test_overdue_drills_are_ended_and_others_go_on(ledger: Ledger) -> None:
    ledger.drills.ask(FILING, DRILL)
    ledger.drills.end_overdue(NOW + timedelta(seconds=59))
    assert ledger.drills.last() is None
    ledger.drills.end_overdue(LATER)
    ledger.drills.end_overdue(LATER)
    last = ledger.drills.last()
    assert last is not None
    assert last.ended_at == LATER


def test_one_of_unknown_fate_is_in_the_way_of_no_pruning(ledger: Ledger) -> None:
    ledger.drills.ask(FILING, DRILL)
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    ledger.readings.record(claim, a_reading(a_raised_alert(SLACK)), NOW)
    delivery = ledger.deliveries.claim(NOW, LEASE, "me")
    assert delivery is not None
    ledger.deliveries.unknown(delivery, "the answer was lost", NOW, ask_at=None)
    ledger.drills.end(ACCESSION, LATER)
    found = ledger.retention.prunable(NOW + timedelta(days=200))
    assert (found.still_open, found.documents) == (None, 1)


def test_what_is_no_drill_has_no_progress(ledger: Ledger) -> None:
    ledger.filings.announce([a_filing()], NOW)
    for ask in (ledger.drills.progress, lambda accession: ledger.drills.end(accession, NOW)):
        with pytest.raises(LookupError):
            ask(a_filing().accession)
    assert ledger.drills.last() is None


def test_the_signs_of_life_are_those_of_the_server(ledger: Ledger) -> None:
    ledger.vitals.write()
    server, clock = ledger.vitals.server(), ledger.vitals.clock()
    assert server.startswith("SQLite 3" if ledger.database.is_sqlite else "PostgreSQL ")
    assert (clock is None) is ledger.database.is_sqlite
    assert ledger.vitals.due_at("poll") is None
    ledger.chores.claim("poll", NOW, LEASE, "me")
    assert ledger.vitals.due_at("poll") == NOW + LEASE
