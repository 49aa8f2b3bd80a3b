"""Ticker symbols as the SEC publishes them (company_tickers.json), to find a company's CIK by ticker.

The SEC does "not guarantee accuracy or scope"; what a watchlist found by ticker is shown with the name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import msgspec

from worker.errors import Unreachable


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A company as the ticker file names it."""

    cik: int
    title: str


class _Row(msgspec.Struct):
    cik_str: int
    ticker: str
    title: str


_DECODER = msgspec.json.Decoder(dict[str, _Row])


class Tickers(msgspec.Struct, frozen=True):
    """Every listed ticker's company. Letter case does not count, and BRK.B, BRK-B and BRK/B are one."""

    companies: Mapping[str, Company]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the SEC's file; where a ticker stands twice, the first counts.

        Raises Unreachable for anything that is not the file, an empty one included.
        """
        try:
            rows = _DECODER.decode(body)
        except msgspec.MsgspecError as error:
            raise Unreachable(f"the SEC's ticker file cannot be read: {error}") from error
        if not rows:
            raise Unreachable("the SEC's ticker file is empty")
        companies: dict[str, Company] = {}
        for row in rows.values():
            companies.setdefault(_key(row.ticker), Company(cik=row.cik_str, title=row.title))
        return cls(companies)

    def find(self, ticker: str) -> Company | None:
        """The company of a ticker, or None where the SEC lists none."""
        return self.companies.get(_key(ticker))


def _key(ticker: str) -> str:
    return ticker.strip().upper().replace(".", "-").replace("/", "-")
