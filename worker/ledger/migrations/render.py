"""How a new migration spells the ledger's own column types: as what the database stores."""

from __future__ import annotations

from typing import Literal

from worker.ledger.types import Json, UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Alembic's `render_item` hook: a migration must not depend on code that may change after it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False
