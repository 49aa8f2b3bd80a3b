from __future__ import annotations

import json
from datetime import UTC, datetime

from typer.testing import Result

from tests.cli.commands import form144, installed
from tests.world import World
from worker.cli.doctor import LOOKS
from worker.notifiers.check import Mark


def doctor(world: World, *arguments: str, **more: str) -> Result:
    return form144("doctor", *arguments, **installed(world) | {"COLUMNS": "80"} | more)


def test_every_check_is_a_line_with_its_mark_and_the_end_counts_them(world: World) -> None:
    result = doctor(world)
    assert result.exit_code == 1  # nobody works here
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.startswith("✗ queue edgar")]
    assert [line for line in lines if line.startswith("✓ slack:#ir-alerts")]
    assert lines[-1].split()[1] == "fine,"
    assert world.posts() == len(world.mail.received) == 0


def test_for_machines_each_check_is_an_object_and_nothing_else_is_printed(world: World) -> None:
    result = doctor(world, "--format", "json")
    checks = json.loads(result.stdout)["checks"]
    assert {tuple(one) for one in checks} == {("what", "mark", "finding", "hint")}
    assert {one["mark"] for one in checks} <= {mark.value for mark in Mark} == {mark.value for mark in LOOKS}
    assert world.slack.token not in result.stdout


def test_a_wrong_setting_ends_with_2_after_all_else_was_looked_at(world: World) -> None:
    result = doctor(world, FORM144_POLL_SECONDS="never")
    assert result.exit_code == 2
    assert "FORM144_POLL_SECONDS" in result.stdout
    assert "ledger" in result.stdout


def test_warnings_alone_end_with_0_and_under_strict_with_1(world: World) -> None:
    world.clock.now = datetime.now(UTC)
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.follow_up()
    assert doctor(world).exit_code == 0
    assert doctor(world, "--strict").exit_code == 1
