from __future__ import annotations

from pathlib import Path

import pytest

from worker.edgar.tickers import Company, Tickers
from worker.errors import Unreachable

FILE = b"""{"0":{"cik_str":1067983,"ticker":"BRK-B","title":"BERKSHIRE HATHAWAY INC"},
"1":{"cik_str":1741530,"ticker":"QFIN","title":"Qfin Holdings, Inc."},
"2":{"cik_str":7,"ticker":"QFIN","title":"A later namesake"}}"""


@pytest.mark.parametrize("ticker", ["BRK-B", "BRK.B", "brk/b", " Brk.b "])
def test_the_ways_to_write_a_share_class_are_one(ticker: str) -> None:
    assert Tickers.parse(FILE).find(ticker) == Company(cik=1067983, title="BERKSHIRE HATHAWAY INC")


def test_the_first_listed_company_wins() -> None:
    assert Tickers.parse(FILE).find("QFIN") == Company(cik=1741530, title="Qfin Holdings, Inc.")


def test_an_unlisted_ticker_is_none() -> None:
    assert Tickers.parse(FILE).find("NOPE") is None


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"<html>", FILE[:-9], b'{"0":{"ticker":"X","title":"X"}}']
)
def test_what_is_not_the_file_is_refused(body: bytes) -> None:
    with pytest.raises(Unreachable, match="ticker file"):
        Tickers.parse(body)


def test_the_real_file_is_read(corpus: Path) -> None:
    tickers = Tickers.parse((corpus / "index" / "company_tickers.json").read_bytes())
    assert len(tickers.companies) > 9_000
    apple = tickers.find("aapl")
    assert apple is not None
    assert apple.cik == 320193
