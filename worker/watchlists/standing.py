"""Whether an entry somebody names stands on a list already, however it is written there."""

from __future__ import annotations

import msgspec

from worker.watchlists.entries import Written
from worker.watchlists.index import name_key, names_of
from worker.watchlists.issuers import KnownIssuers
from worker.watchlists.names import legal_form
from worker.watchlists.watchlist import Entry


def pinned(written: Written, known: KnownIssuers | None) -> Written:
    """An issuer with the CIK that its ticker or name means today; as it is, where that is not known."""
    if written.cik is not None or known is None:
        return written
    if written.ticker is not None:
        now = known.by_ticker(written.ticker)
        return msgspec.structs.replace(written, cik=now[0]) if now is not None else written
    ciks = known.by_name(written.name) if written.name is not None else ()
    return msgspec.structs.replace(written, cik=ciks[0]) if len(ciks) == 1 else written


def same(written: Written, entry: Entry) -> bool:
    """True where both mean one issuer or holder: by CIK, else by file number, ticker or name. Toro Co and
    Toro Corp are two companies, whose names differ in nothing else.
    """
    if written.cik is not None and entry.cik is not None:
        return written.cik == entry.cik
    if written.file_number is not None and entry.file_number is not None:
        return written.file_number == entry.file_number
    if written.ticker is not None and entry.ticker is not None:
        return written.ticker == entry.ticker
    if written.name is None:
        return False
    mine, form = name_key(written.name, entry.side), legal_form(written.name)
    return any(
        name_key(name, entry.side) == mine and len({form, legal_form(name)} - {None}) < 2
        for name in names_of(entry)
    )
