"""A reading: everything that follows from one document, written in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import ForDigest, NearMiss
from worker.alerts.hold import Hold
from worker.alerts.message import Message
from worker.filings.notice import Form144Notice
from worker.ledger import steps
from worker.ledger.chain import Entry, note_all
from worker.ledger.database import Database
from worker.ledger.digests import NewEntry, enter
from worker.ledger.drills import write_drill_reading
from worker.ledger.filings import ClaimedFiling, settle
from worker.ledger.holding import ended_silences, write_hold
from worker.ledger.tables import alerts, deliveries, documents, lanes, notices
from worker.ledger.troubles import Trouble, note
from worker.watchlists.destination import Destination
from worker.watchlists.match import Match


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """One finished message for one destination, under the opaque key it will go out with. `problem` says
    why it is not what the templates asked for, None where it is; `hold` what keeps it back, None where it
    may go out at once; `digest` the digest that tells of it, None where none does.
    """

    destination: Destination
    message: Message
    key: str
    problem: str | None = None
    hold: Hold | None = None
    digest: ForDigest | None = None

    def without(self, ended: Collection[int]) -> Owed:
        """The same, not kept back by any of those silences."""
        is_released = self.hold is not None and self.hold.silence_id in ended
        return msgspec.structs.replace(self, hold=None) if is_released else self


class RaisedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert to write down: the decision, the digest of the list as it was, and what is owed to whom."""

    match: Match
    list_digest: str
    owed: tuple[Owed, ...]

    def at_once_to(self, destinations: Collection[Destination]) -> RaisedAlert:
        """What of it goes to those, with nothing that keeps it back and in no digest."""
        mine = (one for one in self.owed if one.destination in destinations)
        return msgspec.structs.replace(
            self, owed=tuple(msgspec.structs.replace(one, hold=None, digest=None) for one in mine)
        )


