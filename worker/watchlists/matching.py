"""Matching: which lists a notice is on, what each list's conditions say of it, and why."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from worker.filings.figures import Figures
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.filings.rule144 import computed
from worker.watchlists.conditions import Condition, Evidence
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.identify import hits, issuer_and_seller
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Finding, Grade, Identity, Match, Routed, Side
from worker.watchlists.watchlist import Watchlist

_ANY = Identity(
    side=Side.ANY, entry="any notice", grade=Grade.CIK, because="the list asks about every notice"
)


def match(
    notice: Form144Notice, filing: Filing, index: WatchlistIndex, *, recent: RecentNotices | None = None
) -> tuple[Match, ...]:
    """The decision of every list the notice is on, whether or not it raises an alert; in the lists' order.

    `notice` may be one without a document (Source.ANNOUNCEMENT): its figures are unknown, and unknown
    conditions do not hold an alert back. `recent` is wanted where `index.history_days` is not None; without
    it, cluster conditions answer UNKNOWN.
    """
    identities = _identities(notice, filing, index)
    decide = _Decision(notice, filing, recent)
    return tuple(decide.on(index.watchlists[number], identities[number]) for number in sorted(identities))


def explain(
    notice: Form144Notice, filing: Filing, index: WatchlistIndex, *, recent: RecentNotices | None = None
) -> tuple[Match, ...]:
    """The same for every list, also those the notice is not on: their `identities` are empty."""
    identities = _identities(notice, filing, index)
    decide = _Decision(notice, filing, recent)
    return tuple(
        decide.on(watchlist, identities.get(number, ())) for number, watchlist in enumerate(index.watchlists)
    )


def _identities(
    notice: Form144Notice, filing: Filing, index: WatchlistIndex
) -> dict[int, tuple[Identity, ...]]:
    """By list number: each entry once, by its surest evidence, the surest first."""
    best: dict[int, tuple[int, Identity]] = {}
    for party in issuer_and_seller(notice, filing):
        for listed, identity in hits(party, index):
            kept = best.get(listed.number)
            if kept is None or identity.grade < kept[1].grade:
                best[listed.number] = (listed.list_number, identity)
    found: dict[int, list[Identity]] = {number: [_ANY] for number in index.every}
    for list_number, identity in best.values():
        found.setdefault(list_number, []).append(identity)
    return {number: tuple(sorted(all_of, key=lambda one: one.grade)) for number, all_of in found.items()}


class _Decision:
    """One notice held against lists; its figures are computed once, and only where a list asks."""

    def __init__(self, notice: Form144Notice, filing: Filing, recent: RecentNotices | None) -> None:
        self._notice = notice
        self._filing = filing
        self._recent = recent

    @cached_property
    def _figures(self) -> Figures:
        return computed(self._notice)

    def on(self, watchlist: Watchlist, identities: tuple[Identity, ...]) -> Match:
        return Match(
            watchlist_id=watchlist.id,
            identities=identities,
            findings=self._findings(watchlist.conditions, watchlist.near_miss),
            routes=tuple(
                Routed(
                    destination=route.destination,
                    findings=self._findings(route.conditions, watchlist.near_miss),
                    severity=route.severity,
                )
                for route in watchlist.routes
            ),
            severity=watchlist.severity,
        )

    def _findings(self, conditions: Iterable[Condition], near_miss: Decimal) -> tuple[Finding, ...]:
        return tuple(condition.find(self._evidence(near_miss)) for condition in conditions)

    def _evidence(self, near_miss: Decimal) -> Evidence:
        return Evidence(
            notice=self._notice,
            filing=self._filing,
            figures=self._figures,
            recent=self._recent,
            near_miss=near_miss,
        )
