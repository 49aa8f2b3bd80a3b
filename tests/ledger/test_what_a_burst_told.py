"""What a digest knows of an alert that a burst was told in one message with others, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.ledger.readings import EMAIL, NOW, a_claim, a_match, a_reading
from tests.messages import digests as samples
from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message, Summary
from worker.ledger.digests import Composed
from worker.ledger.ledger import Ledger
from worker.ledger.readings import Owed, RaisedAlert
from worker.ledger.tables import deliveries
from worker.messages.digest_item import for_digest
from worker.messages.digest_lines import line_of, told_of

SCHEDULE = str(samples.PLAN.schedule)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ARRIVED = NOW + 3 * MINUTE
BURST = 3


def raise_alerts(ledger: Ledger) -> None:
    """Alerts that their destination hears of at once and in its digest; somebody acknowledged another's."""
    for number in range(BURST):
        summary = Summary(
            issuer="Example", form="Form 144", line=f"{number}", figures="", check=False, url=""
        )
        owed = Owed(
            destination=EMAIL,
            message=Message(text=f"{number}", summary=summary),
            key=f"{number:064}",
            digest=for_digest(samples.numbered_alert(number), samples.PLAN),
        )
        claim = a_claim(ledger, f"0001950047-26-{number:06}")
        alert = RaisedAlert(match=a_match(), list_digest="0" * 64, owed=(owed,))
        assert ledger.readings.record(claim, a_reading(alert), NOW)
    claim = a_claim(ledger, "0001950047-26-000999")
    other = RaisedAlert(match=a_match(), list_digest="0" * 64, owed=())
    assert ledger.readings.record(claim, a_reading(other), NOW)
    (seen_to,) = ledger.acknowledgements.alerts_of("0001950047-26-000999")
    ledger.acknowledgements.add(seen_to, "Joe Roe", how="cli", remark=None, now=NOW)


def roll_up(ledger: Ledger) -> None:
    """The burst is told in one message, which is owed."""
    (crowd,) = ledger.rollups.crowds(NOW, most=1, within=timedelta(minutes=10))
    assert len(crowd.waiting) == BURST
    together = Message(text="together")
    assert ledger.rollups.tell_together(EMAIL, crowd.waiting, together, "r" * 64, NOW, problem=None)


def becomes(ledger: Ledger, key: str, state: DeliveryState) -> None:
    settled = None if state in (DeliveryState.OWED, DeliveryState.SENDING) else ARRIVED
    with ledger.database.write() as connection:
        connection.execute(
            sa.update(deliveries).where(deliveries.c.key == key).values(state=state, settled_at=settled)
        )


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (DeliveryState.DELIVERED, "told 1 September 2026, 16:09 ET"),
        (DeliveryState.REFUSED, "the message about it and others was refused"),
        (DeliveryState.ABANDONED, "the message about it and others was given up"),
        (DeliveryState.UNKNOWN, "nobody can tell whether the message about it and others arrived"),
        (DeliveryState.OWED, None),
        (DeliveryState.SENDING, None),
    ],
)
def test_a_digest_says_what_became_of_the_message_that_told_of_the_burst(
    ledger: Ledger, state: DeliveryState, says: str | None
) -> None:
    raise_alerts(ledger)
    roll_up(ledger)
    becomes(ledger, "r" * 64, state)
    entries = ledger.digest_contents.waiting(EMAIL, SCHEDULE)
    arrived = ARRIVED if state is DeliveryState.DELIVERED else None
    assert [(one.state, one.told_at, one.together) for one in entries] == [(state, arrived, True)] * BURST
    notes = [line_of(told).notes for told in told_of(entries)]
    assert [note[1:] for note in notes] == [() if says is None else (says,)] * BURST


def test_of_an_alert_with_a_message_of_its_own_it_says_what_became_of_that(ledger: Ledger) -> None:
    raise_alerts(ledger)
    becomes(ledger, f"{0:064}", DeliveryState.DELIVERED)
    becomes(ledger, f"{1:064}", DeliveryState.REFUSED)
    entries = ledger.digest_contents.waiting(EMAIL, SCHEDULE)
    assert [one.together for one in entries] == [False] * BURST
    assert [line_of(told).notes[1:] for told in told_of(entries)] == [
        ("told 1 September 2026, 16:09 ET",),
        ("its own message was refused",),
        (),
    ]


@pytest.mark.parametrize("state", [one for one in DeliveryState if one is not DeliveryState.ROLLED_UP])
def test_of_a_burst_whose_message_did_not_arrive_nobody_was_told(
    ledger: Ledger, state: DeliveryState
) -> None:
    """Until a digest tells of it, and arrives."""
    raise_alerts(ledger)
    roll_up(ledger)
    becomes(ledger, "r" * 64, state)
    told = state is DeliveryState.DELIVERED
    waiting = tuple(entry.id for entry in ledger.digest_contents.waiting(EMAIL, SCHEDULE))
    assert ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY) == ()
    digest = Composed(
        destination=EMAIL,
        schedule=SCHEDULE,
        slot=NOW + DAY,
        since=NOW,
        entries=waiting,
        message=Message(text="digest"),
        key="d" * 64,
    )
    assert ledger.digests.tell(digest, NOW + DAY)
    since_the_burst = [one.told_at for one in ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY)]
    assert since_the_burst == ([ARRIVED] * BURST if told else [])
    becomes(ledger, "d" * 64, DeliveryState.DELIVERED)
    assert len(ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY)) == BURST
