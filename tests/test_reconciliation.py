"""What the feed did not show, search and indexes find, however late they come and however long the gap."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.builders import a_filing, a_notice
from tests.world import START, Fuse, Killed, World, a_world
from worker.alerts.coverage import IndexState
from worker.alerts.delivery import DeliveryState
from worker.cli.outcome import coverage_line
from worker.edgar.hours import index_due, is_business_day
from worker.filings.filing import Filing, FoundBy
from worker.reconciliation import index_cursor, unread_days
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.feed import recorded_rows
from worker.standins.forms import as_xml

TODAY = date(2026, 9, 1)
NEW_YORK = ZoneInfo("America/New_York")
DOCUMENT = as_xml(a_notice())


def numbered(number: int, accepted_at: datetime = START - timedelta(minutes=30)) -> Filing:
    accession = f"0001950047-{accepted_at:%y}-{number:06d}"
    return a_filing(accession=accession, accepted_at=accepted_at)


def pass_by(world: World, *steps: str, until: datetime) -> None:
    """Let time pass, with one worker doing the steps each time anything of theirs can be due."""
    pipeline = world.pipeline()
    while world.clock() < until:
        for step in steps:
            getattr(pipeline, step)()
        world.clock.move(timedelta(minutes=5))
    for step in steps:
        getattr(pipeline, step)()


def test_what_the_index_lists_and_the_feed_did_not_show_is_found_late_and_counted(world: World) -> None:
    for number in range(142):
        world.edgar.publish(numbered(number), DOCUMENT, on_feed=number >= 5)
    pipeline = world.pipeline()
    pipeline.poll()
    assert world.ledger.report.coverage(TODAY).index is IndexState.NOT_YET
    assert "is not out yet. Seen 137." in coverage_line(world.ledger.report.coverage(TODAY)).plain
    world.clock.now = index_due(TODAY)
    pipeline.reconcile()
    pipeline.read()
    found = world.ledger.report.coverage(TODAY)
    assert (found.indexed, found.seen, found.read, found.matched, found.found_late) == (142, 142, 142, 142, 5)
    assert found.worst_delay == index_due(TODAY) - (START - timedelta(minutes=30))
    assert coverage_line(found).plain == (
        "EDGAR's index for 1 Sep: 142 notices. Seen 142. Matched 142. Unreadable 0. Found late 5. "
        "Worst delay 6 h 34 min."
    )


def test_a_filing_found_late_is_alerted_like_any_other_and_its_time_is_read_from_its_header(
    world: World,
) -> None:
    world.edgar.publish(numbered(1), DOCUMENT, on_feed=False)
    pass_by(world, "poll", "reconcile", "read", "deliver", until=START + timedelta(minutes=6))
    (told,) = world.ledger.report.filings(START)
    assert (told.filing.found_by, told.filing.was_missed) == (FoundBy.SEARCH, True)
    assert told.filing.accepted_at == START - timedelta(minutes=30)
    assert told.filing.delay(told.seen_at) == timedelta(minutes=35)  # the search that knew it
    assert [one.state for one in told.told] == [DeliveryState.DELIVERED] * 2
    (post,) = world.slack.messages["ir-alerts"]
    assert told.filing.accession in str(post.blocks)


def crossings(folder: Path) -> int:
    fuse = Fuse()
    folder.mkdir()
    with a_world(folder) as world:
        world.edgar.publish(numbered(1), DOCUMENT, on_feed=False)
        world.edgar.publish(numbered(2, START - timedelta(days=1)), DOCUMENT, on_feed=False)
        world.clock.move(timedelta(minutes=1))
        world.pipeline().poll()
        world.pipeline(fuse).reconcile()
    return len(fuse.crossings)


def test_killed_at_any_point_of_reconciliation_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    points = crossings(tmp_path / "whole")
    assert points >= 9
    for point in range(1, points + 1):
        for after in (False, True):
            folder = tmp_path / f"{point}-{after}"
            folder.mkdir()
            with a_world(folder) as world:
                world.edgar.publish(numbered(1), DOCUMENT, on_feed=False)
                world.edgar.publish(numbered(2, START - timedelta(days=1)), DOCUMENT, on_feed=False)
                world.clock.move(timedelta(minutes=1))
                world.pipeline().poll()
                with pytest.raises(Killed):
                    world.pipeline(Fuse(at=point, after=after)).reconcile()
                pass_by(
                    world, "poll", "reconcile", "read", "deliver", until=world.clock() + timedelta(minutes=15)
                )
                assert world.ledger.report.filings_by_state() == {"read": 2}
                assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 4}
                assert world.posts() == 2
                assert index_cursor(world.ledger, world.clock()) == date(2026, 8, 31)


def test_an_index_that_comes_37_hours_late_is_waited_for_and_holds_the_cursor(world: World) -> None:
    comes = index_due(TODAY) + timedelta(hours=37)
    world.edgar.set_index_time(TODAY, comes)
    world.edgar.publish(numbered(1), DOCUMENT, on_feed=False)
    pipeline = world.pipeline()
    pipeline.poll()
    world.edgar.fail_next("/LATEST", Fault.NO_HITS, times=9)
    pipeline.reconcile()
    for hours in (1, 20, 36):
        world.clock.now = index_due(TODAY) + timedelta(hours=hours)
        pipeline.reconcile()
        assert index_cursor(world.ledger, world.clock()) == date(2026, 8, 31)
    assert unread_days(world.ledger, world.clock()) == (TODAY,)  # that of the day after came, and was parsed
    world.clock.now = comes
    pipeline.reconcile()
    assert index_cursor(world.ledger, world.clock()) == date(2026, 9, 2)
    assert world.ledger.report.coverage(TODAY).seen == 1


def test_a_business_day_that_edgar_had_off_is_passed_when_it_is_certain(world: World) -> None:
    world.edgar.set_index_time(TODAY, None)
    pipeline = world.pipeline()
    pipeline.poll()
    world.clock.now = index_due(TODAY) + timedelta(days=3)
    pipeline.reconcile()
    assert TODAY in unread_days(world.ledger, world.clock())
    world.clock.now = index_due(TODAY) + timedelta(days=4)
    pipeline.reconcile()
    assert unread_days(world.ledger, world.clock()) == ()
    found = world.ledger.report.coverage(TODAY)
    assert (found.index, found.indexed) == (IndexState.NONE, None)
    assert coverage_line(found).plain.startswith("EDGAR made no index for 1 Sep.")


@pytest.mark.parametrize("fault", [Fault.HALVED, Fault.TRUNCATED, Fault.EMPTY, Fault.HTML, Fault.UNAVAILABLE])
def test_an_index_that_was_not_really_parsed_does_not_move_the_cursor(world: World, fault: Fault) -> None:
    world.edgar.publish(numbered(1, START - timedelta(days=1)), DOCUMENT, on_feed=False)
    pipeline = world.pipeline()
    pipeline.poll()
    world.edgar.fail_next("/Archives/edgar/daily-index", fault)
    pipeline.reconcile()
    assert index_cursor(world.ledger, world.clock()) is None
    assert world.ledger.chores.error("reconcile")
    world.clock.move(timedelta(minutes=5))
    pipeline.reconcile()
    assert index_cursor(world.ledger, world.clock()) == date(2026, 8, 31)
    assert world.ledger.chores.error("reconcile") is None


def test_a_search_that_fails_keeps_no_index_waiting(world: World) -> None:
    pipeline = world.pipeline()
    pipeline.poll()
    world.edgar.fail_next("/LATEST", Fault.BACKEND)
    pipeline.reconcile()
    assert index_cursor(world.ledger, world.clock()) == date(2026, 8, 31)
    assert "500" in (world.ledger.chores.error("reconcile") or "")


def test_what_failed_before_a_turn_was_over_is_said(world: World) -> None:
    pipeline = world.pipeline()
    pipeline.poll()
    world.edgar.fail_next("/LATEST", Fault.BACKEND)
    done = pipeline.reconciliation.work(lambda: False, lambda: None)
    assert done.again == timedelta(0)
    assert "500" in (done.failure or "")


def test_a_block_keeps_every_request_back(world: World) -> None:
    pipeline = world.pipeline()
    pipeline.poll()
    world.edgar.fail_next("/LATEST", Fault.RATE)
    pipeline.reconcile()
    asked = len(world.edgar.requests)
    world.clock.move(timedelta(minutes=10))
    pipeline.reconcile()
    assert len(world.edgar.requests) == asked


def test_a_fresh_ledger_begins_where_its_first_poll_looked_back_to(world: World) -> None:
    world.edgar.publish(numbered(1, START - timedelta(days=30)), DOCUMENT, on_feed=False)
    pipeline = world.pipeline()
    pipeline.reconcile()
    assert len(world.edgar.requests) == 0
    pass_by(world, "poll", "reconcile", until=START + timedelta(minutes=6))
    assert index_cursor(world.ledger, world.clock()) == date(2026, 8, 31)
    assert world.ledger.report.filings(START - timedelta(days=400)) == []


@pytest.mark.parametrize("days", [7, 370])
def test_a_gap_of_a_week_or_a_year_is_closed_by_starting_the_worker(world: World, days: int) -> None:
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.reconcile()
    published = []
    for day in range(1, days, 3):
        accepted = datetime.combine(TODAY + timedelta(days=day), time(16), tzinfo=NEW_YORK).astimezone(UTC)
        if is_business_day(TODAY + timedelta(days=day)):
            published.append(numbered(day, accepted))
            world.edgar.publish(published[-1], DOCUMENT, at=accepted, on_feed=False)
    before = len(world.edgar.requests)
    world.clock.now = index_due(TODAY + timedelta(days=days)) + timedelta(hours=1)
    pass_by(world, "poll", "reconcile", until=world.clock() + timedelta(minutes=5))
    asked = [one.path for one in world.edgar.requests[before:] if "index" in one.path]
    assert unread_days(world.ledger, world.clock()) == ()
    found = {told.filing.accession for told in world.ledger.report.filings(START - timedelta(days=1))}
    assert found == {filing.accession for filing in published}
    assert len(asked) <= (40 if days > 100 else 8)


def test_today_is_read_before_the_months_of_a_gap(world: World) -> None:
    old, new = numbered(1, START - timedelta(days=90)), numbered(2)
    world.ledger.filings.announce([old], START - timedelta(hours=1))
    world.ledger.filings.announce([new], START)
    claim = world.ledger.filings.claim(START, timedelta(minutes=1), "me")
    assert claim is not None
    assert claim.filing == new


def test_a_poll_that_the_feed_did_not_let_reach_back_says_so(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    short = world.ledger.polls.last_complete()
    assert short is not None
    assert not short.covers_window
    world.edgar.publish(numbered(9, START - timedelta(days=2)), DOCUMENT)
    world.clock.move(timedelta(seconds=10))
    pipeline.poll()
    whole = world.ledger.polls.last_complete()
    assert whole is not None
    assert whole.covers_window


def test_a_day_of_downtime_and_an_outage_make_no_document_unreadable(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    world.clock.move(timedelta(hours=30))
    world.edgar.fail_next("/Archives/edgar/data", Fault.UNAVAILABLE)
    pipeline.read()
    assert world.ledger.report.filings_by_state() == {"announced": 1}
    world.clock.move(timedelta(seconds=10))
    pipeline.read()
    assert world.ledger.report.filings_by_state() == {"read": 1}


@pytest.mark.parametrize("rows_per_page", [20, 40, 100])
@pytest.mark.parametrize("polls_between", [0, 1, 5])
def test_of_two_real_crawls_57_seconds_apart_the_ledger_holds_each_144_once(
    world: World, corpus: Path, rows_per_page: int, polls_between: int
) -> None:
    """In any split of pages and polls: the second crawl's rows appear while we poll."""
    first, second = (
        [
            row
            for page in sorted((corpus / "feeds").glob(f"allforms_20251212T{at}.*.atom"))
            for row in recorded_rows(page.read_bytes())
        ]
        for at in ("180234", "180331")
    )
    second = [row for row in second if row.accepted_at >= min(row.accepted_at for row in first)]
    expected = {row.accession for row in first + second if row.form_type in {"144", "144/A"}}
    world.clock.now = datetime(2025, 12, 12, 23, 2, 34, tzinfo=UTC)
    world.edgar._rows_per_page = rows_per_page
    world.edgar.add_rows(first)
    pipeline = world.pipeline()
    pipeline.poll()
    late = [row for row in second if row not in set(first)]
    for part in range(polls_between):
        world.edgar.add_rows(late[part :: polls_between + 1])
        world.clock.move(timedelta(seconds=10))
        pipeline.poll()
    world.edgar.add_rows(late)
    world.clock.move(timedelta(seconds=57))
    pipeline.poll()
    found = [told.filing.accession for told in world.ledger.report.filings(START - timedelta(days=900))]
    assert len(found) == len(set(found))
    assert set(found) == expected
