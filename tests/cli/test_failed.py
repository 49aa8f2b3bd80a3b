from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.commands import form144
from tests.ledger.readings import LEASE, owe
from tests.world import START, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.cli.status import read_status
from worker.errors import Form144Error
from worker.ledger.kinds import Kind
from worker.parts import clock
from worker.standins.slack_faults import Fault
from worker.watchlists.destination import Destination


@pytest.fixture
def world(world: World) -> World:
    """Its channel is archived, and a notice was published."""
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.publish()
    world.settle()
    return world


def run(world: World, *arguments: str) -> Result:
    return form144("failed", *arguments, FORM144_DATA=str(world.folder))


def number(world: World) -> str:
    (failed,) = world.ledger.failed.all()
    return str(failed.id)


def test_what_failed_is_listed_with_why_and_the_exit_code_says_so(world: World) -> None:
    result = run(world, "list")
    assert result.exit_code == 1
    assert "nothing goes to slack:#ir-alerts any more: Slack refused: is_archived" in result.stdout
    assert "refused slack:#ir-alerts about 0001950047-26-000123, 1 attempt" in result.stdout


def test_one_is_shown_with_every_attempt_and_what_it_says(world: World) -> None:
    shown = run(world, "show", number(world)).stdout
    assert "attempt 1, 2026-09-01 20:06:" in shown
    assert "refused: Slack refused: is_archived" in shown
    assert "FORM 144 · EXAMPLE INDUSTRIES INC." in shown
    assert isinstance(run(world, "show", "999").exception, Form144Error)


@pytest.mark.parametrize("by", ["number", "destination"])
def test_a_retry_opens_the_destination_and_the_message_arrives(world: World, by: str) -> None:
    result = run(world, "retry", number(world) if by == "number" else "slack:#ir-alerts")
    assert result.stdout == "1 to be tried again now\n"
    # The command's clock is the real one, and the world's may be behind it.
    world.clock.now = max(world.clock.now, clock())
    world.settle()
    assert world.posts() == 1
    assert run(world, "list").stdout == "nothing has failed\n"


def test_what_arrived_is_shown_without_a_reason_for_it(world: World) -> None:
    said = run(world, "show", "1").stdout.splitlines()[0]
    assert said == "1  delivered email:jane@example.com about 0001950047-26-000123, 1 attempt"


def test_a_retry_of_what_did_not_fail_is_a_sentence(world: World) -> None:
    for what in ("999", "slack:#other"):
        assert f"nothing failed under {what}" in str(run(world, "retry", what).exception)
    for nothing in (["retry", ""], ["retry", " ", "--all"]):
        assert str(run(world, *nothing).exception) == "name what to try again, or all of it with --all"


def test_what_may_have_arrived_is_asked_about_first_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "lost").mkdir()
    with a_world(tmp_path / "lost") as world:
        history = {"channels:history", "groups:history"}
        world.slack.scopes -= history
        world.slack.fail_next("chat.postMessage", Fault.lost_answer())
        world.publish()
        world.settle()
        world.slack.scopes |= history
        run(world, "retry", number(world))
        world.clock.now = max(world.clock.now, clock())
        world.settle()
        assert world.posts() == 1
        assert world.ledger.failed.all() == ()


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[World]:
    """Slack took a message, the answer was lost, and it cannot be asked."""
    (tmp_path / "lost").mkdir()
    with a_world(tmp_path / "lost") as world:
        world.slack.scopes -= {"channels:history", "groups:history"}
        world.slack.fail_next("chat.postMessage", Fault.lost_answer())
        world.publish()
        world.settle()
        yield world


WHO = ("--by", "Jane Doe", "--reason", "the desk has it")


def test_what_a_person_has_dealt_with_is_closed_and_nobody_waits_for_it_any_more(lost: World) -> None:
    closed = number(lost)
    assert run(lost, "close", closed, *WHO).stdout == "1 closed\n"
    assert run(lost, "list").stdout == "nothing has failed\n"
    assert read_status(lost.ledger, lost.clock()).stuck == ()
    assert lost.ledger.retention.prunable(START + timedelta(days=60)).still_open is None
    shown = run(lost, "show", closed).stdout
    assert f"{closed}  closed slack:#ir-alerts about 0001950047-26-000123, 2 attempts: by Jane Doe:" in shown
    assert "the desk has it; it was unknown: an earlier attempt may have arrived" in shown
    lost.ledger.chain.seal()
    (entry,) = [one.entry for one in lost.ledger.chain.walk() if one.entry and one.entry.kind == Kind.CLOSED]
    said = {"by": "Jane Doe", "because": "the desk has it", "state": "unknown"}
    assert (json.loads(entry.body), len(entry.subject)) == (said, 64)


def test_a_person_who_closed_the_wrong_one_may_try_it_again_and_it_is_asked_about_first(lost: World) -> None:
    closed = number(lost)
    run(lost, "close", closed, *WHO)
    lost.slack.scopes |= {"channels:history", "groups:history"}
    assert run(lost, "retry", closed).stdout == "1 to be tried again now\n"
    lost.clock.now = max(lost.clock.now, clock())
    lost.settle()
    assert (lost.posts(), lost.ledger.report.deliveries_by_state()) == (1, {DeliveryState.DELIVERED: 2})


@pytest.mark.parametrize(
    "what", [("999",), ("{}", "999"), ("{}", "--by", " "), ("{}", "--reason", ""), ("{}", "{arrived}")]
)
def test_nothing_is_closed_that_did_not_fail_or_without_who_and_why(
    lost: World, what: tuple[str, ...]
) -> None:
    (failed,) = before = lost.ledger.failed.all()
    arguments = [one.format(failed.id, arrived=3 - failed.id) for one in what]
    assert isinstance(run(lost, "close", *WHO, *arguments).exception, Form144Error)
    assert lost.ledger.failed.all() == before


@pytest.mark.parametrize("what", ["--all", "email"])
def test_after_a_mended_password_all_that_failed_is_tried_again_at_once(world: World, what: str) -> None:
    for address in ("jane@example.com", "john@example.com"):
        to = Destination("email", address)
        owe(world.ledger, to, now=world.clock(), number=len(address) + ord(address[1]))
        delivery = world.ledger.deliveries.claim(world.clock(), LEASE, "me")
        assert delivery is not None
        world.ledger.deliveries.give_up(
            delivery, DeliveryState.REFUSED, "535 no", world.clock(), ends_destination=True
        )
    everything = what == "--all"
    assert run(world, "retry", what).stdout == f"{3 if everything else 2} to be tried again now\n"
    assert len(world.ledger.report.ended_lanes()) == (0 if everything else 1)
    for arguments in ((), ("--all", "email"), ("smoke-signals",)):
        assert isinstance(run(world, "retry", *arguments).exception, Form144Error)


def test_sending_again_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    with a_world(tmp_path / "again") as world:
        world.slack.scopes -= {"channels:history", "groups:history"}
        world.slack.fail_next("chat.postMessage", Fault.lost_answer())
        world.publish()
        world.settle()
        run(world, "retry", number(world), "--send-again")
        world.clock.now = max(world.clock.now, clock())
        world.settle()
        assert world.posts() == 2
        assert world.ledger.failed.all() == ()
