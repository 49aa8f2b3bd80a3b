"""A follow-up while Slack is away: it ends in time, and what the ledger can do alone is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from structlog.testing import capture_logs

from tests.builders import a_filing, a_notice
from tests.servers.loopback import Loopback
from tests.world import Fuse, World
from worker import due
from worker.aftermath import ASK_WHO_EVERY
from worker.alerts.delivery import Receipt
from worker.ledger.troubles import Trouble
from worker.notifiers.base import Notifier
from worker.notifiers.slack import SlackNotifier
from worker.pipeline import Step
from worker.standins.slack_faults import Fault
from worker.watchlists.destination import Destination

AWAY = {
    "503": Fault.status(503),
    "a reset": Fault.reset(),
    "a lost answer": Fault.lost_answer(),
    "a page of a proxy's": Fault.html_page(),
    "patience": Fault.rate_limited(30),
}


class Deaf(Loopback):
    """A server that lets everybody in, hears what they ask and says nothing; `asked` are the methods."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def _open(self) -> None:
        self.port = await self._listen(self._hear)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readline()).split()[1].decode().removeprefix("/api/"))
        await reader.read()
        writer.close()


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    with Deaf() as server:
        yield server


@pytest.fixture
def world(world: World) -> World:
    """Two notices were told, the second in the thread of the first, and nobody acknowledged them; both were
    amended since, and no message says so yet.
    """
    originals = ("0001950047-26-000101", "0001950047-26-000102")
    for original in originals:
        world.publish(a_filing(accession=original))
        world.settle()
    for number, original in enumerate(originals):
        amendment = a_filing(accession=f"0001950047-26-00020{number}", form_type="144/A")
        world.publish(amendment, a_notice(submission_type="144/A", previous_accession=original))
    world.clock.move(ASK_WHO_EVERY)
    pipeline = world.pipeline()
    for _ in range(4):
        for step in (pipeline.poll, pipeline.read, pipeline.deliver):
            step()
        world.clock.move(timedelta(seconds=2))
    assert sorted(marks_due(world)) == ["email", "email", "slack", "slack"]
    world.slack.asked.clear()
    return world


def marks_due(world: World) -> list[str]:
    return [mark.destination.notifier for mark in world.ledger.marks.due(world.clock())]


def acknowledge_first(world: World) -> None:
    """Put the emoji on the first message, as it stands there now."""
    world.slack.messages["ir-alerts"][0].reactions["white_check_mark"] = ["U012"]


def assert_done(world: World) -> None:
    """The follow-up gave its chores back, and what was written before it began is chained."""
    assert not world.ledger.chores.is_due(Step.FOLLOW_UP, world.clock())
    assert world.ledger.chores.is_due(Step.FOLLOW_UP, world.clock() + due.FOLLOW_UP)
    assert not world.ledger.chores.is_due("acknowledge", world.clock())
    assert world.ledger.chores.is_due("acknowledge", world.clock() + ASK_WHO_EVERY)


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
@pytest.mark.parametrize("fault", AWAY.values(), ids=AWAY)
def test_a_slack_that_cannot_be_asked_who_acknowledged_keeps_nothing_else_from_being_done(
    world: World, fault: Fault, method: str
) -> None:
    acknowledge_first(world)
    world.slack.fail_next(method, fault)
    pipeline = world.pipeline()
    with capture_logs() as logs:
        pipeline.follow_up()
    assert_done(world)
    assert [line["event"] for line in logs].count("acknowledgements_not_read") == 1
    heard = [one.person for one in world.ledger.acknowledgements.of(1)]
    assert heard == ([] if method == "conversations.history" else ["U012"])
    assert world.ledger.acknowledgements.of(2) == ()
    world.clock.move(ASK_WHO_EVERY)
    acknowledge_first(world)
    pipeline.follow_up()
    assert [one.person for one in world.ledger.acknowledgements.of(1)] == ["U012"]


@pytest.mark.parametrize("fault", AWAY.values(), ids=AWAY)
def test_whoever_cannot_be_asked_about_one_thing_is_not_asked_about_the_next(
    world: World, fault: Fault
) -> None:
    for method in ("conversations.history", "chat.update"):
        world.slack.fail_next(method, fault, times=9)
    world.pipeline().follow_up()
    assert world.slack.asked == {"conversations.history": 1, "chat.update": 1}


def test_a_slack_that_says_nothing_is_waited_for_once_a_question_and_not_once_a_mark(
    world: World, deaf: Deaf
) -> None:
    pipeline = world.pipeline()
    slack = SlackNotifier(world.slack.token, base_url=f"http://127.0.0.1:{deaf.port}/api/", timeout=1)
    without = replace(
        pipeline,
        aftermath=replace(pipeline.aftermath, slack=slack),
        conversations=replace(
            pipeline.conversations, notifiers={**pipeline.conversations.notifiers, "slack": slack}
        ),
    )
    without.follow_up()
    assert deaf.asked == ["conversations.history", "chat.update"]
    assert_done(world)
    # Mail cannot be marked at all: that much is known of both, whatever Slack says.
    assert set(marks_due(world)) == {"slack"}
    world.settle()
    assert marks_due(world) == []
    assert [post.text.startswith("Amended") for post in world.slack.messages["ir-alerts"]] == [
        True,
        True,
        False,
        False,
    ]


def test_what_the_ledger_can_do_alone_is_done_before_anybody_is_asked(world: World) -> None:
    world.anchor = Destination("email", "auditor@example.com")
    whole = Fuse()
    world.pipeline(whole).follow_up()
    asked = [name for name in whole.crossings if name.startswith(("slack.", "email."))]
    assert asked
    before = whole.crossings[: whole.crossings.index(asked[0])]
    assert {"ledger.anchors.owe", "ledger.drills.end_overdue"} <= set(before)
    assert before.index("ledger.drills.end_overdue") < _last(before, "ledger.chain.seal")


def _last(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)


def test_a_follow_up_that_was_held_up_for_half_its_lease_asks_nobody_any_more(world: World) -> None:
    world.anchor = Destination("email", "auditor@example.com")
    pipeline = world.pipeline()

    def held_up(_step: Step) -> None:
        world.clock.move(due.FOLLOW_UP_LEASE / 2)

    before = marks_due(world)
    replace(pipeline, ring=held_up).follow_up()
    assert world.slack.asked == {}
    assert marks_due(world) == before
    assert_done(world)
    world.settle()
    assert marks_due(world) == []


class Broken:
    """A notifier with a mistake in it."""

    def send(self, *_what: object) -> Receipt:
        raise KeyError("nobody thought of that")


def test_a_step_that_breaks_keeps_none_after_it_from_being_done(world: World) -> None:
    world.operator = Destination("email", "ops@example.com")
    world.ledger.troubles.note(Trouble.WATCHLISTS, "watchlists", "1 mistake in an edit", world.clock())
    acknowledge_first(world)
    pipeline = world.pipeline()
    notifiers = {**pipeline.aftermath.notifiers, "email": cast("Notifier", Broken())}
    pipeline = replace(pipeline, aftermath=replace(pipeline.aftermath, notifiers=notifiers))
    with capture_logs() as logs:
        pipeline.follow_up()
    assert [(one["event"], one["exc_info"]) for one in logs if one["log_level"] == "error"] == [
        ("operator_not_told", True)
    ]
    assert world.ledger.acknowledgements.of(1) != ()
    assert marks_due(world) == []
    assert not world.ledger.chores.is_due(Step.FOLLOW_UP, world.clock())
    assert world.ledger.chores.is_due(Step.FOLLOW_UP, world.clock() + due.FOLLOW_UP)
