"""Rehearsing: every test of a list run against the list, alone and as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Match
from worker.watchlists.matching import explain
from worker.watchlists.rehearsal import Rehearsal
from worker.watchlists.watchlist import Watchlist


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: the list's decision, and a sentence for everything that is not as expected."""

    rehearsal: Rehearsal
    match: Match
    told: tuple[Destination, ...]
    failures: tuple[str, ...]


def rehearse(watchlist: Watchlist) -> Iterator[Rehearsed]:
    """Run every test of the list against the list alone, in the file's order."""
    if not watchlist.rehearsals:
        return
    index = WatchlistIndex([watchlist])
    for rehearsal in watchlist.rehearsals:
        (found,) = explain(rehearsal.notice, rehearsal.filing, index, recent=rehearsal.recent)
        told = found.told
        yield Rehearsed(
            rehearsal=rehearsal, match=found, told=told, failures=tuple(_failures(rehearsal, told))
        )


def _failures(rehearsal: Rehearsal, told: tuple[Destination, ...]) -> Iterator[str]:
    if rehearsal.tells == () and told:
        yield f"{_listed(told)} would be told; expected was nobody"
    missing = [destination for destination in rehearsal.tells or () if destination not in told]
    if missing:
        yield f"{_listed(missing)} would not be told"
    extra = [destination for destination in rehearsal.spares if destination in told]
    if extra:
        yield f"{_listed(extra)} would be told"


def _listed(destinations: Iterable[Destination]) -> str:
    return ", ".join(map(str, destinations))
