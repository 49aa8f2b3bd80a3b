from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from tests.builders import a_notice
from tests.ledger.readings import EMAIL, LEASE, NOW, SLACK, a_claim, a_raised_alert, a_reading
from worker.alerts.delivery import Delivery, DeliveryState, Earlier, Receipt
from worker.alerts.message import Message, Summary
from worker.ledger.ledger import Ledger
from worker.ledger.rollups import Crowd
from worker.watchlists.destination import Destination

DAY = NOW - timedelta(hours=12)
WITHIN = timedelta(minutes=10)
SUMMARY = Summary(
    issuer="Example", form="Form 144", line="a line", figures="", check=False, url="https://www.sec.gov/"
)


def accession(number: int) -> str:
    return f"0001950047-26-{number:06}"


def owe(ledger: Ledger, number: int, *to: Destination, amends: int | None = None, issuer: int = 1) -> None:
    """Filing `number` was read and is owed to the destinations, by default to Slack."""
    claim = a_claim(ledger, accession(number))
    alert = a_raised_alert(*(to or (SLACK,)), salt=str(number))
    owed = tuple(
        msgspec.structs.replace(one, message=msgspec.structs.replace(one.message, summary=SUMMARY))
        for one in alert.owed
    )
    notice = a_notice(issuer_cik=issuer, previous_accession=accession(amends) if amends else None)
    reading = msgspec.structs.replace(a_reading(msgspec.structs.replace(alert, owed=owed)), notice=notice)
    assert ledger.readings.record(claim, reading, NOW)


def claim(ledger: Ledger, now: datetime = NOW) -> Delivery:
    delivery = ledger.deliveries.claim(now, LEASE, f"worker-{now}")
    assert delivery is not None
    return delivery


def deliver(ledger: Ledger, reference: str, now: datetime = NOW) -> Earlier | None:
    """The next delivery is attempted and arrives; what it answered."""
    delivery = claim(ledger, now)
    answers = ledger.threads.place(delivery, now, day_began=DAY)
    receipt = Receipt(reference=reference)
    assert ledger.deliveries.delivered(delivery, receipt, now, lane_opens_at=now)
    return answers


def test_an_amendment_answers_the_message_about_the_notice_it_amends(ledger: Ledger) -> None:
    owe(ledger, 1)
    owe(ledger, 2, amends=1, issuer=2)
    assert deliver(ledger, "C1/1") is None
    answers = deliver(ledger, "C1/2")
    assert answers is not None
    assert answers.reference == "C1/1"


def test_what_has_not_arrived_cannot_be_answered(ledger: Ledger) -> None:
    owe(ledger, 1)
    refused = claim(ledger)
    ledger.threads.place(refused, NOW, day_began=DAY)
    ledger.deliveries.give_up(refused, DeliveryState.REFUSED, "invalid_blocks", NOW)
    owe(ledger, 2, amends=1)
    assert deliver(ledger, "C1/2") is None


def test_a_place_stands_whatever_arrives_later(ledger: Ledger) -> None:
    owe(ledger, 1)
    first = claim(ledger)
    assert ledger.threads.place(first, NOW, day_began=DAY) is None
    ledger.deliveries.try_again(first, "away", NOW, at=NOW + LEASE)
    owe(ledger, 2)
    later = NOW + LEASE
    second = claim(ledger, later)
    assert second.id == first.id
    assert ledger.threads.place(second, later, day_began=DAY) is None


def test_the_same_issuer_the_same_day_is_one_conversation_at_each_destination(ledger: Ledger) -> None:
    for number in (1, 2):
        owe(ledger, number, SLACK, EMAIL)
    found = [deliver(ledger, f"R{number}") for number in range(4)]
    assert [one.reference if one else None for one in found] == [None, None, "R0", "R1"]


def test_another_issuer_and_another_day_are_other_conversations(ledger: Ledger) -> None:
    owe(ledger, 1)
    owe(ledger, 2, issuer=2)
    owe(ledger, 3)
    assert deliver(ledger, "C1/1") is None
    assert deliver(ledger, "C1/2") is None
    delivery = claim(ledger)
    assert ledger.threads.place(delivery, NOW, day_began=NOW + timedelta(seconds=1)) is None


def test_amendments_that_name_each_other_in_a_circle_come_to_an_end(ledger: Ledger) -> None:
    owe(ledger, 1, amends=2)
    owe(ledger, 2, amends=1)
    assert deliver(ledger, "C1/1") is None
    assert deliver(ledger, "C1/2") is not None
    assert ledger.families.original(accession(1), accession(2)).root == accession(1)


def test_a_mark_is_due_once_both_have_arrived_and_until_it_is_done(ledger: Ledger) -> None:
    owe(ledger, 1)
    owe(ledger, 2, amends=1)
    assert ledger.marks.due(NOW) == []
    deliver(ledger, "C1/1")
    assert ledger.marks.due(NOW) == []
    deliver(ledger, "C1/2")
    (mark,) = ledger.marks.due(NOW)
    assert (mark.destination, mark.reference, mark.attempt, mark.since) == (SLACK, "C1/1", 1, NOW)
    ledger.marks.failed(mark, "away", again=NOW + LEASE)
    assert ledger.marks.due(NOW) == []
    (mark,) = ledger.marks.due(NOW + LEASE)
    assert mark.attempt == 2
    ledger.marks.done(mark, NOW)
    assert ledger.marks.due(NOW + LEASE) == []


