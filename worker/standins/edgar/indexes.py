"""What EDGAR prints about a day afterwards: master indexes, their listing, full-text search, tickers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from worker.standins.edgar.answer import Answer
from worker.standins.edgar.feed import Row

_EASTERN = ZoneInfo("America/New_York")
_PAGE = 100

#: Every real day has filings of other forms; a day that only has these is a day without a Form 144.
_OTHERS = (
    (1000045, "STAND-IN HOLDINGS INC", "10-Q", "0001000045"),
    (1000048, "FILLER CO", "4", "0001000048"),
)


def eastern_day(instant: datetime) -> date:
    """The calendar day in Washington."""
    return instant.astimezone(_EASTERN).date()


def master_index(rows: Iterable[Row], days: Iterable[date], *, daily: bool) -> Answer:
    """The master index of the days given: CIK order, both parties, ISO-8859-1, names cut at 60 characters.

    The daily file writes dates as 20260922, the quarterly one as 2026-09-22.
    """
    covered = sorted(days)
    lines = [
        (row.cik, row.name[:60], row.form_type, eastern_day(row.accepted_at), row.accession) for row in rows
    ]
    lines = [line for line in lines if line[3] in set(covered)]
    for day in covered:
        lines += [
            (cik, name, form, day, f"{agent}-{day:%y}-{day.timetuple().tm_yday:06d}")
            for cik, name, form, agent in _OTHERS
        ]
    last = covered[-1]
    date_form = "%Y%m%d" if daily else "%Y-%m-%d"
    head = (
        f"Description:           {'Daily' if daily else 'Master'} Index of EDGAR Dissemination Feed\n"
        f"Last Data Received:    {last:%b} {last.day:>2}, {last.year}\n"
        "Comments:              webmaster@sec.gov\n \n \n \n \n"
        f"CIK|Company Name|Form Type|Date Filed|{'File Name' if daily else 'Filename'}\n" + "-" * 80 + "\n"
    )
    body = "".join(
        f"{cik}|{name}|{form}|{day:{date_form}}|edgar/data/{cik}/{accession}.txt\n"
        for cik, name, form, day, accession in sorted(lines)
    )
    return Answer(body=(head + body).encode("iso-8859-1", errors="replace"), content_type="text/plain")


def listing(days: Mapping[date, datetime]) -> Answer:
    """`index.json` of a quarter's folder: which daily indexes are there, and since when."""
    items = [
        {
            "last-modified": f"{at.astimezone(_EASTERN):%m/%d/%Y %I:%M:%S %p}",
            "name": f"{kind}.{day:%Y%m%d}.idx",
            "type": "file",
            "href": f"{kind}.{day:%Y%m%d}.idx",
            "size": "945 KB",
        }
        for kind in ("company", "crawler", "form", "master")
        for day, at in sorted(days.items())
    ]
    body = json.dumps({"directory": {"item": items, "name": "daily-index/", "parent-dir": "../"}})
    return Answer(body=body.encode(), content_type="application/json")


def search_page(rows: Iterable[Row], query: Mapping[str, str], *, now: datetime, lag: timedelta) -> Answer:
    """Full-text search for a span of days: hits `lag` after they appeared, 100 a page."""
    wanted = set(query.get("forms", "").split(","))
    first = date.fromisoformat(query["startdt"])
    last = date.fromisoformat(query["enddt"])
    found: dict[str, list[Row]] = {}
    for row in rows:
        root = row.form_type.removesuffix("/A")
        if root in wanted and row.appears_at + lag <= now and first <= eastern_day(row.accepted_at) <= last:
            found.setdefault(row.accession, []).append(row)
    hits = [_hit(parties) for parties in found.values()]
    start = int(query.get("from", "0"))
    total = {"value": len(hits), "relation": "eq"}
    body = {"took": 12, "timed_out": False, "hits": {"total": total, "hits": hits[start : start + _PAGE]}}
    return Answer(body=json.dumps(body).encode(), content_type="application/json")


def _hit(parties: list[Row]) -> dict[str, object]:
    first = parties[0]
    return {
        "_index": "edgar_file",
        "_id": f"{first.accession}:primary_doc.xml",
        "_source": {
            "ciks": [f"{row.cik:010d}" for row in parties],
            "display_names": [f"{row.name}  (CIK {row.cik:010d})" for row in parties],
            "root_forms": [first.form_type.removesuffix("/A")],
            "form": first.form_type,
            "adsh": first.accession,
            "file_date": eastern_day(first.accepted_at).isoformat(),
        },
    }


def tickers_file(companies: Iterable[tuple[str, int, str]]) -> Answer:
    """`company_tickers.json`: ticker, CIK and title, keyed "0", "1", ... in the order given."""
    body = {
        str(place): {"cik_str": cik, "ticker": ticker, "title": title}
        for place, (ticker, cik, title) in enumerate(companies)
    }
    return Answer(body=json.dumps(body).encode(), content_type="application/json")
