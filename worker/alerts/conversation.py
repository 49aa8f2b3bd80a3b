"""Who hears of an amendment: whoever asks about it, and whoever was told of the notice it amends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from worker.alerts.raising import destinations_owed
from worker.watchlists.destination import Destination
from worker.watchlists.match import Identity, Match


class EarlierAlert(msgspec.Struct, frozen=True, kw_only=True):
    """What one list said of the earlier notices of a family: its match, and everywhere that was told."""

    match: Match
    destinations: frozenset[Destination]


def matches_to_tell(found: Iterable[Match], earlier: Mapping[str, EarlierAlert]) -> Iterator[Match]:
    """Every match that raises an alert, and one of every list that alerted on an earlier notice.

    `earlier` is by watchlist id. A list that the amended notice is not on any more keeps the identities of
    the earlier notice, marked as such.
    """
    left = dict(earlier)
    for match in found:
        if left.pop(match.watchlist_id, None) is not None or match.raises_alert:
            yield match
    for watchlist_id, alert in left.items():
        identities = tuple(_of_the_earlier(identity) for identity in alert.match.identities)
        yield Match(watchlist_id=watchlist_id, identities=identities, severity=alert.match.severity)


def destinations_to_tell(
    match: Match, listed: Iterable[Destination], earlier: EarlierAlert | None
) -> tuple[Destination, ...]:
    """Who hears of the match, each once: whom the list tells, and whoever was told before. `listed` are the
    list's destinations as they are: whoever was taken off it since hears no more.
    """
    before = earlier.destinations if earlier else frozenset()
    return destinations_owed((*match.told, *(to for to in listed if to in before)))


def as_told(match: Match, destination: Destination) -> Match:
    """The match as that destination hears of it, also where it hears of it only because it did before."""
    if destination in match.told:
        return match.as_told(destination)
    own = next((route.findings for route in match.routes if route.destination == destination), ())
    return msgspec.structs.replace(match, findings=(*match.findings, *own), routes=())


def _of_the_earlier(identity: Identity) -> Identity:
    return msgspec.structs.replace(identity, because=f"{identity.because}, in the notice it amends")
