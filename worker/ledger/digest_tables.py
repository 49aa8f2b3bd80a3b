"""The ledger's tables of digests: what was told at which time, and what waits for the next."""

from __future__ import annotations

import sqlalchemy as sa

from worker.alerts.digest import DigestItem
from worker.ledger.tables import metadata
from worker.ledger.types import Json, UtcDateTime
from worker.watchlists.destination import LONGEST_ADDRESS, LONGEST_NOTIFIER
from worker.watchlists.watchlist import LONGEST_ID

#: A digest of one destination and schedule, told at `slot`, a time of that schedule; or the time from which
#: on there is one, which then holds no entries. `delivery_id` is NULL where nothing was to be said. From
#: `since` to `composed_at` is the time it speaks of; what it tells of says `digest_id`. `sha256` is over the
#: message as it was composed.
digests = sa.Table(
    "digests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("notifier", sa.String(LONGEST_NOTIFIER), nullable=False),
    sa.Column("address", sa.String(LONGEST_ADDRESS), nullable=False),
    sa.Column("schedule", sa.String(160), nullable=False),
    sa.Column("slot", UtcDateTime, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("composed_at", UtcDateTime, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), index=True),
    sa.Column("sha256", sa.String(64)),
    sa.UniqueConstraint("notifier", "address", "schedule", "slot"),
)

#: What goes into a digest of one destination: an alert, by its own delivery there, or a near miss, which has
#: none. `digest_id` is NULL while it waits, and is written once.
digest_entries = sa.Table(
    "digest_entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("notifier", sa.String(LONGEST_NOTIFIER), nullable=False),
    sa.Column("address", sa.String(LONGEST_ADDRESS), nullable=False),
    sa.Column("schedule", sa.String(160), nullable=False),
    sa.Column("accession", sa.ForeignKey("filings.accession"), nullable=False),
    sa.Column("watchlist_id", sa.String(LONGEST_ID), nullable=False),
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), unique=True),
    sa.Column("item", Json(DigestItem), nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.Column("digest_id", sa.ForeignKey("digests.id"), index=True),
    sa.UniqueConstraint("notifier", "address", "accession", "watchlist_id"),
)
