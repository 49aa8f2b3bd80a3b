"""A made-up notice that a given list asks about, so that a drill may show the list at work.

The figures are sought near the limits that the list's own conditions name, and each try is put to the same
matching that decides about filings. What no try meets is said, with the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec

from worker.filings.filing import Filing, FoundBy, Party, Role, eastern_day
from worker.filings.notice import Form144Notice
from worker.filings.rule144 import computed
from worker.watchlists.conditions import Condition, Evidence
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.made_up import MadeUp, notice_of
from worker.watchlists.match import Answer, Finding, Match
from worker.watchlists.matching import match
from worker.watchlists.trying import asked_of, tries
from worker.watchlists.watchlist import Watchlist

#: How often every figure is tried again after another one changed.
ROUNDS = 4

#: What one condition that is not met, or not answered, counts against a try.
_NOT_MET, _UNKNOWN = Decimal(1), Decimal("0.1")


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """The notice and its announcement, whom of `asked` the list tells of it, and what holds it back from the
    others: findings of the list's conditions or of a destination's own.
    """

    filing: Filing
    notice: Form144Notice
    told: tuple[Destination, ...]
    missed: tuple[Finding, ...]


def fitted(watchlist: Watchlist, asked: Collection[Destination], *, accession: str, now: datetime) -> Fitted:
    """The best notice that can be made for the list's first entry and those destinations. It is filed `now`
    and names somebody whose name says DRILL.
    """
    day = eastern_day(now)
    single = msgspec.structs.replace(watchlist, entries=watchlist.entries[:1])
    index = WatchlistIndex([single])
    conditions = _conditions(watchlist, asked)

    def filed(made: MadeUp) -> tuple[Filing, Form144Notice]:
        notice = notice_of(made, single.entries[0] if single.entries else None, day)
        return _announced(notice, accession, now), notice

    made = _sought(MadeUp.ordinary(day), conditions, day, lambda one: _cost(conditions, *filed(one)))
    filing, notice = filed(made)
    found = next(iter(match(notice, filing, index)), None)
    told = tuple(to for to in asked if found is not None and to in found.told)
    return Fitted(filing=filing, notice=notice, told=told, missed=_missed(found, asked))


def _sought(
    made: MadeUp, conditions: Iterable[Condition], day: date, cost: Callable[[MadeUp], Decimal]
) -> MadeUp:
    """One figure after the other, each at the best of its tries, until nothing gets better."""
    asked = list(asked_of(conditions))
    best = cost(made)
    for _ in range(ROUNDS):
        before = best
        for question, argument in asked:
            for other in tries(made, question, argument, day):
                if best and (found := cost(other)) < best:
                    made, best = other, found
        if not best or best == before:
            break
    return made


def _cost(conditions: Iterable[Condition], filing: Filing, notice: Form144Notice) -> Decimal:
    evidence = Evidence(
        notice=notice, filing=filing, figures=computed(notice), recent=None, near_miss=Decimal(0)
    )
    return sum((_distance(condition, evidence) for condition in conditions), Decimal(0))


def _distance(condition: Condition, evidence: Evidence) -> Decimal:
    """How much of the condition is left to meet; parts of a composite one count on their own."""
    if condition.question.name == "all":
        return sum((_distance(part, evidence) for part in condition.argument), Decimal(0))
    if condition.question.name == "any":
        return min(_distance(part, evidence) for part in condition.argument)
    answer = condition.verdict(evidence).answer
    return {Answer.MET: Decimal(0), Answer.NOT_MET: _NOT_MET, Answer.UNKNOWN: _UNKNOWN}[answer]


def _conditions(watchlist: Watchlist, asked: Collection[Destination]) -> tuple[Condition, ...]:
    """The list's, and those of the destinations: of several lines for one, the first it is told by."""
    routes = {route.destination: route for route in reversed(watchlist.routes) if route.is_at_once}
    own = (condition for to in asked if to in routes for condition in routes[to].conditions)
    return (*watchlist.conditions, *own)


def _missed(found: Match | None, asked: Collection[Destination]) -> tuple[Finding, ...]:
    if found is None:
        return ()
    own = (finding for route in found.routes if route.destination in asked for finding in route.findings)
    told = set(found.told)
    return tuple(
        dict.fromkeys(
            finding
            for finding in (*found.findings, *(own if told != set(asked) else ()))
            if finding.answer is Answer.NOT_MET
        )
    )


def _announced(notice: Form144Notice, accession: str, now: datetime) -> Filing:
    return Filing(
        accession=accession,
        form_type=notice.submission_type or "144",
        parties=tuple(_parties(notice)),
        found_by=FoundBy.DRILL,
        accepted_at=now,
    )


def _parties(notice: Form144Notice) -> Iterator[Party]:
    if notice.issuer_cik is not None:
        yield Party(cik=notice.issuer_cik, name=notice.issuer_name or "", role=Role.ISSUER)
    for cik in notice.filer_ciks:
        yield Party(cik=cik, name=notice.seller_name or "", role=Role.SELLER)
