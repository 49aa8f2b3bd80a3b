from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from tests.builders import a_filing, a_notice
from tests.cli.commands import form144
from tests.world import START, Fuse, Killed, World, a_world
from worker.cli.backfill import read_days, result, wanted_days
from worker.errors import ConfigurationError
from worker.filings.filing import FoundBy
from worker.standins.edgar.faults import Fault
from worker.standins.forms import as_xml

DOCUMENT = as_xml(a_notice())
FIRST, LAST = date(2026, 8, 3), date(2026, 8, 14)
DAYS = tuple(date(2026, 8, day) for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        for day in DAYS:
            accepted = datetime(day.year, day.month, day.day, 18, tzinfo=START.tzinfo)
            filing = a_filing(accession=f"0001950047-26-{day.day:06d}", accepted_at=accepted)
            made.edgar.publish(filing, DOCUMENT, at=accepted, on_feed=False)
        yield made


def backfill(world: World, *, quiet: bool = True, fuse: Fuse | None = None) -> str:
    days = wanted_days(world.ledger, FIRST, LAST, START, notify=not quiet)
    with Progress(console=Console(file=StringIO())) as progress:
        read_days(world.pipeline(fuse), days, progress, quiet=quiet)
    return result(world.ledger, days, notify=not quiet)


def test_history_is_read_and_matched_and_nobody_is_told(world: World) -> None:
    assert backfill(world) == "10 notices of 10 days: 10 on a watchlist, and nobody was told."
    assert world.ledger.report.deliveries_by_state() == {}
    found = world.ledger.report.filings(START)
    assert {told.filing.found_by for told in found} == {FoundBy.PERSON}
    coverage = world.ledger.report.coverage(FIRST, LAST)
    assert (coverage.indexed, coverage.seen, coverage.found_late, coverage.worst_delay) == (10, 10, 0, None)


def test_with_notify_its_alerts_are_owed(world: World) -> None:
    assert backfill(world, quiet=False).endswith("their alerts are owed.")
    assert world.ledger.deliveries.due(START + timedelta(days=1)) > 0


def test_a_second_run_asks_for_nothing_again(world: World) -> None:
    backfill(world)
    asked = len(world.edgar.requests)
    backfill(world)
    assert len(world.edgar.requests) == asked


@pytest.mark.parametrize("at", range(3, 60, 8))
def test_killed_and_started_again_it_goes_on_where_it_was(world: World, at: int) -> None:
    with pytest.raises(Killed):
        backfill(world, fuse=Fuse(at=at))
    world.ledger.void_claims(START)
    assert backfill(world).startswith("10 notices of 10 days: 10 on a watchlist")
    documents = [one.path for one in world.edgar.requests if "/data/" in one.path]
    assert len(documents) <= 11


def test_what_is_not_there_yet_is_left_for_another_run(world: World) -> None:
    world.edgar.fail_next("/Archives/edgar/data", Fault.ABSENT)
    assert "1 wait for their documents" in backfill(world)
    world.clock.move(timedelta(minutes=1))
    assert "wait" not in backfill(world)


def test_no_silent_reading_takes_from_the_worker_what_it_has_to_tell(world: World) -> None:
    with pytest.raises(ConfigurationError, match="running worker"):
        wanted_days(world.ledger, FIRST, date(2026, 8, 31), START, notify=False)
    world.ledger.days.begin(LAST)
    with pytest.raises(ConfigurationError, match="2026-08-13, or add --notify"):
        wanted_days(world.ledger, FIRST, LAST, START, notify=False)
    assert wanted_days(world.ledger, FIRST, LAST, START, notify=True) == DAYS


def test_days_in_the_wrong_order_are_a_mistake(world: World) -> None:
    with pytest.raises(ConfigurationError, match="is after"):
        wanted_days(world.ledger, LAST, FIRST, START, notify=True)


def test_without_a_contact_no_ledger_is_left_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    days = ["--from", "2026-08-03", "--to", "2026-08-04"]
    done = form144("backfill", *days, FORM144_DATA=str(data), EDGAR_CONTACT="")
    assert str(done.exception).startswith("EDGAR_CONTACT: is not set")
    assert not data.exists()
