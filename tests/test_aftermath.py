"""What a destination did not take reaches the fallback, and the operator hears of it, once and not often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.builders import a_filing
from tests.world import START, Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.ledger.tables import deliveries, lanes
from worker.ledger.troubles import Trouble
from worker.messages.slack_limits import problems
from worker.pipeline import Step
from worker.standins.slack_faults import Fault
from worker.watchlists.destination import Destination

OPS = Destination("email", "ops@example.com")
DESK = Destination("email", "desk@example.com")
ARCHIVED = Fault.error("is_archived")


def publish(world: World, number: int) -> None:
    world.publish(a_filing(accession=f"0001950047-26-{number:06}"))


def follow_up(world: World, fuse: Fuse | None = None) -> None:
    """The next follow-up, and what it rings for."""
    world.clock.move(timedelta(seconds=10))
    pipeline = world.pipeline(fuse)
    pipeline.follow_up()
    pipeline.deliver()


def got(world: World, address: str) -> list[str]:
    """The text parts of the mails to that address."""
    return [
        received.part("plain") or "" for received in world.mail.received if received.recipients == (address,)
    ]


def told(world: World) -> list[str]:
    return got(world, OPS.address)


def states(world: World, to: str) -> list[str]:
    query = sa.select(deliveries.c.state).where(deliveries.c.address == to).order_by(deliveries.c.id)
    with world.ledger.database.read() as connection:
        return list(connection.execute(query).scalars())


def test_the_message_of_a_destination_that_ended_goes_to_the_fallback_which_is_told_so(world: World) -> None:
    world.fallback = DESK
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    world.publish()
    world.settle()
    follow_up(world)
    (said,) = got(world, DESK.address)
    assert said.startswith("Meant for slack:#ir-alerts, which did not take it: Slack refused: is_archived")
    assert "Jane Q. Example proposes to sell 10,000 units" in said
    assert "-index.htm" in said
    follow_up(world)
    assert len(got(world, DESK.address)) == 1


def test_what_is_owed_to_an_ended_destination_and_comes_after_its_end_goes_to_the_fallback(
    world: World,
) -> None:
    world.fallback = DESK
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    for number in (1, 2):
        publish(world, number)
    pipeline = world.pipeline()
    for step in (Step.POLL, Step.READ, Step.DELIVER):
        getattr(pipeline, step)()
    world.clock.move(timedelta(minutes=10))
    publish(world, 3)
    for step in (Step.POLL, Step.READ, Step.DELIVER):
        getattr(pipeline, step)()
    assert states(world, "#ir-alerts") == ["refused", "owed", "owed"]
    follow_up(world)
    follow_up(world)
    assert states(world, "#ir-alerts") == ["refused"] * 3
    assert sorted(text for text in got(world, DESK.address) if "0001950047-26-00000" in text) == sorted(
        got(world, DESK.address)
    )
    assert len(got(world, DESK.address)) == 3
    assert [one.went_to for one in world.ledger.failed.all()] == [DESK] * 3


def test_without_a_fallback_it_stays_owed_in_sight_and_a_retry_sends_it(world: World) -> None:
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    for number in (1, 2):
        publish(world, number)
    world.once()
    assert [one.state for one in world.ledger.failed.all()] == [DeliveryState.REFUSED, DeliveryState.OWED]
    numbers = [one.id for one in world.ledger.failed.all()]
    assert world.ledger.failed.retry(numbers, world.clock(), by="Jane Doe", send_again=False) == 2
    world.settle()
    assert world.posts() == 2
    assert world.ledger.failed.all() == ()
    assert world.ledger.report.ended_lanes() == {}


def test_without_a_fallback_what_waits_in_vain_is_passed_over_by_nobody_and_a_retry_sends_it(
    world: World,
) -> None:
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    for number in (1, 2):
        publish(world, number)
    world.once()
    follow_up(world)
    with world.ledger.database.read() as connection:
        assert set(connection.execute(sa.select(deliveries.c.due_at)).scalars()) == {None}
    assert [one.state for one in world.ledger.failed.all()] == [DeliveryState.REFUSED, DeliveryState.OWED]
    refused, _owed = [one.id for one in world.ledger.failed.all()]
    assert world.ledger.failed.retry([refused], world.clock(), by="Jane Doe", send_again=False) == 1
    world.settle()
    assert (world.posts(), world.ledger.failed.all()) == (2, ())


def test_what_may_have_arrived_before_a_destination_ended_goes_to_the_fallback_as_such(world: World) -> None:
    world.fallback = DESK
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())
    publish(world, 1)
    world.once()
    with world.ledger.database.write() as connection:
        connection.execute(
            sa.update(lanes).where(lanes.c.notifier == "slack").values(ended_because="is_archived")
        )
    world.clock.move(timedelta(hours=1))
    follow_up(world)
    (said,) = got(world, DESK.address)
    assert said.startswith("Meant for slack:#ir-alerts, which may not have got it: is_archived")
    assert states(world, "#ir-alerts") == ["unknown"]


def test_a_slack_fallback_gets_a_mail_in_blocks_that_slack_takes(world: World) -> None:
    world.fallback = Destination("slack", "#ir-alerts")
    world.mail.answers["jane@example.com"] = "550 5.1.1 no such mailbox"
    world.watchlist = world.watchlist.replace(b"  - slack:#ir-alerts\n", b"")
    world.publish()
    world.settle()
    follow_up(world)
    (post,) = world.slack.messages["ir-alerts"]
    assert problems(post.blocks, post.text) == []
    assert "Meant for email:jane@example.com" in str(post.blocks[0])
    assert "10,000" in str(post.blocks)


def test_a_fallback_that_hears_of_the_alert_anyway_is_not_told_twice(world: World) -> None:
    world.fallback = Destination("email", "jane@example.com")
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    world.publish()
    world.settle()
    follow_up(world)
    assert len(got(world, "jane@example.com")) == 1


def test_a_fallback_that_refuses_too_ends_the_matter_in_sight(world: World) -> None:
    world.fallback = DESK
    world.mail.answers[DESK.address] = "550 5.1.1 no such mailbox"
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    world.publish()
    world.settle()
    for _ in range(3):
        follow_up(world)
    assert [one.destination.address for one in world.ledger.failed.all()] == ["#ir-alerts", DESK.address]


def test_killed_at_any_point_of_the_follow_up_the_fallback_is_told_once(tmp_path: Path) -> None:
    def play(folder: Path, fuse: Fuse) -> World:
        folder.mkdir()
        with a_world(folder) as world:
            world.fallback, world.operator = DESK, OPS
            world.slack.fail_next("chat.postMessage", ARCHIVED)
            world.publish()
            world.once()
            world.clock.move(timedelta(seconds=10))
            if fuse.at > 0:
                with pytest.raises(Killed):
                    follow_up(world, fuse)
            else:
                follow_up(world, fuse)
            for _ in range(2):
                world.clock.move(timedelta(minutes=10))
                follow_up(world)
            assert len(set(world.mails())) == 3
            assert len(set(got(world, DESK.address))) == 1
            assert len(set(told(world))) == 1
        return world

    whole = Fuse()
    play(tmp_path / "whole", whole)
    for point in range(1, len(whole.crossings) + 1):
        for after in (False, True):
            play(tmp_path / f"{point}-{after}", Fuse(at=point, after=after))


def test_the_operator_hears_once_of_a_storm_and_again_only_of_what_is_new(world: World) -> None:
    world.operator = OPS
    for number in range(30):
        world.ledger.troubles.note(Trouble.ABANDONED, "email:jane@example.com", f"451 {number}", START)
    follow_up(world)
    (said,) = told(world)
    assert "30 messages to email:jane@example.com given up after a day of trying: 451 29" in said
    world.ledger.troubles.note(Trouble.ENDED, "slack:#ir-alerts", "is_archived", world.clock())
    follow_up(world)
    assert len(told(world)) == 1
    world.clock.move(timedelta(minutes=5))
    follow_up(world)
    assert "slack:#ir-alerts" in told(world)[1]
    assert "jane@example.com" not in told(world)[1]


def test_the_same_trouble_is_told_again_after_an_hour_and_no_sooner(world: World) -> None:
    world.operator = OPS
    for minutes in range(0, 90, 10):
        world.ledger.troubles.note(Trouble.UNKNOWN, "slack-webhook:ir", "no answer", world.clock())
        follow_up(world)
        world.clock.move(timedelta(minutes=10) - timedelta(seconds=10))
        assert len(told(world)) == (1 if minutes < 60 else 2)
    assert "got 6 messages" in told(world)[1]


def test_the_operator_hears_of_a_dead_channel_and_a_dead_mailbox(world: World) -> None:
    world.operator = OPS
    world.slack.fail_next("chat.postMessage", ARCHIVED)
    world.mail.answers["jane@example.com"] = "550 5.1.1 no such mailbox"
    world.publish()
    world.settle()
    follow_up(world)
    (said,) = told(world)
    assert "nothing goes to slack:#ir-alerts any more: Slack refused: is_archived" in said
    assert "nothing goes to email:jane@example.com any more" in said


def test_an_operator_whose_mailbox_fails_hears_by_way_of_the_fallback(world: World) -> None:
    world.operator, world.fallback = OPS, DESK
    world.mail.answers[OPS.address] = "550 5.1.1 no such mailbox"
    world.ledger.troubles.note(Trouble.WATCHLISTS, "watchlists", "1 mistake in an edit", START)
    follow_up(world)
    assert "the watchlists in use are the old ones: 1 mistake in an edit" in got(world, DESK.address)[0]


def test_what_could_not_be_told_is_kept_and_told_later(world: World) -> None:
    world.operator = OPS
    world.mail.fail_next("MAIL", "421 4.3.2 closing")
    world.ledger.troubles.note(Trouble.WATCHLISTS, "watchlists", "1 mistake in an edit", START)
    follow_up(world)
    follow_up(world)
    assert told(world) == []
    world.clock.move(timedelta(minutes=5))
    follow_up(world)
    assert len(told(world)) == 1


def test_a_failing_template_is_told_and_its_alert_still_goes_out(world: World) -> None:
    world.operator = OPS
    folder = world.folder / "mine" / "alert"
    folder.mkdir(parents=True)
    (folder / "slack.text.j2").write_text("{{ no.such.name }}")
    world.templates = [folder.parent]
    world.publish()
    world.settle()
    follow_up(world)
    assert world.posts() == 1
    (said,) = told(world)
    assert "a template failed, so that 1 message went out plainer" in said
    assert "slack.text.j2:1" in said


def test_without_an_operator_nothing_is_lost_for_the_one_to_come(world: World) -> None:
    world.ledger.troubles.note(Trouble.ENDED, "slack:#ir-alerts", "is_archived", START)
    follow_up(world)
    world.operator = OPS
    follow_up(world)
    assert len(told(world)) == 1
