"""From the `tests:` of a file to rehearsals: documents read, issuers looked up, and what is wrong said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC

from worker.errors import ConfigurationError, Mistake, UnreadableFiling
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.watchlists.document import Document, beside
from worker.watchlists.entries import Written
from worker.watchlists.match import Side
from worker.watchlists.rehearsal import Expected, Rehearsal
from worker.watchlists.rehearsal_notice import (
    filing_of,
    history_of,
    notice_of,
    unknown_filing,
    with_parties,
)
from worker.watchlists.rehearsal_shapes import RehearsalFile
from worker.watchlists.resolve import Origin, Resolver
from worker.watchlists.samples import SAMPLES
from worker.watchlists.schema import WatchlistFile
from worker.watchlists.shapes import HolderEntry, IssuerEntry
from worker.watchlists.watchlist import Entry

_NOWHERE = Origin("", 0, 0, "")

#: What a notice beside the list may be called.
DOCUMENTS = (".xml", ".txt")


def rehearsals_of(
    document: Document,
    file: WatchlistFile,
    files: Mapping[str, bytes],
    entries: Sequence[Entry],
    resolver: Resolver,
) -> tuple[Rehearsal, ...]:
    """The tests of one file, whose list has these entries. Raises ConfigurationError with everything that
    is wrong with them.
    """
    look_up = _LookUp(entries, resolver)
    found: list[Rehearsal] = []
    mistakes: list[Mistake] = []
    for number, test in enumerate(file.tests):
        if test.notice.accession is not None:
            found.append(_rehearsal(document, test, number, None))
            continue
        try:
            notice = _notice(document, test, number, files, look_up, any_notice=file.any_notice)
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
            continue
        found.append(_rehearsal(document, test, number, notice))
    if mistakes:
        raise ConfigurationError(mistakes)
    return tuple(found)


def _rehearsal(
    document: Document, test: RehearsalFile, number: int, notice: Form144Notice | None
) -> Rehearsal:
    at = test.at.astimezone(UTC) if test.at is not None else None
    filing = filing_of(notice, at) if notice is not None else unknown_filing(test.notice.accession or "", at)
    return Rehearsal(
        where=document.where(("tests", number)),
        name=test.name or f"test {number + 1}",
        notice=notice,
        filing=filing,
        recent=history_of(test.notice, filing, notice) if notice is not None else None,
        tells=tuple(dict.fromkeys(test.tells)) if test.tells is not None else None,
        spares=tuple(dict.fromkeys(test.not_)),
        holds=tuple(
            Expected(
                destination=one.to,
                until=one.until.after(test.at) if one.until is not None and test.at is not None else None,
            )
            for one in test.holds
        ),
        at=test.at,
        silenced=test.silenced,
        accession=test.notice.accession,
    )


def _notice(
    document: Document,
    test: RehearsalFile,
    number: int,
    files: Mapping[str, bytes],
    look_up: _LookUp,
    *,
    any_notice: bool,
) -> Form144Notice:
    fields, way = test.notice, ("tests", number, "notice")
    if fields.document is not None:
        path = beside(document, fields.document, files, way, DOCUMENTS)
        try:
            return read_notice(files[path])
        except UnreadableFiling as error:
            raise ConfigurationError([Mistake(document.where(way), f"notice: {path}: {error}")]) from None
    if fields.issuer is None and fields.seller is None and fields.sample is None and not any_notice:
        what = "notice: names neither issuer nor seller, so it is on no list"
        raise ConfigurationError([Mistake(document.where(way), what, "add issuer: or seller:")])
    where = document.where((*way, "issuer"))
    issuer = look_up.issuer(fields.issuer, where) if fields.issuer is not None else None
    seller = look_up.seller(fields.seller) if fields.seller is not None else None
    if fields.sample is not None:
        return with_parties(SAMPLES[fields.sample], issuer, seller)
    return notice_of(fields, test.at, issuer, seller)


class _LookUp:
    """Finds the parties of a test's notice: on the list itself, else as entries are looked up."""

    def __init__(self, entries: Sequence[Entry], resolver: Resolver) -> None:
        self._by_ticker = {entry.ticker: entry for entry in entries if entry.ticker and entry.cik}
        self._resolver = resolver

    def issuer(self, entry: IssuerEntry, where: str) -> Entry:
        if entry.cik is None and entry.ticker in self._by_ticker:
            return self._by_ticker[entry.ticker]
        apart = self._resolver.apart()
        found = apart.entry(_written(entry), _NOWHERE, Side.ISSUER)
        if not found.is_found:
            what = f"issuer: {entry.ticker} is not a ticker that can be looked up"
            hint = next((mistake.hint for mistake in apart.mistakes), "write its CIK")
            raise ConfigurationError([Mistake(where, what, hint)])
        return found

    def seller(self, entry: HolderEntry) -> Entry:
        return self._resolver.apart().entry(_written(entry), _NOWHERE, Side.HOLDER)


def _written(entry: IssuerEntry | HolderEntry) -> Written:
    return Written(**entry.model_dump())
