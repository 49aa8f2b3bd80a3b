"""Prunable: what retention may take out of days long gone, and what it is kept for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import OVER, DeliveryState
from worker.alerts.message import Message
from worker.ledger.chain import instant
from worker.ledger.digest_tables import digest_entries
from worker.ledger.drill_tables import no_drill_delivery
from worker.ledger.filings import CLAIMABLE
from worker.ledger.record_tables import entries, links
from worker.ledger.tables import alerts, deliveries, documents, filings, polls
from worker.ledger.types import UtcDateTime

#: What stands in the place of a message that was pruned. It is never sent.
PRUNED = Message(text="")

_OPEN = (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.UNKNOWN)


class Prunable(msgspec.Struct, frozen=True, kw_only=True):
    """What happened before `until` and is, or was, to be taken out. `position` and `hash` are the last ones
    whose entry goes, 0 and "" where none does. `still_open` is what everything since is kept for, in words;
    None where nothing is in the way of the day that was asked for.
    """

    until: datetime
    entries: int
    position: int
    hash: str
    documents: int
    document_bytes: int
    messages: int
    polls: int
    still_open: str | None


def prunable(connection: sa.Connection, before: datetime) -> Prunable:
    """What pruning up to `before` would take."""
    still_open, since = open_since(connection)
    until = before if since is None else min(before, since)
    position = _last_position(connection, until)
    link = connection.execute(sa.select(links.c.hash).where(links.c.position == position))
    number = (
        sa.select(sa.func.count())
        .select_from(entries.join(links, links.c.entry_id == entries.c.id))
        .where(links.c.position <= position)
    )
    size = sa.func.coalesce(sa.func.sum(sa.func.length(documents.c.body)), 0)
    bodies, body_bytes = connection.execute(
        sa.select(sa.func.count(), size).select_from(documents).where(*old_documents(until))
    ).one()
    messages = sa.select(sa.func.count()).select_from(deliveries).where(*old_messages(until))
    looks = sa.select(sa.func.count()).select_from(polls).where(*old_polls(until))
    return Prunable(
        until=until,
        entries=connection.execute(number).scalar_one(),
        position=position,
        hash=link.scalar_one_or_none() or "",
        documents=bodies,
        document_bytes=body_bytes,
        messages=connection.execute(messages).scalar_one(),
        polls=connection.execute(looks).scalar_one(),
        still_open=still_open if until < before else None,
    )


def _last_position(connection: sa.Connection, until: datetime) -> int:
    """The last position up to which every entry happened before `until`; 0 where the first did not."""
    later = (
        sa.select(sa.func.min(links.c.position))
        .join(entries, entries.c.id == links.c.entry_id)
        .where(entries.c.at >= instant(until))
    )
    first_kept = connection.execute(later).scalar_one()
    if first_kept is not None:
        return int(first_kept) - 1
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(links.c.position), 0))).scalar_one())


def open_since(connection: sa.Connection) -> tuple[str | None, datetime | None]:
    """What is unfinished for longest, and since when; (None, None) where nothing is. A drill that is over is
    finished, also where nobody can tell whether it arrived: nobody is the poorer for it.
    """
    began = sa.func.coalesce(filings.c.seen_at, deliveries.c.owed_since, type_=UtcDateTime)
    waiting = sa.and_(deliveries.c.state == DeliveryState.HELD, deliveries.c.due_at.is_not(None))
    owed = (
        sa.select(deliveries.c.id, deliveries.c.state, began.label("since"))
        .select_from(deliveries)
        .outerjoin(alerts, alerts.c.id == deliveries.c.alert_id)
        .outerjoin(filings, filings.c.accession == alerts.c.accession)
        .where(sa.or_(deliveries.c.state.in_(_OPEN), waiting), no_drill_delivery())
        .order_by(began)
        .limit(1)
    )
    unread = (
        sa.select(filings.c.accession, filings.c.seen_at)
        .where(filings.c.state.in_(CLAIMABLE), filings.c.due_at.is_not(None))
        # What is due has an index of its own; by this one SQLite would go through all that was ever seen.
        .order_by(sa.func.coalesce(filings.c.seen_at, filings.c.due_at))
        .limit(1)
    )
    to_be_told = (
        sa.select(filings.c.accession, filings.c.seen_at)
        .join(digest_entries, digest_entries.c.accession == filings.c.accession)
        .where(digest_entries.c.digest_id.is_(None))
        .order_by(filings.c.seen_at)
        .limit(1)
    )
    found: list[tuple[datetime, str]] = []
    for number, state, began_at in connection.execute(owed):
        found.append((began_at, f"delivery {number} is {state}"))
    for accession, seen_at in connection.execute(unread):
        found.append((seen_at, f"{accession} is not read yet"))
    for accession, seen_at in connection.execute(to_be_told):
        found.append((seen_at, f"{accession} waits for a digest"))
    since, what = min(found, default=(None, None))
    return what, since


def old_documents(until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    read = sa.exists().where(filings.c.accession == documents.c.accession, filings.c.read_at < until)
    return read, sa.func.length(documents.c.body) > 0


def old_messages(until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    over = sa.func.coalesce(deliveries.c.state, "").in_(OVER)
    return over, _before(deliveries.c.settled_at, until), deliveries.c.message != PRUNED


def old_polls(until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Not the first and the last, nor the first and the last that came to their end: they say how far back
    all was seen, and where to go on.
    """
    complete = polls.c.ended_at.is_not(None), polls.c.error.is_(None)
    kept = [
        sa.select(sa.func.coalesce(end(polls.c.id), 0)).where(*which).correlate(None).scalar_subquery()
        for end in (sa.func.min, sa.func.max)
        for which in ((sa.true(),), complete)
    ]
    return _before(polls.c.started_at, until), polls.c.id.not_in(kept)


def _before(column: sa.Column[Any], until: datetime) -> sa.ColumnElement[bool]:
    """Hidden from the index on it, as a state is: SQLite would go through all that it finds by it, and sort
    that, for each slice of a table that is taken in the order of its keys.
    """
    return sa.func.coalesce(column, sa.literal(until, UtcDateTime())) < until
