"""The ledger's tables about what became of messages: troubles, redirects, silences, holds, acknowledgements.

They belong to the metadata of `tables.py`, whose conventions hold here too.
"""

from __future__ import annotations

import sqlalchemy as sa

from worker.ledger.tables import metadata
from worker.ledger.types import UtcDateTime
from worker.watchlists.destination import LONGEST_ADDRESS, LONGEST_NOTIFIER
from worker.watchlists.watchlist import LONGEST_ID

# What went wrong, and who was told.

#: What the operator has to hear of, one row per kind and subject. They have heard of `told_times` of the
#: `times` it happened, last at `told_at`.
troubles = sa.Table(
    "troubles",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(400), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("told_times", sa.Integer, nullable=False),
    sa.Column("told_at", UtcDateTime),
    sa.UniqueConstraint("kind", "subject"),
)

#: Deliveries that did not arrive, each with the destination that was given its message instead.
redirects = sa.Table(
    "redirects",
    metadata,
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("notifier", sa.String(LONGEST_NOTIFIER), nullable=False),
    sa.Column("address", sa.String(LONGEST_ADDRESS), nullable=False),
    sa.Column("redirected_at", UtcDateTime, nullable=False),
)

# What is kept back.

#: Who asked not to be told of what, until when. Expiring one early moves `expires_at`; none is ever deleted.
silences = sa.Table(
    "silences",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("about", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(LONGEST_ID), nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)

#: Deliveries that were kept back when they were raised, by whom and why; `until` is NULL where only a person
#: lets them go. The row stays after they went.
holds = sa.Table(
    "holds",
    metadata,
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("silence_id", sa.ForeignKey("silences.id"), index=True),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("held_at", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime),
)

#: Who said of an alert that they have seen to it, each person once. `how` is cli or slack.
acknowledgements = sa.Table(
    "acknowledgements",
    metadata,
    sa.Column("alert_id", sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("person", sa.String(200), primary_key=True),
    sa.Column("acknowledged_at", UtcDateTime, nullable=False),
    sa.Column("how", sa.String(16), nullable=False),
    sa.Column("remark", sa.Text),
)
