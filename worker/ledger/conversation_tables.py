"""The ledger's tables of conversations: which message answers which, and which were told in one."""

from __future__ import annotations

import sqlalchemy as sa

from worker.ledger.tables import metadata
from worker.ledger.types import UtcDateTime

#: Where a delivery stands in the conversation at its destination; written once, before its first attempt.
#: `top_id` is the delivery it answers, itself where it begins a conversation. `amends_id` is the delivery
#: whose notice it amends; that message is to be marked as amended from `mark_due_at` on, NULL where there is
#: nothing to mark, or no more.
threads = sa.Table(
    "threads",
    metadata,
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("top_id", sa.ForeignKey("deliveries.id"), nullable=False, index=True),
    sa.Column("amends_id", sa.ForeignKey("deliveries.id"), index=True),
    sa.Column("mark_due_at", UtcDateTime, index=True),
    sa.Column("mark_attempts", sa.Integer, nullable=False),
    sa.Column("marked_at", UtcDateTime),
    sa.Column("mark_error", sa.Text),
)

#: Deliveries that were told together, each in the one that did.
rollups = sa.Table(
    "rollups",
    metadata,
    sa.Column("member_id", sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("rollup_id", sa.ForeignKey("deliveries.id"), nullable=False, index=True),
)
