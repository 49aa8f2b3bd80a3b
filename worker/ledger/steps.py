"""The entries that several parts of the ledger write in the same words, and those of a whole reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

import msgspec

from worker.alerts.hold import Hold
from worker.alerts.message import Message
from worker.ledger.chain import Entry, Value
from worker.ledger.filings import ClaimedFiling
from worker.ledger.kinds import Kind
from worker.watchlists.destination import Destination
from worker.watchlists.match import Match


def rendered(key: str, to: Destination, message: Message, **about: Value) -> Entry:
    """A finished message, and what it is `about`. `message_sha256` is that of the message as the ledger keeps
    it, in its JSON.
    """
    sha = sha256(msgspec.json.encode(message)).hexdigest()
    body = {"destination": str(to), "message_sha256": sha, "templates_sha256": message.templates}
    return Entry(Kind.RENDERED, key, {**body, **about})


def held(key: str, to: Destination, hold: Hold) -> Entry:
    """A message that is kept back when it is raised."""
    body = {"destination": str(to), "because": hold.because, "by": hold.by, "until": hold.until}
    return Entry(Kind.HELD, key, {**body, "silence": hold.silence_id})


def read(
    claim: ClaimedFiling,
    *,
    url: str,
    document: bytes,
    accepted_at: datetime | None,
    fetched_at: datetime,
    unreadable_because: str | None,
    lists: str | None,
    alerts: int,
) -> Entry:
    """A document, and what it was held against: `lists` is the digest of all watchlists as they were."""
    return Entry(
        Kind.READ,
        claim.filing.accession,
        {
            "url": url,
            "bytes": len(document),
            "document_sha256": sha256(document).hexdigest(),
            "accepted": accepted_at,
            "fetched": fetched_at,
            "outcome": "unreadable" if unreadable_because else "read",
            "why": unreadable_because,
            "lists_sha256": lists,
            "alerts": alerts,
        },
    )


def decided(accession: str, match: Match, list_digest: str, told: int) -> Entry:
    """An alert. Of the list it holds what says nothing of its words: id, digest, and the answers in order."""
    return Entry(
        Kind.DECIDED,
        accession,
        {
            "list": match.watchlist_id,
            "list_sha256": list_digest,
            "identities": [f"{one.side.value} by {one.grade.name.lower()}" for one in match.identities],
            "answers": list(_answers(match)),
            "certain": match.is_certain,
            "messages": told,
        },
    )


def _answers(match: Match) -> Iterator[str]:
    yield from (finding.answer.value for finding in match.findings)
    for route in match.routes:
        if route.findings:
            said = ", ".join(finding.answer.value for finding in route.findings)
            yield f"{route.destination}: {said}"
