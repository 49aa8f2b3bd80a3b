"""KnownIssuers: the SEC's list of tickers, turned so that entries can be looked up in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from rapidfuzz import fuzz, process

from worker.watchlists.names import company


class KnownIssuers:
    """What `company_tickers.json` says: ticker -> (CIK, name). Offline copies serve as well.

    A ticker is a way to find a CIK and nothing more: many issuers have several, and tickers are reused.
    """

    def __init__(self, tickers: Mapping[str, tuple[int, str]]) -> None:
        self._by_ticker = {self._key(ticker): issuer for ticker, issuer in tickers.items()}
        self._names: dict[int, str] = {}
        for cik, name in tickers.values():
            self._names.setdefault(cik, name)

    def by_ticker(self, ticker: str) -> tuple[int, str] | None:
        return self._by_ticker.get(self._key(ticker))

    def by_name(self, name: str) -> tuple[int, ...]:
        """The CIKs of all issuers called so, legal suffix aside; more than one is an ambiguity."""
        return self._by_name.get(company(name), ())

    def name(self, cik: int) -> str | None:
        """The issuer's name today, or None where the list does not hold it."""
        return self._names.get(cik)

    def closest(self, said: str) -> str:
        """`did you mean NVDA (NVIDIA CORP)?`, or "" where nothing is close."""
        ticker = process.extractOne(
            self._key(said), self._by_ticker.keys(), scorer=fuzz.ratio, score_cutoff=74
        )
        if ticker is not None and len(said) <= 6:
            return f"did you mean {ticker[0]} ({self._by_ticker[ticker[0]][1]})?"
        name = process.extractOne(company(said), self._by_name.keys(), scorer=fuzz.ratio, score_cutoff=80)
        if name is not None:
            cik = self._by_name[name[0]][0]
            return f"did you mean {self._names[cik]} (CIK {cik})?"
        return ""

    @cached_property
    def _by_name(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for cik, name in self._names.items():
            key = company(name)
            found[key] = (*found.get(key, ()), cik)
        return found

    @staticmethod
    def _key(ticker: str) -> str:
        return ticker.strip().lstrip("$").upper().replace(".", "-").replace("/", "-").replace(" ", "-")
