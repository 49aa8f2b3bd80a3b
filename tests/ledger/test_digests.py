"""Digests in the ledger, on both databases: what is entered is taken once, whoever comes at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.builders import a_filing
from tests.ledger.readings import EMAIL, NOW, SLACK, a_claim, a_match, a_reading
from tests.messages import digests as samples
from worker.alerts.delivery import DeliveryState, Receipt
from worker.alerts.digest import held_for
from worker.alerts.message import Message, Summary
from worker.filings.filing import FoundBy
from worker.ledger.digest_tables import digests
from worker.ledger.digests import Composed
from worker.ledger.ledger import Ledger
from worker.ledger.readings import Owed, RaisedAlert
from worker.messages.digest_item import for_digest
from worker.watchlists.destination import Destination

SCHEDULE = str(samples.PLAN.schedule)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def enter(ledger: Ledger, number: int, to: Destination = EMAIL) -> None:
    """Filing `number` raised an alert that its destination hears of in its digest alone."""
    accession = f"0001950047-26-{number:06}"
    summary = Summary(issuer="Example", form="Form 144", line=f"{number}", figures="", check=False, url="")
    owed = Owed(
        destination=to,
        message=Message(text=accession, summary=summary),
        key=f"{number:064}",
        hold=held_for(samples.PLAN),
        digest=for_digest(samples.numbered_alert(number), samples.PLAN),
    )
    claim = a_claim(ledger, accession)
    alert = RaisedAlert(match=a_match(), list_digest="0" * 64, owed=(owed,))
    assert ledger.readings.record(claim, a_reading(alert), NOW)


def arrive(ledger: Ledger, now: datetime) -> None:
    """The message that is due arrives."""
    delivery = ledger.deliveries.claim(now, MINUTE, "worker")
    assert delivery is not None
    assert ledger.deliveries.delivered(delivery, Receipt(reference="r"), now, lane_opens_at=now)


def made(ledger: Ledger, *, day: int = 1, to: Destination = EMAIL, key: str = "k") -> Composed:
    entries = tuple(entry.id for entry in ledger.digest_contents.waiting(to, SCHEDULE))
    return Composed(
        destination=to,
        schedule=SCHEDULE,
        slot=NOW + day * DAY,
        since=NOW,
        entries=entries,
        message=Message(text="digest"),
        key=key,
    )


def test_what_waits_is_counted_by_destination_and_schedule(ledger: Ledger) -> None:
    enter(ledger, 1)
    enter(ledger, 2)
    enter(ledger, 3, SLACK)
    assert ledger.digests.waiting() == {(EMAIL, SCHEDULE): 2, (SLACK, SCHEDULE): 1}
    assert ledger.digests.tell(made(ledger), NOW)
    assert ledger.digests.waiting() == {(SLACK, SCHEDULE): 1}
    assert ledger.report.deliveries_by_state() == {
        DeliveryState.HELD: 1,
        DeliveryState.ROLLED_UP: 2,
        DeliveryState.OWED: 1,
    }


def test_a_time_is_told_once(ledger: Ledger) -> None:
    ledger.digests.begin(EMAIL, SCHEDULE, NOW, NOW)
    ledger.digests.begin(EMAIL, SCHEDULE, NOW, NOW + DAY)
    enter(ledger, 1)
    assert ledger.digests.tell(made(ledger, key="a"), NOW)
    enter(ledger, 2)
    assert not ledger.digests.tell(made(ledger, key="b"), NOW)
    assert ledger.digests.waiting() == {(EMAIL, SCHEDULE): 1}
    assert ledger.digests.last()[EMAIL, SCHEDULE].slot == NOW + DAY


def test_a_digest_that_was_not_sent_does_not_move_what_its_readers_know(ledger: Ledger) -> None:
    ledger.digests.begin(EMAIL, SCHEDULE, NOW, NOW)
    silent = Composed(
        destination=EMAIL, schedule=SCHEDULE, slot=NOW + DAY, since=NOW, entries=(), message=None, key="k"
    )
    assert ledger.digests.tell(silent, NOW + DAY)
    last = ledger.digests.last()[EMAIL, SCHEDULE]
    assert (last.slot, last.until) == (NOW + DAY, NOW)


@pytest.mark.parametrize("same_time", [True, False])
def test_of_many_at_once_one_takes_each_entry(ledger: Ledger, same_time: bool) -> None:
    for number in range(1, 6):
        enter(ledger, number)
    attempts = [made(ledger, day=1 if same_time else number, key=f"k{number}") for number in range(1, 5)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: ledger.digests.tell(one, NOW), attempts))
    assert sorted(done) == [False, False, False, True]
    with ledger.database.read() as connection:
        assert connection.execute(sa.select(digests.c.entries)).scalars().all() == [5]


def test_the_contents_are_read_with_what_became_of_them(ledger: Ledger) -> None:
    enter(ledger, 1)
    enter(ledger, 2)
    (alert,) = ledger.acknowledgements.alerts_of("0001950047-26-000001")
    ledger.acknowledgements.add(alert, "Joe Roe", how="cli", remark=None, now=NOW)
    one, two = ledger.digest_contents.waiting(EMAIL, SCHEDULE)
    assert (one.acknowledged, two.acknowledged) == (("Joe Roe",), ())
    assert one.state is DeliveryState.HELD
    assert one.hold is not None
    assert (one.is_near_miss, one.is_silenced) == (False, False)
    assert ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY) == ()
    assert ledger.digests.tell(made(ledger), NOW)
    assert ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY) == ()
    arrive(ledger, NOW + MINUTE)
    (left,) = ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY)
    assert (left.said, left.told_at) == ("2", NOW + MINUTE)
    assert ledger.digest_contents.waiting(EMAIL, SCHEDULE) == ()
    told = ledger.digest_contents.between(EMAIL, SCHEDULE, NOW, NOW + DAY)
    assert [entry.item.accession for entry in told] == ["0001950047-26-000001", "0001950047-26-000002"]


def test_a_notice_on_two_lists_that_nobody_acknowledged_is_named_once_with_its_form(ledger: Ledger) -> None:
    summary = Summary(issuer="Example", form="Form 144/A", line="1", figures="", check=False, url="")
    raised = [
        RaisedAlert(
            match=a_match(watchlist_id=of),
            list_digest="0" * 64,
            owed=(Owed(destination=EMAIL, message=Message(text=of, summary=summary), key=of * 64),),
        )
        for of in "ab"
    ]
    claim = a_claim(ledger, "0001950047-26-000001")
    assert ledger.readings.record(claim, a_reading(*raised), NOW)
    arrive(ledger, NOW)
    arrive(ledger, NOW + MINUTE)
    enter(ledger, 2)
    (other,) = ledger.acknowledgements.alerts_of("0001950047-26-000002")
    ledger.acknowledgements.add(other, "Joe Roe", how="cli", remark=None, now=NOW)
    (left,) = ledger.digest_contents.unacknowledged(EMAIL, NOW - DAY)
    assert (left.form, left.told_at) == ("Form 144/A", NOW + MINUTE)


def test_days_and_what_nobody_could_read_are_those_of_the_destination(ledger: Ledger) -> None:
    enter(ledger, 1)
    claim = a_claim(ledger, "0001950047-26-000009")
    assert ledger.readings.record(claim, a_reading(unreadable_because="it is cut off"), NOW)
    day = a_filing().day
    assert day is not None
    mine, other = (ledger.digest_contents.coverage(to, day, day) for to in (EMAIL, SLACK))
    assert (mine.matched, other.matched, mine.seen) == (1, 0, 2)
    (unread,) = ledger.digest_contents.unreadable([day], NOW, NOW, lambda filing: filing.accession)
    assert (unread.why, unread.url) == ("it is cut off", "0001950047-26-000009")
    ledger.days.settle(day, [], NOW)
    assert ledger.digest_contents.indexed(day) == {day: NOW}


@pytest.mark.parametrize(
    ("found_by", "quiet", "of_the_day", "given_up"),
    [(FoundBy.FEED, False, 1, 1), (FoundBy.FEED, True, 1, 0), (FoundBy.DRILL, False, 0, 0)],
)
def test_what_was_given_up_since_is_told_unless_it_is_of_a_backfill_or_a_drill(
    ledger: Ledger, found_by: FoundBy, *, quiet: bool, of_the_day: int, given_up: int
) -> None:
    filing = a_filing(accession="0001950047-26-000009", found_by=found_by)
    assert filing.day is not None
    ledger.days.settle(filing.day, [filing], NOW, quiet=quiet)
    claim = ledger.filings.claim(NOW, DAY, "reader")
    assert claim is not None
    assert ledger.readings.record(claim, a_reading(unreadable_because="it never came"), NOW + DAY)
    contents = ledger.digest_contents
    told = [
        contents.unreadable(days, since, until, lambda filing: filing.accession)
        for days, since, until in (
            ([filing.day], NOW + DAY, NOW + 2 * DAY),
            ([], NOW, NOW + DAY),
            ([], NOW + DAY, NOW + 2 * DAY),
            ([], NOW, NOW + DAY - MINUTE),
        )
    ]
    assert [len(found) for found in told] == [of_the_day, given_up, 0, 0]
