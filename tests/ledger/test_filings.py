from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from tests.builders import a_filing
from tests.ledger.readings import LEASE, NOW, a_claim
from worker.filings.filing import Party
from worker.ledger.ledger import Ledger
from worker.ledger.tables import filings


def test_a_filing_announced_twice_is_new_once(ledger: Ledger) -> None:
    filing = a_filing()
    assert ledger.filings.announce([filing], NOW) == [filing.accession]
    assert ledger.filings.announce([filing], NOW) == []


def test_one_announcement_may_hold_the_two_rows_of_a_filing_apart(ledger: Ledger) -> None:
    filing = a_filing()
    rows = [msgspec.structs.replace(filing, parties=(party,)) for party in filing.parties]
    assert ledger.filings.announce(rows, NOW) == [filing.accession]
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    assert claim.filing == filing


def test_a_party_that_shows_up_later_joins_the_one_seen_first(ledger: Ledger) -> None:
    filing = a_filing()
    for party in filing.parties:
        ledger.filings.announce([msgspec.structs.replace(filing, parties=(party,))], NOW)
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    assert claim.filing.parties == filing.parties


def test_an_index_without_roles_and_times_takes_nothing_away(ledger: Ledger) -> None:
    filing = a_filing()
    bare = tuple(Party(cik=party.cik, name=party.name.upper()) for party in filing.parties)
    ledger.filings.announce([msgspec.structs.replace(filing, parties=bare, accepted_at=None)], NOW)
    ledger.filings.announce([filing], NOW)
    ledger.filings.announce([msgspec.structs.replace(filing, parties=bare, accepted_at=None)], NOW)
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    assert claim.filing == filing


def test_one_of_two_readers_gets_the_filing(ledger: Ledger) -> None:
    ledger.filings.announce([a_filing()], NOW)
    assert ledger.filings.claim(NOW, LEASE, "one") is not None
    assert ledger.filings.claim(NOW, LEASE, "two") is None


def test_a_filing_whose_reader_died_is_due_when_the_lease_ends(ledger: Ledger) -> None:
    a_claim(ledger)
    assert ledger.filings.due(NOW + LEASE - timedelta(seconds=1)) == 0
    assert ledger.filings.due(NOW + LEASE) == 1
    again = ledger.filings.claim(NOW + LEASE, LEASE, "two")
    assert again is not None
    assert (again.attempt, again.cut_short) == (2, 1)


def test_a_postponed_filing_waits_and_does_not_count_as_cut_short(ledger: Ledger) -> None:
    claim = a_claim(ledger)
    ledger.filings.postpone(claim, NOW + timedelta(seconds=5), "not there yet")
    assert ledger.filings.claim(NOW, LEASE, "two") is None
    again = ledger.filings.claim(NOW + timedelta(seconds=5), LEASE, "two")
    assert again is not None
    assert (again.attempt, again.cut_short) == (2, 0)


def test_a_reader_that_outlived_its_lease_postpones_nothing(ledger: Ledger) -> None:
    late = a_claim(ledger)
    assert ledger.filings.claim(NOW + LEASE, LEASE, "two") is not None
    ledger.filings.postpone(late, NOW + timedelta(days=9), "late")
    assert ledger.filings.due(NOW + 2 * LEASE) == 1


def test_the_filing_due_longest_is_read_first(ledger: Ledger) -> None:
    for minute, accession in enumerate(("0000000001-26-000002", "0000000001-26-000001")):
        ledger.filings.announce([a_filing(accession=accession)], NOW + timedelta(minutes=minute))
    claim = ledger.filings.claim(NOW + timedelta(hours=1), LEASE, "me")
    assert claim is not None
    assert claim.filing.accession == "0000000001-26-000002"


def test_one_filing_is_claimed_at_a_time_also_where_the_database_thinks_there_is_only_one(
    ledger: Ledger,
) -> None:
    """PostgreSQL plans by what it counted last, and by that plan may look for the next one once a row."""
    read = a_filing(accession="0001950047-26-000001")
    ledger.filings.announce([read], NOW)
    with ledger.database.write() as connection:
        connection.execute(sa.update(filings).values(state="read", due_at=None))
        connection.execute(sa.text("ANALYZE filings"))
    later = [a_filing(accession=f"0001950047-26-00010{number}") for number in range(3)]
    ledger.filings.announce(later, NOW)
    claimed = [ledger.filings.claim(NOW, LEASE, "me") for _ in later]
    assert {one.filing.accession for one in claimed if one} == {one.accession for one in later}


def test_the_filing_asked_for_first_is_read_before_newer_days_where_it_is_due(ledger: Ledger) -> None:
    old = a_filing(accession="0000000001-26-000001", accepted_at=NOW - timedelta(days=5))
    ledger.filings.announce([a_filing(), old], NOW)
    claim = ledger.filings.claim(NOW, LEASE, "one", [old.accession])
    assert claim is not None
    assert claim.filing == old
    assert ledger.families.original(a_filing().accession, old.accession).attempts == 1
    newest = ledger.filings.claim(NOW, LEASE, "two", [old.accession])
    assert newest is not None
    assert newest.filing == a_filing()
