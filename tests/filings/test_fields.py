"""Strict forms: what the SEC's patterns allow is read, everything else is refused by kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from worker.filings import fields
from worker.filings.notice import ProblemKind
from worker.filings.problems import Unfit

READ: list[tuple[Callable[[str], object], str, object]] = [
    (fields.units, "1740249", 1_740_249),
    (fields.units, " 0 ", 0),
    (fields.units, "999999999999", 999_999_999_999),
    (fields.units, "000000000000012", 12),
    (fields.units, "0" * 5_000 + "12", 12),
    (fields.money, "33760830.60", Decimal("33760830.60")),
    (fields.money, "24859.9", Decimal("24859.9")),
    (fields.money, "18134387", Decimal(18_134_387)),
    (fields.money, ".5", Decimal("0.5")),
    (fields.money, "5.", Decimal(5)),
    (fields.money, "1.500", Decimal("1.5")),
    (fields.money, "999999999999.99", Decimal("999999999999.99")),
    (fields.day, "03/31/2023", date(2023, 3, 31)),
    (fields.day, "3/1/2023", date(2023, 3, 1)),
    (fields.day, "\n02/29/2024\t", date(2024, 2, 29)),
    (fields.yes_or_no, "Y", True),
    (fields.yes_or_no, " N ", False),
    (fields.live_or_test, "LIVE", True),
    (fields.live_or_test, "TEST", False),
    (fields.cik, "0001963043", 1_963_043),
    (fields.cik, "320193", 320_193),
    (fields.accession, "1314805-22-201762", "0001314805-22-201762"),
    (fields.accession, "0001959173-23-000608", "0001959173-23-000608"),
    (fields.submission_type, "144/A", "144/A"),
    (fields.state_or_country, "E9", "E9"),
    (fields.text, "  ABERCROMBIE \n & FITCH ", "ABERCROMBIE & FITCH"),
]
REFUSED: list[tuple[Callable[[str], object], str, ProblemKind]] = [
    *(
        (fields.units, raw, ProblemKind.NUMBER)
        for raw in (
            "1_000",
            "1,000",
            "１２３",
            "+5",
            "-5",
            "2000.00",
            "1e3",
            "1000000000000",
            "٣",
            "5 5",
            "²",
        )
    ),
    *(
        (fields.money, raw, ProblemKind.NUMBER)
        for raw in (
            "NaN",
            "Infinity",
            "1e3",
            "1_000",
            "1,000.00",
            "$5",
            "-1",
            "+1",
            "1.234",
            ".",
            "１.５",
            "1 2",
        )
    ),
    (fields.money, "1000000000000", ProblemKind.NUMBER),
    *(
        (fields.day, raw, ProblemKind.DATE)
        for raw in ("13/45/2026", "02/29/2023", "2023-03-31", "3/31/23", "03/31/20233", "00/10/2020", "03/31")
    ),
    (fields.day, "０3/31/2023", ProblemKind.DATE),
    (fields.day, "03/31/0023", ProblemKind.DATE),
    (fields.day, "03/31/2203", ProblemKind.DATE),
    (fields.day, "01/01/1933", ProblemKind.PLACEHOLDER_DATE),
    (fields.day, "01/02/1933", ProblemKind.PLACEHOLDER_DATE),
    (fields.yes_or_no, "y", ProblemKind.FLAG),
    (fields.yes_or_no, "true", ProblemKind.FLAG),
    (fields.live_or_test, "live", ProblemKind.FLAG),
    (fields.cik, "0", ProblemKind.NUMBER),
    (fields.cik, "12345678901", ProblemKind.NUMBER),
    (fields.accession, "0001959173-23", ProblemKind.NUMBER),
    (fields.submission_type, "4", ProblemKind.UNEXPECTED),
    (fields.state_or_country, "California", ProblemKind.UNEXPECTED),
]
EVERY = [
    fields.text, fields.units, fields.money, fields.day, fields.yes_or_no, fields.live_or_test, fields.cik,
    fields.accession, fields.submission_type, fields.state_or_country,
]  # fmt: skip


@pytest.mark.parametrize(("parse", "raw", "value"), READ)
def test_what_the_pattern_allows_is_read(parse: Callable[[str], object], raw: str, value: object) -> None:
    assert parse(raw) == value


@pytest.mark.parametrize(("parse", "raw", "kind"), REFUSED)
def test_what_it_does_not_allow_is_refused(
    parse: Callable[[str], object], raw: str, kind: ProblemKind
) -> None:
    with pytest.raises(Unfit) as refusal:
        parse(raw)
    assert refusal.value.kind is kind


@pytest.mark.parametrize("parse", EVERY)
@pytest.mark.parametrize("blank", ["", " ", "\n\t "])
def test_blank_text_is_none_and_no_mistake(parse: Callable[[str], object], blank: str) -> None:
    assert parse(blank) is None
