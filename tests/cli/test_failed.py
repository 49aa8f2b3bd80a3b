from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.commands import form144
from tests.world import World, a_world
from worker.errors import Form144Error
from worker.parts import clock
from worker.standins.slack_faults import Fault


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


def test_a_retry_of_what_did_not_fail_is_a_sentence(world: World) -> None:
    for what in ("999", "slack:#other", ""):
        assert isinstance(run(world, "retry", what).exception, Form144Error)


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
