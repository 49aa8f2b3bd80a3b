"""Watchlists for tests, written as their authors would write them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import FolderReading, load_watchlists, read_watchlists
from worker.watchlists.match import Grade, Match
from worker.watchlists.matching import explain
from worker.watchlists.watchlist import Watchlist

#: An excerpt of the SEC's list, with its traps: a name for two issuers, a class with its own ticker.
TICKERS: Mapping[str, tuple[int, str]] = {
    "QFIN": (1741530, "Qfin Holdings, Inc."),
    "AAPL": (320193, "Apple Inc."),
    "NVDA": (1045810, "NVIDIA CORP"),
    "BRK-B": (1067983, "BERKSHIRE HATHAWAY INC"),
    "BRK-A": (1067983, "BERKSHIRE HATHAWAY INC"),
    "NKE": (320187, "NIKE, Inc."),
    "CCL": (815097, "CARNIVAL CORP"),
    "CUK": (1125259, "CARNIVAL PLC"),
    "V": (1403161, "VISA INC."),
}

HEAD = "name: A list\nowner: Jane Doe\ntell: 'console:'\n"


def reading(
    body: str, *, tickers: Mapping[str, tuple[int, str]] | None = TICKERS, **files: str | bytes
) -> FolderReading:
    """What `lists/one.yaml` says; `files` are its neighbours, `holdings_csv` for `lists/holdings.csv`."""
    beside = {f"lists/{name.replace('_', '.')}": content for name, content in files.items()}
    folder = {"lists/one.yaml": HEAD + dedent(body), **beside}
    return read_watchlists(
        {path: text.encode() if isinstance(text, str) else text for path, text in folder.items()}, tickers
    )


def a_watchlist(body: str, tickers: Mapping[str, tuple[int, str]] | None = TICKERS) -> Watchlist:
    (watchlist,) = load_watchlists({"lists/one.yaml": (HEAD + dedent(body)).encode()}, tickers)
    return watchlist


def decision(body: str, notice: Form144Notice, filing: Filing) -> Match:
    """What one list says of one notice, on it or not."""
    (found,) = explain(notice, filing, WatchlistIndex([a_watchlist(body)]))
    return found


def grade(body: str, notice: Form144Notice, filing: Filing) -> Grade | None:
    """How sure the list is that the notice means one of its entries; None where it does not."""
    identities = decision(body, notice, filing).identities
    return identities[0].grade if identities else None


def said(found: FolderReading) -> list[str]:
    """Every mistake as `line:column what | hint`."""
    return [f"{one.where.removeprefix('lists/one.yaml:')} {one.what} | {one.hint}" for one in found.mistakes]


def warned(found: FolderReading) -> list[str]:
    return [f"{one.where.removeprefix('lists/one.yaml:')} {one.what} | {one.hint}" for one in found.warnings]
