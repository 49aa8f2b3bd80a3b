"""The door: files in, watchlists out, and everything that is wrong with them at once."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping

import msgspec

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.building import build
from worker.watchlists.destination import Destination
from worker.watchlists.document import LISTS, Document
from worker.watchlists.issuers import KnownIssuers
from worker.watchlists.notifiers import Notifiers
from worker.watchlists.pins import LOCK_NAME, Pin, read_pins
from worker.watchlists.resolve import Resolver
from worker.watchlists.review import review, review_together
from worker.watchlists.tomlfile import read_toml
from worker.watchlists.watchlist import Watchlist
from worker.watchlists.yamlfile import read_yaml


class FolderReading(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder of files says. With any of `mistakes` nothing may be started on `watchlists`.

    `warnings` are worth a look and stop nothing; `pins` is what `watchlists.lock` says now.
    """

    watchlists: tuple[Watchlist, ...]
    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...]
    pins: Mapping[str, Pin]


def load_watchlists(
    files: Mapping[str, bytes],
    tickers: Mapping[str, tuple[int, str]] | None,
    *,
    notifiers: Notifiers | None = None,
    confidential: Collection[Destination] | None = None,
    default_destinations: Iterable[Destination] = (),
    folder: str = "watchlists",
) -> tuple[Watchlist, ...]:
    """Every watchlist of a folder, sorted by path. Raises ConfigurationError with everything wrong.

    `files` is path -> content: the watchlists, the tables they name, and `watchlists.lock`. `tickers` is the
    SEC's list, ticker -> (CIK, name), or None where no copy is at hand: then only what is pinned, or has its
    CIK beside it, can be watched by ticker. `notifiers` are those a destination may name; None leaves
    that unchecked. `confidential` are those whom confidential lists may tell; None leaves that
    unchecked. `default_destinations` hear of lists that name none. `folder` is where a mistake says that
    there is no list at all.
    """
    reading = read_watchlists(
        files,
        tickers,
        notifiers=notifiers,
        confidential=confidential,
        default_destinations=default_destinations,
        folder=folder,
    )
    if reading.mistakes:
        raise ConfigurationError(reading.mistakes)
    return reading.watchlists


def read_watchlists(
    files: Mapping[str, bytes],
    tickers: Mapping[str, tuple[int, str]] | None,
    *,
    notifiers: Notifiers | None = None,
    confidential: Collection[Destination] | None = None,
    default_destinations: Iterable[Destination] = (),
    folder: str = "watchlists",
) -> FolderReading:
    """The same, with mistakes and warnings as values; a file that is no watchlist gives no list."""
    mistakes: list[Mistake] = []
    warnings: list[Mistake] = []
    pins = _pins(files, mistakes)
    known = KnownIssuers(tickers) if tickers is not None else None
    defaults = tuple(default_destinations)
    watchlists: list[Watchlist] = []
    paths = sorted(path for path in files if path.lower().endswith(LISTS))
    for path in paths:
        resolver = Resolver(known, pins)
        try:
            document = _document(path, files[path])
            watchlist = build(document, files, resolver, defaults)
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
            continue
        found, doubts = review(watchlist, document, notifiers, confidential)
        mistakes.extend([*resolver.mistakes, *found])
        warnings.extend([*resolver.warnings, *doubts])
        watchlists.append(watchlist)
    if not paths:
        hint = f"add a file that ends in {', '.join(LISTS)}"
        mistakes.append(Mistake(folder, "holds no watchlist", hint))
    found, doubts = review_together(watchlists)
    return FolderReading(
        watchlists=tuple(watchlists),
        mistakes=(*mistakes, *found),
        warnings=(*warnings, *doubts),
        pins=pins,
    )


def _pins(files: Mapping[str, bytes], mistakes: list[Mistake]) -> dict[str, Pin]:
    path = next((path for path in files if posixpath.basename(path) == LOCK_NAME), None)
    try:
        return read_pins(path, files[path]) if path is not None else {}
    except ConfigurationError as error:
        mistakes.extend(error.mistakes)
        return {}


def _document(path: str, content: bytes) -> Document:
    return read_toml(path, content) if path.lower().endswith(".toml") else read_yaml(path, content)