def test_an_original_that_comes_later_is_marked_too(ledger: Ledger) -> None:
    owe(ledger, 2, amends=1)
    deliver(ledger, "C1/2")
    owe(ledger, 1)
    deliver(ledger, "C1/1")
    (mark,) = ledger.marks.due(NOW)
    assert mark.reference == "C1/1"


def test_what_is_known_of_an_original(ledger: Ledger) -> None:
    nobody_knows = ledger.families.original(accession(9), accession(1))
    assert (nobody_knows.notice, nobody_knows.is_awaited, nobody_knows.earlier) == (None, False, {})
    held = a_claim(ledger, accession(1))
    assert ledger.families.original(accession(9), accession(1)).is_awaited
    ledger.filings.postpone(held, NOW, "so that it can be claimed again")
    owe(ledger, 1, SLACK, EMAIL)
    owe(ledger, 2, EMAIL, amends=1)
    known = ledger.families.original(accession(3), accession(2))
    assert known.notice is not None
    assert known.root == accession(1)
    assert known.earlier["ir"].destinations == {SLACK, EMAIL}


def crowd(ledger: Ledger, most: int = 2, now: datetime = NOW) -> Crowd | None:
    found = ledger.rollups.crowds(now, most=most, within=WITHIN)
    return found[0] if found else None


def test_a_crowd_is_more_than_the_most_arrived_and_waiting_within_the_time(ledger: Ledger) -> None:
    for number in range(1, 4):
        owe(ledger, number)
    assert crowd(ledger, most=3) is None
    deliver(ledger, "C1/1")
    found = crowd(ledger, most=2)
    assert found is not None
    assert (found.destination, len(found.waiting), found.last_sent_at) == (SLACK, 2, NOW)
    assert crowd(ledger, most=2, now=NOW + WITHIN) is None


def test_told_together_each_is_settled_and_one_message_is_owed(ledger: Ledger) -> None:
    for number in range(1, 4):
        owe(ledger, number)
    found = crowd(ledger)
    assert found is not None
    message = Message(text="together")
    assert ledger.rollups.tell_together(SLACK, found.waiting, message, "a" * 64, NOW, problem="it is plain")
    states = {DeliveryState.ROLLED_UP: 3, DeliveryState.OWED: 1}
    assert ledger.report.deliveries_by_state() == states
    assert claim(ledger).message == message
    (trouble,) = ledger.troubles.untold(NOW)
    assert trouble.what == "it is plain"


def test_what_was_claimed_meanwhile_is_not_told_together(ledger: Ledger) -> None:
    for number in range(1, 4):
        owe(ledger, number)
    found = crowd(ledger)
    assert found is not None
    claim(ledger)
    assert not ledger.rollups.tell_together(
        SLACK, found.waiting, Message(text="x"), "a" * 64, NOW, problem=None
    )
    assert ledger.report.deliveries_by_state() == {DeliveryState.SENDING: 1, DeliveryState.OWED: 2}


def test_what_is_held_waits_and_nothing_else_does(ledger: Ledger) -> None:
    for number in range(1, 4):
        owe(ledger, number)
    owe(ledger, 4, EMAIL)
    found = crowd(ledger)
    assert found is not None
    ledger.rollups.hold(found, NOW + LEASE)
    assert claim(ledger).destination == EMAIL
    assert ledger.deliveries.due(NOW) == 0
    assert ledger.deliveries.due(NOW + LEASE) >= 3


def test_what_comes_while_others_are_held_joins_them(ledger: Ledger) -> None:
    for number in range(1, 4):
        owe(ledger, number)
    found = crowd(ledger)
    assert found is not None
    ledger.rollups.hold(found, NOW + LEASE)
    assert crowd(ledger) is None
    owe(ledger, 4)
    joined = crowd(ledger)
    assert joined is not None
    assert (len(joined.waiting), joined.waits_since) == (4, NOW)
    assert ledger.rollups.tell_together(SLACK, joined.waiting, Message(text="x"), "a" * 64, NOW, problem=None)
    assert ledger.report.deliveries_by_state() == {DeliveryState.ROLLED_UP: 4, DeliveryState.OWED: 1}


@pytest.mark.parametrize("number", [1, 2])
def test_a_roll_up_soon_after_another_answers_it(ledger: Ledger, number: int) -> None:
    for one in range(1, 7):
        owe(ledger, one)
    for first, key in ((0, "a"), (3, "b")):
        found = crowd(ledger, most=1)
        assert found is not None
        told = found.waiting[:3]
        assert len(told) == 3, first
        assert ledger.rollups.tell_together(SLACK, told, Message(text=key), key * 64, NOW, problem=None)
    assert deliver(ledger, "C1/1") is None
    answers = deliver(ledger, "C1/2", NOW + timedelta(minutes=59 * number))
    assert (answers is not None) is (number == 1)
