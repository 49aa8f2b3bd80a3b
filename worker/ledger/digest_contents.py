"""What a digest has to say, read from the ledger; writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.coverage import Coverage
from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import Entry, Unacknowledged, UnreadableNotice
from worker.alerts.hold import Hold
from worker.filings.filing import Filing
from worker.ledger.aftermath_tables import acknowledgements, holds
from worker.ledger.announcing import filing_of
from worker.ledger.conversation_tables import rollups
from worker.ledger.database import Database
from worker.ledger.digest_tables import digest_entries, digests
from worker.ledger.drill_tables import no_drill_delivery, no_drill_filing
from worker.ledger.report import Report
from worker.ledger.tables import alerts, days, deliveries, filings, notices
from worker.ledger.types import UtcDateTime
from worker.watchlists.destination import Destination

ARRIVED = (DeliveryState.DELIVERED, DeliveryState.ROLLED_UP)

#: The message that tells of an alert at once: its own, or the one that a burst of them was told in.
_at_once = deliveries.alias("at_once")
#: The digest that told of it, at once or not.
_in_digest = deliveries.alias("in_digest")


class DigestContents:
    """Reads over `digest_entries`, `deliveries`, `acknowledgements`, `filings` and `days`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._report = Report(database)

    def waiting(self, to: Destination, schedule: str) -> tuple[Entry, ...]:
        """What the next digest of that destination and schedule holds, in the order it was read."""
        return self._entries(
            digest_entries.c.digest_id.is_(None), _to(to), digest_entries.c.schedule == schedule
        )

    def between(self, to: Destination, schedule: str, since: datetime, until: datetime) -> tuple[Entry, ...]:
        """What was entered for those digests from `since` to before `until`, told or not."""
        entered = digest_entries.c.entered_at
        return self._entries(
            entered >= since, entered < until, _to(to), digest_entries.c.schedule == schedule
        )

    def unacknowledged(self, to: Destination, since: datetime) -> tuple[Unacknowledged, ...]:
        """The notices that were told of here from `since` on and that nobody acknowledged, each once, the
        newest first.

        Empty where nobody ever acknowledged anything: then it says nothing about these. What waits for a
        digest here is not among them, nor what was told in a roll-up or a digest that did not arrive.
        """
        told_at = sa.case(
            *(
                (message.c.state == DeliveryState.DELIVERED, message.c.settled_at)
                for message in (_at_once, _in_digest)
            )
        )
        query = (
            sa.select(deliveries.c.message, alerts.c.accession, told_at.label("told_at"))
            .select_from(deliveries)
            .join(alerts, alerts.c.id == deliveries.c.alert_id)
            .outerjoin(rollups, rollups.c.member_id == deliveries.c.id)
            .join(_at_once, _at_once.c.id == sa.func.coalesce(rollups.c.rollup_id, deliveries.c.id))
            .outerjoin(digest_entries, digest_entries.c.delivery_id == deliveries.c.id)
            .outerjoin(digests, digests.c.id == digest_entries.c.digest_id)
            .outerjoin(_in_digest, _in_digest.c.id == digests.c.delivery_id)
            .where(
                deliveries.c.notifier == to.notifier,
                deliveries.c.address == to.address,
                no_drill_delivery(),
                deliveries.c.state.in_(ARRIVED),
                deliveries.c.settled_at >= since,
                told_at.is_not(None),
                ~sa.exists().where(acknowledgements.c.alert_id == deliveries.c.alert_id),
                sa.exists(sa.select(acknowledgements.c.alert_id)),
                sa.or_(digest_entries.c.id.is_(None), digest_entries.c.digest_id.is_not(None)),
            )
            .order_by(told_at.desc(), deliveries.c.id.desc())
        )
        found: dict[str, Unacknowledged] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                if (summary := row.message.summary) is not None and row.accession not in found:
                    found[row.accession] = Unacknowledged(
                        form=summary.form,
                        issuer=summary.issuer,
                        said=summary.line,
                        url=summary.url,
                        told_at=row.told_at,
                    )
        return tuple(found.values())

    def indexed(self, since: date) -> Mapping[date, datetime]:
        """When the index of each day from `since` on was parsed, or found not to exist."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(days.c.day, days.c.indexed_at).where(days.c.day >= since))
            return {row.day: row.indexed_at for row in found}

    def coverage(self, to: Destination, first: date, last: date) -> Coverage:
        """The days' coverage, where `matched` counts the notices on lists that tell this destination: what
        other lists found is not for its readers.
        """
        matched = (
            sa.select(sa.func.count(sa.distinct(alerts.c.accession)))
            .select_from(alerts)
            .join(filings, filings.c.accession == alerts.c.accession)
            .join(deliveries, deliveries.c.alert_id == alerts.c.id)
            .where(
                filings.c.day.between(first, last),
                no_drill_filing(),
                deliveries.c.notifier == to.notifier,
                deliveries.c.address == to.address,
            )
        )
        with self._database.read() as connection:
            number = int(connection.execute(matched).scalar_one())
        return msgspec.structs.replace(self._report.coverage(first, last), matched=number)

    def unreadable(
        self, told: Collection[date], since: datetime, until: datetime, page: Callable[[Filing], str]
    ) -> tuple[UnreadableNotice, ...]:
        """The filings whose document nobody could read: those of the days that are told of, and those that
        were given up after `since`, until `until`, whatever their day: a document is waited for longer than
        its day is spoken of. `page` is where a person opens one.
        """
        given_up = sa.and_(filings.c.read_at > since, filings.c.read_at <= until, sa.not_(filings.c.quiet))
        query = (
            sa.select(filings, notices.c.unreadable_because)
            .join(notices, notices.c.accession == filings.c.accession)
            .where(
                sa.or_(filings.c.day.in_(told), given_up),
                notices.c.unreadable_because.is_not(None),
                no_drill_filing(),
            )
            .order_by(filings.c.seen_at, filings.c.accession)
        )
        with self._database.read() as connection:
            return tuple(
                UnreadableNotice(filing=(one := filing_of(row)), why=row.unreadable_because, url=page(one))
                for row in connection.execute(query)
            )

    def _entries(self, *conditions: sa.ColumnElement[bool]) -> tuple[Entry, ...]:
        query = (
            sa.select(
                digest_entries,
                deliveries.c.alert_id,
                _at_once.c.state,
                _at_once.c.settled_at,
                rollups.c.rollup_id,
                holds.c.because,
                holds.c.author,
                holds.c.until,
                holds.c.silence_id,
                _amended_at().label("amended_at"),
            )
            .outerjoin(deliveries, deliveries.c.id == digest_entries.c.delivery_id)
            .outerjoin(rollups, rollups.c.member_id == deliveries.c.id)
            .outerjoin(_at_once, _at_once.c.id == sa.func.coalesce(rollups.c.rollup_id, deliveries.c.id))
            .outerjoin(holds, holds.c.delivery_id == deliveries.c.id)
            .where(*conditions)
            .order_by(digest_entries.c.id)
        )
        people = (
            sa.select(acknowledgements.c.alert_id, acknowledgements.c.person)
            .join(deliveries, deliveries.c.alert_id == acknowledgements.c.alert_id)
            .join(digest_entries, digest_entries.c.delivery_id == deliveries.c.id)
            .where(*conditions)
            .order_by(acknowledgements.c.acknowledged_at, acknowledgements.c.person)
        )
        with self._database.read() as connection:
            said: defaultdict[int, dict[str, None]] = defaultdict(dict)
            for alert, person in connection.execute(people):
                said[alert][person] = None
            return tuple(_entry(row, tuple(said.get(row.alert_id, ()))) for row in connection.execute(query))


def _entry(row: sa.Row[tuple[object, ...]], people: tuple[str, ...]) -> Entry:
    held = row.because is not None
    state = DeliveryState(row.state) if row.state is not None else None
    return Entry(
        id=row.id,
        item=row.item,
        entered_at=row.entered_at,
        state=state,
        together=row.rollup_id is not None,
        hold=Hold(because=row.because, by=row.author, until=row.until, silence_id=row.silence_id)
        if held
        else None,
        told_at=row.settled_at if state is DeliveryState.DELIVERED else None,
        acknowledged=people,
        amended_at=row.amended_at,
    )


def _amended_at() -> sa.ScalarSelect[datetime]:
    """When the first notice that amends the entry's was accepted, or seen."""
    when = sa.func.coalesce(filings.c.accepted_at, filings.c.seen_at, type_=UtcDateTime)
    return (
        sa.select(sa.func.min(when, type_=UtcDateTime))
        .select_from(notices)
        .join(filings, filings.c.accession == notices.c.accession)
        .where(notices.c.previous_accession == digest_entries.c.accession)
        .scalar_subquery()
    )


def _to(to: Destination) -> sa.ColumnElement[bool]:
    return sa.and_(digest_entries.c.notifier == to.notifier, digest_entries.c.address == to.address)
