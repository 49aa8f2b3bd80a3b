"""Replay: what an edit of the watchlists would have changed, notice by notice and reader by reader."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Match, Severity
from worker.watchlists.matching import explain
from worker.watchlists.watchlist import Watchlist


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One message more, or one fewer, to one destination about one notice. `match` is the decision of
    `watchlist` that makes the difference: for a message that is gone, the new decision, or None where the
    list is gone.
    """

    destination: Destination
    is_more: bool
    watchlist: Watchlist
    match: Match | None


class Regraded(msgspec.Struct, frozen=True, kw_only=True):
    """One message that comes as before, with another severity."""

    destination: Destination
    before: Severity
    after: Severity
    watchlist: Watchlist


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """One notice under the old lists and the new: every message of either, and the changes."""

    before: tuple[Destination, ...]
    after: tuple[Destination, ...]
    changes: tuple[Change, ...]
    regraded: tuple[Regraded, ...] = ()


def replay(
    notice: Form144Notice,
    filing: Filing,
    old: WatchlistIndex,
    new: WatchlistIndex,
    *,
    recent: RecentNotices | None = None,
) -> Replayed:
    """Decide both ways. A list whose file took another name is the same to its readers: a message that
    comes from another list than before is no change.
    """
    was = {found.watchlist_id: found for found in explain(notice, filing, old, recent=recent)}
    now = {found.watchlist_id: found for found in explain(notice, filing, new, recent=recent)}
    before, after = _told(was), _told(now)
    changes: list[Change] = []
    for destination in sorted({*before, *after}):
        gone = [one for one in before[destination] if one not in after[destination]]
        come = [one for one in after[destination] if one not in before[destination]]
        same = min(len(gone), len(come))
        changes += (_change(destination, new.watchlist(one), now[one], is_more=True) for one in come[same:])
        changes += (
            _change(destination, old.watchlist(one), now.get(one), is_more=False) for one in gone[same:]
        )
    regraded = tuple(
        Regraded(destination=to, before=one, after=other, watchlist=new.watchlist(number))
        for to in sorted(before.keys() & after.keys())
        for number in after[to]
        if number in before[to]
        and (one := was[number].as_told(to).severity) is not (other := now[number].as_told(to).severity)
    )
    return Replayed(before=_each(before), after=_each(after), changes=tuple(changes), regraded=regraded)


def _told(found: dict[str, Match]) -> defaultdict[Destination, list[str]]:
    """Which lists tell each destination."""
    told: defaultdict[Destination, list[str]] = defaultdict(list)
    for match in found.values():
        for destination in match.told:
            told[destination].append(match.watchlist_id)
    return told


def _each(told: dict[Destination, list[str]]) -> tuple[Destination, ...]:
    """Every destination as often as it gets a message."""
    return tuple(destination for destination, lists in told.items() for _ in lists)


def _change(destination: Destination, watchlist: Watchlist, match: Match | None, *, is_more: bool) -> Change:
    return Change(destination=destination, is_more=is_more, watchlist=watchlist, match=match)
