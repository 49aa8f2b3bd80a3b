"""The form's own words for its fields, in its own order, and each field written for a person."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import msgspec

from worker.filings.notice import Address, Form144Notice

#: What a notice, or a row of it, states: text by field; what it does not state is left out.
Stated = dict[str, str]


class FormTable(NamedTuple):
    """One of the form's three tables: the field that holds its rows, and the words for its columns."""

    field: str
    title: str
    words: dict[str, str]


ABOUT_THE_ISSUER = {
    "filer_ciks": "Filer CIK",
    "issuer_cik": "Issuer CIK",
    "issuer_name": "Name of issuer",
    "issuer_file_number": "SEC file number",
    "issuer_address": "Address of issuer",
    "issuer_phone": "Phone",
    "seller_name": "Name of person for whose account the securities are to be sold",
    "relationships_as_filed": "Relationship to issuer",
}
TABLES = (
    FormTable(
        "proposed_sales",
        "Securities to be sold",
        {
            "class_title": "Title of the class of securities to be sold",
            "broker_name": "Name of the broker",
            "broker_address": "Address of the broker",
            "units": "Units to be sold",
            "market_value": "Aggregate market value",
            "units_outstanding": "Units outstanding",
            "sale_date": "Approximate date of sale",
            "exchange": "Securities exchange",
        },
    ),
    FormTable(
        "acquired_lots",
        "Acquisition of the securities",
        {
            "class_title": "Title of the class acquired",
            "acquired_date": "Date acquired",
            "nature": "Nature of acquisition transaction",
            "acquired_from": "Name of person from whom acquired",
            "is_gift": "Is this a gift?",
            "donor_acquired_date": "Date donor acquired",
            "units": "Amount of securities acquired",
            "payment_date": "Date of payment",
            "nature_of_payment": "Nature of payment",
        },
    ),
    FormTable(
        "past_sales",
        "Securities sold during the past 3 months",
        {
            "seller_name": "Name of seller",
            "seller_address": "Address of seller",
            "class_title": "Title of securities sold",
            "sale_date": "Date of sale",
            "units": "Amount of securities sold",
            "gross_proceeds": "Gross proceeds",
        },
    ),
)
ABOUT_THE_NOTICE = {
    "nothing_to_report": "Nothing to report on sales in the past 3 months",
    "remarks": "Remarks",
    "notice_date": "Date of notice",
    "plan_adoption_dates": "Date of plan adoption",
    "signature": "Signature",
}
_KEYS = frozenset({"filer_ciks", "issuer_cik"})


def stated(notice: Form144Notice, about: msgspec.Struct, words: dict[str, str], path: str) -> Stated:
    """Each field of `about` that says something, as text for a person.

    `about` is the notice or one of its rows, `path` what the names of its problems begin with. A field
    that could not be read is shown as it was filed, and marked.
    """
    said: Stated = {}
    for field in words:
        text = in_words(getattr(about, field), is_key=field in _KEYS)
        if text is None:
            name = path + field
            text = next(
                (f"“{p.raw}” (unreadable)" for p in notice.problems if p.field == name and p.raw), None
            )
        if text is not None:
            said[field] = text
    return said


def row_stated(notice: Form144Notice, table: FormTable, number: int) -> Stated:
    """What one row of a table states."""
    return stated(notice, getattr(notice, table.field)[number], table.words, f"{table.field}[{number}].")


def in_words(value: object, *, is_key: bool = False) -> str | None:
    """A field's value as text: `12,500`, `$33,760,830.60`, `2026-09-01`, `yes`. None and () give None.

    A key (a CIK) is written without separators.
    """
    if value is None or value == ():
        return None
    match value:
        case bool():
            text = "yes" if value else "no"
        case int():
            text = str(value) if is_key else f"{value:,}"
        case Decimal():
            text = f"${value:,.2f}"
        case Address():
            text = ", ".join(part for part in msgspec.structs.astuple(value) if part)
        case tuple():
            text = "; ".join(filter(None, (in_words(part, is_key=is_key) for part in value)))
        case _:
            text = str(value)
    return text
