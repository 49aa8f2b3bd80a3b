from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from tests.builders import a_filing
from tests.cli.commands import form144
from tests.world import START, World
from worker import parts
from worker.cli.status import _show, read_status
from worker.due import READ_LEASE, READING_TOO_OLD
from worker.ledger.pace import Pace
from worker.ledger.reloads import Reload
from worker.standins.edgar.faults import Fault as EdgarFault
from worker.standins.slack_faults import Fault
from worker.undone import OVERDUE, undone

SATURDAY = datetime(2026, 9, 5, 15, 0, tzinfo=UTC)


def stuck_but_for_workers(world: World, now: datetime) -> list[str]:
    """In most of these worlds nobody works on: what is stuck beside that."""
    return [one for one in read_status(world.ledger, now).stuck if not one.startswith("nobody works on")]


def test_a_quiet_good_day_has_nothing_stuck(world: World) -> None:
    world.publish()
    world.settle()
    found = read_status(world.ledger, world.clock())
    assert found.stuck == ()
    assert (found.filings, found.deliveries) == ({"read": 1}, {"delivered": 2})
    assert (found.coverage_today.seen, found.coverage_today.matched) == (1, 1)


def test_a_poller_that_stopped_is_stuck_in_edgars_hours_and_not_at_night(world: World) -> None:
    world.publish()
    world.settle()
    assert stuck_but_for_workers(world, START + timedelta(hours=1)) == ["no good poll in the last 15 min"]
    assert stuck_but_for_workers(world, START + timedelta(hours=8)) == []


def test_where_there_never_was_a_good_poll_that_is_stuck_at_night_too(world: World) -> None:
    for hours in (0, 8):
        found = read_status(world.ledger, START + timedelta(hours=hours))
        assert found.stuck[0] == "there never was a good poll"
        assert all("nobody works on queue" in one for one in found.stuck[1:])
        assert found.is_open is (hours == 0)


def test_while_edgar_is_closed_the_first_line_says_so(world: World) -> None:
    world.publish()
    world.settle()
    for hours in (0, 8):
        out = Console(file=io.StringIO(), record=True, width=200)
        _show(out, read_status(world.ledger, START + timedelta(hours=hours)))
        assert ("EDGAR is closed" in out.export_text().splitlines()[0]) is (hours == 8)


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
    assert stuck[0] == "1 delivery is refused"
    assert stuck[1].startswith("nothing goes to slack:#ir-alerts any more: ")


def test_an_empty_feed_in_edgars_hours_is_stuck_and_at_night_is_not(world: World) -> None:
    world.pipeline().poll()
    assert stuck_but_for_workers(world, world.clock()) == ["EDGAR's feed was empty in EDGAR's hours"]
    assert stuck_but_for_workers(world, START + timedelta(hours=8)) == []


