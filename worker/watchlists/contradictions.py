"""Conditions that no notice can meet together: a list, or a destination of it, that never hears anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from worker.errors import Mistake
from worker.watchlists.fitting import fitted
from worker.watchlists.watchlist import Route, Watchlist

#: For notices that are made up and go nowhere.
_ACCESSION = "0000000000-00-000000"


def contradictions(watchlist: Watchlist, now: datetime) -> Iterator[Mistake]:
    """A warning for the list, or for each line under `tell`, whose conditions no made-up notice met.

    It says what the best try did not meet. Whom the list watches is left aside.
    """
    for route in watchlist.routes[:1]:
        if missed := _missed(watchlist, msgspec.structs.replace(route, conditions=()), now):
            where = f"{watchlist.path}:1:1"
            hint = "soften or take out one of the lines under when"
            yield Mistake(where, f"nobody is ever told: what meets the rest misses {missed}", hint)
            return
    for route in watchlist.routes:
        if route.conditions and (missed := _missed(watchlist, route, now)):
            what = f"tell: {route.destination} is never told: what meets the rest misses {missed}"
            yield Mistake(route.where, what, "hold its when against the list's own")


def _missed(watchlist: Watchlist, route: Route, now: datetime) -> str:
    """What stood in the way of the best try, and what it had instead; "" where nothing did."""
    if not (watchlist.conditions or route.conditions):
        return ""
    alone = msgspec.structs.replace(
        watchlist,
        any_notice=True,
        entries=(),
        routes=(msgspec.structs.replace(route, digest=None),),
    )
    best = fitted(alone, (route.destination,), accession=_ACCESSION, now=now)
    return " and ".join(f"{missed.condition} ({missed.because})" for missed in best.missed)
