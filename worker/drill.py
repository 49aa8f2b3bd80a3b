"""A drill: a made-up notice through the real queue, reader, lists and channels, measured and written down.

Nothing here sends anything. The drill is asked for in the ledger; whoever runs the installation takes it up
like any filing, and this waits and watches.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from worker.errors import ConfigurationError, Mistake
from worker.filings.filing import DRILL_AGENT
from worker.filings.notice import Form144Notice
from worker.ledger.drill_progress import DrillProgress, LastDrill
from worker.ledger.drills import Drill
from worker.ledger.ledger import Ledger
from worker.watchlists.destination import Destination
from worker.watchlists.fitting import Fitted, fitted
from worker.watchlists.watchlist import Watchlist

#: How often the ledger is looked at while a drill is under way, in seconds.
LOOK_EVERY = 0.2


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One drill to be made: of which list, for which of the destinations it tells at once."""

    watchlist: Watchlist
    destinations: tuple[Destination, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One drill as far as it could be asked for. `accession` is None where nobody would be told by its list:
    `fitted.missed` says why.
    """

    wanted: Wanted
    fitted: Fitted
    accession: str | None

    @property
    def left_out(self) -> tuple[Destination, ...]:
        """Who was wanted, and is not told by the list of any notice that could be made up."""
        return tuple(to for to in self.wanted.destinations if to not in self.fitted.told)


def wanted(
    watchlists: Sequence[Watchlist], listed: str | None, destination: Destination | None
) -> tuple[Wanted, ...]:
    """Which lists to drill: the one named (by id or name), or as few as reach every destination once.

    Raises ConfigurationError where there is no such list, or where none tells the destination at once.
    """
    named = [
        one for one in watchlists if listed in (None, one.id) or one.name.casefold() == listed.casefold()
    ]
    if not named:
        what = f"{listed} is no list here"
        raise ConfigurationError([Mistake("--list", what, "form144 check shows the lists by name")])
    left = {destination.key} if destination is not None else {to.key for one in named for to in at_once(one)}
    found = []
    for one in named:
        mine = tuple(to for to in at_once(one) if to.key in left)
        left -= {to.key for to in mine}
        if mine:
            found.append(Wanted(watchlist=one, destinations=mine))
    if not found:
        what = f"{destination} is told at once by no list" if destination else "nobody is told at once"
        raise ConfigurationError(
            [Mistake("--destination", what, "form144 send-test sends one message there")]
        )
    return tuple(found)


def at_once(watchlist: Watchlist) -> tuple[Destination, ...]:
    """Everybody the list tells other than in a digest, each once."""
    return tuple(dict.fromkeys(route.destination for route in watchlist.routes if route.is_at_once))


def ask(
    ledger: Ledger, one: Wanted, write: Callable[[Form144Notice], bytes], now: datetime, *, wait: timedelta
) -> Asked:
    """Make up a notice that the list tells those destinations of, and ask for it to be read: `write` makes
    the document. Where no such notice can be made up nothing is asked for.
    """
    while True:
        accession = f"{DRILL_AGENT}{now:%y}-{secrets.randbelow(1_000_000):06}"
        made = fitted(one.watchlist, one.destinations, accession=accession, now=now)
        if not made.told:
            return Asked(wanted=one, fitted=made, accession=None)
        drill = Drill(
            accession=accession,
            watchlist_id=one.watchlist.id,
            destinations=made.told,
            body=write(made.notice),
            asked_at=now,
            until=now + wait,
        )
        if ledger.drills.ask(made.filing, drill):
            return Asked(wanted=one, fitted=made, accession=accession)


def watch(
    ledger: Ledger, accessions: Sequence[str], clock: Callable[[], datetime], pause: Callable[[], None]
) -> Iterator[tuple[DrillProgress, LastDrill]]:
    """Wait until nothing more happens to each, or its time is over, and end it. `pause` is called between
    looks.
    """
    for accession in accessions:
        while not (found := ledger.drills.progress(accession)).is_settled and clock() < found.until:
            pause()
        last = ledger.drills.end(accession, clock())
        yield ledger.drills.progress(accession), last
