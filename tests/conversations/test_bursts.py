"""Several notices of one issuer, and many at once: few messages, and every notice in them once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.builders import a_filing
from tests.conversations.amending import amend, own_points, posts
from tests.deaths import each_death
from tests.world import START, Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.conversations import GATHER
from worker.due import DELIVER_LEASE
from worker.ledger.tables import deliveries
from worker.watchlists.destination import Destination


def test_several_notices_of_one_issuer_in_a_day_are_one_conversation_and_the_next_day_another(
    world: World,
) -> None:
    for number, accepted in enumerate((START, START + timedelta(hours=1), START + timedelta(hours=17))):
        world.clock.now = accepted + timedelta(minutes=1)
        world.publish(a_filing(accession=f"0001950047-26-00050{number}", accepted_at=accepted))
        world.settle()
    first, second, third = posts(world)
    assert (first.thread_ts, second.thread_ts, third.thread_ts) == (None, first.ts, None)


def publish_burst(world: World, number: int) -> None:
    for one in range(number):
        world.publish(a_filing(accession=f"0001950047-26-{1000 + one:06}", accepted_at=START))


def test_a_burst_is_one_message_and_its_thread_never_a_post_for_each(world: World) -> None:
    publish_burst(world, 200)
    world.settle(for_at_most=timedelta(hours=6))
    messages = len(posts(world)) + len(world.mails())
    assert messages <= 12
    states = world.ledger.report.deliveries_by_state()
    assert states == {DeliveryState.ROLLED_UP: 400, DeliveryState.DELIVERED: messages}
    assert sum(post.thread_ts is None for post in posts(world)) == 1
    told = str([post.blocks for post in posts(world)])
    mailed = str([received.part("plain") for received in world.mail.received]).replace("=\\n", "")
    for one in range(200):
        accession = f"0001950047-26-{1000 + one:06}"
        assert told.count(f"{accession}-index") == 1
        assert mailed.count(f"{accession}-index") == 1


def test_few_are_told_one_by_one(world: World) -> None:
    publish_burst(world, 10)
    world.settle()
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 20}


def test_past_the_burst_what_comes_is_gathered_for_a_minute(world: World) -> None:
    world.burst = 3
    publish_burst(world, 3)
    world.settle()
    for number in range(4):
        world.publish(a_filing(accession=f"0001950047-26-00070{number}", accepted_at=world.clock()))
    world.settle()
    assert len(posts(world)) == 4
    assert "4 notices at once" in str(posts(world)[-1].blocks)
    assert float(posts(world)[-1].ts) - float(posts(world)[-2].ts) >= 60


def test_nobody_waits_longer_because_single_ones_keep_coming(world: World) -> None:
    world.burst = 3
    publish_burst(world, 3)
    world.settle()
    pipeline = world.pipeline()
    for number in range(12):
        for one in range(2 if number == 0 else 1):
            accession = f"0001950047-26-{700 + 10 * number + one:06}"
            world.publish(a_filing(accession=accession, accepted_at=world.clock()))
        for _ in range(10):
            pipeline.poll()
            pipeline.read()
            pipeline.deliver()
            world.clock.move(timedelta(seconds=2))
    with world.ledger.database.read() as connection:
        rows = connection.execute(sa.select(deliveries.c.owed_since, deliveries.c.settled_at)).all()
    waited = [(row.settled_at or world.clock()) - row.owed_since for row in rows]
    assert max(waited) <= GATHER + timedelta(seconds=2)


def test_what_quiet_hours_held_is_told_in_one_when_they_end(world: World) -> None:
    quiet = b'  - {to: "slack:#ir-alerts", quiet_hours: "15:00-09:00 America/New_York"}\n'
    world.watchlist = world.watchlist.replace(b"  - slack:#ir-alerts\n", quiet)
    publish_burst(world, 12)
    world.settle(for_at_most=timedelta(hours=20))
    (post,) = posts(world)
    assert "12 notices at once" in str(post.blocks)


def test_what_the_fallback_gets_of_a_burst_is_told_in_one_and_says_for_whom_it_was(world: World) -> None:
    world.watchlist = world.watchlist.replace(b"  - slack:#ir-alerts\n", b"")
    world.fallback = Destination("slack", "#ir-alerts")
    world.burst = 2
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    for number in range(6):
        world.publish(a_filing(accession=f"0001950047-26-{1000 + number:06}", accepted_at=world.clock()))
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.read()
    refused = world.ledger.deliveries.claim(world.clock(), DELIVER_LEASE, "before they are gathered")
    assert refused is not None
    pipeline.handover.attempt(refused, give_up_at=world.clock() + DELIVER_LEASE)
    world.settle()
    (post,) = posts(world)
    assert str(post.blocks).count("For email:jane@example.com: Jane Q. Example proposes") == 6


def test_an_amendment_of_a_notice_that_was_rolled_up_goes_into_the_thread_of_the_roll_up(
    world: World,
) -> None:
    world.burst = 2
    publish_burst(world, 2)
    world.publish()
    world.settle()
    (rollup,) = posts(world)
    amend(world)
    assert posts(world)[-1].thread_ts == rollup.ts
    assert "Units to be sold 10,000 → 12,500" in str(posts(world)[-1].blocks)


def test_killed_at_any_point_of_a_burst_everything_is_told_once(tmp_path: Path) -> None:
    def burst(world: World, fuse: Fuse) -> None:
        world.burst = 2
        publish_burst(world, 4)
        pipeline = world.pipeline(fuse)
        for step in (pipeline.poll, pipeline.read, pipeline.deliver):
            step()

    whole = Fuse()
    (tmp_path / "whole").mkdir()
    with a_world(tmp_path / "whole") as world:
        burst(world, whole)
    assert "ledger.rollups.tell_together" in whole.crossings
    for world, fuse in each_death(tmp_path, own_points(whole)):
        with pytest.raises(Killed):
            burst(world, fuse)
        world.settle()
        told = str([post.blocks for post in posts(world)])
        for one in range(4):
            assert told.count(f"0001950047-26-{1000 + one:06}-index") == 1
        assert len(posts(world)) == 1
        assert len(world.mails()) == 1
