from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import START, World, a_world
from worker.cli.status import read_status
from worker.standins.edgar_faults import Fault as EdgarFault
from worker.standins.faults import Fault


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def test_a_quiet_good_day_has_nothing_stuck(world: World) -> None:
    world.publish()
    world.settle()
    found = read_status(world.ledger, world.clock())
    assert found.stuck == ()
    assert (found.filings, found.deliveries) == ({"read": 1}, {"delivered": 2})
    assert (found.coverage_today.seen, found.coverage_today.matched) == (1, 1)


def test_a_poller_that_stopped_is_stuck_in_edgars_hours_and_not_at_night(world: World) -> None:
    world.settle()
    assert read_status(world.ledger, START + timedelta(hours=1)).stuck == (
        "no good poll in the last 15 min 0 s",
    )
    assert read_status(world.ledger, START + timedelta(hours=8)).stuck == ()


def test_a_failed_poll_shows_its_reason(world: World) -> None:
    world.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNAVAILABLE)
    world.pipeline().poll()
    found = read_status(world.ledger, world.clock())
    assert found.last_good_poll is None
    assert "503" in (found.last_poll_error or "")


def test_a_delivery_nobody_can_be_asked_about_and_a_dead_channel_are_stuck(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.settle()
    stuck = read_status(world.ledger, world.clock()).stuck
    assert stuck[0] == "1 deliveries are refused"
    assert stuck[1].startswith("nothing goes to slack:#ir-alerts any more: ")
