"""What failed, in the ledger: closed by a person, and tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.ledger.readings import LEASE, NOW, SLACK, owe
from worker.alerts.delivery import Delivery, DeliveryState
from worker.ledger.counters import Counters
from worker.ledger.gauges import Gauges
from worker.ledger.ledger import Ledger
from worker.ledger.tables import lanes
from worker.metrics.collector import STATES

LATER = NOW + timedelta(days=200)


@pytest.fixture
def lost(ledger: Ledger) -> Delivery:
    """Nobody can tell whether it arrived."""
    owe(ledger, SLACK)
    delivery = ledger.deliveries.claim(NOW, LEASE, "me")
    assert delivery is not None
    ledger.deliveries.unknown(delivery, "the answer was lost", NOW, ask_at=None)
    return delivery


def close(ledger: Ledger, *numbers: int) -> int:
    return ledger.failed.close(numbers, NOW, by="Jane Doe", reason="the desk has it")


def test_what_was_closed_is_in_no_list_no_gauge_and_no_prunings_way(ledger: Ledger, lost: Delivery) -> None:
    assert close(ledger, lost.id, 999) == 1
    assert close(ledger, lost.id) == 0
    assert ledger.failed.all() == ()
    nothing = Counters(ledger.database, unreadable_class=str, failure_class=str)
    assert Gauges(ledger.database, nothing).read(NOW, []).deliveries == {}
    assert "closed" not in STATES
    found = ledger.retention.prunable(LATER)
    assert (found.still_open, found.messages) == (None, 1)


def test_what_was_closed_is_tried_again_only_while_its_message_is_kept(
    ledger: Ledger, lost: Delivery
) -> None:
    close(ledger, lost.id)
    assert ledger.failed.retry([lost.id], NOW, by="Jane Doe", send_again=False) == 1
    again = ledger.deliveries.claim(NOW, LEASE, "me")
    assert again is not None
    assert again.may_have_arrived
    ledger.deliveries.give_up(again, DeliveryState.REFUSED, "no_text", NOW)
    close(ledger, lost.id)
    ledger.retention.prune(LATER, LATER + timedelta(days=60), by="Jane Doe", reason="a year is over")
    assert ledger.failed.retry([lost.id], LATER, by="Jane Doe", send_again=False) == 0


def test_what_is_being_sent_is_not_closed(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    delivery = ledger.deliveries.claim(NOW, LEASE, "me")
    assert delivery is not None
    with ledger.database.write() as connection:
        connection.execute(sa.update(lanes).values(ended_because="is_archived"))
    assert [one.state for one in ledger.failed.all()] == ["sending"]
    assert close(ledger, delivery.id) == 0
