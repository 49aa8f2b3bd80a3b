"""Building: one file, read and checked, becomes a watchlist with its entries looked up."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.destination import Destination
from worker.watchlists.document import Document, Value, beside
from worker.watchlists.entries import Written
from worker.watchlists.explaining import mistakes_of
from worker.watchlists.match import Side
from worker.watchlists.rehearsal_loading import rehearsals_of
from worker.watchlists.resolve import Origin, Resolver
from worker.watchlists.schema import WatchlistFile
from worker.watchlists.shapes import HolderEntry, IssuerEntry
from worker.watchlists.table import read_table
from worker.watchlists.watchlist import Entry, Route, Visibility, Watchlist
from worker.watchlists.when import conditions_of

#: What a table of entries may be called.
TABLES = (".csv", ".tsv", ".txt")


def build(
    document: Document, files: Mapping[str, bytes], resolver: Resolver, default: Iterable[Destination]
) -> Watchlist:
    """The watchlist; `files` are the document's neighbours, which it may name. What the resolver finds wrong
    with an entry stays with the resolver. Raises ConfigurationError with everything else that is wrong.
    """
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
            found = beside(document, table, files, ("entries_from", key), TABLES)
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
        routes=_routes(document, file, default),
        near_miss=file.near_miss,
        path=path,
        digest=_digest(sources),
        rehearsals=rehearsals_of(document, file, files, entries, resolver),
        severity=file.severity,
    )


def _id(path: str, visibility: Visibility) -> str:
    stem = posixpath.basename(path).rsplit(".", 1)[0]
    if visibility is Visibility.CONFIDENTIAL:
        return f"list-{hashlib.sha256(stem.encode()).hexdigest()[:12]}"
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "list"


def _entries(document: Document, file: WatchlistFile, resolver: Resolver) -> Iterable[Entry]:
    for key, side in (("issuers", Side.ISSUER), ("holders", Side.HOLDER)):
        for number, (line, entry) in enumerate(zip(_lines(document, key), getattr(file, key), strict=False)):
            place = document.place((key, number))
            yield resolver.entry(_written(entry), Origin(document.path, *place, _as_written(line)), side)


def _routes(document: Document, file: WatchlistFile, default: Iterable[Destination]) -> tuple[Route, ...]:
    where = document.where(("tell",))
    if not file.tell:
        return tuple(
            Route(
                destination=destination,
                where=where,
                quiet_hours=file.quiet_hours,
                severity=file.severity,
            )
            for destination in default
        )
    return tuple(
        Route(
            destination=tell.to,
            where=document.where(("tell", number)),
            conditions=conditions_of(tell.when, line["when"]) if tell.when is not None else (),
            quiet_hours=tell.quiet_hours or file.quiet_hours,
            digest=tell.digest.plan if tell.digest is not None else None,
            also_at_once=tell.also_at_once,
            severity=tell.severity or file.severity,
        )
        for number, (line, tell) in enumerate(zip(_lines(document, "tell"), file.tell, strict=True))
    )


def _lines(document: Document, key: str) -> list[Any]:
    """What stands under a key, one item standing for a list of one."""
    raw: Any = document.value
    value = raw.get(key)
    return value if isinstance(value, list) else [value]


def _written(entry: IssuerEntry | HolderEntry) -> Written:
    return Written(**entry.model_dump())


def _as_written(line: Value) -> str:
    if isinstance(line, dict):
        keys = ("ticker", "name", "cik", "file_number")
        return next(str(line[key]) for key in keys if line.get(key) is not None)
    return " ".join(str(line).split())


def _from_table(path: str, content: bytes, side: Side, resolver: Resolver) -> Iterable[Entry]:
    rows, mistakes = read_table(path, content, side)
    resolver.mistakes.extend(mistakes)
    return (resolver.entry(row.written, Origin(path, row.line, 1, row.text), side) for row in rows)


def _digest(sources: Mapping[str, bytes]) -> str:
    """sha256 over every file the list was read from, each by its name and length so that none runs on."""
    digest = hashlib.sha256()
    for path, content in sources.items():
        digest.update(f"{posixpath.basename(path)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
