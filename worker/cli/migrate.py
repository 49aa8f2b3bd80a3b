"""`form144 migrate`: bring the ledger's schema up to date, or print the SQL that does."""

from __future__ import annotations

from typing import Annotated

import typer

from worker import parts
from worker.ledger.schema import newest, upgrade_sql
from worker.settings import from_environment


def migrate(
    sql: Annotated[bool, typer.Option("--sql", help="Only print the SQL; the ledger is not asked.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="REVISION", help="With --sql: the schema that stands, if any does."),
    ] = None,
) -> None:
    """Bring the ledger's schema up to date; does nothing where it is."""
    settings = from_environment()
    if sql:
        print(upgrade_sql(settings.ledger_url, since=since), end="")
        return
    parts.open_ledger(settings, migrate=True).close()
    typer.echo(f"The ledger's schema is up to date ({newest()}).")