class ReadDrill(msgspec.Struct, frozen=True, kw_only=True):
    """When a drill's document was read, and why nobody is told of it, None where somebody is."""

    read_at: datetime
    why_nobody: str | None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one document came to. `unreadable_because` is a sentence where it could not be read. Of a drill,
    `drill` is what is kept instead of document and notice. `lists` is the digest of all watchlists as they
    were.
    """

    url: str
    body: bytes
    fetched_at: datetime
    notice: Form144Notice
    unreadable_because: str | None
    alerts: tuple[RaisedAlert, ...]
    drill: ReadDrill | None = None
    near_misses: tuple[NearMiss, ...] = ()
    lists: str | None = None

    @property
    def holds(self) -> list[Hold]:
        """What keeps any of its messages back."""
        return [item.hold for alert in self.alerts for item in alert.owed if item.hold is not None]

    def owed_at_once(self, ended: Collection[int]) -> Reading:
        """With nothing kept back by those silences."""
        alerts = (
            msgspec.structs.replace(alert, owed=tuple(item.without(ended) for item in alert.owed))
            for alert in self.alerts
        )
        return msgspec.structs.replace(self, alerts=tuple(alerts))


class Readings:
    """Writes readings over the tables `documents`, `notices`, `alerts` and `deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, claim: ClaimedFiling, reading: Reading, now: datetime) -> bool:
        """Write the whole reading down and settle the claim.

        False, with nothing written, where the claim's lease has passed to another reader.
        """
        with self._database.write() as connection:
            accepted_at, why = _accepted_at(reading.notice), reading.unreadable_because
            if not settle(connection, claim, now, accepted_at=accepted_at, unreadable_because=why):
                return False
            if reading.drill is None:
                self._write_document(connection, claim.filing.accession, reading)
            else:
                write_drill_reading(
                    connection,
                    claim.filing.accession,
                    read_at=reading.drill.read_at,
                    matched_at=now,
                    why_nobody=reading.drill.why_nobody,
                )
            accession = claim.filing.accession
            ended = ended_silences(connection, reading.holds, now)
            reading = reading.owed_at_once(ended) if ended else reading
            self._open_lanes(connection, reading, now)
            raised = [one for one in reading.alerts if self._write_alert(connection, accession, one, now)]
            enter(self._database, connection, accession, _for_digests(reading), now)
            note_all(connection, now, _steps(claim, reading, raised))
            return True

    def _write_document(self, connection: sa.Connection, accession: str, reading: Reading) -> None:
        notice = reading.notice
        connection.execute(
            sa.insert(documents),
            {
                "accession": accession,
                "url": reading.url,
                "sha256": sha256(reading.body).hexdigest(),
                "body": reading.body,
                "fetched_at": reading.fetched_at,
            },
        )
        connection.execute(
            sa.insert(notices),
            {
                "accession": accession,
                "notice": notice,
                "unreadable_because": reading.unreadable_because,
                "issuer_cik": notice.issuer_cik,
                "seller_cik": next(iter(notice.filer_ciks), None),
                "previous_accession": notice.previous_accession,
            },
        )

    def _open_lanes(self, connection: sa.Connection, reading: Reading, now: datetime) -> None:
        """All of a reading's at once and in one order everywhere, so that two readers never wait for each
        other's.
        """
        to = sorted({item.destination for alert in reading.alerts for item in alert.owed})
        if to:
            connection.execute(self._database.insert_new(lanes, [_lane(one, now) for one in to]))

    def _write_alert(
        self, connection: sa.Connection, accession: str, alert: RaisedAlert, now: datetime
    ) -> bool:
        """False where it was raised before."""
        row = {
            "accession": accession,
            "watchlist_id": alert.match.watchlist_id,
            "list_digest": alert.list_digest,
            "match": alert.match,
            "raised_at": now,
        }
        alert_id = connection.execute(
            self._database.insert_new(alerts, [row]).returning(alerts.c.id)
        ).scalar_one_or_none()
        if alert_id is None or not alert.owed:
            return alert_id is not None
        owed = sorted(alert.owed, key=lambda item: item.destination)
        connection.execute(sa.insert(deliveries), [_delivery(item, alert_id, now) for item in owed])
        for item in owed:
            if item.hold is not None:
                write_hold(connection, item.key, item.hold, now)
            if item.problem:
                why = item.problem
                note(self._database, connection, Trouble.TEMPLATE, why, what=why, now=now)
        return True


def _steps(claim: ClaimedFiling, reading: Reading, raised: Iterable[RaisedAlert]) -> Iterator[Entry]:
    """What the record tells of a reading."""
    accession = claim.filing.accession
    yield steps.read(
        claim,
        url=reading.url,
        document=reading.body,
        accepted_at=claim.filing.accepted_at or _accepted_at(reading.notice),
        fetched_at=reading.fetched_at,
        unreadable_because=reading.unreadable_because,
        lists=reading.lists,
        alerts=len(reading.alerts),
    )
    for alert in raised:
        yield steps.decided(accession, alert.match, alert.list_digest, len(alert.owed))
        for item in alert.owed:
            told = item.destination, item.message
            yield steps.rendered(item.key, *told, accession=accession, list=alert.match.watchlist_id)
            if item.hold is not None:
                yield steps.held(item.key, item.destination, item.hold)


def _for_digests(reading: Reading) -> Iterator[NewEntry]:
    """Alerts by the key of their delivery, then near misses."""
    for alert in reading.alerts:
        for item in alert.owed:
            if item.digest is not None:
                yield NewEntry(item.destination, alert.match.watchlist_id, item.digest, item.key)
    for miss in reading.near_misses:
        yield NewEntry(miss.destination, miss.watchlist_id, miss.digest)


def _accepted_at(notice: Form144Notice) -> datetime | None:
    """What the submission's header says, for a filing of which search or index gave only the day."""
    return notice.header.accepted_at if notice.header else None


def _lane(to: Destination, now: datetime) -> dict[str, object]:
    return {"notifier": to.notifier, "address": to.address, "open_at": now}


def _delivery(owed: Owed, alert_id: int, now: datetime) -> dict[str, object]:
    return {
        "alert_id": alert_id,
        "notifier": owed.destination.notifier,
        "address": owed.destination.address,
        "key": owed.key,
        "message": owed.message,
        "state": DeliveryState.HELD if owed.hold else DeliveryState.OWED,
        "due_at": owed.hold.until if owed.hold else now,
        "attempts": 0,
        # Patience begins when it may go out.
        "owed_since": (owed.hold.until if owed.hold else None) or now,
    }
