"""`form144 ack`: somebody has seen to an alert."""

from __future__ import annotations

from typing import Annotated

import typer

from worker import parts
from worker.cli.documents import opened_ledger
from worker.errors import ConfigurationError, Form144Error, Mistake
from worker.settings import from_environment


def ack(
    alert: Annotated[str, typer.Argument(help="its number, or the accession number for all of a filing's")],
    by: Annotated[str, typer.Option(help="who has seen to it")],
    note: Annotated[str | None, typer.Option(help="what was done; kept beside it")] = None,
) -> None:
    """Write down that somebody has seen to an alert."""
    if not by.strip():
        raise ConfigurationError([Mistake("--by", "names nobody")])
    with opened_ledger(from_environment()) as ledger:
        found = ledger.acknowledgements.alerts_of(alert)
        if not found:
            raise Form144Error(f"there is no alert {alert}; form144 explain ACCESSION shows their numbers")
        now = parts.clock()
        new = [
            number
            for number in found
            if ledger.acknowledgements.add(number, by.strip(), how="cli", remark=note, now=now)
        ]
        names = ledger.acknowledgements.named(new or found)
    typer.echo(f"acknowledged by {by.strip()}:" if new else f"{by.strip()} had acknowledged it before:")
    for number, (accession, watchlist_id) in names.items():
        typer.echo(f"  alert {number} of list {watchlist_id}, {accession}")
