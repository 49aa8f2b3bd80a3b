"""The ledger's tables. Alembic's migrations add up to exactly these (tests/ledger/test_migrations.py).

Two conventions hold for every table that carries work:

- `due_at` is schedule and lease in one: a row is claimable from then on. Claiming moves it to the end of
  the lease, settling moves it to the next attempt or to NULL for "nothing more to do";
- `owner` is the token of the claim. Settling names the token, so that a worker that outlived its lease
  settles nothing.
"""

from __future__ import annotations

import sqlalchemy as sa

from worker.alerts.message import Message
from worker.filings.filing import Party
from worker.filings.notice import Form144Notice
from worker.ledger.types import Json, UtcDateTime
from worker.watchlists.destination import LONGEST_ADDRESS, LONGEST_NOTIFIER
from worker.watchlists.match import Match
from worker.watchlists.watchlist import LONGEST_ID

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

#: What EDGAR announced. `state`: announced, reading, read, unreadable. An attempt that was neither
#: postponed nor the last one was cut short. `day` is the Eastern day it counts under, which is that of
#: the index once one lists it (`indexed`); what it raises is told to nobody where it is `quiet`.
filings = sa.Table(
    "filings",
    metadata,
    sa.Column("accession", sa.String(20), primary_key=True),
    sa.Column("form_type", sa.String(16), nullable=False),
    sa.Column("parties", Json(tuple[Party, ...]), nullable=False),
    sa.Column("found_by", sa.String(8), nullable=False),
    sa.Column("accepted_at", UtcDateTime, index=True),
    sa.Column("filed_on", sa.Date),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("indexed", sa.Boolean, nullable=False),
    sa.Column("quiet", sa.Boolean, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_at", UtcDateTime),
    sa.Column("owner", sa.String(32)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("postponed", sa.Integer, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.Column("read_at", UtcDateTime, index=True),
)
#: The newest day is read first, among a year's that are due: only those have a due time.
sa.Index(
    "ix_filings_due",
    filings.c.day,
    filings.c.due_at,
    sqlite_where=filings.c.due_at.is_not(None),
    postgresql_where=filings.c.due_at.is_not(None),
)

#: Eastern days whose index was parsed, with the number of Form 144s it lists; NULL for a business day
#: that EDGAR made no index of. A day that is not here waits for its index.
days = sa.Table(
    "days",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("indexed", sa.Integer),
    sa.Column("indexed_at", UtcDateTime, nullable=False),
)

#: A filing's bytes, as sent.
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("accession", sa.ForeignKey("filings.accession"), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("fetched_at", UtcDateTime, nullable=False),
)

#: What the seller says. `unreadable_because` where only the announced parties are known.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("accession", sa.ForeignKey("filings.accession"), primary_key=True),
    sa.Column("notice", Json(Form144Notice), nullable=False),
    sa.Column("unreadable_because", sa.Text),
    sa.Column("issuer_cik", sa.BigInteger, index=True),
    sa.Column("seller_cik", sa.BigInteger, index=True),
    sa.Column("previous_accession", sa.String(20), index=True),
)

#: One per accession and watchlist, ever. `list_digest` is the list as it was.
alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("accession", sa.ForeignKey("filings.accession"), nullable=False),
    sa.Column("watchlist_id", sa.String(LONGEST_ID), nullable=False),
    sa.Column("list_digest", sa.String(64), nullable=False),
    sa.Column("match", Json(Match), nullable=False),
    sa.Column("raised_at", UtcDateTime, nullable=False, index=True),
    sa.UniqueConstraint("accession", "watchlist_id"),
)

#: A lane: one delivery at a time goes to one destination, and not before `open_at`. `failing` where what
#: was tried last did not arrive: it is tried again after the others had their turn.
lanes = sa.Table(
    "lanes",
    metadata,
    sa.Column("notifier", sa.String(LONGEST_NOTIFIER), primary_key=True),
    sa.Column("address", sa.String(LONGEST_ADDRESS), primary_key=True),
    sa.Column("open_at", UtcDateTime, nullable=False),
    sa.Column("ended_because", sa.Text),
    sa.Column("failing", sa.Boolean, nullable=False, server_default=sa.false()),
)

#: One message to one destination. `state` is a DeliveryState. `alert_id` is NULL for a message about several
#: alerts.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.id")),
    sa.Column("notifier", sa.String(LONGEST_NOTIFIER), nullable=False),
    sa.Column("address", sa.String(LONGEST_ADDRESS), nullable=False),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("message", Json(Message), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_at", UtcDateTime, index=True),
    sa.Column("owner", sa.String(32)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("owed_since", UtcDateTime, nullable=False),
    sa.Column("first_attempt_at", UtcDateTime),
    sa.Column("settled_at", UtcDateTime, index=True),
    sa.Column("receipt", sa.Text),
    sa.Column("last_error", sa.Text),
    sa.UniqueConstraint("alert_id", "notifier", "address"),
    sa.ForeignKeyConstraint(["notifier", "address"], ["lanes.notifier", "lanes.address"]),
)

#: How many stand in each state is asked every few seconds, and what arrived lately.
sa.Index("ix_deliveries_state", deliveries.c.state, deliveries.c.notifier, deliveries.c.settled_at)

#: Every attempt, written before it is made: an attempt without an outcome is a crash that left evidence.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime, index=True),
    sa.Column("outcome", sa.String(16)),
    sa.Column("detail", sa.Text),
)

#: Every poll of the feed. `ended_at` is NULL while it runs or where it was killed.
polls = sa.Table(
    "polls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("started_at", UtcDateTime, nullable=False, index=True),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("back_to", UtcDateTime, nullable=False),
    sa.Column("newest_accepted_at", UtcDateTime),
    sa.Column("oldest_accepted_at", UtcDateTime),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("new_filings", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
)

#: Work that comes round: `name` is poll, reconcile, follow_up, digest, tell, acknowledge or ping. `error`
#: says what went wrong the last time.
chores = sa.Table(
    "chores",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("owner", sa.String(32)),
    sa.Column("error", sa.Text),
)

#: When the next request to the SEC may leave, for all processes. Seconds since 1970.
pace = sa.Table(
    "pace",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("next_at", sa.Float, nullable=False),
    sa.Column("paused_until", sa.Float, nullable=False),
)

#: What this installation decided once: the secret behind delivery keys, the day its indexes begin.
facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
