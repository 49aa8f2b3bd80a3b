"""WatchlistIndex: every entry of every list by what identifies it, so that a notice costs a few look-ups
however many entries there are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeVar

from worker.watchlists import names
from worker.watchlists.conditions import Condition
from worker.watchlists.conditions.cluster import Cluster
from worker.watchlists.match import Side
from worker.watchlists.trigrams import Trigrams
from worker.watchlists.watchlist import Entry, Watchlist

K = TypeVar("K", bound=Hashable)


class Listed(NamedTuple):
    """An entry, its number among all entries, and the number of the list it stands on."""

    number: int
    list_number: int
    entry: Entry


class Spelt(NamedTuple):
    """Entries by their names, to be found again with a typing error."""

    entries: Sequence[Listed]
    trigrams: Trigrams


class Names(NamedTuple):
    """The entries of one side by name: exact keys, pair keys of people, and spellings. Those with a CIK are
    kept apart: a name with a typing error says nothing against a CIK.
    """

    exact: Mapping[str, Sequence[Listed]]
    pairs: Mapping[tuple[str, ...], Sequence[Listed]]
    without_cik: Spelt
    with_cik: Spelt


class WatchlistIndex:
    """All lists, ready to be matched; never changed, so that a reload swaps one for another at once."""

    def __init__(self, watchlists: Iterable[Watchlist]) -> None:
        self.watchlists = tuple(watchlists)
        #: The numbers of the lists that ask about every notice.
        self.every = tuple(number for number, one in enumerate(self.watchlists) if one.any_notice)
        self.by_id = {watchlist.id: watchlist for watchlist in self.watchlists}
        #: The sha256 over all of them, as they are.
        self.digest = _digest(self.watchlists)
        #: How many days of earlier notices the lists' questions reach back; None where none asks.
        self.history_days = _furthest(self.watchlists)
        self._listed = [
            Listed(number, list_number, entry)
            for number, (list_number, entry) in enumerate(
                (list_number, entry)
                for list_number, watchlist in enumerate(self.watchlists)
                for entry in watchlist.entries
            )
        ]
        by_cik: dict[tuple[Side, int], list[Listed]] = {}
        by_file_number: dict[str, list[Listed]] = {}
        for listed in self._listed:
            if listed.entry.cik is not None:
                _add(by_cik, (listed.entry.side, listed.entry.cik), listed)
            if listed.entry.file_number is not None:
                _add(by_file_number, listed.entry.file_number, listed)
        self.by_cik: Mapping[tuple[Side, int], Sequence[Listed]] = by_cik
        self.by_file_number: Mapping[str, Sequence[Listed]] = by_file_number
        self.names = {side: self._names(side) for side in (Side.ISSUER, Side.HOLDER)}

    def watchlist(self, watchlist_id: str) -> Watchlist:
        """The list of that id. Raises KeyError where there is none."""
        return self.by_id[watchlist_id]

    def _names(self, side: Side) -> Names:
        exact: dict[str, list[Listed]] = {}
        pairs: dict[tuple[str, ...], list[Listed]] = {}
        spelt: dict[bool, list[tuple[str, Listed]]] = {True: [], False: []}
        for listed, name in self._named(side):
            key = name_key(name, side)
            _add(exact, key, listed)
            spelt[listed.entry.cik is not None].append((_sorted(key), listed))
            if is_person(name, side):
                for person in names.persons(name):
                    for pair in names.pairs(person):
                        _add(pairs, pair, listed)
        return Names(exact, pairs, _spelt(spelt[False]), _spelt(spelt[True]))

    def _named(self, side: Side) -> Iterator[tuple[Listed, str]]:
        for listed in self._listed:
            if listed.entry.side is side:
                for name in names_of(listed.entry):
                    yield listed, name


def _digest(watchlists: Iterable[Watchlist]) -> str:
    """The sha256 of every list's id and digest: that of the set, in whatever order the lists come."""
    lines = sorted(f"{one.id} {one.digest}\n" for one in watchlists)
    return sha256("".join(lines).encode()).hexdigest()


def names_of(entry: Entry) -> tuple[str, ...]:
    """Every name the entry goes by: as written, and as the SEC calls its CIK."""
    return tuple(dict.fromkeys(name for name in (entry.name, entry.called) if name))


def is_person(name: str, side: Side) -> bool:
    """True where the name is compared as a person's. Issuers are companies, whatever they are called."""
    return side is Side.HOLDER and not names.is_entity(name)


def name_key(name: str, side: Side) -> str:
    """What two spellings must share to be the same name."""
    return names.plain(name) if is_person(name, side) else names.company(name)


def close_names(spelt: Spelt, side: Side, name: str) -> Iterator[tuple[Listed, float]]:
    """The entries a typing error away, the closest first."""
    for number, score in spelt.trigrams.close_to(_sorted(name_key(name, side))):
        yield spelt.entries[number], score


def _spelt(named: list[tuple[str, Listed]]) -> Spelt:
    return Spelt([listed for _, listed in named], Trigrams(name for name, _ in named))


def _sorted(key: str) -> str:
    """Words in alphabetical order, so that `LAST FIRST` and `First Last` are as close as they should be."""
    return " ".join(sorted(key.split()))


def _add(table: dict[K, list[Listed]], key: K, listed: Listed) -> None:
    kept = table.setdefault(key, [])
    if not kept or kept[-1] is not listed:
        kept.append(listed)


def _conditions(watchlist: Watchlist) -> Iterator[tuple[Condition, ...]]:
    """The list's own conditions, and those of each of its destinations."""
    yield watchlist.conditions
    for route in watchlist.routes:
        yield route.conditions


def _furthest(watchlists: Iterable[Watchlist]) -> int | None:
    asked = [_reach(conditions) for one in watchlists for conditions in _conditions(one)]
    return max((days for days in asked if days is not None), default=None)


def _reach(conditions: Iterable[Condition]) -> int | None:
    reaches: list[int | None] = []
    for condition in conditions:
        if isinstance(condition.argument, Cluster):
            reaches.append(condition.argument.days)
        elif isinstance(condition.argument, tuple):
            reaches.append(_reach(part for part in condition.argument if isinstance(part, Condition)))
    return max((days for days in reaches if days is not None), default=None)
