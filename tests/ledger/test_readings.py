from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.ledger.readings import EMAIL, LEASE, NOW, SLACK, a_claim, a_raised_alert, a_reading
from worker.ledger.ledger import Ledger
from worker.ledger.tables import alerts, deliveries, documents, filings, lanes, notices


def count(ledger: Ledger, table: sa.Table) -> int:
    with ledger.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_a_reading_is_written_whole(ledger: Ledger) -> None:
    assert ledger.readings.record(a_claim(ledger), a_reading(a_raised_alert(SLACK, EMAIL)), NOW)
    counted = {table.name: count(ledger, table) for table in (documents, notices, alerts, deliveries, lanes)}
    assert counted == {"documents": 1, "notices": 1, "alerts": 1, "deliveries": 2, "lanes": 2}
    assert ledger.report.filings_by_state() == {"read": 1}


def test_a_notice_comes_back_from_the_ledger_as_it_was_read(ledger: Ledger) -> None:
    reading = a_reading()
    ledger.readings.record(a_claim(ledger), reading, NOW)
    (filing,) = ledger.report.filings(NOW)
    assert filing.notice == reading.notice


def test_a_reader_that_outlived_its_lease_writes_nothing(ledger: Ledger) -> None:
    late = a_claim(ledger)
    assert ledger.filings.claim(NOW + LEASE, LEASE, "two") is not None
    assert not ledger.readings.record(late, a_reading(a_raised_alert(SLACK)), NOW + LEASE)
    assert count(ledger, documents) == count(ledger, alerts) == 0


def test_a_reading_cut_short_leaves_nothing_behind(ledger: Ledger) -> None:
    claim = a_claim(ledger)
    clash = a_raised_alert(SLACK, EMAIL)
    twice_the_key = clash.owed[0].__class__(
        destination=EMAIL, message=clash.owed[1].message, key=clash.owed[0].key
    )
    broken = clash.__class__(
        match=clash.match, list_digest=clash.list_digest, owed=(clash.owed[0], twice_the_key)
    )
    with pytest.raises(sa.exc.IntegrityError):
        ledger.readings.record(claim, a_reading(broken), NOW)
    assert {count(ledger, table) for table in (documents, notices, alerts, deliveries, lanes)} == {0}
    assert ledger.report.filings_by_state() == {"reading": 1}


def test_a_list_is_alerted_once_about_a_filing(ledger: Ledger) -> None:
    reading = a_reading(a_raised_alert(SLACK), a_raised_alert(SLACK, salt="again"))
    assert ledger.readings.record(a_claim(ledger), reading, NOW)
    assert (count(ledger, alerts), count(ledger, deliveries)) == (1, 1)


def test_two_lists_are_two_alerts_even_to_one_channel(ledger: Ledger) -> None:
    reading = a_reading(a_raised_alert(SLACK), a_raised_alert(SLACK, watchlist_id="board"))
    assert ledger.readings.record(a_claim(ledger), reading, NOW)
    assert (count(ledger, alerts), count(ledger, deliveries), count(ledger, lanes)) == (2, 2, 1)


def test_an_unreadable_filing_keeps_its_reason(ledger: Ledger) -> None:
    ledger.readings.record(a_claim(ledger), a_reading(unreadable_because="it is a PDF"), NOW)
    with ledger.database.read() as connection:
        row = connection.execute(sa.select(filings)).one()
    assert (row.state, row.last_error) == ("unreadable", "it is a PDF")
