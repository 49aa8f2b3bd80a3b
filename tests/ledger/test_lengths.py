"""The longest names that a watchlist may give are written whole; no statement with them is refused."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.builders import a_filing
from tests.ledger.readings import NOW, a_claim, a_match, a_reading, owe
from tests.messages import digests as samples
from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import NearMiss, held_for
from worker.alerts.hold import About
from worker.alerts.message import Message
from worker.filings.filing import FoundBy
from worker.ledger.digests import Composed
from worker.ledger.drills import Drill
from worker.ledger.ledger import Ledger
from worker.ledger.readings import Owed, RaisedAlert
from worker.ledger.troubles import Trouble
from worker.messages.digest_item import for_digest
from worker.watchlists.destination import LONGEST_ADDRESS, LONGEST_NOTIFIER, Destination
from worker.watchlists.watchlist import LONGEST_ID

#: Letters of four bytes each, no two alike, so that the rows of the indexes are as large as they get.
RARE = "".join(chr(0x20000 + number) for number in range(LONGEST_ADDRESS))
LONGEST, ANOTHER = (Destination("n" * LONGEST_NOTIFIER, address) for address in (RARE, RARE[::-1]))
ID = "i" * LONGEST_ID
SCHEDULE = str(samples.PLAN.schedule)
HOUR = timedelta(hours=1)


def test_a_reading_is_written_with_the_longest_destination_and_id(ledger: Ledger) -> None:
    for_its_digest = for_digest(samples.numbered_alert(1), samples.PLAN)
    owed = Owed(
        destination=LONGEST,
        message=Message(text="alert"),
        key="a" * 64,
        hold=held_for(samples.PLAN),
        digest=for_its_digest,
    )
    alert = RaisedAlert(match=a_match(ID), list_digest="0" * 64, owed=(owed,))
    miss = NearMiss(destination=ANOTHER, watchlist_id=ID, digest=for_its_digest)
    reading = msgspec.structs.replace(a_reading(alert), near_misses=(miss,))
    assert ledger.readings.record(a_claim(ledger), reading, NOW)
    assert ledger.digests.waiting() == {(LONGEST, SCHEDULE): 1, (ANOTHER, SCHEDULE): 1}
    record = ledger.records.of("0001950047-26-000123")
    assert record is not None
    (told,) = record.alerts
    assert (told.match.watchlist_id, told.deliveries[0].destination) == (ID, LONGEST)


def test_what_follows_from_a_reading_is_written_with_them_too(ledger: Ledger) -> None:
    composed = Composed(
        destination=LONGEST,
        schedule=SCHEDULE,
        slot=NOW,
        since=NOW,
        entries=(),
        message=Message(text="digest"),
        key="d" * 64,
    )
    ledger.digests.begin(LONGEST, SCHEDULE, NOW - HOUR, NOW - HOUR)
    assert ledger.digests.tell(composed, NOW)
    assert ledger.silences.add(About.LIST, ID, author="Jane", reason="audit", now=NOW, expires_at=NOW + HOUR)
    ledger.troubles.note(Trouble.REFUSED, str(LONGEST), "it was refused", NOW)
    ledger.troubles.told(ledger.troubles.untold(NOW), NOW, LONGEST)
    drill = Drill(
        accession="0000000000-26-000001",
        watchlist_id=ID,
        destinations=(LONGEST, ANOTHER),
        body=b"<edgarSubmission/>",
        asked_at=NOW,
        until=NOW + HOUR,
    )
    assert ledger.drills.ask(a_filing(accession=drill.accession, found_by=FoundBy.DRILL), drill)


def test_what_was_refused_goes_to_the_longest_fallback(ledger: Ledger) -> None:
    owe(ledger, LONGEST)
    claim = ledger.deliveries.claim(NOW, HOUR, "worker")
    assert claim is not None
    why = "no such channel"
    assert ledger.deliveries.give_up(claim, DeliveryState.REFUSED, why, NOW, ends_destination=True)
    stranded = ledger.redirects.next(ANOTHER, NOW)
    assert stranded is not None
    assert ledger.redirects.record(stranded, ANOTHER, Message(text="instead"), "r" * 64, NOW)
