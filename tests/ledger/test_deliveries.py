from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from tests.ledger.readings import EMAIL, LEASE, NOW, SLACK, owe
from worker.alerts.delivery import Delivery, DeliveryState, Receipt
from worker.ledger.kinds import Kind
from worker.ledger.ledger import Ledger
from worker.ledger.record_tables import entries
from worker.ledger.tables import attempts, deliveries

TAKEN = Receipt(reference="1756756000.000100")


def claim(ledger: Ledger, now: datetime = NOW, owner: str = "me") -> Delivery:
    claimed = ledger.deliveries.claim(now, LEASE, owner)
    assert claimed is not None
    return claimed


def state(ledger: Ledger) -> str:
    with ledger.database.read() as connection:
        return str(connection.execute(sa.select(deliveries.c.state)).scalar_one())


def test_a_claimed_delivery_carries_what_is_needed_to_send_it(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    delivery = claim(ledger)
    assert (delivery.destination, delivery.message.text) == (SLACK, f"for {SLACK}")
    assert (delivery.attempt, delivery.owed_since, delivery.first_attempt_at) == (1, NOW, NOW)
    assert not delivery.may_have_arrived


def test_the_intent_to_send_is_written_before_anything_is_sent(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    claim(ledger)
    with ledger.database.read() as connection:
        attempt = connection.execute(sa.select(attempts)).one()
    assert (attempt.number, attempt.started_at, attempt.outcome) == (1, NOW, None)
    assert state(ledger) == DeliveryState.SENDING


def test_one_of_two_workers_gets_the_delivery(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    claim(ledger)
    assert ledger.deliveries.claim(NOW, LEASE, "two") is None


def test_a_delivery_whose_worker_died_may_have_arrived(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    claim(ledger)
    again = claim(ledger, NOW + LEASE, "two")
    assert (again.attempt, again.may_have_arrived, again.first_attempt_at) == (2, True, NOW)


def test_a_worker_that_outlived_its_lease_settles_nothing(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    late = claim(ledger)
    claim(ledger, NOW + LEASE, "two")
    assert not ledger.deliveries.delivered(late, TAKEN, NOW + LEASE, lane_opens_at=NOW + LEASE)
    assert state(ledger) == DeliveryState.SENDING


def test_a_receipt_is_kept(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    assert ledger.deliveries.delivered(claim(ledger), TAKEN, NOW, lane_opens_at=NOW)
    ((told,),) = [filing.told for filing in ledger.report.filings(NOW)]
    assert (told.state, told.receipt, told.settled_at) == (DeliveryState.DELIVERED, TAKEN.reference, NOW)


def test_a_delivery_to_be_tried_again_waits_for_its_time(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    later = NOW + timedelta(seconds=30)
    ledger.deliveries.try_again(claim(ledger), "429", NOW, at=later)
    assert ledger.deliveries.claim(later - timedelta(seconds=1), LEASE, "me") is None
    again = claim(ledger, later)
    assert (again.attempt, again.may_have_arrived) == (2, False)


def test_a_busy_destination_keeps_only_its_own_deliveries_waiting(ledger: Ledger) -> None:
    owe(ledger, SLACK, number=1)
    owe(ledger, SLACK, EMAIL, number=2)
    first = claim(ledger)
    second = claim(ledger, owner="two")
    assert (first.destination, second.destination) == (SLACK, EMAIL)
    assert ledger.deliveries.claim(NOW, LEASE, "three") is None


def test_a_destination_gets_its_messages_one_by_one_in_order_and_spaced(ledger: Ledger) -> None:
    owe(ledger, SLACK, number=1)
    owe(ledger, SLACK, number=2)
    first = claim(ledger)
    ledger.deliveries.delivered(first, TAKEN, NOW, lane_opens_at=NOW + timedelta(seconds=1))
    assert ledger.deliveries.claim(NOW, LEASE, "me") is None
    assert claim(ledger, NOW + timedelta(seconds=1)).id > first.id


def test_an_unknown_delivery_is_asked_about_when_it_is_time(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    ledger.deliveries.unknown(claim(ledger), "no answer", NOW, ask_at=NOW + LEASE)
    assert state(ledger) == DeliveryState.UNKNOWN
    assert claim(ledger, NOW + LEASE).may_have_arrived


def test_an_unknown_delivery_nobody_can_be_asked_about_stays_in_sight(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    ledger.deliveries.unknown(claim(ledger), "no answer", NOW, ask_at=None)
    assert ledger.deliveries.due(NOW + timedelta(days=365)) == 0
    assert ledger.report.deliveries_by_state() == {DeliveryState.UNKNOWN: 1}


def test_a_refused_delivery_lets_the_next_one_go(ledger: Ledger) -> None:
    owe(ledger, SLACK, number=1)
    owe(ledger, SLACK, number=2)
    first = claim(ledger)
    ledger.deliveries.give_up(first, DeliveryState.REFUSED, "invalid_blocks", NOW)
    assert claim(ledger).id > first.id


def test_nothing_goes_to_a_destination_that_has_ended(ledger: Ledger) -> None:
    owe(ledger, EMAIL, number=1)
    owe(ledger, SLACK, number=2)
    owe(ledger, SLACK, number=3)
    mail, post = claim(ledger), claim(ledger, owner="two")
    ledger.deliveries.try_again(mail, "451", NOW, at=NOW)
    why = "the channel is archived"
    ledger.deliveries.give_up(post, DeliveryState.REFUSED, why, NOW, ends_destination=True)
    assert ledger.deliveries.due(NOW) == 1
    assert claim(ledger).destination == EMAIL
    assert ledger.report.ended_lanes() == {SLACK: "the channel is archived"}


def test_a_settlement_whose_answer_was_lost_is_written_once(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    delivery = claim(ledger)
    for _ in range(2):  # who heard nothing writes it again
        assert ledger.deliveries.delivered(delivery, TAKEN, NOW, lane_opens_at=NOW)
    query = sa.select(sa.func.count()).where(entries.c.kind == Kind.SETTLED)
    with ledger.database.read() as connection:
        assert connection.scalar(query) == 1
