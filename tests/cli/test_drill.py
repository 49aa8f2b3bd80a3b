from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

from typer.testing import Result

from tests.cli.commands import form144, installed
from tests.world import WATCHLIST, World
from worker.errors import ConfigurationError
from worker.ledger.in_use import in_use
from worker.settings import environment_without_ours


def drill(world: World, *arguments: str, **more: str) -> Result:
    return form144("drill", *arguments, **installed(world) | more)


def test_here_the_drill_arrives_and_every_hop_is_shown_with_its_time(world: World) -> None:
    result = drill(world, "--here", "--wait", "30")
    assert result.exit_code == 0, (result.stdout, result.exception)
    for hop in ("queued", "claimed", "read", "matched", "slack:#ir-alerts", "email:jane@example.com"):
        (line,) = [line for line in result.stdout.splitlines() if line.startswith(hop)]
        assert hop == "queued" or " s" in line
    assert result.stdout.rstrip().endswith("Drill: 2 of 2 destinations got it")
    assert world.posts() == len(world.mail.received) == 1


def test_a_dead_mailbox_ends_with_1_and_its_line_says_why(world: World) -> None:
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    result = drill(world, "--here", "--wait", "30")
    assert result.exit_code == 1
    assert "Drill: email:jane@example.com: the mail server refused the recipient: 550" in result.stdout
    assert "2 of 2" not in result.stdout


def test_where_nobody_runs_that_is_said_at_once_and_nothing_is_asked_for(world: World) -> None:
    result = drill(world, "--wait", "30")
    assert result.exit_code == 1
    assert str(result.exception) == "Nobody would take it up: start form144 run, or add --here."
    assert world.ledger.filings.due(datetime.now(UTC)) == 0


def test_stopped_by_ctrl_c_a_drill_is_withdrawn(world: World) -> None:
    with in_use(f"sqlite:///{world.folder / 'ledger.sqlite'}", alone=True):
        started = subprocess.Popen(
            [sys.executable, "-m", "worker.cli", "drill", "--wait", "600"],
            env=environment_without_ours() | installed(world),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with started as process:
            try:
                while not world.ledger.filings.due(datetime.now(UTC)):
                    assert process.poll() is None
                    time.sleep(0.001)  # as soon as it is asked for, which may be in the middle of it
                process.send_signal(signal.SIGINT)
                said = process.communicate(timeout=60)
            finally:
                process.kill()
    assert (process.returncode, b"Traceback" in said[1]) == (130, False)
    assert world.ledger.filings.due(datetime.now(UTC)) == 0
    last = world.ledger.drills.last()
    assert last is not None
    assert not last.reached_all


def test_without_a_worker_it_asks_whether_one_is_alive(world: World) -> None:
    with in_use(f"sqlite:///{world.folder / 'ledger.sqlite'}", alone=True):
        result = drill(world, "--wait", "1")
    assert result.exit_code == 1
    assert "nobody took it up within 1 s: is form144 run" in result.stdout
    assert world.posts() == 0


def test_conditions_that_cannot_be_met_are_named_and_nothing_is_sent(world: World) -> None:
    when = b"when: {units: over 5M, not: {units: over 4M}}\n"
    (world.folder / "lists" / "example.yaml").write_bytes(WATCHLIST + when)
    result = drill(world, "--here", "--wait", "30")
    assert result.exit_code == 1
    assert "units over 5M: not met, 10,000 <= 5,000,000" in result.stdout
    assert world.posts() == 0


def test_what_a_preflight_finds_wrong_is_said_before(world: World) -> None:
    world.slack.scopes -= {"channels:history"}
    result = drill(world, "--here", "--wait", "30", "--destination", "slack:#ir-alerts")
    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith("Drill: 1 of 1 destination got it")
    assert "channels:history is missing" in result.stdout.partition("DRILL 0000000000-")[0]


def test_a_mistake_is_a_mistake(world: World) -> None:
    for arguments in (["--list", "nonsense"], ["--destination", ":"], ["--destination", "slack:#nowhere"]):
        assert isinstance(drill(world, *arguments).exception, ConfigurationError)
    with in_use(f"sqlite:///{world.folder / 'ledger.sqlite'}", alone=True):
        refused = drill(world, "--here").exception
    assert isinstance(refused, ConfigurationError)
    assert "leave --here out" in str(refused)
    (world.folder / "lists" / "example.yaml").write_bytes(b"name: [")
    assert isinstance(drill(world).exception, ConfigurationError)
