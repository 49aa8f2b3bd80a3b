from __future__ import annotations

from datetime import date

import pytest

from tests.watchlists.lists import HEAD, TICKERS, reading, said, warned
from worker.errors import ConfigurationError
from worker.watchlists.loading import FolderReading, read_watchlists
from worker.watchlists.pins import Pin, pins_for, read_pins, write_pins

NOW = date(2026, 11, 22)


def ciks(found: FolderReading) -> list[int | None]:
    return [entry.cik for entry in found.watchlists[0].entries]


def test_tickers_ciks_and_names_mean_an_issuer_and_file_numbers_stay() -> None:
    found = reading(
        "issuers: [QFIN, $aapl, BRK.B, BRK/B, 0000320187, CIK0001045810, Apple Inc, 'nvidia', 001-38752]"
    )
    assert said(found) == []
    assert ciks(found) == [1741530, 320193, 1067983, 1067983, 320187, 1045810, 320193, 1045810, None]
    assert found.watchlists[0].entries[-1].file_number == "001-38752"


def test_a_name_that_looks_like_a_ticker_is_taken_for_the_name_where_only_that_is_known() -> None:
    found = reading("issuers: [NIKE, VISA]")
    assert said(found) == []
    assert ciks(found) == [320187, 1403161]


def test_a_ticker_nobody_has_would_watch_nobody_and_is_a_mistake_with_a_hint() -> None:
    found = said(reading("issuers:\n  - NVDX\n"))
    assert "5:5 NVDX is not in the SEC's list of tickers, so it would watch nobody" in found[0]
    assert found[0].endswith("did you mean NVDA (NVIDIA CORP)?")


def test_without_the_list_a_lone_ticker_is_a_mistake_and_one_with_its_cik_is_not() -> None:
    (mistake,) = said(reading("issuers: [QFIN]", tickers=None))
    assert "cannot be looked up: the SEC's list of tickers is not at hand" in mistake
    assert mistake.endswith("form144 check fetches it where EDGAR_CONTACT is set; or write the CIK beside it")
    found = reading("issuers: [{ticker: QFIN, cik: 1741530}]", tickers=None)
    assert (said(found), ciks(found)) == ([], [1741530])


def test_a_name_for_two_issuers_is_watched_by_name_and_said() -> None:
    found = reading("issuers: [Carnival]")
    assert ciks(found) == [None]
    assert "names 2 issuers: CARNIVAL CORP (CIK 815097), CARNIVAL PLC (CIK 1125259)" in warned(found)[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "issuers: [Apple Corp.]",
            "'Apple Corp.' is taken for Apple Inc. (CIK 320193) | if it is another, write",
        ),
        ("issuers: [Aple Inc]", "did you mean Apple Inc. (CIK 320193)?"),
        (
            "holders: [AAPL]",
            "AAPL is watched as a holder's name; it is also the ticker of Apple Inc. | put it under issuers",
        ),
        (
            'issuers: ["037833100"]',
            "no CIK is as high as 37833100 yet, so this may watch nobody | if it is a CUSIP, write the tick",
        ),
        (
            "holders: [Smith]",
            "Smith is watched as a seller's whole name | write first and last name, or the CIK",
        ),
        ("issuers: [Jane Q. Doe]", "if this is a person, put it under holders"),
        (
            "issuers: [{ticker: AAPL, cik: 1045810}]",
            "AAPL is Apple Inc. (CIK 320193) | CIK 1045810 is watched",
        ),
        ("issuers: [{ticker: GONE, cik: 1045810}]", "GONE is not in the SEC's list of tickers"),
        ("issuers: [{name: 360 DigiTech, cik: 1741530}]", "the SEC calls CIK 1741530 Qfin Holdings, Inc."),
        (
            "issuers: [{ticker: GONE, file_number: 001-38752}]",
            "GONE is not in the SEC's list of tickers | matched by what",
        ),
        ("issuers: [AAPL, 320193]", "4:17 320193 is on the list already (lists/one.yaml:4:11)"),
        (
            "issuers: [AAPL]\nany_notice: true\nwhen: {plan: absent}",
            "any_notice makes its entries superfluous",
        ),
        ("any_notice: true", "alerts to every notice"),
    ],
)
def test_an_entry_that_may_not_mean_what_it_seems_to_is_warned_of(body: str, expected: str) -> None:
    found = reading(body)
    assert said(found) == []
    assert any(expected in warning for warning in warned(found)), warned(found)


