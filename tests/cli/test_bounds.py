"""Days, numbers and outputs that nobody foresaw end in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.commands import form144, installed
from tests.conftest import ROOT
from tests.processes import ended
from tests.world import World

HUGE = "9" * 23


@pytest.mark.parametrize(
    "arguments",
    [
        "ledger export --output x.jsonl --to 9999-12-31",
        "ledger export --output x.jsonl --from 0001-01-01",
        "ledger prune --by x --reason x --before 0001-01-01",
        "digest email:pm@example.com --until 9999-12-31",
        "digest email:pm@example.com --since 0001-01-01",
        "backfill --from 0001-01-01 --to 0001-01-05",
        "backfill --from 2026-08-03 --to 9999-12-31",
    ],
)
def test_a_day_of_which_there_can_be_nothing_is_refused(world: World, arguments: str) -> None:
    done = form144(*arguments.split(), COLUMNS="200", **installed(world))
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)
    assert "is not between 1993 and 2100" in done.stderr


@pytest.mark.parametrize("number", [HUGE, "0", "9" * 5000])
@pytest.mark.parametrize(
    "command",
    ["failed show NUMBER", "failed close NUMBER --by x --reason x", "silence expire NUMBER"],
)
def test_a_number_that_nothing_can_have_is_refused(world: World, command: str, number: str) -> None:
    done = form144(*command.replace("NUMBER", number).split(), COLUMNS="200", **installed(world))
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)
    assert "it has to be at" in done.stderr or "too large" in done.stderr


@pytest.mark.parametrize("number", [HUGE, "9" * 5000])
def test_nothing_failed_under_a_number_that_nothing_can_have(world: World, number: str) -> None:
    assert f"nothing failed under {number}" in str(
        form144("failed", "retry", number, **installed(world)).exception
    )


@pytest.mark.parametrize("cik", ["0", "-5", "10000000000", HUGE])
@pytest.mark.parametrize("side", ["--issuer", "--seller"])
def test_a_silence_on_a_cik_that_nobody_can_have_is_refused(world: World, side: str, cik: str) -> None:
    until = ["--until", "1w", "--by", "x", "--reason", "x"]
    done = form144("silence", "add", f"{side}={cik}", *until, COLUMNS="200", **installed(world))
    assert done.exit_code == 2
    assert f"'{side}': " in done.stderr
    assert world.ledger.silences.all() == ()


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
@pytest.mark.parametrize("command", ["--version", "schema notice", "status"])
def test_an_output_that_the_shell_closed_is_one_that_nobody_reads(
    tmp_path: Path, closed: str, command: str
) -> None:
    sign = {"stdout": "1>&-", "stderr": "2>&-"}[closed]
    line = f'exec "$0" -m worker.cli {command} {sign}'
    done = ended("sh", "-c", line, sys.executable, cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert done.returncode == (2 if command == "status" else 0)
    assert "Traceback" not in done.stderr
