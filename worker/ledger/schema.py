"""The ledger's schema: brought up to date by Alembic, and refused where it is newer than this program."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from worker.errors import ConfigurationError, Mistake
from worker.ledger.database import Database

#: PostgreSQL's advisory lock that lets one migration run at a time; any number no one else uses.
MIGRATION_LOCK = 144_144_144


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision; does nothing where it is there.

    Safe to run from several processes at once. Raises ConfigurationError where the schema is newer.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        _refuse_newer(connection)
        if _revision(connection) == newest():
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def upgrade_sql(url: str, *, since: str | None = None) -> str:
    """The same as SQL, for a person who runs it: one transaction for the database of that URL, which is not
    asked. `since` is the revision that stands there, None where nothing does. Raises ConfigurationError for a
    revision this program does not know.
    """
    config = _config()
    config.attributes["dialect"] = sa.make_url(url).get_dialect().name
    config.output_buffer = StringIO()
    try:
        command.upgrade(config, f"{since}:head" if since else "head", sql=True)
    except CommandError:
        known = ", ".join(reversed(revisions()))
        why, hint = f"{since} is no schema of this form144", f"write one of {known}"
        raise ConfigurationError([Mistake("--from", why, hint)]) from None
    return config.output_buffer.getvalue()


def require_current(database: Database) -> None:
    """Raise ConfigurationError, saying what to do, unless the schema is the one this program knows."""
    with database.read() as connection:
        _refuse_newer(connection)
        if _revision(connection) != newest():
            raise ConfigurationError(
                [
                    Mistake(
                        "FORM144_LEDGER_URL", "the ledger's schema is not up to date", "run: form144 migrate"
                    )
                ]
            )


def newest() -> str:
    """The newest revision this program knows."""
    return revisions()[0]


def revisions() -> list[str]:
    """Every revision this program knows, the newest first. Raises LookupError where the installation holds
    none.
    """
    found = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]
    if not found:
        raise LookupError("the installation holds no migrations")
    return found


def _refuse_newer(connection: sa.Connection) -> None:
    revision = _revision(connection)
    known = revisions()
    if revision is not None and revision not in known:
        raise ConfigurationError(
            [
                Mistake(
                    "FORM144_LEDGER_URL",
                    f"the ledger was written by a newer form144: its schema is {revision}, "
                    f"this program knows {newest()}",
                    "install the newer form144; the ledger has not been touched",
                )
            ]
        )


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config