def test_the_same_legal_form_in_other_letters_is_no_reason_to_warn() -> None:
    assert warned(reading("issuers: [Apple, Apple Incorporated, NVIDIA Corporation]")) == [
        "4:18 Apple Incorporated is on the list already (lists/one.yaml:4:11) | keep one"
    ]


def test_a_lower_case_ticker_is_not_a_name_and_the_hint_says_how_to_write_it() -> None:
    assert said(reading("issuers: [aapl]")) == [
        "4:11 'aapl' is no issuer's name | for the ticker, write AAPL"
    ]


def pinned(*pins: Pin) -> str:
    return write_pins({pin.entry: pin for pin in pins})


QFIN = Pin(entry="ticker QFIN", cik=1741530, name="360 DigiTech, Inc.", pinned_on=date(2023, 4, 1))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({}, "the ticker QFIN is gone from the SEC's list"),
        (
            {"QFIN": (999, "Quick Finance Corp")},
            "the ticker QFIN now belongs to Quick Finance Corp (CIK 999)",
        ),
        (
            {"QFIN": (1741530, "Qfin Holdings, Inc.")},
            "QFIN is now called Qfin Holdings, Inc.; it was 360 DigiTech, Inc.",
        ),
    ],
)
def test_a_pinned_ticker_goes_on_meaning_the_same_issuer_and_its_drift_is_told(
    now: dict[str, tuple[int, str]], expected: str
) -> None:
    found = reading("issuers: [QFIN]", tickers=now, watchlists_lock=pinned(QFIN))
    assert (said(found), ciks(found)) == ([], [1741530])
    assert any(expected in warning for warning in warned(found)), warned(found)


def test_a_pin_serves_where_the_list_is_not_at_hand() -> None:
    found = reading("issuers: [QFIN]", tickers=None, watchlists_lock=pinned(QFIN))
    assert (said(found), warned(found), ciks(found)) == ([], [], [1741530])


def test_a_pinned_name_that_now_names_another_issuer_is_told() -> None:
    pin = Pin(entry="name apple", cik=5, name="Apple Computer", pinned_on=NOW)
    found = reading("issuers: [Apple Inc.]", watchlists_lock=pinned(pin))
    assert ciks(found) == [5]
    assert "now names CIK 320193; pinned is 5" in warned(found)[0]


def test_the_lock_holds_what_was_looked_up_and_nothing_an_author_wrote() -> None:
    found = reading(
        "issuers: [QFIN, Apple Inc., 1045810, {ticker: NKE, cik: 320187}, Unheard Ltd]\nholders: [Jane Doe]"
    )
    assert set(pins_for(found.watchlists, {}, NOW)) == {"ticker QFIN", "name apple"}


def test_a_pin_keeps_its_day_and_name_until_the_entry_means_something_else() -> None:
    found = reading("issuers: [QFIN]", watchlists_lock=pinned(QFIN))
    assert pins_for(found.watchlists, found.pins, NOW) == {"ticker QFIN": QFIN}


def test_pins_that_no_list_needs_go() -> None:
    found = reading("issuers: [AAPL]", watchlists_lock=pinned(QFIN))
    assert set(pins_for(found.watchlists, found.pins, NOW)) == {"ticker AAPL"}


def test_writing_and_reading_a_lock_gives_the_same_pins() -> None:
    pins = pins_for(reading("issuers: [QFIN, Apple Inc.]").watchlists, {}, NOW)
    assert read_pins("watchlists.lock", write_pins(pins).encode()) == pins


def test_every_line_of_a_lock_that_is_no_pin_is_named() -> None:
    good = "ticker QFIN\t1741530\tx\t2026-01-01\n"
    with pytest.raises(ConfigurationError) as raised:
        read_pins("w.lock", f"# c\n{good}{good}a\tb\tc\td\nx\nticker X\t1\tx\t2026-13-01\n".encode())
    assert [mistake.where for mistake in raised.value.mistakes] == [
        "w.lock:3:1",
        "w.lock:4:1",
        "w.lock:5:1",
        "w.lock:6:1",
    ]


def test_a_broken_lock_stops_the_start() -> None:
    found = read_watchlists(
        {"a.yaml": (HEAD + "issuers: [AAPL]\n").encode(), "watchlists.lock": b"<<<<<<< HEAD\n"}, TICKERS
    )
    assert [mistake.where for mistake in found.mistakes] == ["watchlists.lock:1:1"]
