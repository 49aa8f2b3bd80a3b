"""`form144 check` and `form144 explain`, where there is a ledger to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.builders import a_filing, a_notice
from tests.world import World, a_world
from worker.alerts.hold import About
from worker.cli.check import check
from worker.cli.explain import explain

ACCESSION = a_filing().accession
LIST = f"""\
name: A list
owner: Jane Doe
severity: high
issuers: [1999500]
tell:
  - 'console:'
  - {{to: 'email:a@example.com', severity: low}}
tests:
  - {{name: as it was, notice: {ACCESSION}, tells: 'console:'}}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A ledger that has read one notice, and a folder of lists beside it."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.yaml").write_text(LIST)
    with a_world(tmp_path) as made:
        made.clock.now = datetime.now(UTC) - timedelta(days=3)
        yield made


def publish(world: World) -> None:
    world.publish(a_filing(accepted_at=world.clock() - timedelta(minutes=1)), a_notice())
    world.settle()


def run(folder: Path, *options: str, command: object = check) -> Result:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]  # either command
    environment = {
        "FORM144_DATA": str(folder),
        "EDGAR_CONTACT": None,
        "FORM144_SMTP_URL": "smtp+plain://localhost:25",
        "FORM144_MAIL_FROM": "alerts@example.com",
    }
    return CliRunner().invoke(app, [*options, str(folder / "lists")], env=environment)


def test_a_test_of_a_notice_in_the_ledger_is_run_against_it(world: World) -> None:
    publish(world)
    result = run(world.folder)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-1].endswith("1 test, 0 failed")
    path = world.folder / "lists" / "a.yaml"
    path.write_text(LIST.replace("tells: 'console:'", "not: 'console:'"))
    failed = run(world.folder)
    assert failed.exit_code == 1
    assert "as it was: console: would be told" in failed.stderr


def test_a_notice_that_the_ledger_has_not_read_is_said_and_is_no_error_unless_strict(world: World) -> None:
    result = run(world.folder)
    assert result.exit_code == 0
    said = f"lists/a.yaml:9:5 as it was: not run, its notice is {ACCESSION}, and the ledger has not read it"
    assert said in result.stderr.replace(":5: ", ":5 ")
    assert run(world.folder, "--strict").exit_code == 1


def test_without_a_ledger_it_says_so_and_makes_none(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.yaml").write_text(LIST)
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "and there is no ledger here" in result.stderr
    assert not list(tmp_path.glob("ledger*"))


def test_a_ledger_that_cannot_be_asked_is_said_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.yaml").write_text(LIST)
    (tmp_path / "ledger.sqlite").write_bytes(b"")
    result = run(tmp_path)
    assert result.exit_code == 0, result.exception
    assert "the ledger cannot be asked: " in result.stderr


def test_a_silence_that_ended_and_still_holds_messages_is_warned_of(world: World) -> None:
    number = world.ledger.silences.add(
        About.ISSUER,
        "1999500",
        author="Jane Doe",
        reason="known",
        now=world.clock() - timedelta(hours=1),
        expires_at=world.clock() + timedelta(days=1),
    )
    assert f"silence {number}" not in run(world.folder).stderr
    publish(world)
    result = run(world.folder)
    assert f"silence {number}: of issuer 1999500, by Jane Doe, ended " in result.stderr
    assert f"form144 silence expire {number} --release sends them" in result.stderr
    world.ledger.silences.release(number, world.clock(), by="Jane Doe")
    assert f"silence {number}" not in run(world.folder).stderr


def test_a_silence_of_a_list_that_is_no_more_is_warned_of(world: World) -> None:
    now = datetime.now(UTC)
    for subject in ("a", "gone"):
        world.ledger.silences.add(
            About.LIST, subject, author="Jane", reason="why", now=now, expires_at=now + timedelta(days=1)
        )
    warned = [line for line in run(world.folder).stderr.splitlines() if "there is no such list" in line]
    assert len(warned) == 1
    assert "of list gone" in warned[0]


def test_severities_are_shown_where_they_are_not_as_usual(world: World) -> None:
    lines = run(world.folder).stdout.splitlines()
    assert "  severity high" in lines
    assert "  tells console:, email:a@example.com as low" in lines
    publish(world)
    found = json.loads(run(world.folder, "--json").stdout)
    assert [one["severity"] for one in found["lists"][0]["routes"]] == ["high", "low"]
    said = run(world.folder, ACCESSION, command=explain).stdout.splitlines()
    assert said[0].endswith("a.yaml): alert, high severity")
    assert "    tells email:a@example.com as low" in said


def test_explain_answers_a_cluster_from_the_ledgers_history(world: World) -> None:
    (world.folder / "lists" / "a.yaml").write_text(
        "name: A\nowner: B\nissuers: [1999500]\nwhen: {cluster: 2 sellers in 30 days}\ntell: 'console:'\n"
    )
    for number, seller in enumerate((7001, 7002)):
        filing = a_filing(
            accession=f"0001950047-26-00012{number}",
            accepted_at=world.clock() - timedelta(minutes=2 - number),
        )
        world.publish(filing, a_notice(filer_ciks=(seller,), notice_date=world.clock().date()))
    world.settle()
    assert "met: cluster 2 sellers" in run(world.folder, "0001950047-26-000121", command=explain).stdout
