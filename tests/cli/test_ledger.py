from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import Result

from tests.builders import a_filing
from tests.cli.commands import form144
from tests.world import World
from worker import parts
from worker.errors import ConfigurationError, Form144Error
from worker.ledger.kinds import Kind


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A notice was published, and the commands go by the world's clock."""
    monkeypatch.setattr(parts, "clock", world.clock)
    world.publish()
    world.settle()
    return world


def run(world: World, *arguments: str) -> Result:
    return form144("ledger", *arguments, FORM144_DATA=str(world.folder))


def tamper(world: World, statement: str) -> None:
    with world.ledger.database.write() as connection:
        connection.exec_driver_sql(statement)


def test_a_whole_record_verifies_and_says_where_it_ends(world: World) -> None:
    head = run(world, "head").stdout.strip()
    result = run(world, "verify", "--anchor", head)
    assert result.exit_code == 0
    said = result.stdout.splitlines()
    assert said == [
        f"{head.partition(':')[0]} entries; each is as it was sealed",
        f"the last one is {head}",
        "1 anchor held",
    ]


def test_the_first_entry_that_is_wrong_is_named_and_the_exit_code_says_so(world: World) -> None:
    run(world, "verify")
    tamper(world, "UPDATE entries SET body = replace(body, 'feed', 'food') WHERE id = 1")
    tamper(world, "DELETE FROM entries WHERE id = 4")
    result = run(world, "verify")
    assert result.exit_code == 1
    assert isinstance(result.exception, Form144Error)
    assert str(result.exception) == (
        "entry 1 does not say what it said when it was sealed (changed); as sealed before it: 0 entries"
    )


def test_an_anchor_that_the_record_does_not_hold_is_named(world: World) -> None:
    result = run(world, "verify", "--anchor", f"2:{'0' * 64}")
    assert "entry 2 has another hash than the anchor" in str(result.exception)
    assert "ends at" in str(run(world, "verify", "--anchor", f"999:{'0' * 64}").exception)
    head = run(world, "head").stdout.strip()
    twice = run(world, "verify", "--anchor", f"{head.partition(':')[0]}:{'0' * 64}", "--anchor", head)
    assert "has another hash than the anchor" in str(twice.exception)
    bogus = run(world, "verify", "--anchor", "2:abc").exception
    assert isinstance(bogus, ConfigurationError)  # 2: exit code 1 is for a record that is not whole
    assert "write POSITION:HASH" in str(bogus)


def test_an_export_carries_its_verifier_and_is_itself_on_the_record(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    result = run(world, "export", "--output", str(folder / "record.jsonl"))
    assert result.exit_code == 0
    lines = (folder / "record.jsonl").read_text(encoding="utf-8").splitlines()
    assert result.stdout.startswith(f"{len(lines)} entries in ")
    assert json.loads(lines[-1])["entry"]["kind"] == Kind.EXPORTED
    command = [sys.executable, "-I", "-S", "verifier.py", "record.jsonl"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert run(world, "verify").stdout.splitlines()[1] in done.stdout


def test_days_are_days_in_washington_and_none_is_an_error(world: World, tmp_path: Path) -> None:
    file = tmp_path / "day.jsonl"
    assert run(world, "export", "--to", "2026-08-31", "--output", str(file)).exit_code == 1
    assert not file.exists()
    result = run(world, "export", "--from", "2026-09-01", "--to", "2026-09-01", "--output", str(file))
    assert result.exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[0])["position"] == 1


def test_a_table_holds_no_formula_for_a_spreadsheet(world: World, tmp_path: Path) -> None:
    for subject in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "harmless"):
        world.ledger.chain.note("step", subject, world.clock(), said="=cmd")
    file = tmp_path / "record.csv"
    done = run(world, "export", "--format", "csv", "--output", str(file))
    assert (done.exit_code, "verifier.py" in done.stdout) == (0, True)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert not [
        cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
    assert [row["subject"] for row in rows if row["kind"] == "step"] == [
        *("'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx"),
        "harmless",
    ]
    assert rows[1]["previous"] == rows[0]["hash"]


PRUNE = ("prune", "--before", "2026-11-01", "--by", "Jane Doe", "--reason", "kept long enough")


def test_a_prune_says_what_it_would_take_and_takes_it_when_told_to(world: World, tmp_path: Path) -> None:
    position = int(run(world, "head").stdout.partition(":")[0])
    world.clock.now = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
    would = run(world, *PRUNE)
    assert would.exit_code == 0
    assert f"would take out: {position} entries of the record" in would.stdout
    assert "2 messages that arrived" in would.stdout
    assert "nothing was changed" in would.stdout
    assert "1 document " in would.stdout
    done = run(world, *PRUNE, "--yes")
    assert done.stdout.splitlines()[0] == would.stdout.splitlines()[0].replace("would take", "taken")
    assert f"{position + 1} entries, {position} of them pruned" in run(world, "verify").stdout
    assert run(world, "export", "--output", str(tmp_path / "record.jsonl")).exit_code == 0
    world.publish(a_filing(accession="0001950047-27-000001", accepted_at=world.clock()))
    world.settle()
    assert run(world, "verify").exit_code == 0
    assert len(world.mails()) == 2


def test_a_prune_that_would_hide_what_others_took_out_is_refused(world: World) -> None:
    run(world, "head")
    tamper(world, "DELETE FROM entries WHERE id = 2")
    world.clock.now = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
    result = run(world, *PRUNE, "--yes")
    assert "entry 2 is missing" in str(result.exception)
    assert not [one for one in world.ledger.chain.walk() if one.entry and one.entry.kind == Kind.PRUNED]


def test_the_last_days_and_prunes_by_nobody_are_refused(world: World) -> None:
    world.clock.now = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    lately = run(world, *PRUNE, "--yes").exception
    assert isinstance(lately, ConfigurationError)
    assert "always kept" in str(lately)
    nobody = ("prune", "--before", "2026-10-01", "--by", " ", "--reason", "x")
    assert "are empty" in str(run(world, *nobody).exception)


def test_nothing_says_more_than_that_it_helps(world: World) -> None:
    help_text = run(world, "--help").stdout
    assert "help with record keeping" in " ".join(help_text.split())
    assert "complian" not in help_text
