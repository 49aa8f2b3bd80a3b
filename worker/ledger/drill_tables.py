"""The ledger's table of drills, and how everything else leaves them out of its counts.

It belongs to the metadata of `tables.py`, whose conventions hold here too.
"""

from __future__ import annotations

import sqlalchemy as sa

from worker.filings.filing import FoundBy
from worker.ledger.tables import alerts, deliveries, filings, metadata
from worker.ledger.types import Json, UtcDateTime
from worker.watchlists.destination import Destination
from worker.watchlists.watchlist import LONGEST_ID

#: One row per drill: what it asks of which list, its document, and how far it has come. What has no instant
#: has not happened. `why_nobody` is a sentence where the reading told nobody; `result`, with `reached_all`,
#: is written when the drill is over, which it is at `until` at the latest.
drills = sa.Table(
    "drills",
    metadata,
    sa.Column("accession", sa.ForeignKey("filings.accession"), primary_key=True),
    sa.Column("watchlist_id", sa.String(LONGEST_ID), nullable=False),
    sa.Column("destinations", Json(tuple[Destination, ...]), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("taken_at", UtcDateTime),
    sa.Column("read_at", UtcDateTime),
    sa.Column("matched_at", UtcDateTime),
    sa.Column("why_nobody", sa.Text),
    sa.Column("ended_at", UtcDateTime, index=True),
    sa.Column("reached_all", sa.Boolean),
    sa.Column("result", sa.Text),
)


def drill_alerts(*those: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    """The ids of the alerts that drills raised, of `those` drills or of all. There are few drills, so that
    asking costs next to nothing: as a join, SQLite would go through all alerts instead.
    """
    asked = sa.select(drills.c.accession).where(*those).correlate(None)
    return sa.select(alerts.c.id).where(alerts.c.accession.in_(asked)).correlate(None)


def no_drill_filing() -> sa.ColumnElement[bool]:
    """True for a row of `filings` that EDGAR announced, as opposed to a drill."""
    return filings.c.found_by != FoundBy.DRILL


def no_drill_delivery() -> sa.ColumnElement[bool]:
    """True for a row of `deliveries` that is about notices, as opposed to a drill."""
    return sa.or_(deliveries.c.alert_id.is_(None), deliveries.c.alert_id.not_in(drill_alerts()))
