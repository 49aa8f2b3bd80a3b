from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlists.lists import HEAD, reading, said
from worker.errors import ConfigurationError
from worker.watchlists.loading import read_watchlists
from worker.watchlists.match import Side
from worker.watchlists.table import read_table


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("csv", "Symbol,Quantity,Note\nAAPL,100,core\nBRK.B,5,\n"),
        ("csv", "﻿ticker;note\r\n$AAPL;core\r\nBRK-B;\r\n"),
        ("csv", 'CIK,Name\n0000320193,Apple Inc.\n1067983,"Berkshire Hathaway, Inc."\n'),
        ("tsv", "Company Name\tCIK\nApple Inc.\t320193\nBerkshire\tCIK0001067983\n"),
        ("txt", "# pasted\nAAPL\n\nBRK/B\n"),
        ("csv", "AAPL\nbrk.b\n".upper()),
        ("csv", "# exported today\nticker\nAAPL\nbrk b\n"),
    ],
)
def test_tables_as_people_export_them_name_the_same_issuers(name: str, text: str) -> None:
    files = {
        "lists/one.yaml": (HEAD + f"entries_from: holdings.{name}\n").encode(),
        f"lists/holdings.{name}": text.encode(),
    }
    tickers = {"AAPL": (320193, "Apple Inc."), "BRK-B": (1067983, "BERKSHIRE HATHAWAY INC")}
    found = read_watchlists(files, tickers)
    assert found.mistakes == ()
    assert [entry.cik for entry in found.watchlists[0].entries] == [320193, 1067983]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foo,Bar\nAAPL,1\n", "lists/holdings.csv:1:1 no column has a known name"),
        (
            "Company Name,Security Name\nApple,X\n",
            "lists/holdings.csv:1:1 Company Name and Security Name both",
        ),
        ("ticker,note\nAAPL,a,b\n", "lists/holdings.csv:2:1 3 columns where the first line has 2"),
        ("ticker,note\n,nothing\n", "lists/holdings.csv:2:1 this row names nobody"),
        ("ticker\n\nA1B2\n", "lists/holdings.csv:3:1 'A1B2' is not a ticker"),
        ("cik\n12,5\n", "lists/holdings.csv:2:1 2 columns where the first line has 1"),
        ("cik\nabc\n", "lists/holdings.csv:2:1 'abc' is not a CIK"),
        ('ticker\n"AAPL\n', "lists/holdings.csv:2:1 is not a table from here on"),
        ("", "lists/holdings.csv:1:1 holds no entry"),
        ("ticker,note\n", "lists/holdings.csv:1:1 holds no entry"),
        ("note\nwhy\n", "lists/holdings.csv"),
        ("ticker\nZZZZ\n", "lists/holdings.csv:2:1 ZZZZ is not in the SEC's list of tickers"),
    ],
)
def test_every_row_that_watches_nobody_is_named_by_its_line(text: str, expected: str) -> None:
    found = said(reading("entries_from: holdings.csv", holdings_csv=text))
    assert any(mistake.startswith(expected) for mistake in found), found


def test_holders_come_from_a_table_too_and_a_ticker_does_not_name_one() -> None:
    found = reading(
        "entries_from: {holders: people.csv}", people_csv="name,cik\nJane Doe,\nRuby Finance,1963043\n"
    )
    assert [(entry.side, entry.name, entry.cik) for entry in found.watchlists[0].entries] == [
        (Side.HOLDER, "Jane Doe", None),
        (Side.HOLDER, "Ruby Finance", 1963043),
    ]
    rows, mistakes = read_table("people.csv", b"ticker\nAAPL\n", Side.HOLDER)
    assert (rows, len(mistakes)) == ([], 1)


def test_a_line_number_counts_the_lines_a_quoted_cell_spans() -> None:
    _, mistakes = read_table("a.csv", b'ticker,note\nAAPL,"two\nlines"\n0,\n', Side.ISSUER)
    assert [mistake.where for mistake in mistakes] == ["a.csv:4:1"]


def test_a_hundred_mistakes_are_enough() -> None:
    _, mistakes = read_table("a.csv", b"cik\n" + b"x\n" * 5000, Side.ISSUER)
    assert len(mistakes) == 101
    assert "too many" in mistakes[-1].what


def test_a_file_that_is_not_there_names_those_that_are() -> None:
    found = said(reading("entries_from: holding.csv", holdings_csv="ticker\nAAPL\n"))
    assert found == ["4:15 there is no file 'holding.csv' | there is: holdings.csv"]


def test_a_table_outside_of_the_folder_is_not_read() -> None:
    assert "there is no file" in said(reading("entries_from: ../../etc/passwd"))[0]


def test_a_table_of_fifty_megabytes_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at most 64,000,000"):
        read_table("a.csv", b"x" * 64_000_001, Side.ISSUER)


@given(
    st.binary(max_size=300),
    st.sampled_from(["a.csv", "a.tsv", "a.txt"]),
    st.sampled_from([Side.ISSUER, Side.HOLDER]),
)
def test_any_bytes_are_a_table_or_a_mistake(content: bytes, path: str, side: Side) -> None:
    with suppress(ConfigurationError):
        rows, mistakes = read_table(path, content, side)
        assert rows or mistakes
