"""The printed form as text: what it says is read, what it cannot say stays None, what is garbled is said."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import a_lot, a_notice, a_past_sale, a_proposed_sale
from worker.filings.notice import Address, Form144Notice, ProblemKind
from worker.filings.print_text import name_and_address
from worker.filings.reader import read_notice
from worker.filings.rule144 import computed
from worker.standins.forms import as_print


def _read(old: str = "", new: str = "", notice: Form144Notice | None = None) -> Form144Notice:
    text = as_print(notice or a_notice()).decode()
    assert not old or text.count(old) == 1
    return read_notice(text.replace(old, new).encode() if old else text.encode())


def test_an_amendment_its_original_its_plans_and_its_relationships_are_read() -> None:
    original = "0001959173-23-000608"
    plans = (date(2025, 11, 14), date(2026, 1, 2))
    notice = _read(
        notice=a_notice(
            submission_type="144/A",
            previous_accession=original,
            plan_adoption_dates=plans,
            relationships_as_filed=("Officer", "Director"),
        )
    )
    assert (notice.submission_type, notice.previous_accession) == ("144/A", original)
    assert notice.plan_adoption_dates == plans
    assert notice.relationships_as_filed == ("Officer", "Director")
    assert notice.problems == ()


def test_nothing_to_report_is_what_the_form_prints() -> None:
    assert _read().nothing_to_report is True
    with_sales = a_notice(nothing_to_report=False, past_sales=(a_past_sale(), a_past_sale(units=7)))
    notice = _read(notice=with_sales)
    assert notice.nothing_to_report is False
    assert [sale.units for sale in notice.past_sales] == [5_000, 7]
    assert [sale.seller_name for sale in notice.past_sales] == ["Jane Q. Example"] * 2


def test_a_table_that_says_neither_is_unknown_and_a_problem() -> None:
    notice = _read("Nothing to Report", "")
    assert notice.nothing_to_report is None
    assert [problem.field for problem in notice.problems] == ["nothing_to_report"]


def test_a_gift_is_seen_by_its_donors_date_and_not_claimed() -> None:
    gift = a_lot(
        is_gift=True, donor_acquired_date=date(2001, 2, 3), payment_date=None, nature_of_payment=None
    )
    (lot,) = _read(notice=a_notice(acquired_lots=(gift,))).acquired_lots
    assert (lot.is_gift, lot.donor_acquired_date, lot.payment_date) == (None, date(2001, 2, 3), None)
    (marked,) = _read("Issuer\t\t12000", "Issuer\tX\t\t12000").acquired_lots
    assert (marked.is_gift, marked.units) == (True, 12_000)


def test_a_row_that_cannot_be_told_apart_is_a_row_of_nothing_and_a_problem() -> None:
    sales = (a_proposed_sale(), a_proposed_sale(units=77))
    notice = _read("\t77\t", " 77 ", a_notice(proposed_sales=sales))
    assert [sale.units for sale in notice.proposed_sales] == [10_000, None]
    (problem,) = notice.problems
    assert (problem.field, problem.kind) == ("proposed_sales[1]", ProblemKind.UNEXPECTED)
    assert "77" in problem.raw


def test_a_row_that_ran_into_the_heading_above_it_is_not_lost() -> None:
    with_sale = a_notice(nothing_to_report=False, past_sales=(a_past_sale(),))
    notice = _read("Gross Proceeds\n", "Gross Proceeds ", with_sale)
    assert [sale.units for sale in notice.past_sales] == [None]
    assert [problem.field for problem in notice.problems] == ["past_sales[0]"]


@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_lost_its_tabs_is_a_row_of_nothing_wherever_it_stands(first: bool) -> None:
    lost, whole = a_proposed_sale(units=77), a_proposed_sale()
    text = as_print(a_notice(proposed_sales=(lost, whole) if first else (whole, lost))).decode()
    (row,) = [line for line in text.split("\n") if "\t77\t" in line]
    notice = read_notice(text.replace(row, row.replace("\t", " ")).encode())
    assert [sale.units for sale in notice.proposed_sales] == ([None, 10_000] if first else [10_000, None])
    assert [problem.kind for problem in notice.problems] == [ProblemKind.UNEXPECTED]
    assert computed(notice).units is None


def test_a_past_sale_without_tabs_is_not_nothing_and_a_piece_of_a_lot_is_no_lot() -> None:
    text = as_print(a_notice(nothing_to_report=False, past_sales=(a_past_sale(),))).decode()
    (row,) = [line for line in text.split("\n") if "\t5000\t" in line]
    notice = read_notice(text.replace(row, row.replace("\t", " ")).encode())
    assert (len(notice.past_sales), computed(notice).past_units) == (1, None)
    loose = _read("\t12000\t", "\t12000\t\n")
    assert len(loose.acquired_lots) == 1
    assert [problem.kind for problem in loose.problems] == [ProblemKind.UNEXPECTED]


def test_a_third_line_of_street_is_kept_and_marked() -> None:
    notice = _read("1 Example Way", "1 Example Way\n\nFloor 2\n\nRoom 3")
    assert notice.issuer_address is not None
    assert (notice.issuer_address.street1, notice.issuer_address.street2) == (
        "1 Example Way",
        "Floor 2 Room 3",
    )
    assert [problem.field for problem in notice.problems] == ["issuer_address.street2"]


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems_change_nothing(ends: bytes) -> None:
    text = as_print(a_notice())
    assert read_notice(text.replace(b"\n", ends)) == read_notice(text)


def test_a_title_in_small_letters_or_far_below_what_else_was_copied_is_a_title() -> None:
    text = as_print(a_notice())
    title = b"NOTICE OF PROPOSED SALE OF SECURITIES"
    assert read_notice(text.replace(title, b"Notice of Proposed Sale of Securities")) == read_notice(text)
    assert read_notice(b"menu\n" * 2_000 + text) == read_notice(text)


def test_the_date_of_the_notice_may_stand_beside_its_label() -> None:
    assert _read("Date of Notice\n\n", "Date of Notice\t") == _read()


def test_a_section_that_is_missing_is_said() -> None:
    fields = {problem.field for problem in _read("144: Securities Information\n", "").problems}
    assert {"", "proposed_sales"} <= fields


@pytest.mark.parametrize(
    ("cell", "name", "address"),
    [
        (
            "Citigroup Global Markets Inc. 390 Greenwich Street New York NY 10013",
            "Citigroup Global Markets Inc.",
            Address(street1="390 Greenwich Street New York", state_or_country="NY", zip_code="10013"),
        ),
        (
            "Example Brokers LLC 12 MAIN ST NEW YORK NY 10013-0001",
            "Example Brokers LLC",
            Address(street1="12 MAIN ST NEW YORK", state_or_country="NY", zip_code="10013-0001"),
        ),
        (
            "Example Bank plc 1 Example Road London X0 SW1A 1AA",
            "Example Bank plc",
            Address(street1="1 Example Road London", state_or_country="X0", zip_code="SW1A 1AA"),
        ),
        (
            "Beispiel AG Hauptstrasse 1 Frankfurt 2M 60311",
            "Beispiel AG",
            Address(street1="Hauptstrasse 1 Frankfurt", state_or_country="2M", zip_code="60311"),
        ),
        ("Jane Q. Example", "Jane Q. Example", None),
        ("Example Brokerage 900 Salem Street", "Example Brokerage", Address(street1="900 Salem Street")),
        ("", None, None),
    ],
)
def test_a_name_is_told_from_its_address(cell: str, name: str | None, address: Address | None) -> None:
    assert name_and_address(cell) == (name, address)


def test_a_known_name_ends_where_it_ends() -> None:
    address = Address(street1="1 Way Springfield", state_or_country="IL", zip_code="62701")
    cell = "Jane Q. Example 1 Way Springfield IL 62701"
    assert name_and_address(cell, "jane q. example") == ("Jane Q. Example", address)
