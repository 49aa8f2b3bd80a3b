"""The door: files in, watchlists out, and everything that is wrong with them at once."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.destination import Destination
from worker.watchlists.document import Document, Value
from worker.watchlists.entries import Written
from worker.watchlists.explaining import mistakes_of
from worker.watchlists.issuers import KnownIssuers
from worker.watchlists.match import Side
from worker.watchlists.pins import LOCK_NAME, Pin, read_pins
from worker.watchlists.resolve import Origin, Resolver
from worker.watchlists.review import review, review_together
from worker.watchlists.schema import WatchlistFile
from worker.watchlists.table import read_table
from worker.watchlists.tomlfile import read_toml
from worker.watchlists.watchlist import Entry, Visibility, Watchlist
from worker.watchlists.when import conditions_of
from worker.watchlists.yamlfile import read_yaml

#: Suffixes of watchlist files; everything else in the folder is read only when one of them names it.
SUFFIXES = (".yaml", ".yml", ".toml")


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
    notifiers: Collection[str] | None = None,
    default_destinations: Iterable[Destination] = (),
) -> tuple[Watchlist, ...]:
    """Every watchlist of a folder, sorted by path. Raises ConfigurationError with everything wrong.

    `files` is path -> content: the watchlists, the tables they name, and `watchlists.lock`. `tickers` is the
    SEC's list, ticker -> (CIK, name), or None where no copy is at hand: then only what is pinned, or has its
    CIK beside it, can be watched by ticker. `notifiers` are the names a destination may begin with; None
    leaves that unchecked. `default_destinations` hear of lists that name none.
    """
    reading = read_watchlists(files, tickers, notifiers=notifiers, default_destinations=default_destinations)
    if reading.mistakes:
        raise ConfigurationError(reading.mistakes)
    return reading.watchlists


def read_watchlists(
    files: Mapping[str, bytes],
    tickers: Mapping[str, tuple[int, str]] | None,
    *,
    notifiers: Collection[str] | None = None,
    default_destinations: Iterable[Destination] = (),
) -> FolderReading:
    """The same, with mistakes and warnings as values; a file that is no watchlist gives no list."""
    mistakes: list[Mistake] = []
    warnings: list[Mistake] = []
    pins = _pins(files, mistakes)
    known = KnownIssuers(tickers) if tickers is not None else None
    watchlists: list[Watchlist] = []
    paths = sorted(path for path in files if path.lower().endswith(SUFFIXES))
    for path in paths:
        resolver = Resolver(known, pins)
        try:
            document = _document(path, files[path])
            watchlist = _watchlist(document, files, resolver, tuple(default_destinations))
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
            continue
        found, doubts = review(watchlist, document, notifiers)
        mistakes.extend([*resolver.mistakes, *found])
        warnings.extend([*resolver.warnings, *doubts])
        watchlists.append(watchlist)
    if not paths:
        where = posixpath.commonpath(files) if files else "watchlists"
        mistakes.append(
            Mistake(where, "holds no watchlist", f"add a file that ends in {', '.join(SUFFIXES)}")
        )
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


def _watchlist(
    document: Document, files: Mapping[str, bytes], resolver: Resolver, default: tuple[Destination, ...]
) -> Watchlist:
    """Check one file, and read the tables it names. Raises ConfigurationError with everything wrong."""
    path = document.path
    raw = document.value
    if not isinstance(raw, dict):
        raise ConfigurationError(
            [Mistake(f"{path}:1:1", "is not a watchlist", "begin it with name: and owner:")]
        )
    try:
        file = WatchlistFile.model_validate(raw)
    except ValidationError as error:
        raise ConfigurationError(mistakes_of(document, error)) from None
    entries = [*_entries(document, file, resolver)]
    sources = {path: files[path]}
    for key, side in (("issuers", Side.ISSUER), ("holders", Side.HOLDER)):
        table = getattr(file.entries_from, key) if file.entries_from is not None else None
        if table is not None:
            place = document.where(("entries_from", key))
            found = _beside(path, table, files, place)
            sources[found] = files[found]
            entries.extend(_from_table(found, files[found], side, resolver))
    return Watchlist(
        id=_id(path, file.visibility),
        name=file.name,
        owner=file.owner,
        reason=file.reason,
        visibility=file.visibility,
        any_notice=file.any_notice,
        entries=tuple(entries),
        conditions=conditions_of(file.when, raw["when"]) if file.when is not None else (),
        destinations=tuple(dict.fromkeys(file.tell or default)),
        near_miss=file.near_miss,
        path=path,
        digest=_digest(sources),
    )


def _id(path: str, visibility: Visibility) -> str:
    stem = posixpath.basename(path).rsplit(".", 1)[0]
    if visibility is Visibility.CONFIDENTIAL:
        return f"list-{hashlib.sha256(stem.encode()).hexdigest()[:12]}"
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "list"


def _entries(document: Document, file: WatchlistFile, resolver: Resolver) -> Iterable[Entry]:
    raw: Any = document.value
    for key, side in (("issuers", Side.ISSUER), ("holders", Side.HOLDER)):
        lines = raw.get(key) if isinstance(raw.get(key), list) else [raw.get(key)]
        for number, (line, entry) in enumerate(zip(lines, getattr(file, key), strict=False)):
            place = document.place((key, number))
            said = entry.model_dump()
            written = Written(**{name: said[name] for name in said})
            yield resolver.entry(written, Origin(document.path, *place, _as_written(line)), side)


def _as_written(line: Value) -> str:
    if isinstance(line, dict):
        keys = ("ticker", "name", "cik", "file_number")
        return next(str(line[key]) for key in keys if line.get(key) is not None)
    return " ".join(str(line).split())


def _from_table(path: str, content: bytes, side: Side, resolver: Resolver) -> Iterable[Entry]:
    rows, mistakes = read_table(path, content, side)
    resolver.mistakes.extend(mistakes)
    return (resolver.entry(row.written, Origin(path, row.line, 1, row.text), side) for row in rows)


def _beside(path: str, table: str, files: Mapping[str, bytes], where: str) -> str:
    """The path of a file named relative to another one."""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), table))
    if found not in files or found.lower().endswith(SUFFIXES):
        tables = sorted(posixpath.basename(name) for name in files if name.endswith((".csv", ".tsv", ".txt")))
        hint = f"there is: {', '.join(tables[:10])}" if tables else "put the file beside the watchlist"
        raise ConfigurationError([Mistake(where, f"there is no file {table!r}", hint)])
    return found


def _digest(sources: Mapping[str, bytes]) -> str:
    """sha256 over every file the list was read from, each by its name and length so that none runs on."""
    digest = hashlib.sha256()
    for path, content in sources.items():
        digest.update(f"{posixpath.basename(path)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
