"""Rehearsing: every test of a list run against the list, alone and as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Match
from worker.watchlists.matching import explain
from worker.watchlists.rehearsal import Expected, Rehearsal
from worker.watchlists.watchlist import Watchlist


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that a ledger holds, as a test may ask for it by its accession number."""

    filing: Filing
    notice: Form144Notice
    recent: RecentNotices | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Whose message waits, why, and until when; None: until a person lets it go."""

    destination: Destination
    because: str
    until: datetime | None


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: the list's decision, who is told at once and whose message waits, and a sentence for
    everything that is not as expected.
    """

    rehearsal: Rehearsal
    match: Match
    told: tuple[Destination, ...]
    failures: tuple[str, ...]
    waiting: tuple[Waiting, ...] = ()


def wanted(watchlists: Iterable[Watchlist]) -> tuple[str, ...]:
    """The accession numbers of the notices that tests ask a ledger for."""
    asked = (one.accession for watchlist in watchlists for one in watchlist.rehearsals)
    return tuple(dict.fromkeys(filter(None, asked)))


def rehearse(watchlist: Watchlist, kept: Mapping[str, Kept] | None = None) -> Iterator[Rehearsed]:
    """Run every test of the list against the list alone, in the file's order. `kept` are notices by their
    accession number; a test that names one which is not among them is left out.
    """
    if not watchlist.rehearsals:
        return
    index = WatchlistIndex([watchlist])
    for rehearsal in watchlist.rehearsals:
        one = _given(rehearsal, kept or {})
        if one is None:
            continue
        (found,) = explain(one.notice, one.filing, index, recent=one.recent)
        waiting = tuple(_waiting(watchlist, rehearsal, found))
        late = {one.destination for one in waiting}
        told = tuple(destination for destination in found.told if destination not in late)
        yield Rehearsed(
            rehearsal=rehearsal,
            match=found,
            told=told,
            failures=tuple(_failures(rehearsal, told, waiting)),
            waiting=waiting,
        )


def _given(rehearsal: Rehearsal, kept: Mapping[str, Kept]) -> Kept | None:
    if rehearsal.notice is not None:
        return Kept(filing=rehearsal.filing, notice=rehearsal.notice, recent=rehearsal.recent)
    return kept.get(rehearsal.accession or "")


def _waiting(watchlist: Watchlist, rehearsal: Rehearsal, found: Match) -> Iterator[Waiting]:
    """A silence before everything, because only a person ends it; a digest has a time of its own."""
    for destination in found.told:
        telling = [
            route
            for route, routed in zip(watchlist.routes, found.routes, strict=True)
            if route.destination == destination and routed.holds
        ]
        at_once = any(route.is_at_once for route in telling)
        plan = None if at_once else next(route.digest for route in telling)
        quiet = watchlist.quiet_hours(destination)
        if rehearsal.silenced is not None:
            because = f"a silence of the {rehearsal.silenced}"
            yield Waiting(destination=destination, because=because, until=None)
        elif rehearsal.at is None:
            continue
        elif plan is not None:
            because = f"its digest, {plan.schedule}"
            yield Waiting(destination=destination, because=because, until=plan.schedule.next(rehearsal.at))
        elif quiet is not None and (until := quiet.until(rehearsal.at)) is not None:
            yield Waiting(destination=destination, because=f"quiet hours, {quiet}", until=until)


def _failures(
    rehearsal: Rehearsal, told: tuple[Destination, ...], waiting: tuple[Waiting, ...]
) -> Iterator[str]:
    late = {one.destination: one for one in waiting}
    may_wait = {one.destination for one in rehearsal.holds}
    if rehearsal.tells == ():
        if told:
            yield f"{_listed(told)} would be told; expected was nobody"
        for one in waiting:
            if one.destination not in may_wait:
                yield f"{_would_wait(rehearsal, one)}; expected was nobody"
    missing = [one for one in rehearsal.tells or () if one not in told and one not in late]
    if missing:
        yield f"{_listed(missing)} would not be told"
    yield from (_would_wait(rehearsal, late[one]) for one in rehearsal.tells or () if one in late)
    extra = [destination for destination in rehearsal.spares if destination in told]
    if extra:
        yield f"{_listed(extra)} would be told"
    yield from (_would_wait(rehearsal, late[one]) for one in rehearsal.spares if one in late)
    for expected in rehearsal.holds:
        yield from _not_held(rehearsal, expected, told, late.get(expected.destination))


def _not_held(
    rehearsal: Rehearsal, expected: Expected, told: tuple[Destination, ...], found: Waiting | None
) -> Iterator[str]:
    if found is None:
        how = "would be told at once" if expected.destination in told else "would not be told"
        yield f"{expected.destination} {how}; expected was that it waits"
    elif expected.until is not None and expected.until != found.until:
        until = _clock(rehearsal, expected.until)
        yield f"{_would_wait(rehearsal, found)}; expected was until {until}"


def _would_wait(rehearsal: Rehearsal, one: Waiting) -> str:
    until = f"until {_clock(rehearsal, one.until)}" if one.until is not None else "until somebody releases it"
    return f"{one.destination} would wait {until} ({one.because})"


def _clock(rehearsal: Rehearsal, instant: datetime) -> str:
    """By the clocks of the test's own place."""
    there = instant.astimezone(rehearsal.at.tzinfo if rehearsal.at is not None else None)
    return f"{there:%Y-%m-%d %H:%M %Z}"


def _listed(destinations: Iterable[Destination]) -> str:
    return ", ".join(map(str, destinations))
