"""Retention: what may be forgotten of days long gone; on the record, and with the chain still whole.

What goes: entries of the record, whose links stay; the bodies of documents, whose sha256 stays; messages that
arrived. What stays for ever: which filings were seen, the notices (later amendments are compared with them),
alerts, and deliveries with their keys and receipts. Nothing goes that is younger than what is still owed, of
unknown fate or unread.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message
from worker.ledger.chain import instant, note
from worker.ledger.database import Database
from worker.ledger.filings import CLAIMABLE
from worker.ledger.kinds import Kind
from worker.ledger.record_tables import entries, links
from worker.ledger.tables import alerts, deliveries, documents, filings
from worker.ledger.types import UtcDateTime

#: Nothing younger can be pruned: what was given up is still redirected, what arrived still acknowledged,
#: answered and amended.
KEPT_AT_LEAST = timedelta(days=30)

#: What stands in the place of a message that was pruned. It is never sent.
PRUNED = Message(text="")

_OPEN = (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
_ARRIVED = (DeliveryState.DELIVERED, DeliveryState.ROLLED_UP)


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
    still_open: str | None


class Retention:
    """Takes out of `entries`, `documents` and `deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prunable(self, before: datetime) -> Prunable:
        """What pruning up to `before` would take."""
        with self._database.read() as connection:
            return _prunable(connection, before)

    def prune(self, before: datetime, now: datetime, *, by: str, reason: str) -> Prunable:
        """Take it out: all of it and the entry that says so, or nothing. Who calls has verified the record,
        or what was taken from it by others would pass as pruned. Raises ValueError where `before` is later
        than `now - KEPT_AT_LEAST`.
        """
        if before > now - KEPT_AT_LEAST:
            raise ValueError(f"{before} is not {KEPT_AT_LEAST.days} days ago")
        with self._database.write() as connection:
            found = _prunable(connection, before)
            gone = sa.select(links.c.entry_id).where(links.c.position <= found.position)
            connection.execute(sa.delete(entries).where(entries.c.id.in_(gone)))
            connection.execute(sa.update(documents).where(*_old_documents(found.until)).values(body=b""))
            connection.execute(
                sa.update(deliveries).where(*_old_messages(found.until)).values(message=PRUNED)
            )
            note(
                connection,
                Kind.PRUNED,
                "record",
                now,
                by=by,
                because=reason,
                before=found.until,
                entries=found.entries,
                position=found.position,
                hash=found.hash,
                documents=found.documents,
                messages=found.messages,
            )
        return found


def _prunable(connection: sa.Connection, before: datetime) -> Prunable:
    still_open, since = _open_since(connection)
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
        sa.select(sa.func.count(), size).select_from(documents).where(*_old_documents(until))
    ).one()
    messages = sa.select(sa.func.count()).select_from(deliveries).where(*_old_messages(until))
    return Prunable(
        until=until,
        entries=connection.execute(number).scalar_one(),
        position=position,
        hash=link.scalar_one_or_none() or "",
        documents=bodies,
        document_bytes=body_bytes,
        messages=connection.execute(messages).scalar_one(),
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


def _open_since(connection: sa.Connection) -> tuple[str | None, datetime | None]:
    """What is unfinished for longest, and since when; (None, None) where nothing is."""
    began = sa.func.coalesce(filings.c.seen_at, deliveries.c.owed_since, type_=UtcDateTime)
    waiting = sa.and_(deliveries.c.state == DeliveryState.HELD, deliveries.c.due_at.is_not(None))
    owed = (
        sa.select(deliveries.c.id, deliveries.c.state, began.label("since"))
        .select_from(deliveries)
        .outerjoin(alerts, alerts.c.id == deliveries.c.alert_id)
        .outerjoin(filings, filings.c.accession == alerts.c.accession)
        .where(sa.or_(deliveries.c.state.in_(_OPEN), waiting))
        .order_by(began)
        .limit(1)
    )
    unread = (
        sa.select(filings.c.accession, filings.c.seen_at)
        .where(filings.c.state.in_(CLAIMABLE))
        .order_by(filings.c.seen_at)
        .limit(1)
    )
    found: list[tuple[datetime, str]] = []
    for number, state, began_at in connection.execute(owed):
        found.append((began_at, f"delivery {number} is {state}"))
    for accession, seen_at in connection.execute(unread):
        found.append((seen_at, f"{accession} is not read yet"))
    since, what = min(found, default=(None, None))
    return what, since


def _old_documents(until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    read = sa.select(filings.c.accession).where(filings.c.read_at < until)
    return documents.c.accession.in_(read), sa.func.length(documents.c.body) > 0


def _old_messages(until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    arrived = deliveries.c.state.in_(_ARRIVED)
    return arrived, deliveries.c.settled_at < until, deliveries.c.message != PRUNED
