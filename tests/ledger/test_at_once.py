"""Two at once on PostgreSQL, where readers and announcers do not take turns as they do on SQLite."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Event, current_thread, main_thread

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.builders import a_filing
from tests.ledger.readings import EMAIL, LEASE, NOW, SLACK, a_claim, a_raised_alert, a_reading, owe
from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.filings.filing import Filing, Party
from worker.ledger.announcing import announce
from worker.ledger.ledger import Ledger
from worker.ledger.owing import Due
from worker.ledger.owing import owe as owe_one

pytestmark = pytest.mark.servers

WHOLE = a_filing()
ISSUER, SELLER = WHOLE.parties
DAY_ONLY = msgspec.structs.replace(WHOLE, accepted_at=None, filed_on=date(2026, 9, 1))


@pytest.fixture
def postgresql(postgres_url: str) -> Iterator[Ledger]:
    ledger = Ledger.open(postgres_url, migrate=True)
    yield ledger
    ledger.close()


def with_parties(filing: Filing, *parties: Party) -> Filing:
    return msgspec.structs.replace(filing, parties=parties)


def one_waits(ledger: Ledger) -> bool:
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ledger.database.read() as connection:
        return bool(connection.scalar(waiting))


def announced_at_once(ledger: Ledger, first: Filing, second: Filing) -> Filing:
    """The second begins to announce before the first has committed; what stands then."""
    with ThreadPoolExecutor(1) as pool:
        with ledger.database.write() as connection:
            announce(ledger.database, connection, [first], NOW)
            other = pool.submit(ledger.filings.announce, [second], NOW)
            while not other.done() and not one_waits(ledger):
                time.sleep(0.01)
        other.result()
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    return claim.filing


def test_what_feed_and_search_add_to_one_filing_at_once_is_all_there(postgresql: Ledger) -> None:
    bare = tuple(Party(cik=party.cik, name=party.name) for party in WHOLE.parties)
    postgresql.filings.announce([with_parties(DAY_ONLY, *bare)], NOW)
    stands = announced_at_once(
        postgresql, with_parties(WHOLE, ISSUER), with_parties(DAY_ONLY, *bare[:1], SELLER)
    )
    assert stands == msgspec.structs.replace(WHOLE, filed_on=DAY_ONLY.filed_on)


def test_what_feed_and_search_find_at_once_has_the_parties_of_both(postgresql: Ledger) -> None:
    stands = announced_at_once(postgresql, with_parties(WHOLE, ISSUER), with_parties(WHOLE, SELLER))
    assert stands == WHOLE


def test_two_readings_that_open_the_same_lanes_in_another_order_are_both_written(postgresql: Ledger) -> None:
    """Each stops after its first lane until the other has come as far, if it can."""
    both = Barrier(2)

    def pause(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO lanes"):
            with suppress(BrokenBarrierError):
                both.wait(timeout=1)

    alerts = [a_raised_alert(to, watchlist_id=to.notifier) for to in (SLACK, EMAIL)]
    again = [a_raised_alert(to, watchlist_id=to.notifier, salt="2") for to in (EMAIL, SLACK)]
    claims = [a_claim(postgresql, f"0001950047-26-00000{number}") for number in (1, 2)]
    event.listen(postgresql.database.engine, "after_cursor_execute", pause)
    with ThreadPoolExecutor(2) as pool:
        written = [
            pool.submit(postgresql.readings.record, claim, a_reading(*raised), NOW)
            for claim, raised in zip(claims, (alerts, again), strict=True)
        ]
    assert [one.result() for one in written] == [True, True]


def test_a_reading_that_is_being_written_down_hides_no_destination_from_those_who_deliver(
    postgresql: Ledger,
) -> None:
    owe(postgresql, SLACK)
    with postgresql.database.write() as connection:
        # A new delivery points at its lane, which a claim of an older one takes.
        owe_one(postgresql.database, connection, Due(SLACK, Message(text="another"), "another key", NOW))
        assert postgresql.deliveries.claim(NOW, LEASE, "me") is not None


def test_of_two_people_who_retry_at_once_one_does_and_what_is_being_sent_stays_so(
    postgresql: Ledger,
) -> None:
    owe(postgresql, SLACK)
    delivery = postgresql.deliveries.claim(NOW, LEASE, "me")
    assert delivery is not None
    postgresql.deliveries.give_up(delivery, DeliveryState.REFUSED, "no_text", NOW)
    looked, goes_on = Event(), Event()

    def wait_after_looking(*arguments: object) -> None:
        if str(arguments[2]).startswith("UPDATE deliveries") and current_thread() is not main_thread():
            looked.set()
            goes_on.wait(10)

    event.listen(postgresql.database.engine, "before_cursor_execute", wait_after_looking)
    with ThreadPoolExecutor(1) as pool:
        slower = pool.submit(postgresql.failed.retry, [delivery.id], NOW, by="Jane", send_again=False)
        assert looked.wait(10)
        assert postgresql.failed.retry([delivery.id], NOW, by="John", send_again=False) == 1
        sent = postgresql.deliveries.claim(NOW, LEASE, "a worker")
        assert sent is not None
        goes_on.set()
        assert slower.result() == 0
    assert postgresql.deliveries.claim(NOW, LEASE, "another worker") is None
