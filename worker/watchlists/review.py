"""What is wrong, or odd, with a list whose every line is well-formed: nobody watched, nobody told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from worker.errors import Mistake
from worker.watchlists.conditions.words import did_you_mean
from worker.watchlists.document import Document
from worker.watchlists.watchlist import Watchlist

Found = tuple[list[Mistake], list[Mistake]]


def review(watchlist: Watchlist, document: Document, notifiers: Collection[str] | None) -> Found:
    """The mistakes and the warnings about one list on its own. None for `notifiers`: not checked."""
    where = document.where(())
    mistakes: list[Mistake] = []
    warnings = _duplicates(watchlist)
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
    for destination in watchlist.destinations:
        if notifiers is not None and destination.notifier not in notifiers:
            hint = (
                did_you_mean(destination.notifier, set(notifiers))
                or f"there is: {', '.join(sorted(notifiers))}"
            )
            at = document.where(("tell", watchlist.destinations.index(destination)))
            mistakes.append(Mistake(at, f"tell: there is no notifier {destination.notifier!r}", hint))
    return mistakes, warnings


def review_together(watchlists: Sequence[Watchlist]) -> Found:
    """The mistakes and the warnings that only show between lists."""
    mistakes: list[Mistake] = []
    by_id: dict[str, Watchlist] = {}
    for watchlist in watchlists:
        other = by_id.setdefault(watchlist.id, watchlist)
        if other is not watchlist:
            what = f"has the same name as {other.path}"
            mistakes.append(Mistake(f"{watchlist.path}:1:1", what, "rename one of the two files"))
    shared = {
        destination: watchlist
        for watchlist in watchlists
        if not watchlist.is_confidential
        for destination in watchlist.destinations
    }
    warnings = [
        Mistake(
            f"{watchlist.path}:1:1",
            f"is confidential and tells {destination}, which also hears of {shared[destination].path}",
            "give it a destination of its own",
        )
        for watchlist in watchlists
        if watchlist.is_confidential
        for destination in watchlist.destinations
        if destination in shared
    ]
    return mistakes, warnings


def _duplicates(watchlist: Watchlist) -> list[Mistake]:
    first: dict[tuple[object, ...], str] = {}
    warnings: list[Mistake] = []
    for entry in watchlist.entries:
        key = (entry.side, entry.cik or entry.file_number or (entry.name or "").casefold())
        where = first.setdefault(key, entry.where)
        if where != entry.where:
            warnings.append(
                Mistake(entry.where, f"{entry.text} is on the list already ({where})", "keep one")
            )
    return warnings
