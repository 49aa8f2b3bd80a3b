"""The latest-filings page: its rows, how EDGAR orders and prints them, and real pages read back into rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import msgspec

from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.standins.edgar.answer import Answer
from worker.standins.edgar.faults import UNAVAILABLE

#: A query shows this many rows and no more; beyond them stands the 503 page (seen with start=5100).
DEPTH = 5_100
_COUNTS = frozenset({10, 20, 40, 80, 100})
_EASTERN = ZoneInfo("America/New_York")
_ATOM = "{http://www.w3.org/2005/Atom}"
_ROLES = {Role.ISSUER: "Subject", Role.SELLER: "Reporting"}
_LABELS = {label: role for role, label in _ROLES.items()}
_TITLE = re.compile(r".* - (?P<name>.+) \((?P<cik>\d{10})\) \((?P<label>[^()]+)\)", re.DOTALL)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list: one party of one filing, shown from `appears_at` on."""

    accession: str
    form_type: str
    cik: int
    name: str
    label: str  #: Subject, Reporting, Filer...
    accepted_at: datetime
    appears_at: datetime
    size: str = "4 KB"

    @property
    def folder(self) -> str:
        return f"/Archives/edgar/data/{self.cik}/{self.accession.replace('-', '')}"

    @property
    def party(self) -> Party:
        return Party(cik=self.cik, name=self.name, role=_LABELS.get(self.label))


def rows_of(filing: Filing, *, accepted_at: datetime, appears_at: Iterable[datetime]) -> list[Row]:
    """The filing's rows, one per party in the order given, each with its time of appearance."""
    return [
        Row(
            accession=filing.accession,
            form_type=filing.form_type,
            cik=party.cik,
            name=party.name,
            label=_ROLES[party.role] if party.role else "Filer",
            accepted_at=accepted_at,
            appears_at=moment,
        )
        for party, moment in zip(filing.parties, appears_at, strict=True)
    ]


def recorded_rows(page: bytes) -> list[Row]:
    """The rows of a page once served by EDGAR, in its order, as if each had appeared when accepted.

    An entry without the usual title (the SEC's are all alike) is left out.
    """
    rows = []
    for entry in ET.fromstring(page).iter(f"{_ATOM}entry"):  # noqa: S314 - our own recording
        title = _TITLE.fullmatch(entry.findtext(f"{_ATOM}title", ""))
        category = entry.find(f"{_ATOM}category")
        if title is None or category is None:
            continue
        accepted_at = datetime.fromisoformat(entry.findtext(f"{_ATOM}updated", "")).astimezone(UTC)
        rows.append(
            Row(
                accession=entry.findtext(f"{_ATOM}id", "").rpartition("=")[2],
                form_type=category.get("term", ""),
                cik=int(title["cik"]),
                name=title["name"],
                label=title["label"],
                accepted_at=accepted_at,
                appears_at=accepted_at,
            )
        )
    return rows


def filings_of(rows: Iterable[Row]) -> list[Filing]:
    """The filings behind the rows, each once, in order of first appearance, with all their parties."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.accession, []).append(row)
    return [
        Filing(
            accession=accession,
            form_type=mine[0].form_type,
            parties=tuple(row.party for row in mine),
            found_by=FoundBy.FEED,
            accepted_at=mine[0].accepted_at,
        )
        for accession, mine in grouped.items()
    ]


def feed_page(
    rows: Iterable[Row], query: dict[str, str], *, base_url: str, now: datetime, most: int = 100
) -> Answer:
    """The page as EDGAR prints it: newest acceptance first, `type` a prefix, `start` a row offset, and
    never more than `most` rows.

    Past the last row and within the depth it prints a feed without entries; how EDGAR prints that for a
    narrow type nobody has recorded.
    """
    start = int(query.get("start", "0"))
    count = int(query.get("count", "40"))
    if start >= DEPTH:
        return UNAVAILABLE
    wanted = query.get("type", "")
    shown = [row for row in rows if row.appears_at <= now and row.form_type.startswith(wanted)]
    shown.sort(key=lambda row: row.accepted_at, reverse=True)  # stable: ties keep their order
    size = min(count if count in _COUNTS else 40, most)
    entries = "".join(_entry(row, base_url) for row in shown[:DEPTH][start : start + size])
    clock = now.astimezone(_EASTERN)
    link = "/cgi-bin/browse-edgar?action=getcurrent"
    page = (
        '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>Latest Filings - {format_datetime(clock)}</title>\n"
        f'<link rel="alternate" href="{link}"/>\n<link rel="self" href="{link}"/>\n'
        f"<id>{base_url}{link}</id>\n"
        "<author><name>Stand-in</name><email>standin@example.com</email></author>\n"
        f"<updated>{clock.isoformat(timespec='seconds')}</updated>\n{entries}</feed>\n"
    )
    body = page.encode("ascii", errors="xmlcharrefreplace")  # as every recorded page, whatever it declares
    return Answer(body=body, content_type="application/atom+xml", headers=(("Cache-Control", "no-cache"),))


def _entry(row: Row, base_url: str) -> str:
    accepted = row.accepted_at.astimezone(_EASTERN)
    summary = f"\n <b>Filed:</b> {accepted:%Y-%m-%d} <b>AccNo:</b> {row.accession} <b>Size:</b> {row.size}\n"
    title = f"{row.form_type} - {row.name} ({row.cik:010d}) ({row.label})"
    return (
        f"<entry>\n<title>{escape(title)}</title>\n"
        f'<link rel="alternate" type="text/html" '
        f'href="{base_url}{row.folder}/{row.accession}-index.htm"/>\n'
        f'<summary type="html">{escape(summary)}</summary>\n'
        f"<updated>{accepted.isoformat(timespec='seconds')}</updated>\n"
        f'<category scheme="https://www.sec.gov/" label="form type" term="{escape(row.form_type)}"/>\n'
        f"<id>urn:tag:sec.gov,2008:accession-number={row.accession}</id>\n</entry>\n"
    )
