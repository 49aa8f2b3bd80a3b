"""Digests that between them show everything a digest may have to say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import structs

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.messages import samples
from worker.alerts.alert import Alert
from worker.alerts.coverage import Coverage, IndexState
from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import Digest, Entry, Unacknowledged, UnreadableNotice
from worker.alerts.hold import Hold
from worker.messages.digest_item import for_digest
from worker.watchlists.digest_schedule import DigestPlan, digest_schedule
from worker.watchlists.match import Answer, Finding

PLAN = DigestPlan(schedule=digest_schedule("daily 07:30 America/New_York"))
UNTIL = datetime(2026, 9, 2, 11, 30, tzinfo=UTC)
PAGE = "https://www.sec.gov/Archives/edgar/data/1999500/000195004726000123-index.htm"


def an_entry(
    alert: Alert | None = None, missed: tuple[Finding, ...] = (), *, number: int = 1, **overrides: Any
) -> Entry:
    alert = alert or samples.an_alert()
    values: dict[str, Any] = {
        "id": number,
        "item": for_digest(alert, PLAN, missed).item,
        "entered_at": UNTIL - timedelta(hours=12),
        "state": None if missed else DeliveryState.HELD,
        "hold": None if missed else Hold(because="held for the digest", by="the watchlist"),
    }
    return Entry(**(values | overrides))


def a_coverage(**overrides: Any) -> Coverage:
    values: dict[str, Any] = {
        "first": date(2026, 9, 1),
        "last": date(2026, 9, 1),
        "index": IndexState.PARSED,
        "indexed": 142,
        "seen": 142,
        "read": 142,
        "unreadable": 0,
        "waiting": 0,
        "matched": 3,
        "found_late": 0,
        "worst_delay": timedelta(seconds=48),
    }
    return Coverage(**(values | overrides))


def today() -> Coverage:
    """A day whose index is not out yet."""
    day = date(2026, 9, 2)
    return a_coverage(first=day, last=day, index=IndexState.NOT_YET, indexed=None, seen=4, read=4, matched=0)


def a_digest(*entries: Entry, **overrides: Any) -> Digest:
    values: dict[str, Any] = {
        "schedule": str(PLAN.schedule),
        "zone": PLAN.schedule.zone,
        "since": UNTIL - timedelta(days=1),
        "until": UNTIL,
        "entries": entries,
        "coverage": (a_coverage(), today()),
        "last_look": UNTIL - timedelta(seconds=10),
    }
    return Digest(**(values | overrides))


def empty() -> Digest:
    """A quiet day."""
    return a_digest(coverage=(a_coverage(matched=0), today()))


def numbered(
    number: int, *, issuer: int | None = None, value: Decimal | None = Decimal(250_000), **overrides: Any
) -> Entry:
    """An ordinary alert about the notice of that number; five to an issuer, unless said."""
    issuer = number // 5 if issuer is None else issuer
    notice = a_notice(
        issuer_name=f"Example Industries {issuer} Inc.",
        issuer_cik=1_990_000 + issuer,
        seller_name=f"Jane Q. Example {number}",
        proposed_sales=(a_proposed_sale(units=10_000 + number, market_value=value),),
    )
    filing = a_filing(accession=f"0001950047-26-{number:06}")
    return an_entry(samples.an_alert(notice, filing), number=number + 1, **overrides)


def full() -> Digest:
    """Some of everything."""
    missed = Finding(
        condition="market_value over 260k",
        answer=Answer.NOT_MET,
        because="250,000 < 260,000, missed by 3.8 %",
        near=True,
    )
    late = numbered(1)
    amended = an_entry(filed(samples.amended(), 144), number=10)
    original = an_entry(
        samples.an_alert(filing=a_filing(accession="0001950047-26-000101")),
        number=9,
        amended_at=UNTIL - timedelta(hours=10),
    )
    silence = Hold(because="we know of this plan", by="Jane Doe", silence_id=4)
    return a_digest(
        an_entry(samples.the_seed(), number=1, acknowledged=("Joe Roe",)),
        an_entry(filed(samples.unsure(), 123), number=2),
        structs.replace(
            late, item=structs.replace(late.item, late="found by reconciliation, 6 h 2 min late")
        ),
        original,
        amended,
        an_entry(filed(samples.unreadable(), 155), number=11, state=DeliveryState.REFUSED),
        numbered(20, state=DeliveryState.DELIVERED, told_at=UNTIL - timedelta(hours=13)),
        numbered(30, hold=silence),
        an_entry(numbered_alert(40), (missed,), number=41),
        unacknowledged=(
            Unacknowledged(
                form="Form 144",
                issuer="Example Industries 8 Inc.",
                said="Jane Q. Example proposes to sell 10,000 units of Common",
                url=PAGE,
                told_at=UNTIL - timedelta(days=3),
            ),
        ),
        unreadable=(
            UnreadableNotice(
                filing=a_filing(accession="0001950047-26-000777"), why="the document is cut off", url=PAGE
            ),
        ),
        coverage=(a_coverage(found_late=1, unreadable=2, worst_delay=timedelta(hours=6)), today()),
        is_blind=True,
        last_look=UNTIL - timedelta(hours=3),
    )


def filed(alert: Alert, number: int) -> Alert:
    """The alert about a filing of that number."""
    return structs.replace(
        alert, filing=structs.replace(alert.filing, accession=f"0001950047-26-{number:06}")
    )


def numbered_alert(number: int) -> Alert:
    notice = a_notice(issuer_name=f"Example Industries {number} Inc.", issuer_cik=1_990_000 + number)
    return samples.an_alert(notice, a_filing(accession=f"0001950047-26-{number:06}"))


def large(number: int = 1_000) -> Digest:
    """As many alerts."""
    return a_digest(*(numbered(one) for one in range(number)))


def hostile(number: int = 40) -> Digest:
    """As long and as hostile as they come, and many of everything."""
    entries: list[Entry] = []
    missed = Finding(condition=samples.HOSTILE, answer=Answer.NOT_MET, because=samples.HOSTILE, near=True)
    silence = Hold(because=samples.HOSTILE, by=samples.HOSTILE, silence_id=1)
    alerts = (samples.hostile(), *(samples.maxima(text) for text in "W&*"))
    for one in range(number):
        alert = alerts[one % len(alerts)]
        alert = structs.replace(
            alert, filing=structs.replace(alert.filing, accession=f"0001950047-26-{one:06}")
        )
        entries += (
            an_entry(alert, number=3 * one),
            an_entry(alert, (missed,), number=3 * one + 1),
            an_entry(alert, number=3 * one + 2, hold=silence),
        )
    return a_digest(
        *entries,
        unacknowledged=tuple(
            Unacknowledged(
                form="Form 144", issuer=samples.HOSTILE, said=samples.HOSTILE, url=PAGE, told_at=UNTIL
            )
            for _ in range(number)
        ),
        unreadable=tuple(
            UnreadableNotice(filing=a_filing(accession=f"1-{one}"), why=samples.HOSTILE, url=PAGE)
            for one in range(number)
        ),
        coverage=(a_coverage(),) * 11,
        is_blind=True,
        last_look=None,
    )


#: What the golden files show.
SHOWN = {"digest": full, "digest_empty": empty}
EVERY = {**SHOWN, "large": large, "hostile": hostile}
