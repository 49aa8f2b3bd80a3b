"""Earlier notices, for questions that one notice cannot answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from worker.filings.filing import Filing, eastern_day
from worker.filings.notice import Form144Notice
from worker.ledger.announcing import filing_of
from worker.ledger.database import Database
from worker.ledger.filings import CLAIMABLE
from worker.ledger.tables import days, filings, notices, polls
from worker.watchlists.calendars import is_edgar_day
from worker.watchlists.conditions.recent import RecentNotice, RecentNotices

_DAY = timedelta(days=1)

#: The first poll that came to its end saw all from then on, and each later one looks back to what one before
#: it saw. What failed or was cut short until then may have seen nothing, however far back it was to look.
_SEEN_SINCE = (
    sa.select(polls.c.back_to)
    .where(polls.c.ended_at.is_not(None), polls.c.error.is_(None))
    .order_by(polls.c.id)
    .limit(1)
)


class History:
    """Reads over `notices`; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def notices(self, since: datetime) -> Iterator[tuple[Filing, Form144Notice]]:
        """Every notice filed from `since` on, in the order filed; a filing that nobody could read comes with
        what EDGAR announced of it.
        """
        when = sa.func.coalesce(filings.c.accepted_at, filings.c.seen_at)
        query = (
            sa.select(filings, notices.c.notice)
            .join(notices, notices.c.accession == filings.c.accession)
            .where(when >= since)
            .order_by(when, filings.c.accession)
        )
        with self._database.read() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield filing_of(row), row.notice

    def recent(self, issuer_cik: int, since: date, until: date | None = None) -> RecentNotices:
        """The notices on one issuer filed on `since` or later, as far as this ledger reaches back.

        Its `since` is later than the one asked for where neither polls nor indexes reach back so far: a day
        counts from its index on, once everything that lists was read. Who asks up to a day, `until`, need
        not care whether the days after it are all there.
        """
        query = (
            sa.select(notices.c.accession, notices.c.seller_cik, filings.c.day)
            .join(filings, filings.c.accession == notices.c.accession)
            .where(
                notices.c.issuer_cik == issuer_cik,
                notices.c.seller_cik.is_not(None),
                filings.c.day >= since,
            )
        )
        with self._database.read() as connection:
            reaches = self._reaches(connection, since, until)
            found = tuple(
                RecentNotice(accession=accession, issuer_cik=issuer_cik, seller_cik=seller, filed_on=day)
                for accession, seller, day in connection.execute(query)
            )
        return RecentNotices(since=max(since, reaches), notices=found)

    def _reaches(self, connection: sa.Connection, since: date, until: date | None) -> date:
        """The first day from which on nothing is missing; `date.max` for none."""
        seen_since: datetime | None = connection.scalar(_SEEN_SINCE)
        # The first poll saw its first day only in part.
        polled = eastern_day(seen_since) + _DAY if seen_since else date.max
        reaches = min(polled, until + _DAY) if until is not None else polled
        if reaches <= since or reaches == date.max:
            return reaches
        settled = set(connection.scalars(sa.select(days.c.day).where(days.c.day.between(since, reaches))))
        unread = set(
            connection.scalars(
                sa.select(filings.c.day)
                .where(filings.c.day.between(since, reaches), filings.c.state.in_(CLAIMABLE))
                .distinct()
            )
        )
        while reaches > since:
            day = reaches - _DAY
            if day in unread or (is_edgar_day(day) and day not in settled):
                break
            reaches = day
        return reaches
