"""The story, cut short at every point: what is owed arrives, and arrives once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from tests.builders import a_filing, a_notice
from tests.world import START, Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.due import LOOK_BACK, READ_LEASE, look_back
from worker.filings.filing import Role
from worker.ledger.polls import Poll
from worker.ledger.tables import documents
from worker.pipeline import Step
from worker.standins.edgar.faults import Fault as EdgarFault
from worker.standins.edgar.feed import recorded_rows
from worker.standins.forms import as_xml
from worker.standins.slack_faults import Fault


def assert_told_once(world: World) -> None:
    assert world.ledger.report.filings_by_state() == {"read": 1}
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 2}
    assert world.posts() == 1
    # A mail server cannot be asked: the same Message-ID may come twice, never a second one.
    assert len(world.mails()) == 1


def test_a_filing_on_the_feed_reaches_slack_and_mail_by_sweeps_alone(world: World) -> None:
    filing = world.publish()
    world.settle()
    assert_told_once(world)
    (post,) = world.slack.messages["ir-alerts"]
    assert "Example Industries" in post.text
    assert filing.accession in str(post.blocks)
    assert max(world.mails().values()) == 1


def all_well(world: World) -> None:
    world.publish()


def feed_fails(world: World) -> None:
    world.publish()
    world.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNAVAILABLE)


def contact_refused(world: World) -> None:
    world.publish()
    world.edgar.fail_next("/Archives/edgar/data/", EdgarFault.UNDECLARED)


def document_is_late(world: World) -> None:
    world.publish(document_lag=timedelta(minutes=1))


def slack_asks_for_patience(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.rate_limited(2))


def slack_loses_its_answer(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())


def crossings(folder: Path, scene: Callable[[World], None]) -> list[str]:
    """Everything outside that one whole run touches, in order."""
    fuse = Fuse()
    with a_world(folder) as world:
        scene(world)
        world.once(fuse)
    return fuse.crossings


@pytest.mark.parametrize(
    ("scene", "passes"),
    [
        (all_well, "slack.send"),
        (feed_fails, "ledger.polls.end"),
        (contact_refused, "ledger.filings.postpone"),
        (document_is_late, "ledger.filings.postpone"),
        (slack_asks_for_patience, "ledger.deliveries.try_again"),
        (slack_loses_its_answer, "ledger.deliveries.unknown"),
    ],
)
def test_killed_at_any_point_and_started_again_everything_arrives_once(
    tmp_path: Path, scene: Callable[[World], None], passes: str
) -> None:
    (tmp_path / "whole").mkdir()
    points = crossings(tmp_path / "whole", scene)
    assert passes in points
    # What goes before that which went wrong, and what comes after, is the same as where all is well.
    wrong = points.index(passes) + 1
    some = range(1, len(points) + 1) if scene is all_well else range(max(1, wrong - 3), wrong + 2)
    for point in some:
        for after in (False, True):
            folder = tmp_path / f"{point}-{after}"
            folder.mkdir()
            with a_world(folder) as world:
                scene(world)
                with pytest.raises(Killed):
                    world.once(Fuse(at=point, after=after))
                world.settle()
                assert_told_once(world)


def test_a_task_that_comes_twice_does_nothing_twice(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    for step in (Step.POLL, Step.POLL, Step.READ, Step.READ, Step.DELIVER, Step.DELIVER):
        getattr(pipeline, step)()
    assert_told_once(world)


def test_two_rows_seen_apart_are_one_filing(world: World) -> None:
    filing = a_filing()
    world.publish(filing, row_gap=timedelta(seconds=30))
    pipeline = world.pipeline()
    pipeline.poll()
    world.clock.move(timedelta(seconds=40))
    pipeline.poll()
    (told,) = world.ledger.report.filings(START)
    assert {party.role for party in told.filing.parties} == {Role.ISSUER, Role.SELLER}


def test_a_filing_that_shows_up_below_newer_ones_is_not_missed(world: World) -> None:
    newer = a_filing(accession="0001950047-26-000200", accepted_at=START - timedelta(seconds=10))
    older = a_filing(accession="0001950047-26-000100", accepted_at=START - timedelta(seconds=90))
    world.publish(newer)
    pipeline = world.pipeline()
    pipeline.poll()
    world.publish(older)
    world.clock.move(timedelta(seconds=10))
    pipeline.poll()
    assert {told.filing.accession for told in world.ledger.report.filings(START)} == {
        newer.accession,
        older.accession,
    }


def test_a_reader_that_outlives_its_lease_writes_nothing(world: World) -> None:
    world.publish()
    slow = world.pipeline()
    slow.poll()
    claim = world.ledger.filings.claim(world.clock(), READ_LEASE, "slow")
    assert claim is not None
    document = slow.edgar.document(claim.filing)
    world.clock.move(READ_LEASE)
    world.pipeline().read()
    reading = slow.reader.read(claim, document)
    assert not world.ledger.readings.record(claim, reading, world.clock())
    world.settle()
    assert_told_once(world)


def test_a_document_that_is_not_there_yet_is_read_when_it_is(world: World) -> None:
    world.publish(document_lag=timedelta(minutes=2))
    world.settle()
    assert_told_once(world)


def test_a_document_that_never_comes_is_told_as_unreadable_after_a_day(world: World) -> None:
    world.edgar.publish(a_filing())
    world.settle(for_at_most=timedelta(hours=25))
    assert world.ledger.report.filings_by_state() == {"unreadable": 1}
    (post,) = world.slack.messages["ir-alerts"]
    assert "never served" in str(post.blocks)


def test_a_damaged_document_reaches_those_whose_list_names_its_issuer(world: World) -> None:
    whole = as_xml(a_notice())
    world.edgar.publish(a_filing(), whole[: len(whole) // 2])
    world.settle()
    assert world.ledger.report.filings_by_state() == {"unreadable": 1}
    assert (world.posts(), len(world.mails())) == (1, 1)


def test_a_document_that_kills_its_readers_is_given_up_and_told(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    for _ in range(5):
        assert world.ledger.filings.claim(world.clock(), READ_LEASE, "doomed") is not None
        world.clock.move(READ_LEASE)
    world.settle()
    assert world.ledger.report.filings_by_state() == {"unreadable": 1}
    (post,) = world.slack.messages["ir-alerts"]
    assert "cut short" in str(post.blocks)


def test_the_bytes_are_kept_as_they_were_sent(world: World) -> None:
    world.publish()
    world.settle()
    with world.ledger.database.read() as connection:
        row = connection.execute(sa.select(documents)).one()
    assert row.body == as_xml(a_notice())
    assert row.url.endswith("/primary_doc.xml")


@pytest.mark.parametrize(
    "fault",
    [EdgarFault.UNAVAILABLE, EdgarFault.EMPTY, EdgarFault.HTML, EdgarFault.HALVED, EdgarFault.RESET],
)
def test_a_feed_that_fails_is_an_error_and_never_no_filings(world: World, fault: EdgarFault) -> None:
    world.publish()
    world.edgar.fail_next("/cgi-bin/browse-edgar", fault)
    world.pipeline().poll()
    last = world.ledger.polls.last()
    assert last is not None
    assert last.error
    assert world.ledger.polls.last_complete() is None
    world.settle()
    assert_told_once(world)


def test_slack_that_asks_for_patience_is_given_it_and_nobody_sleeps(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.rate_limited(30))
    pipeline = world.pipeline()
    for step in (Step.POLL, Step.READ, Step.DELIVER):
        getattr(pipeline, step)()
    states = world.ledger.report.deliveries_by_state()
    assert states == {DeliveryState.OWED: 1, DeliveryState.DELIVERED: 1}
    world.clock.move(timedelta(seconds=29))
    pipeline.deliver()
    assert world.posts() == 0
    world.clock.move(timedelta(seconds=1))
    pipeline.deliver()
    assert_told_once(world)


def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())
    world.settle()
    assert_told_once(world)
    told = [one for filing in world.ledger.report.filings(START) for one in filing.told]
    assert all(one.state is DeliveryState.DELIVERED and one.receipt for one in told)


def test_without_the_right_to_ask_a_lost_answer_stays_unknown_and_in_sight(world: World) -> None:
    world.publish()
    world.slack.scopes -= {"channels:history", "groups:history"}
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())
    world.settle()
    assert world.posts() == 1
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.UNKNOWN: 1,
        DeliveryState.DELIVERED: 1,
    }


def test_a_channel_that_is_archived_ends_and_the_mail_goes_on(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.settle()
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.REFUSED: 1,
        DeliveryState.DELIVERED: 1,
    }
    (ended,) = world.ledger.report.ended_lanes()
    assert str(ended) == "slack:#ir-alerts"


def test_what_cannot_be_delivered_for_a_day_is_abandoned(world: World) -> None:
    world.publish()
    world.mail.answers["jane@example.com"] = "451 4.3.0 try later"
    world.settle(for_at_most=timedelta(hours=26))
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.ABANDONED: 1,
        DeliveryState.DELIVERED: 1,
    }


def test_a_worker_that_slept_through_half_its_lease_sends_nothing(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.read()
    delivery = world.ledger.deliveries.claim(world.clock(), timedelta(minutes=2), "sleepy")
    assert delivery is not None
    pipeline.handover.attempt(delivery, give_up_at=world.clock())
    assert world.posts() + len(world.mail.received) == 0
    world.settle()
    assert_told_once(world)


def test_a_stopping_process_ends_after_the_piece_of_work_in_hand(world: World) -> None:
    for number in range(3):
        world.publish(a_filing(accession=f"0001950047-26-00010{number}"))
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.stop()
    pipeline.read()
    assert world.ledger.report.filings_by_state() == {"announced": 3}


def a_poll(**overrides: object) -> Poll:
    poll = Poll(
        started_at=START,
        ended_at=START,
        back_to=START - timedelta(hours=1),
        newest_accepted_at=START - timedelta(minutes=1),
        oldest_accepted_at=START - timedelta(hours=2),
        pages=1,
        rows=2,
        new_filings=1,
        error=None,
    )
    return msgspec.structs.replace(poll, **overrides)


def test_a_poll_looks_back_ten_minutes_behind_the_newest_filing_seen() -> None:
    assert look_back(a_poll(), START) == START - timedelta(minutes=1) - LOOK_BACK


def test_a_first_poll_looks_back_a_day_and_is_not_quiet() -> None:
    assert look_back(None, START) == START - timedelta(hours=24)


def test_after_an_empty_feed_a_poll_looks_back_as_far_as_the_one_before() -> None:
    assert look_back(a_poll(newest_accepted_at=None), START) == START - timedelta(hours=1)


def test_the_192_real_filings_of_one_evening_are_in_the_ledger_each_once(world: World, corpus: Path) -> None:
    for page in sorted((corpus / "feeds").glob("144_20251212T180331.start*.atom")):
        world.edgar.add_rows(recorded_rows(page.read_bytes()))
    world.clock.now = datetime(2025, 12, 12, 23, 3, 31, tzinfo=UTC)
    pipeline = world.pipeline()
    for _ in range(3):
        pipeline.poll()
        world.clock.move(timedelta(seconds=10))
    assert world.ledger.report.coverage(date(2025, 12, 12)).seen == 192
    assert world.ledger.polls.last_complete() == world.ledger.polls.last()
    found = [told.filing for told in world.ledger.report.filings(START - timedelta(days=365))]
    assert all({party.role for party in filing.parties} == {Role.ISSUER, Role.SELLER} for filing in found)


def test_after_the_sec_refused_our_contact_nothing_is_asked_for_an_hour(world: World) -> None:
    world.publish()
    world.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNDECLARED, times=9)
    pipeline = world.pipeline()
    for _ in range(6):
        pipeline.poll()
        world.clock.move(timedelta(minutes=9))
    assert len(world.edgar.requests) == 1
    last = world.ledger.polls.last()
    assert last is not None
    assert "EDGAR_CONTACT" in (last.error or "")


def test_a_feed_row_from_the_future_does_not_move_the_mark_there(world: World) -> None:
    world.publish(a_filing(accepted_at=START + timedelta(days=3)))
    pipeline = world.pipeline()
    pipeline.poll()
    last = world.ledger.polls.last_complete()
    assert last is not None
    assert last.newest_accepted_at == START
