"""What `form144 check` asks the ledger, where there is one: notices that tests name, and silences gone by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from datetime import datetime

import msgspec

from worker import parts
from worker.alerts.hold import About, Silence
from worker.cli.earlier import earlier_notices
from worker.errors import Form144Error, Mistake
from worker.ledger.ledger import Ledger
from worker.settings import Settings
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.rehearsing import Kept, wanted
from worker.watchlists.watchlist import Watchlist


class FromLedger(msgspec.Struct, frozen=True, kw_only=True):
    """The notices that tests name, by accession number, as far as they are there; tests that cannot run for
    want of one are among the warnings.
    """

    kept: Mapping[str, Kept]
    warnings: tuple[Mistake, ...]


def from_ledger(settings: Settings, watchlists: Collection[Watchlist], now: datetime) -> FromLedger:
    """Ask the ledger of this installation. One that is not there, or cannot be opened, holds nothing."""
    asked = wanted(watchlists)
    file = parts.ledger_file(settings.ledger_url)
    if file is not None and not file.exists():
        return FromLedger(kept={}, warnings=tuple(_not_run(watchlists, {}, "there is no ledger here")))
    try:
        with closing(parts.open_ledger(settings, migrate=False)) as ledger:
            kept = {one: found for one in asked if (found := _kept(ledger, one, watchlists)) is not None}
            warnings = tuple(_silences(ledger, {one.id for one in watchlists}, now))
    except Form144Error as error:
        why = f"the ledger cannot be asked: {error}"
        return FromLedger(kept={}, warnings=tuple(_not_run(watchlists, {}, why)))
    not_run = _not_run(watchlists, kept, "the ledger has not read it")
    return FromLedger(kept=kept, warnings=(*warnings, *not_run))


def _not_run(watchlists: Collection[Watchlist], kept: Collection[str], why: str) -> Iterator[Mistake]:
    for watchlist in watchlists:
        for one in watchlist.rehearsals:
            if one.accession is not None and one.accession not in kept:
                what = f"{one.name}: not run, its notice is {one.accession}, and {why}"
                yield Mistake(one.where, what, "keep the document beside the list to test it anywhere")


def _kept(ledger: Ledger, accession: str, watchlists: Collection[Watchlist]) -> Kept | None:
    record = ledger.records.of(accession)
    if record is None or record.notice is None:
        return None
    reach = WatchlistIndex(watchlists).history_days
    return Kept(
        filing=record.filing,
        notice=record.notice,
        recent=earlier_notices(ledger, record.filing, record.notice, reach),
    )


def _silences(ledger: Ledger, lists: Collection[str], now: datetime) -> Iterator[Mistake]:
    """Silences that ended while they still keep messages back, and those of a list that is no more."""
    held = ledger.silences.held()
    for silence in ledger.silences.all():
        where = f"silence {silence.id}"
        if silence.expires_at <= now:
            if number := held.get(silence.id):
                messages = f"{number} message{'s' * (number != 1)}"
                what = f"{_said(silence)} ended {silence.expires_at:%Y-%m-%d %H:%M} UTC and holds {messages}"
                yield Mistake(where, what, f"form144 silence expire {silence.id} --release sends them")
        elif silence.about is About.LIST and silence.subject not in lists:
            what = f"{_said(silence)} is in force, and there is no such list"
            yield Mistake(where, what, f"form144 silence expire {silence.id} ends it")


def _said(silence: Silence) -> str:
    return f"of {silence.about} {silence.subject}, by {silence.author},"
