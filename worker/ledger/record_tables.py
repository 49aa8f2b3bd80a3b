"""The ledger's tables of the chained record. Rows of both are added and never changed, but for `sealed`; what
is pruned leaves its link.
"""

from __future__ import annotations

import sqlalchemy as sa

from worker.ledger.tables import metadata

#: One step, written in the transaction of the step. `at` and `body` stand as they are hashed: an instant in
#: UTC to the microsecond (2026-09-01T20:06:00.000000Z), and JSON with its keys sorted and no spaces.
#: An `id` is never given twice, not even after the newest entry is gone.
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(27), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(400), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)
#: What waits for its link is found without passing over all that has one: on PostgreSQL an entry may become
#: visible after others with higher numbers, so no mark of "sealed up to here" would do.
sa.Index(
    "ix_entries_loose",
    entries.c.id,
    sqlite_where=entries.c.sealed.is_(sa.false()),
    postgresql_where=entries.c.sealed.is_(sa.false()),
)

#: The chain. Positions count from 1 without a gap. `entry_hash` is the entry's own, `hash` that of the
#: previous hash and `entry_hash`: so the chain holds where entries were pruned.
links = sa.Table(
    "links",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.Integer, nullable=False, unique=True),
    sa.Column("entry_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
