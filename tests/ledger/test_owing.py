from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.ledger.readings import LEASE, NOW, SLACK, owe
from worker.alerts.message import Message
from worker.ledger import owing
from worker.ledger.ledger import Ledger
from worker.ledger.owing import Due
from worker.ledger.tables import deliveries, lanes

LATER = NOW + timedelta(minutes=5)
DUE = Due(SLACK, Message(text="two alerts in one message"), "key", since=NOW)


def number(ledger: Ledger) -> int:
    with ledger.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one())


def test_what_is_owed_is_claimed_next_with_the_message_and_key_it_has(ledger: Ledger) -> None:
    with ledger.database.write() as connection:
        owed = owing.owe(ledger.database, connection, DUE)
    claimed = ledger.deliveries.claim(NOW, LEASE, "me")
    assert claimed is not None
    assert (claimed.id, claimed.destination, claimed.message, claimed.key) == (owed, *DUE[:3])
    assert (claimed.attempt, claimed.owed_since, claimed.alert) == (1, NOW, None)


def test_a_key_that_is_owed_already_is_passed_over_or_refused(ledger: Ledger) -> None:
    with ledger.database.write() as connection:
        assert owing.owe_once(ledger.database, connection, DUE)
        assert not owing.owe_once(ledger.database, connection, DUE._replace(since=LATER))
    with pytest.raises(sa.exc.IntegrityError), ledger.database.write() as connection:
        owing.owe(ledger.database, connection, DUE._replace(since=LATER))
    assert number(ledger) == 1


def test_an_alert_is_owed_to_a_destination_once_whatever_the_key(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    with ledger.database.write() as connection:
        alert = connection.execute(sa.select(deliveries.c.alert_id)).scalar_one()
        assert not owing.owe_once(ledger.database, connection, DUE._replace(alert_id=alert))
    assert number(ledger) == 1


def test_a_lane_that_keeps_closed_is_not_opened_by_what_is_owed(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    with ledger.database.write() as connection:
        connection.execute(sa.update(lanes).values(open_at=LATER, ended_because="it is archived"))
        owing.owe(ledger.database, connection, DUE)
        lane = connection.execute(sa.select(lanes)).one()
    assert (lane.open_at, lane.ended_because) == (LATER, "it is archived")
