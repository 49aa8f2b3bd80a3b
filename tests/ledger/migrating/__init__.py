"""What a ledger of every schema held: plain SQL, one file per revision for the tables it brought.

A revision that brings a table needs its file; test_migrations.py says so where it is forgotten.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command

from worker.ledger.database import Database
from worker.ledger.schema import _config, revisions

FOLDER = Path(__file__).parent

#: Some minutes after the newest row.
LATER = datetime(2026, 9, 1, 20, 30, tzinfo=UTC)

DELIVERED = "0001950047-26-000123"
OWED = "0001950047-26-000002"
ANNOUNCED = "0001950047-26-000003"


def made_at(url: str, revision: str) -> None:
    """Make a ledger with the schema of that revision, and rows in each of its tables."""
    for one in revisions()[::-1]:
        rows = FOLDER / f"{one}.sql"
        if rows.exists() or one == revision:
            upgrade_to(url, one)
        if rows.exists():
            run(url, rows.read_text())
        if one == revision:
            return


def upgrade_to(url: str, revision: str) -> None:
    database = Database(url)
    with database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


def run(url: str, script: str) -> None:
    """Have the database itself read the script, as its own shell would, and stop at the first mistake."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(script.replace(":BLOB", "BLOB"))
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(script.replace(":BLOB", "BYTEA").encode())
        # Ids were given out by the program, not by these rows.
        numbered = connection.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_default LIKE 'nextval%'"
        )
        for (table,) in numbered.fetchall():
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            connection.execute(f"SELECT setval({sequence}, 1000 + count(*)) FROM {table}".encode())


def counts(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    database = Database(url)
    with database.read() as connection:
        found = {
            table: int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in sa.inspect(connection).get_table_names()
        }
    database.close()
    return found


def schema_of(url: str) -> object:
    """The schema as the database tells it, to be compared."""
    database = Database(url)
    try:
        with database.read() as connection:
            if database.is_sqlite:
                found = connection.execute(sa.text("SELECT type, name, sql FROM sqlite_master")).all()
                return sorted((kind, name, " ".join((sql or "").split())) for kind, name, sql in found)
            inspector = sa.inspect(connection)
            return {
                table: sorted(
                    repr(part)
                    for ask in (
                        inspector.get_columns,
                        inspector.get_foreign_keys,
                        inspector.get_unique_constraints,
                        inspector.get_indexes,
                    )
                    for part in [*ask(table), inspector.get_pk_constraint(table)]
                )
                for table in inspector.get_table_names()
            }
    finally:
        database.close()
