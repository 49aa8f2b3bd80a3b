"""From every schema there was to the newest, with data in it, on both databases."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tests.ledger.migrating import ANNOUNCED, DELIVERED, LATER, OWED, counts, made_at, run, schema_of
from tests.world import Clock, a_world
from worker.alerts.delivery import DeliveryState
from worker.cli.explain import record_lines
from worker.cli.migrate import migrate as migrate_command
from worker.cli.status import read_status
from worker.errors import ConfigurationError
from worker.ledger.ledger import Ledger
from worker.ledger.schema import newest, revisions, upgrade_sql
from worker.ledger.tables import metadata

EVERY_SCHEMA = pytest.mark.parametrize("revision", revisions()[::-1])


@EVERY_SCHEMA
def test_a_ledger_of_any_schema_comes_to_the_newest_and_keeps_every_row(
    ledger_url: str, revision: str
) -> None:
    made_at(ledger_url, revision)
    before = counts(ledger_url)
    forgotten = [table for table, rows in before.items() if not rows]
    assert forgotten == [], "tests/ledger/migrating has no rows of these tables"
    Ledger.open(ledger_url, migrate=True).close()
    after = counts(ledger_url)
    assert {table: after[table] for table in before} == before
    ledger = Ledger.open(ledger_url, migrate=False)
    with ledger.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    ledger.close()


@EVERY_SCHEMA
def test_what_an_older_program_wrote_is_read_and_what_it_owed_is_delivered(
    ledger_url: str, revision: str, tmp_path: Path
) -> None:
    made_at(ledger_url, revision)
    ledger = Ledger.open(ledger_url, migrate=True)
    with a_world(tmp_path) as made:
        world = replace(made, ledger=ledger, clock=Clock(LATER))
        states = read_status(ledger, LATER)
        assert states.deliveries[DeliveryState.OWED] == 2
        assert states.filings["announced"] == 1
        told = ledger.records.of(DELIVERED)
        assert told is not None
        assert any("jane@example.com" in line for line in record_lines(told))
        assert ledger.report.coverage(date(2026, 9, 1)).seen == 3

        world.pipeline().deliver()
        assert ledger.report.deliveries_by_state().get(DeliveryState.OWED, 0) == 0
        assert (world.posts(), len(world.mails())) == (1, 1)
        owed = ledger.records.of(OWED)
        assert owed is not None
        assert {one.state for alert in owed.alerts for one in alert.deliveries} == {DeliveryState.DELIVERED}
        claimed = ledger.filings.claim(LATER, LATER - LATER.replace(minute=29), "worker")
        assert claimed is not None
        assert claimed.filing.accession == ANNOUNCED
    ledger.close()


@EVERY_SCHEMA
def test_the_printed_sql_comes_to_the_same_schema_as_migrating(
    ledger_url: str, revision: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made_at(ledger_url, revision)
    run(ledger_url, upgrade_sql(ledger_url, since=revision))
    Ledger.open(ledger_url, migrate=False).close()
    printed = schema_of(ledger_url)
    if ledger_url.startswith("sqlite"):
        other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    else:
        other = other_database(ledger_url, request)
    Ledger.open(other, migrate=True).close()
    assert printed == schema_of(other)


def other_database(url: str, request: pytest.FixtureRequest) -> str:
    """A second empty database of the test's own."""
    postgres = request.getfixturevalue("postgres")
    name = f"{url.rpartition('/')[2]}_2"
    run(url, f"CREATE DATABASE {name}")
    request.addfinalizer(lambda: run(postgres.url(), f"DROP DATABASE {name} WITH (FORCE)"))
    return f"{url.rpartition('/')[0]}/{name}"


def test_the_printed_sql_makes_a_ledger_where_there_is_none(ledger_url: str) -> None:
    run(ledger_url, upgrade_sql(ledger_url))
    Ledger.open(ledger_url, migrate=False).close()


def test_the_command_prints_the_sql_for_the_database_of_the_settings_and_asks_nobody(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from worker import engine

    monkeypatch.setenv("FORM144_LEDGER_URL", "postgresql://form144:hunter2@db.example.com/form144")
    monkeypatch.setenv("FORM144_DATA", str(tmp_path / "nothing"))
    engine.settings.cache_clear()
    try:
        migrate_command(sql=True, since=revisions()[-1])
    finally:
        engine.settings.cache_clear()
    printed = capsys.readouterr().out
    assert printed.startswith("BEGIN;")
    assert printed.rstrip().endswith("COMMIT;")
    assert "TIMESTAMP WITH TIME ZONE" in printed
    assert "hunter2" not in printed
    assert not (tmp_path / "nothing").exists()


def test_a_revision_that_never_was_is_refused_with_those_that_were() -> None:
    with pytest.raises(ConfigurationError, match="9999 is no schema of this form144"):
        upgrade_sql("sqlite:///x", since="9999")


CUT_SHORT = """
import os, sys
from sqlalchemy import event
from worker.ledger.database import Database
from worker.ledger.schema import upgrade
database = Database(sys.argv[1])
left = int(sys.argv[2])
@event.listens_for(database.engine, "before_cursor_execute")
def count(_connection, _cursor, statement, *_rest):
    global left
    left -= statement.lstrip().startswith(("CREATE", "UPDATE", "INSERT", "ALTER", "DROP"))
    if left == 0:
        os._exit(9)
upgrade(database)
database.close()
"""


@pytest.mark.parametrize("statement", [1, 9, 20])
def test_a_migration_that_was_killed_left_nothing_and_is_run_again(ledger_url: str, statement: int) -> None:
    first = revisions()[-1]
    made_at(ledger_url, first)
    before, rows = schema_of(ledger_url), counts(ledger_url)
    arguments = [sys.executable, "-c", CUT_SHORT, ledger_url, str(statement)]
    killed = subprocess.run(arguments, check=False, timeout=120)
    assert killed.returncode == 9
    assert (schema_of(ledger_url), counts(ledger_url)) == (before, rows)
    assert revision_of(ledger_url) == first
    Ledger.open(ledger_url, migrate=True).close()
    assert revision_of(ledger_url) == newest()


def revision_of(url: str) -> str:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    assert found is not None
    return found
