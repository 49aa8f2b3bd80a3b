"""The coverage of several days at once, counted by the database; it says what `Report.coverage` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from worker.alerts.coverage import Coverage, IndexState
from worker.filings.filing import Filing, FoundBy
from worker.ledger.database import Database
from worker.ledger.drill_tables import no_drill_filing
from worker.ledger.spans import seconds
from worker.ledger.tables import alerts, days, filings


def coverage_of(database: Database, connection: sa.Connection, which: Sequence[date]) -> tuple[Coverage, ...]:
    """Each day's coverage, in that order; delays to the millisecond."""
    mine = sa.and_(filings.c.day.in_(which), no_drill_filing())
    only_day = sa.case((filings.c.accepted_at.is_(None), filings.c.filed_on))
    counted = (
        sa.select(
            filings.c.day,
            filings.c.state,
            filings.c.found_by,
            only_day.label("only_day"),
            sa.func.count().label("number"),
            sa.func.max(seconds(database, filings.c.accepted_at, filings.c.seen_at)).label("delay"),
            sa.func.max(filings.c.seen_at).label("seen_last"),
        )
        .where(mine)
        .group_by(filings.c.day, filings.c.state, filings.c.found_by, only_day)
    )
    matched = (
        sa.select(filings.c.day, sa.func.count(sa.distinct(alerts.c.accession)))
        .join(filings, filings.c.accession == alerts.c.accession)
        .where(mine)
        .group_by(filings.c.day)
    )
    groups = connection.execute(counted).all()
    on_lists: dict[date, int] = dict(connection.execute(matched).all())
    indexes = connection.execute(sa.select(days.c.day, days.c.indexed).where(days.c.day.in_(which)))
    listed = dict(indexes.all())
    return tuple(
        _coverage(day, [group for group in groups if group.day == day], on_lists.get(day, 0), listed)
        for day in which
    )


def _coverage(
    day: date, groups: Sequence[sa.Row[Any]], matched: int, listed: dict[date, int | None]
) -> Coverage:
    states: Counter[str] = Counter()
    found_late, delays = 0, []
    for group in groups:
        states[group.state] += group.number
        alike = Filing(
            accession="",
            form_type="144",
            parties=(),
            found_by=FoundBy(group.found_by),
            filed_on=group.only_day,
        )
        if alike.found_by is FoundBy.PERSON:
            continue
        found_late += group.number * alike.was_missed
        delays.append(_delay(alike, group.delay, group.seen_last))
    index = IndexState.NOT_YET
    if day in listed:
        index = IndexState.NONE if listed[day] is None else IndexState.PARSED
    return Coverage(
        first=day,
        last=day,
        index=index,
        indexed=listed.get(day),
        seen=states.total(),
        read=states["read"],
        unreadable=states["unreadable"],
        waiting=states["announced"] + states["reading"],
        matched=matched,
        found_late=found_late,
        worst_delay=max((delay for delay in delays if delay is not None), default=None),
    )


def _delay(alike: Filing, longest: float | None, seen_last: datetime) -> timedelta | None:
    """The longest delay of a group: from acceptance where that is known, else as the filing's day has it."""
    if longest is None:
        return alike.delay(seen_last)
    return timedelta(milliseconds=round(longest * 1000)) if longest >= 0 else None
