"""Readings for the ledger's tests: a document that raised one alert for the destinations given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tests.builders import a_filing, a_notice
from worker.alerts.message import Message
from worker.ledger.filings import ClaimedFiling
from worker.ledger.ledger import Ledger
from worker.ledger.readings import Owed, RaisedAlert, Reading
from worker.watchlists.destination import Destination
from worker.watchlists.match import Grade, Identity, Match, Side

NOW = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)
LEASE = timedelta(minutes=2)
SLACK = Destination("slack", "#ir-alerts")
EMAIL = Destination("email", "jane@example.com")


def a_match(watchlist_id: str = "ir") -> Match:
    identity = Identity(side=Side.ISSUER, entry="EXMP", grade=Grade.CIK, because="issuer CIK 1999500")
    return Match(watchlist_id=watchlist_id, identities=(identity,))


def a_raised_alert(*destinations: Destination, watchlist_id: str = "ir", salt: str = "") -> RaisedAlert:
    return RaisedAlert(
        match=a_match(watchlist_id),
        list_digest="0" * 64,
        owed=tuple(
            Owed(
                destination=to,
                message=Message(text=f"for {to}"),
                key=sha256(f"{watchlist_id}{to}{salt}".encode()).hexdigest(),
            )
            for to in destinations
        ),
    )


def a_reading(*alerts: RaisedAlert, unreadable_because: str | None = None) -> Reading:
    return Reading(
        url="https://www.sec.gov/example/primary_doc.xml",
        body=b"<edgarSubmission/>",
        fetched_at=NOW,
        notice=a_notice(),
        unreadable_because=unreadable_because,
        alerts=alerts,
    )


def a_claim(ledger: Ledger, accession: str = "0001950047-26-000123", now: datetime = NOW) -> ClaimedFiling:
    """A filing announced and claimed."""
    ledger.filings.announce([a_filing(accession=accession)], now)
    claim = ledger.filings.claim(now, LEASE, f"reader-{accession}")
    assert claim is not None
    return claim


def owe(ledger: Ledger, *destinations: Destination, now: datetime = NOW, number: int = 1) -> None:
    """Filing `number` was read and raised one alert for the destinations."""
    claim = a_claim(ledger, f"0001950047-26-{number:06}", now)
    alert = a_raised_alert(*destinations, salt=str(number))
    assert ledger.readings.record(claim, a_reading(alert), now)
