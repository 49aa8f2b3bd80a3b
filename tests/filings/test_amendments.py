"""What a 144/A changes, in the form's own words and order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from tests.builders import a_filing, a_lot, a_notice, a_past_sale, a_proposed_sale, an_address
from tests.filings.generated import notices
from worker.filings.amendments import differences
from worker.filings.announcement import notice_from_announcement
from worker.filings.notice import Form144Notice, Problem, ProblemKind, Source
from worker.filings.reader import read_notice
from worker.standins.forms import as_print

ORIGINAL = "0001950047-26-009744"


def _amended(**overrides: Any) -> Form144Notice:
    return a_notice(**({"submission_type": "144/A", "previous_accession": ORIGINAL} | overrides))


def _texts(original: Form144Notice, amended: Form144Notice) -> list[str]:
    return [str(change) for change in differences(original, amended).changes]


def test_a_number_that_changed_is_said_in_the_forms_words() -> None:
    amended = _amended(proposed_sales=(a_proposed_sale(units=12_500),))
    assert _texts(a_notice(), amended) == ["Units to be sold 10,000 → 12,500"]
    assert str(differences(a_notice(), amended)) == "Amended: Units to be sold 10,000 → 12,500"


def test_changes_come_in_the_order_of_the_form() -> None:
    sale = a_proposed_sale(sale_date=date(2026, 9, 2), market_value=Decimal(1))
    amended = _amended(
        signature="/s/ Other", proposed_sales=(sale,), seller_name="Jane Example", remarks="Corrected.",
        acquired_lots=(a_lot(is_gift=True),), issuer_address=an_address(city="Chicago"),
    )  # fmt: skip
    assert _texts(a_notice(), amended) == [
        "Address of issuer 1 Example Way, Springfield, IL, 62701 → 1 Example Way, Chicago, IL, 62701",
        "Name of person for whose account the securities are to be sold Jane Q. Example → Jane Example",
        "Aggregate market value $250,000.00 → $1.00",
        "Approximate date of sale 2026-09-01 → 2026-09-02",
        "Is this a gift? no → yes",
        "Remarks: Corrected. (not stated before)",
        "Signature /s/ Jane Q. Example → /s/ Other",
    ]


def test_an_unknown_original_is_said_to_be_unknown() -> None:
    for original in (None, notice_from_announcement(a_filing())):
        amendment = differences(original, _amended())
        assert (amendment.original_known, amendment.replaces, amendment.changes) == (False, ORIGINAL, ())
        assert f"the notice it replaces ({ORIGINAL}) is not known here" in str(amendment)
    assert "which notice it replaces is not known" in str(
        differences(None, _amended(previous_accession=None))
    )


def test_nothing_changed_is_said_too() -> None:
    amendment = differences(a_notice(), _amended())
    assert (amendment.original_known, amendment.changes) == (True, ())
    assert str(amendment) == "Amended; nothing in the form changed."


def test_a_row_that_was_inserted_does_not_change_the_others() -> None:
    first, second, new = (a_past_sale(units=units, sale_date=date(2026, 7, units)) for units in (1, 2, 3))
    original = a_notice(nothing_to_report=False, past_sales=(first, second))
    amended = _amended(nothing_to_report=False, past_sales=(first, new, second))
    (only,) = differences(original, amended).changes
    assert only.label == "Securities sold during the past 3 months, row 2"
    assert only.before is None
    assert only.after is not None
    assert "Amount of securities sold 3" in only.after


def test_a_row_that_is_gone_is_said_to_be_gone() -> None:
    rows = tuple(a_past_sale(units=units, seller_name=f"Fund {units}") for units in (10, 20))
    original = a_notice(nothing_to_report=False, past_sales=rows)
    amended = _amended(nothing_to_report=False, past_sales=rows[:1])
    (only,) = differences(original, amended).changes
    assert only.after is None
    assert str(only).startswith(
        "Securities sold during the past 3 months, row 2: no longer stated (was Name of"
    )


def test_rows_in_another_order_are_the_same_rows() -> None:
    rows = tuple(a_proposed_sale(units=units) for units in (1_000, 500, 250))
    assert _texts(a_notice(proposed_sales=rows), _amended(proposed_sales=rows[::-1])) == []


def test_a_changed_row_is_paired_with_the_row_it_is_nearest_to() -> None:
    before = (a_proposed_sale(units=10_000), a_proposed_sale(units=500))
    after = (a_proposed_sale(units=510), a_proposed_sale(units=10_000))
    changes = _texts(a_notice(proposed_sales=before), _amended(proposed_sales=after))
    assert changes == ["Units to be sold (row 1) 500 → 510"]


def test_a_field_that_became_unreadable_is_shown_as_filed() -> None:
    problem = Problem(
        field="proposed_sales[0].units", kind=ProblemKind.NUMBER, raw="12x00", why="This is not a number."
    )
    amended = _amended(proposed_sales=(a_proposed_sale(units=None),), problems=(problem,))
    assert _texts(a_notice(), amended) == ["Units to be sold 10,000 → “12x00” (unreadable)"]


def test_what_a_print_never_shows_is_no_difference() -> None:
    printed = read_notice(as_print(a_notice()))
    assert printed.source is Source.PRINT
    labels = {change.label for change in differences(printed, _amended()).changes}
    assert "Issuer CIK" not in labels


@settings(max_examples=25, deadline=None)
@given(notices())
def test_a_notice_does_not_differ_from_itself(notice: Form144Notice) -> None:
    assert differences(notice, notice).changes == ()


@settings(max_examples=25, deadline=None)
@given(notices(), notices())
def test_two_notices_differ_exactly_where_their_fields_do(one: Form144Notice, other: Form144Notice) -> None:
    """Backwards, every change is the same change turned round, but for which row is numbered."""
    there = differences(one, other).changes
    back = differences(other, one).changes
    assert {change.label.partition(" (row")[0].partition(", row")[0] for change in there} >= {
        label for field, label in {"issuer_name": "Name of issuer", "signature": "Signature"}.items()
        if getattr(one, field) != getattr(other, field)
    }  # fmt: skip
    assert bool(there) == bool(back)
