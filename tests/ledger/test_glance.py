from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tests.ledger.readings import NOW, SLACK, owe
from worker.ledger.glance import Glance
from worker.ledger.ledger import Ledger
from worker.ledger.tables import lanes

LATER = NOW + timedelta(minutes=5)


def closed_until_later(ledger: Ledger, ended_because: str | None = None) -> None:
    owe(ledger, SLACK)
    with ledger.database.write() as connection:
        connection.execute(sa.update(lanes).values(open_at=LATER, ended_because=ended_because))


def test_a_delivery_could_have_been_claimed_since_its_lane_was_open(ledger: Ledger) -> None:
    closed_until_later(ledger)
    glance = Glance(ledger.database)
    assert glance.undelivered_since(LATER - timedelta(seconds=1)) is None
    assert glance.undelivered_since(LATER + timedelta(minutes=1)) == LATER


def test_nothing_could_have_been_claimed_for_a_destination_that_has_ended(ledger: Ledger) -> None:
    closed_until_later(ledger, ended_because="it is archived")
    assert Glance(ledger.database).undelivered_since(LATER) is None
