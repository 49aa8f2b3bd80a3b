"""An answer that its thread does not take is sent beside it, once, whatever is cut short on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.builders import a_filing
from tests.conversations.amending import own_points, posts
from tests.deaths import each_death
from tests.world import Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.messages.slack_limits import problems
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault
from worker.standins.slack_workspace import Json, SlackRefusal


class NoAnswers(SlackStandIn):
    """A workspace whose messages take no replies."""

    def _chat_postMessage(self, body: Json) -> Json:  # noqa: N802  Slack's name
        if body.get("thread_ts"):
            raise SlackRefusal("cannot_reply_to_message")
        return super()._chat_postMessage(body)


@contextmanager
def without_answers(world: World) -> Iterator[World]:
    """A notice was told there, and the next of its issuer, which answers it, is published."""
    with NoAnswers(
        check=problems, channels=["#ir-alerts"], per_second=0, clock=lambda: world.clock().timestamp()
    ) as slack:
        world.slack = slack
        world.publish()
        world.settle()
        world.publish(a_filing(accession="0001950047-26-000200"))
        world.clock.move(timedelta(seconds=10))
        yield world


def tell(world: World, fuse: Fuse | None = None) -> None:
    pipeline = world.pipeline(fuse)
    for step in (pipeline.poll, pipeline.read, pipeline.deliver):
        step()


def assert_told_once_beside_it(world: World) -> None:
    assert [post.thread_ts for post in posts(world)] == [None, None]
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 4}
    assert len(world.mails()) == 2


def test_killed_at_any_point_an_answer_that_is_refused_is_told_once_beside_it(tmp_path: Path) -> None:
    whole = Fuse()
    (tmp_path / "whole").mkdir()
    with a_world(tmp_path / "whole") as world, without_answers(world):
        tell(world, whole)
        assert_told_once_beside_it(world)
    assert "ledger.threads.stand_alone" in whole.crossings
    for world, fuse in each_death(tmp_path, own_points(whole)):
        with without_answers(world):
            with pytest.raises(Killed):
                tell(world, fuse)
            world.settle()
            assert_told_once_beside_it(world)


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.reset(), Fault.rate_limited(30)])
def test_a_message_sent_alone_whose_answer_was_lost_is_sought_where_it_was_sent(
    world: World, fault: Fault
) -> None:
    with without_answers(world):
        world.slack.fail_next("chat.postMessage", Fault(taken=True))  # the answer, which is refused
        world.slack.fail_next("chat.postMessage", fault)
        with capture_logs() as logs:
            world.settle()
        assert_told_once_beside_it(world)
        assert [line["event"] for line in logs].count("answer_refused") == 1
