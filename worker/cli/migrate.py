"""`form144 migrate`: bring the ledger's schema up to date."""

from __future__ import annotations

from rich import print as show

from worker import engine, parts
from worker.ledger.schema import newest


def migrate() -> None:
    """Bring the ledger's schema up to date; does nothing where it is."""
    parts.open_ledger(engine.settings(), migrate=True).close()
    show(f"The ledger's schema is up to date ({newest()}).")