def test_the_cursor_is_the_day_up_to_which_every_index_was_parsed(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    assert read_status(world.ledger, world.clock()).index_cursor is None
    pipeline.reconcile()
    found = read_status(world.ledger, world.clock())
    assert (found.index_cursor, found.indexes_unread) == (date(2026, 8, 31), 0)
    assert read_status(world.ledger, START + timedelta(hours=8)).indexes_unread == 1


def test_an_index_that_does_not_come_is_stuck_after_a_while(world: World) -> None:
    world.publish()
    world.settle()
    early = read_status(world.ledger, START + timedelta(hours=40)).stuck
    assert not any("overdue" in line for line in early)
    late = read_status(world.ledger, START + timedelta(hours=48)).stuck
    assert "1 index is overdue, the first of 2026-09-01" in late


def test_filings_that_nobody_reads_are_stuck(world: World) -> None:
    world.publish()
    world.pipeline().poll()
    assert stuck_but_for_workers(world, START + timedelta(minutes=10)) == []
    stuck = read_status(world.ledger, START + timedelta(hours=1)).stuck
    assert any("nobody reads" in line for line in stuck)


def test_filings_that_wait_while_a_reader_tries_others_and_fails_are_not_stuck(world: World) -> None:
    """EDGAR is slow and gives no document: whoever reads is not at those behind for a long time."""
    for number in range(2):
        world.publish(a_filing(accession=f"0001950047-26-{number:06}"))
    world.pipeline().poll()

    def nobody_reads() -> bool:
        return any("nobody reads" in one for one in undone(world.ledger, world.clock(), ["edgar"]))

    world.clock.move(READING_TOO_OLD + timedelta(minutes=5))
    assert nobody_reads()
    claim = world.ledger.filings.claim(world.clock(), READ_LEASE, "reader")
    assert claim is not None
    assert not nobody_reads()
    world.clock.move(timedelta(minutes=1))
    world.ledger.filings.postpone(claim, world.clock() + timedelta(minutes=5), "no answer")
    assert not nobody_reads()
    world.clock.move(READING_TOO_OLD + timedelta(minutes=5))
    assert nobody_reads()
    # What it was told to ask for in a week says nothing of who is at work.
    claim = world.ledger.filings.claim(world.clock(), READ_LEASE, "reader")
    assert claim is not None
    world.ledger.filings.postpone(claim, world.clock() + timedelta(days=7), "patience is asked for")
    world.clock.move(READING_TOO_OLD)
    assert nobody_reads()


def test_an_edit_that_is_kept_out_is_stuck_and_shows_since_when(world: World) -> None:
    world.publish()
    world.settle()
    assert read_status(world.ledger, world.clock()).watchlists is None
    reloads = world.ledger.reloads
    reloads.taken(START)
    reloads.kept_out(2, START + timedelta(minutes=5))
    reloads.kept_out(1, START + timedelta(minutes=9))
    found = read_status(world.ledger, world.clock())
    assert found.watchlists == Reload(taken_at=START, kept_since=START + timedelta(minutes=5), mistakes=1)
    since = "an edit is kept out since 2026-09-01 20:11:00 UTC: 1 mistake; form144 check names them"
    assert found.stuck == (since,)
    out = Console(file=io.StringIO(), record=True, width=80)
    _show(out, found)
    assert out.export_text().count(since) == 1
    reloads.taken(START + timedelta(minutes=20))
    assert reloads.last() == Reload(taken_at=START + timedelta(minutes=20))


def test_deliveries_that_nobody_delivers_are_stuck_and_those_of_a_closed_lane_are_not(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.read()
    assert stuck_but_for_workers(world, START + timedelta(minutes=10)) == []
    stuck = read_status(world.ledger, START + timedelta(minutes=20)).stuck
    assert "deliveries are due since 2026-09-01 20:06:00 UTC and nobody delivers them" in stuck
    world.slack.fail_next("chat.postMessage", Fault.rate_limited(3600))
    pipeline.deliver()
    waits = read_status(world.ledger, START + timedelta(minutes=40)).stuck
    assert not any("nobody delivers" in line for line in waits)


def test_a_pause_that_the_sec_asked_for_and_the_record_are_shown(world: World) -> None:
    world.publish()
    world.settle()
    Pace(world.ledger.database, lambda: world.clock().timestamp(), per_second=5).pause(600)
    found = read_status(world.ledger, world.clock())
    assert found.quiet_until == world.clock() + timedelta(minutes=10)
    world.ledger.chain.seal()
    found = read_status(world.ledger, world.clock())
    assert (found.record_entries > 0, found.record_unsealed) == (True, 0)
    out = Console(file=io.StringIO(), record=True, width=200)
    _show(out, found)
    text = out.export_text()
    assert "the SEC asked for silence until 2026-09-01" in text
    assert f"{found.record_entries} entries, 0 not sealed" in text
    assert read_status(world.ledger, world.clock() + timedelta(minutes=11)).quiet_until is None


def test_workers_that_stopped_are_stuck_on_a_saturday_too(world: World) -> None:
    world.clock.now = SATURDAY
    world.settle()
    assert tuple(undone(world.ledger, world.clock())) == ()
    late = world.clock() + OVERDUE + timedelta(minutes=1)
    poll, follow_up = undone(world.ledger, late)
    assert poll.startswith("nobody works on queue edgar: poll is due since 2026-09-05 15:")
    assert follow_up.startswith("nobody works on queue deliver: follow_up is due since 2026-09-05 15:")
    assert {poll, follow_up} <= set(read_status(world.ledger, late).stuck)


def test_a_queue_is_asked_for_its_own_work(world: World) -> None:
    world.pipeline().follow_up()
    world.pipeline().digest()
    assert tuple(undone(world.ledger, world.clock(), ["deliver"])) == ()
    assert tuple(undone(world.ledger, world.clock())) == ("nobody works on queue edgar: poll was never done",)
    world.publish()
    pipeline = world.pipeline()
    for step in (pipeline.poll, pipeline.reconcile, pipeline.read):
        step()
    for minutes in (10, 20):  # the first look asks for more, the second finds it done
        world.clock.move(timedelta(minutes=minutes))
        for step in (pipeline.poll, pipeline.reconcile, pipeline.follow_up, pipeline.digest):
            step()
    assert tuple(undone(world.ledger, world.clock(), ["edgar"])) == ()
    (said,) = undone(world.ledger, world.clock(), ["deliver"])
    assert said.endswith("and nobody delivers them")


def test_a_worker_is_well_while_a_refused_message_waits_for_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.publish()
    world.settle()
    monkeypatch.setattr(parts, "clock", world.clock)
    here = {"FORM144_DATA": str(world.folder)}
    assert form144("status", **here).exit_code == 1
    for queue in ("edgar", "deliver"):
        done = form144("status", "--work", "--queue", queue, **here)
        assert (done.exit_code, done.stdout) == (0, "the work is done\n")
    assert form144("status", "--work", **here).exit_code == 0
    world.clock.move(timedelta(minutes=20))
    for queue in ("edgar", "deliver"):
        done = form144("status", "--work", "--queue", queue, **here)
        assert done.exit_code == 1
        assert done.stdout.startswith(f"nobody works on queue {queue}: ")
    for wrong in (("--queue", "edgar"), ("--work", "--queue", "edgra"), ("--work", "--json")):
        assert form144("status", *wrong, **here).exit_code == 2
