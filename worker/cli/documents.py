"""What a person names: a notice in a file or in the ledger, a watchlist, or a destination."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from worker import parts
from worker.errors import ConfigurationError, Form144Error, Mistake, UnreadableFiling
from worker.filings.filing import ACCESSION, Filing, Party, Role
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.filings.submission import MOST_BYTES
from worker.ledger.families import Original
from worker.ledger.ledger import Ledger
from worker.ledger.record import Record
from worker.settings import Settings
from worker.watchlists.destination import Destination
from worker.watchlists.rehearsal_notice import filing_of
from worker.watchlists.watchlist import Watchlist

#: Stands for the accession number of a file that does not give its own: no filer has it.
MADE_UP = "0000000000-00-000000"

#: What somebody may have meant for an accession number.
_LIKE_AN_ACCESSION = re.compile(r"[0-9]+-[0-9]+-[0-9]+|[0-9]{12,}")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """`record` is what the ledger keeps, None for a file; `original` the notice that it amends, None where it
    amends none, and for a file. `unreadable_because` as in an alert.
    """

    filing: Filing
    notice: Form144Notice
    unreadable_because: str | None = None
    record: Record | None = None
    original: Original | None = None


def find_notice(named: str, settings: Settings) -> Found:
    """Raises ConfigurationError where there is no such file, UnreadableFiling where it is no notice, and
    Form144Error where the ledger does not know the accession number.
    """
    if ACCESSION.fullmatch(named) and not Path(named).exists():
        return _in_ledger(named, settings)
    try:
        with Path(named).open("rb") as file:
            notice = read_notice(file.read(MOST_BYTES + 1))
    except OSError as error:
        is_number = _LIKE_AN_ACCESSION.fullmatch(named) is not None
        hint = "an accession number is ten digits, two and six, as 0001234567-26-000001" if is_number else ""
        raise ConfigurationError([Mistake(named, f"cannot be read: {error.strerror}", hint)]) from None
    except UnreadableFiling as error:
        raise UnreadableFiling(f"{named}: {error}") from None
    return Found(filing=_announced(notice), notice=notice)


@contextmanager
def opened_ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger of this installation, closed afterwards. Raises ConfigurationError where there is none."""
    ledger = parts.open_ledger(settings, migrate=False)
    try:
        yield ledger
    finally:
        ledger.close()


def named_destination(text: str) -> Destination:
    """Raises ConfigurationError where it cannot be one."""
    try:
        return Destination.parse(text)
    except ValueError as error:
        raise ConfigurationError([Mistake("the destination", str(error))]) from None


def named_list(lists: Iterable[Watchlist], named: str, *, where: str = "--list") -> Watchlist:
    """The list whose file or id that is, else the one of that name. Raises ConfigurationError naming those
    there are, or those that share the name.
    """
    lists = tuple(lists)
    for watchlist in lists:
        if named in (watchlist.id, watchlist.path, Path(watchlist.path).stem):
            return watchlist
    called = [watchlist for watchlist in lists if watchlist.name == named]
    if len(called) == 1:
        return called[0]
    known = ", ".join(Path(one.path).stem for one in called or lists)
    if called:
        what = f"{len(called)} lists are called {named!r}"
        raise ConfigurationError([Mistake(where, what, f"name the file: {known}")])
    hint = f"there is: {known}" if known else ""
    raise ConfigurationError([Mistake(where, f"there is no list {named!r}", hint)])


def _in_ledger(accession: str, settings: Settings) -> Found:
    with opened_ledger(settings) as ledger:
        record = ledger.records.of(accession)
        amends = (
            record.notice.previous_accession if record is not None and record.notice is not None else None
        )
        original = ledger.families.original(accession, amends) if amends is not None else None
    if record is None:
        raise Form144Error(f"{accession} is not in the ledger: it was never seen, or is no Form 144")
    if record.filing.is_drill:
        raise Form144Error(f"{accession} is a drill: nobody filed it, and no notice is kept of it")
    if record.notice is None:
        why = f"; the last attempt: {record.last_error}" if record.last_error else ""
        raise Form144Error(f"{accession} was seen and not read yet{why}")
    return Found(
        filing=record.filing,
        notice=record.notice,
        unreadable_because=record.unreadable_because,
        record=record,
        original=original,
    )


def _announced(notice: Form144Notice) -> Filing:
    """What EDGAR would announce of a file, with the parties that stand in the notice."""
    seller = next(iter(notice.filer_ciks), None)
    parties = (
        (notice.issuer_cik, notice.issuer_name, Role.ISSUER),
        (seller, notice.seller_name, Role.SELLER),
    )
    known = tuple(
        Party(cik=cik, name=name or "", role=role) for cik, name, role in parties if cik is not None
    )
    filing = filing_of(notice, None)
    return msgspec.structs.replace(filing, accession=filing.accession or MADE_UP, parties=known)
