from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest
from typer.testing import Result

from tests.builders import a_filing
from tests.cli.commands import form144
from tests.ledger.readings import owe
from tests.world import START, World
from worker.aftermath import _in_turn
from worker.alerts.delivery import Receipt
from worker.cli.explain import record_lines
from worker.errors import Form144Error, Unreachable
from worker.notifiers.slack import SlackNotifier
from worker.standins.slack_faults import Fault
from worker.standins.slack_workspace import Posted
from worker.watchlists.destination import Destination


@pytest.fixture
def world(world: World) -> World:
    """One notice was told."""
    world.publish()
    world.settle()
    return world


def react(world: World, emoji: str, *people: str) -> None:
    (post,) = world.slack.messages["ir-alerts"]
    post.reactions[emoji] = list(people)


def look(world: World) -> None:
    world.clock.move(timedelta(minutes=2))
    world.pipeline().follow_up()


def known(world: World) -> list[tuple[str, str, str | None]]:
    return [(one.person, one.how, one.remark) for one in world.ledger.acknowledgements.of(1)]


def test_an_emoji_on_the_message_acknowledges_the_alert(world: World) -> None:
    look(world)
    assert known(world) == []
    react(world, "white_check_mark", "U012", "U034")
    look(world)
    assert known(world) == [("U012", "slack", None), ("U034", "slack", None)]
    (first, _) = world.ledger.acknowledgements.of(1)
    assert first.acknowledged_at == world.clock()


def test_another_emoji_acknowledges_nothing(world: World) -> None:
    react(world, "eyes", "U012")
    look(world)
    assert known(world) == []


def test_once_acknowledged_slack_is_not_asked_again_and_taking_the_emoji_back_changes_nothing(
    world: World,
) -> None:
    react(world, "white_check_mark", "U012")
    look(world)
    asked = world.slack.asked["conversations.history"]
    react(world, "white_check_mark")
    for _ in range(5):
        look(world)
    assert world.slack.asked["conversations.history"] == asked
    assert known(world) == [("U012", "slack", None)]


def test_slack_is_asked_once_a_minute_and_not_after_three_days(world: World) -> None:
    look(world)
    before = world.slack.asked["conversations.history"]
    for _ in range(6):
        world.clock.move(timedelta(seconds=10))
        world.pipeline().follow_up()
    assert world.slack.asked["conversations.history"] == before + 1
    world.clock.move(timedelta(days=3))
    look(world)
    assert world.slack.asked["conversations.history"] == before + 1


def test_without_the_right_to_read_history_everything_else_goes_on(world: World) -> None:
    world.slack.scopes -= {"channels:history"}
    react(world, "white_check_mark", "U012")
    look(world)
    assert known(world) == []
    assert world.ledger.chores.is_due("follow_up", world.clock() + timedelta(seconds=10))


def answered(world: World, *, times: int = 1) -> list[tuple[int, Posted]]:
    """Later notices of the issuer, told in the thread of the first: each alert, and its message."""
    for number in range(times):
        world.publish(a_filing(accession=f"0001950047-26-{200 + number:06}"))
        world.settle()
    (first, *others) = world.slack.messages["ir-alerts"]
    assert [post.thread_ts for post in others] == [first.ts] * times
    return list(enumerate(others, start=2))


def test_an_emoji_on_an_answer_in_a_thread_acknowledges_its_alert_and_no_other(world: World) -> None:
    ((alert, post),) = answered(world)
    post.reactions["white_check_mark"] = ["U056"]
    look(world)
    assert [one.person for one in world.ledger.acknowledgements.of(alert)] == ["U056"]
    assert known(world) == []


def test_an_emoji_on_the_first_message_does_not_acknowledge_the_answers(world: World) -> None:
    ((alert, post),) = answered(world)
    first, _ = world.slack.messages["ir-alerts"]
    first.reactions["white_check_mark"] = ["U056"]
    look(world)
    assert known(world) == [("U056", "slack", None)]
    assert world.ledger.acknowledgements.of(alert) == ()
    assert post.reactions == {}


