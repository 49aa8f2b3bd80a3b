"""What waits for a destination that has ended: in nobody's way, in plain sight, and not lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.ledger.readings import EMAIL, LEASE, NOW, SLACK, owe
from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.ledger import redirects
from worker.ledger.glance import Glance
from worker.ledger.ledger import Ledger
from worker.ledger.redirects import RECENT
from worker.ledger.tables import deliveries
from worker.ledger.troubles import Trouble

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def change(ledger: Ledger, number: int, **values: object) -> None:
    with ledger.database.write() as connection:
        connection.execute(sa.update(deliveries).where(deliveries.c.id == number).values(values))


def states(ledger: Ledger) -> list[tuple[str, datetime | None]]:
    query = sa.select(deliveries.c.state, deliveries.c.due_at).order_by(deliveries.c.id)
    with ledger.database.read() as connection:
        return [(row.state, row.due_at) for row in connection.execute(query)]


@pytest.fixture
def ended(ledger: Ledger) -> Ledger:
    """A destination that has ended, where one message was refused, and others wait: one that is owed, one
    whose quiet hours are over and one whose are not, one to be asked about, and one whose worker died.
    """
    for number in range(1, 7):
        owe(ledger, SLACK, number=number)
    first = ledger.deliveries.claim(NOW, LEASE, "me")
    assert first is not None
    ledger.deliveries.give_up(first, DeliveryState.REFUSED, "is_archived", NOW, ends_destination=True)
    change(ledger, 3, state="held", due_at=NOW)
    change(ledger, 4, state="held", due_at=NOW + DAY)
    change(ledger, 5, state="unknown", due_at=NOW, attempts=1)
    change(ledger, 6, state="sending", due_at=NOW, attempts=1, owner="dead")
    return ledger


def test_nothing_is_due_there_any_more_and_all_is_in_sight(ended: Ledger) -> None:
    assert ended.redirects.set_aside(NOW) == 4
    assert ended.redirects.set_aside(NOW) == 0
    assert states(ended) == [
        ("refused", None),
        ("owed", None),
        ("owed", None),
        ("held", NOW + DAY),
        ("unknown", None),
        ("unknown", None),
    ]
    assert [one.id for one in ended.failed.all()] == [1, 2, 3, 5, 6]
    (told,) = [one for one in ended.troubles.untold(NOW) if one.kind is Trouble.UNKNOWN]
    assert (told.times, told.what) == (2, "the destination has ended: is_archived")
    assert [(lane.destination, lane.waiting) for lane in Glance(ended.database).lanes(1)] == [(SLACK, 3)]
    assert ended.retention.prunable(NOW + 60 * DAY).until == NOW
    assert ended.redirects.set_aside(NOW + DAY) == 1


def test_more_than_one_slice_is_set_aside(ended: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redirects, "SLICE", 2)
    assert ended.redirects.set_aside(NOW) == 4


def test_a_destination_that_is_in_use_is_left_alone(ledger: Ledger) -> None:
    owe(ledger, SLACK, EMAIL)
    assert ledger.redirects.set_aside(NOW) == 0
    assert ledger.deliveries.due(NOW) == 2


def test_who_opens_the_destination_again_gets_all_that_was_owed_with_new_patience(ended: Ledger) -> None:
    ended.redirects.set_aside(NOW)
    later = NOW + 2 * DAY
    assert ended.failed.open(SLACK, later, by="Jane Doe")
    claimed = []
    while (delivery := ended.deliveries.claim(later, LEASE, "me")) is not None:
        claimed.append((delivery.id, delivery.owed_since))
        ended.deliveries.give_up(delivery, DeliveryState.REFUSED, "no_text", later)
    assert claimed == [(2, later), (3, later), (4, NOW)]
    assert [one.id for one in ended.failed.all() if one.state is DeliveryState.UNKNOWN] == [5, 6]


def test_the_fallback_gets_also_what_may_have_arrived_and_it_stays_of_unknown_fate(ended: Ledger) -> None:
    ended.redirects.set_aside(NOW)
    went = []
    while (stranded := ended.redirects.next(EMAIL, NOW)) is not None:
        went.append((stranded.id, stranded.may_have_arrived))
        assert ended.redirects.record(stranded, EMAIL, Message(text="x"), str(stranded.id), NOW)
    assert went == [(1, False), (2, False), (3, False), (5, True), (6, True)]
    assert [state for state, _ in states(ended)][:6] == [*["refused"] * 3, "held", *["unknown"] * 2]


def test_a_fallback_that_is_named_later_is_not_meant_for_what_nobody_could_tell_long_ago(
    ended: Ledger,
) -> None:
    ended.redirects.set_aside(NOW)
    later = NOW + RECENT + MINUTE
    stranded = ended.redirects.next(EMAIL, later)
    assert stranded is not None
    assert stranded.id == 2
    assert ended.failed.open(SLACK, later, by="Jane Doe")
    assert not ended.redirects.record(stranded, EMAIL, Message(text="x"), "2", later)
    assert ended.redirects.next(EMAIL, later) is None
