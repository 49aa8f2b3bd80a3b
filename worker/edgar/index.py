"""The master indexes, daily and quarterly: the SEC's own list of a day's filings.

`CIK|Company Name|Form Type|Date Filed|File Name`, ISO-8859-1, one row per party, after a short header.
https://www.sec.gov/search-filings/edgar-search-assistance/accessing-edgar-data
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import msgspec

from worker.edgar.feed import FORMS
from worker.errors import Unreachable
from worker.filings.filing import ACCESSION, Filing, FoundBy, Party

_COLUMNS = b"CIK|Company Name|Form Type|Date Filed|"
_RECEIVED = re.compile(rb"Last Data Received:\s+(\w{3})\w*\s+(\d{1,2}),\s+(\d{4})")
#: From the right: a name could hold a bar. The daily file writes 20260922, the quarterly 2026-09-22.
_ROW = re.compile(
    r"(?P<cik>\d{1,10})\|(?P<name>.*)\|(?P<form>[^|]+)\|(?P<day>\d{8}|\d{4}-\d\d-\d\d)\|(?P<file>edgar/\S+)\s*"
)
_LONGEST_HEADER = 4_096


class MasterIndex(msgspec.Struct, frozen=True, kw_only=True):
    """An index, read. `filings` are its Form 144s and 144/As by the day they were filed, each once, with
    the parties listed (which have no roles here); `rows` counts every row of every form; `received` is the
    last day the file covers.
    """

    filings: dict[date, tuple[Filing, ...]]
    rows: int
    received: date


class _Row(msgspec.Struct, frozen=True):
    day: date
    accession: str
    form_type: str
    party: Party


def read_master_index(body: bytes) -> MasterIndex:
    """Read an index. Raises Unreachable for anything that is not a whole one."""
    start = body.find(_COLUMNS, 0, _LONGEST_HEADER)
    received = _RECEIVED.search(body, 0, max(start, 0))
    last_day = _day(b" ".join(received.groups()).decode(), "%b %d %Y") if received else None
    if last_day is None:
        raise Unreachable("the file is no EDGAR master index: its header is missing")
    if not body.endswith(b"\n"):
        raise Unreachable("the EDGAR index ends in the middle of a line")
    lines = io.BytesIO(body)  # a quarter has 30 MB: only the lines we want become text
    lines.seek(start)
    lines.readline()
    rows = 0
    wanted = []
    for line in lines:
        if not line.strip(b"-\r\n "):
            continue
        rows += 1
        row = _row(line.decode("iso-8859-1")) if b"|144" in line else None
        if row is not None:
            wanted.append(row)
    return MasterIndex(filings=_by_day(wanted), rows=rows, received=last_day)


def _row(line: str) -> _Row | None:
    """The row, None where it is of another form; Unreachable where it cannot be read."""
    found = _ROW.fullmatch(line)
    if found is not None and found["form"] not in FORMS:
        return None
    accession = ACCESSION.search(found["file"]) if found else None
    day = _day(found["day"].replace("-", ""), "%Y%m%d") if found else None
    if found is None or accession is None or day is None:
        raise Unreachable(f"a line of the EDGAR index cannot be read: {line[:120]!r}")
    party = Party(cik=int(found["cik"]), name=found["name"].strip())
    return _Row(day, accession[0], found["form"], party)


def _by_day(rows: list[_Row]) -> dict[date, tuple[Filing, ...]]:
    parties: dict[tuple[date, str, str], dict[Party, None]] = {}
    for row in rows:
        parties.setdefault((row.day, row.accession, row.form_type), {})[row.party] = None
    days: dict[date, list[Filing]] = {}
    for (day, accession, form_type), those in parties.items():
        filing = Filing(
            accession=accession,
            form_type=form_type,
            parties=tuple(those),
            found_by=FoundBy.INDEX,
            filed_on=day,
        )
        days.setdefault(day, []).append(filing)
    return {day: tuple(filings) for day, filings in sorted(days.items())}


def _day(written: str, form: str) -> date | None:
    """The day, or None where the calendar has none such."""
    try:
        return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