def test_a_thread_is_asked_about_once_a_minute_and_not_when_all_of_it_is_acknowledged(world: World) -> None:
    answers = answered(world, times=2)
    look(world)
    before = world.slack.asked["conversations.replies"]
    look(world)
    assert world.slack.asked["conversations.replies"] == before + 1
    for _, post in answers:
        post.reactions["white_check_mark"] = ["U056"]
    look(world)
    look(world)
    assert world.slack.asked["conversations.replies"] == before + 2


def test_a_slack_that_asks_for_patience_is_asked_no_further_this_turn(world: World) -> None:
    answered(world)
    world.slack.fail_next("conversations.history", Fault.rate_limited(30))
    before = world.slack.asked["conversations.replies"]
    look(world)
    assert world.slack.asked["conversations.replies"] == before


def test_of_more_threads_than_a_turn_may_ask_each_has_its_turn() -> None:
    threads = [str(number) for number in range(50)]
    asked = [_in_turn(threads, START + timedelta(minutes=minute), 20) for minute in range(8)]
    assert {len(turn) for turn in asked} == {20}
    assert {one for turn in asked for one in turn} == set(threads)
    assert sorted(_in_turn(threads[:20], START, 20)) == sorted(threads[:20])
    assert _in_turn([], START, 20) == []


class Hurried:
    """A Slack that answers ten questions a turn and then asks for patience."""

    name = "slack"

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.answers = 0

    def reactions(self, channel: str, _emoji: str, _since: datetime) -> dict[str, list[str]]:
        self.answers -= 1
        if self.answers < 0:
            raise Unreachable("Slack asks for patience (429)")
        self.asked.add(channel)
        return {}


def test_of_more_channels_than_slack_answers_for_in_a_turn_each_has_its_turn(world: World) -> None:
    channels = {f"C{number:02}" for number in range(60)}
    for number, channel in enumerate(sorted(channels)):
        owe(world.ledger, Destination("slack", channel), now=START, number=number)
        delivery = world.ledger.deliveries.claim(START, timedelta(minutes=1), "me")
        assert delivery is not None
        receipt = Receipt(reference=f"{channel}/1.0")
        world.ledger.deliveries.delivered(delivery, receipt, START, lane_opens_at=START)
    slack = Hurried()
    aftermath = replace(world.pipeline().aftermath, slack=cast("SlackNotifier", slack))
    for _ in range(60):
        slack.answers = 10
        aftermath.read_acknowledgements(give_up_at=world.clock() + timedelta(minutes=1))
        world.clock.move(timedelta(seconds=61))
    assert channels <= slack.asked


def ack(world: World, *arguments: str) -> Result:
    return form144("ack", *arguments, FORM144_DATA=str(world.folder))


@pytest.mark.parametrize("named", ["1", "0001950047-26-000123"])
def test_the_command_keeps_who_and_what_and_explain_shows_it(world: World, named: str) -> None:
    line = "  alert 1 of list example, 0001950047-26-000123\n"
    done = ack(world, named, "--by", "Jane Doe", "--note", "called the broker")
    assert done.stdout == f"acknowledged by Jane Doe:\n{line}"
    assert ack(world, named, "--by", "Jane Doe").stdout == f"Jane Doe had acknowledged it before:\n{line}"
    assert known(world) == [("Jane Doe", "cli", "called the broker")]
    record = world.ledger.records.of("0001950047-26-000123")
    assert record is not None
    said = "\n".join(record_lines(record))
    assert "acknowledged by Jane Doe, by cli, " in said
    assert said.endswith("UTC: called the broker")


@pytest.mark.parametrize("named", ["7", "0001950047-26-999999", "x"])
def test_an_alert_that_is_not_there_cannot_be_acknowledged(world: World, named: str) -> None:
    assert isinstance(ack(world, named, "--by", "Jane Doe").exception, Form144Error)
    assert isinstance(ack(world, "1", "--by", " ").exception, Form144Error)
