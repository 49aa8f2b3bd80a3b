from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tests.world import World
from worker.errors import ConfigurationError, Unreachable
from worker.ledger.database import Database
from worker.ledger.ledger import Ledger
from worker.ledger.tables import chores, metadata
from worker.ledger.types import UtcDateTime


def test_the_migrations_add_up_to_the_tables_in_the_code(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_ledger_made_by_a_newer_program_is_refused_with_a_sentence(ledger: Ledger, ledger_url: str) -> None:
    with ledger.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for migrate in (True, False):
        with pytest.raises(ConfigurationError, match="newer form144"):
            Ledger.open(ledger_url, migrate=migrate)


def test_a_ledger_without_a_schema_says_which_command_makes_one(ledger_url: str) -> None:
    with pytest.raises(ConfigurationError, match="form144 migrate"):
        Ledger.open(ledger_url, migrate=False)


def test_several_processes_may_bring_the_schema_up_to_date_at_once(ledger_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Ledger.open(ledger_url, migrate=True), range(4)))
    for one in opened:
        one.close()


def test_every_process_has_the_same_secret(ledger: Ledger, ledger_url: str) -> None:
    other = Ledger.open(ledger_url, migrate=False)
    assert ledger.secret() == other.secret()
    assert len(ledger.secret()) == 32
    other.close()


def test_an_instant_without_a_time_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.StatementError, match="no time zone"), ledger.database.write() as connection:
        connection.execute(sa.insert(chores).values(name="x", due_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_an_instant_comes_back_in_utc_to_the_microsecond(ledger: Ledger) -> None:
    instant = datetime(2026, 3, 8, 6, 59, 59, 999999, tzinfo=UTC)
    with ledger.database.write() as connection:
        connection.execute(sa.insert(chores).values(name="x", due_at=instant))
        (stored,) = connection.execute(sa.select(chores.c.due_at)).scalars()
    assert (stored, stored.tzinfo) == (instant, UTC)


def test_a_database_that_is_away_is_unreachable_and_shows_no_password() -> None:
    with pytest.raises(Unreachable) as caught:
        Ledger.open(
            "postgresql+psycopg://form144:hunter2@127.0.0.1:1/form144?connect_timeout=1", migrate=True
        )
    assert "hunter2" not in str(caught.value)


def test_every_instant_of_a_day_is_written_in_one_form(world: World) -> None:
    """SQLite compares instants as text: two forms of one would be in the wrong order."""
    world.publish()
    world.settle()
    written: dict[str, set[str]] = {}
    with world.ledger.database.read() as connection:
        for table in metadata.tables.values():
            for column in table.columns:
                if isinstance(column.type, UtcDateTime):
                    as_text = sa.select(sa.type_coerce(column, sa.Text)).where(column.is_not(None))
                    written[str(column)] = set(connection.execute(as_text).scalars())
    assert {"polls.newest_accepted_at", "filings.accepted_at"} <= {name for name in written if written[name]}
    form = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
    assert [name for name, texts in written.items() if not all(map(form.fullmatch, texts))] == []
