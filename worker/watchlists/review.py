"""What is wrong, or odd, with a list whose every line is well-formed: nobody watched, nobody told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from worker.errors import Mistake
from worker.watchlists.conditions.words import did_you_mean
from worker.watchlists.destination import Destination
from worker.watchlists.document import Document
from worker.watchlists.notifiers import Notifiers, amiss
from worker.watchlists.watchlist import LONGEST_ID, Route, Watchlist

Found = tuple[list[Mistake], list[Mistake]]


def review(
    watchlist: Watchlist,
    document: Document,
    notifiers: Notifiers | None,
    confidential: Collection[Destination] | None,
) -> Found:
    """The mistakes and the warnings about one list on its own. `notifiers` are those a destination may name,
    `confidential` those whom confidential lists may tell; None for either: not checked.
    """
    where = document.where(())
    mistakes: list[Mistake] = []
    warnings = _duplicates(watchlist)
    if len(watchlist.id) > LONGEST_ID:
        what = f"makes an id of {len(watchlist.id)} characters out of its file name"
        mistakes.append(Mistake(f"{watchlist.path}:1:1", what, f"rename the file; at most {LONGEST_ID}"))
    if not watchlist.entries and not watchlist.any_notice:
        mistakes.append(Mistake(where, "watches nobody", "add issuers or holders, or any_notice: true"))
    if watchlist.any_notice and watchlist.entries:
        warnings.append(Mistake(where, "any_notice makes its entries superfluous", "take one of them out"))
    if watchlist.any_notice and not watchlist.conditions:
        warnings.append(
            Mistake(where, "alerts to every notice, some two hundred a day", "add conditions under when")
        )
    if not watchlist.destinations:
        mistakes.append(
            Mistake(
                document.where(("tell",)), "nobody is told", "add tell: with a destination, such as console:"
            )
        )
    for route in watchlist.routes:
        if notifiers is not None and (found := amiss(route.destination, notifiers)):
            what, hint = found
            mistakes.append(Mistake(route.where, f"tell: {what}", hint))
    mistakes.extend(_not_allowed(watchlist, confidential))
    warnings.extend(_told_anyway(watchlist))
    warnings.extend(_never_told(watchlist))
    return mistakes, warnings


def review_together(watchlists: Sequence[Watchlist]) -> Found:
    """The mistakes and the warnings that only show between lists."""
    mistakes: list[Mistake] = []
    warnings: list[Mistake] = []
    by_id: dict[str, Watchlist] = {}
    by_name: dict[str, Watchlist] = {}
    for watchlist in watchlists:
        other = by_id.setdefault(watchlist.id, watchlist)
        if other is not watchlist:
            what = f"has the same name as {other.path}"
            mistakes.append(Mistake(f"{watchlist.path}:1:1", what, "rename one of the two files"))
        namesake = by_name.setdefault(watchlist.name, watchlist)
        if namesake is not watchlist:
            what = f"is called {watchlist.name!r}, as {namesake.path} is"
            warnings.append(Mistake(f"{watchlist.path}:1:1", what, "give one of the two another name"))
    shared = {
        destination.key: watchlist
        for watchlist in watchlists
        if not watchlist.is_confidential
        for destination in watchlist.destinations
    }
    mistakes.extend(
        Mistake(
            route.where,
            f"tell: the list is confidential, and {route.destination} also hears of "
            f"{shared[route.destination.key].path}",
            "give it a destination of its own",
        )
        for watchlist in watchlists
        if watchlist.is_confidential
        for route in watchlist.routes
        if route.destination.key in shared
    )
    return mistakes, warnings


def _not_allowed(watchlist: Watchlist, confidential: Collection[Destination] | None) -> Iterator[Mistake]:
    """Where a confidential list tells somebody whom the installation keeps out of confidential matters."""
    if confidential is None or not watchlist.is_confidential:
        return
    allowed = {destination.key for destination in confidential}
    for route in watchlist.routes:
        if route.destination.key not in allowed:
            what = f"tell: the list is confidential, and {route.destination} is not allowed for such lists"
            yield Mistake(route.where, what, "whoever runs form144 sets FORM144_CONFIDENTIAL_DESTINATIONS")


def _told_anyway(watchlist: Watchlist) -> Iterator[Mistake]:
    """Lines under `tell` that change nothing: another one tells the destination without conditions."""
    always = {
        (route.destination.key, kind): route
        for route in sorted(watchlist.routes, key=lambda one: one.severity.rank)
        if not route.conditions
        for kind in _kinds(route)
    }
    for route in watchlist.routes:
        others = [always.get((route.destination.key, kind), route) for kind in _kinds(route)]
        if route not in others and all(route.severity.rank <= other.severity.rank for other in others):
            other = others[0]
            what = f"tell: {route.destination} is told anyway ({other.where})"
            yield Mistake(route.where, what, "take one of the two lines out")


def _kinds(route: Route) -> Iterator[str]:
    """How the line tells: at once, in a digest, or both. One who is told one way may be told the other."""
    if route.is_at_once:
        yield "at once"
    if route.digest is not None:
        yield "in a digest"


def _never_told(watchlist: Watchlist) -> Iterator[Mistake]:
    """Tests that cannot fail, because the list never tells the destination at all."""
    for rehearsal in watchlist.rehearsals:
        for destination in rehearsal.spares:
            if destination not in watchlist.destinations:
                known = [str(one) for one in watchlist.destinations]
                hint = did_you_mean(str(destination), known)
                yield Mistake(rehearsal.where, f"not: this list never tells {destination}", hint)


def _duplicates(watchlist: Watchlist) -> list[Mistake]:
    first: dict[tuple[object, ...], str] = {}
    warnings: list[Mistake] = []
    for entry in watchlist.entries:
        by_text = (entry.name or "").casefold() or f"ticker {entry.ticker}"
        key = (entry.side, entry.cik or entry.file_number or by_text)
        where = first.setdefault(key, entry.where)
        if where != entry.where:
            warnings.append(
                Mistake(entry.where, f"{entry.text} is on the list already ({where})", "keep one")
            )
    return warnings
