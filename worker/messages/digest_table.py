"""A digest as a table for spreadsheets: everything, also what the message has no room for.

No cell is a formula, whatever a filing says (https://owasp.org/www-community/attacks/CSV_Injection), and the
byte order mark lets a spreadsheet see that the text is UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from worker.alerts.digest import Digest, Entry
from worker.alerts.message import Attachment
from worker.messages import words
from worker.messages.digest_lines import CONFIDENTIAL

COLUMNS = (
    "what", "watchlist", "severity", "issuer", "issuer CIK", "seller", "seller CIK", "form",
    "accession number", "accepted (UTC)", "seen (UTC)", "class", "units (computed)",
    "market value USD (computed)", "proposed sale date", "to be checked", "missed", "amends",
    "amended (UTC)", "found late", "state",
    "told (UTC)", "kept back by", "kept back because", "acknowledged by", "notice",
)  # fmt: skip

_BOM = "\ufeff"

#: What spreadsheets take for the beginning of a formula, in ASCII and in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def table_of(digest: Digest) -> Attachment:
    """One row for each entry, in the order they were read; named after the day, by the reader's clocks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(value) for value in _row(entry)] for entry in digest.entries)
    day = digest.until.astimezone(ZoneInfo(digest.zone)).date()
    return Attachment(name=f"form144-digest-{day}.csv", subtype="csv", content=_BOM + text.getvalue())


def cell(value: object) -> str:
    """The value as a cell that is text and never a formula; "" for None."""
    said = "" if value is None else words.clean(str(value)) if not isinstance(value, str) else value
    return f"'{said}" if said.lstrip().startswith(_FORMULA) or said.startswith(_FORMULA) else said


def _row(entry: Entry) -> Iterator[object]:
    item = entry.item
    kind = "near miss" if entry.is_near_miss else "kept back" if entry.is_silenced else "alert"
    yield from (kind, item.list_name if item.list_name is not None else CONFIDENTIAL, item.severity.value)
    yield from (item.issuer, item.issuer_cik, item.seller, item.seller_cik, item.form, item.accession)
    yield from (_instant(item.accepted_at), _instant(item.seen_at), item.class_title, item.units)
    yield from (item.value, item.sale_date, "; ".join(item.check), "; ".join(item.missed), item.amends)
    yield from (_instant(entry.amended_at), item.late, entry.state.value if entry.state else None)
    hold = entry.hold if entry.is_silenced else None
    yield from (_instant(entry.told_at), hold.by if hold else None, hold.because if hold else None)
    yield from (", ".join(entry.acknowledged), item.url)


def _instant(when: datetime | None) -> str | None:
    return None if when is None else f"{when:%Y-%m-%d %H:%M:%S}"
