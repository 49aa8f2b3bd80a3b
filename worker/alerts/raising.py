"""What an alert owes: its destinations, each once, and the key each delivery goes by.

Two lists that tell one channel about one filing are two alerts and two messages. Each says why its list
asked; each can be held, silenced or acknowledged without the other; and neither shows that the other list
exists, which may be confidential.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from worker.watchlists.destination import Destination


def delivery_key(secret: bytes, accession: str, watchlist_id: str, destination: Destination) -> str:
    """What a delivery is known by at the other side: 64 characters of [0-9a-f].

    The same delivery always has the same key, two deliveries never share one, and without the secret
    nobody can tell from it which list or destination it belongs to.
    """
    if not secret:
        raise ValueError("without a secret a key could be guessed from a list's name")
    parts = (accession, watchlist_id, destination.notifier, destination.address)
    # The length before each part keeps ("ab", "c") and ("a", "bc") apart.
    said = b"".join(b"%d:%b" % (len(raw), raw) for raw in (part.encode() for part in parts))
    return hmac.new(secret, said, "sha256").hexdigest()


def destinations_owed(routes: Iterable[Destination]) -> tuple[Destination, ...]:
    """Each destination once, in the order the list names them and as it is written first: letter case makes
    no second mailbox.
    """
    first: dict[tuple[str, str], Destination] = {}
    for one in routes:
        first.setdefault(one.key, one)
    return tuple(first.values())
