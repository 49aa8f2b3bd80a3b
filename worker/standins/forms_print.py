"""A notice written as the printed form, the text a person gets by copying EDGAR's rendered page.

The print says less than the XML: the checkboxes (LIVE or TEST, gift) come out as nothing, two columns of
the acquisition table run together, the issuer's CIK is not on it, and a name and its address stand in one
cell. Names of states and countries are left as EDGAR's codes.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from worker.filings.notice import AcquiredLot, Address, Form144Notice, PastSale, ProposedSale


def as_print(notice: Form144Notice) -> bytes:
    """The printed form as UTF-8 text, tables tab-separated, in the order of the form."""
    issuer = notice.issuer_address or Address()
    cik = f"{notice.filer_ciks[0]:010}" if notice.filer_ciks else ""
    paragraphs = [
        "Form 144 Filer Information UNITED STATES\nSECURITIES AND EXCHANGE COMMISSION Washington, D.C. 20549",
        "Form 144",
        f"FORM {notice.submission_type or '144'}",
        "NOTICE OF PROPOSED SALE OF SECURITIES",
        "PURSUANT TO RULE 144 UNDER THE SECURITIES ACT OF 1933",
        "144: Filer Information",
        f"Filer CIK {cik}\nFiler CCC XXXXXXXX\nIs this a LIVE or TEST Filing? • LIVE • TEST",
        *([f"Previous Accession Number {notice.previous_accession}"] if notice.previous_accession else []),
        "Submission Contact Information",
        "Name",
        "Phone",
        "E-Mail Address",
        "144: Issuer Information",
        f"Name of Issuer {notice.issuer_name or ''}",
        f"SEC File Number {notice.issuer_file_number or ''}",
        *[street for street in (issuer.street1, issuer.street2) if street],
        f"Address of Issuer {issuer.city or ''}",
        f"{issuer.state_or_country or ''} {issuer.zip_code or ''}",
        f"Phone {notice.issuer_phone or ''}",
        f"Name of Person for Whose Account the Securities are To Be Sold {notice.seller_name or ''}",
        *[f"Relationship to Issuer {text}" for text in notice.relationships_as_filed],
        "144: Securities Information",
        "\n".join([_SALES, *map(_proposed_sale, notice.proposed_sales)]),
        "144: Securities To Be Sold",
        "\n".join([_LOTS, *map(_lot, notice.acquired_lots)]),
        "144: Securities Sold During The Past 3 Months",
        "\n".join([_PAST, *map(_past_sale, notice.past_sales)]) if notice.past_sales else "Nothing to Report",
        "144: Remarks and Signature",
        "Remarks",
        notice.remarks or "",
        "Date of Notice",
        _day(notice.notice_date),
        *([_PLANS] if notice.plan_adoption_dates else []),
        *map(_day, notice.plan_adoption_dates),
        "ATTENTION:",
        f"Signature {notice.signature or ''}",
        _WARNING,
    ]
    return ("\n\n".join(paragraphs).rstrip() + "\n").encode()


_SALES = (
    "Title of the Class of Securities To Be Sold\tName and Address of the Broker\tNumber of Shares or Other "
    "Units To Be Sold\tAggregate Market Value\t\t\tName the Securities Exchange"
)
_LOTS = (
    "Title of the\tDate you\tNature of\tName of Person\tIs\tDate\tAmount of\tDate of\tNature of\n"
    "Class\tAcquired\tAcquisition\tfrom Whom\tthis\tDonor\tSecurities\tPayment\tPayment *\n\n"
    "\t\tTransaction\tAcquired\ta Acquired Gift?\tAcquired\t"
)
_WARNING = "ATTENTION: Intentional misstatements or omission of facts: see 18 U.S.C. 1001"
_PLANS = "Date of Plan Adoption or Giving of Instruction, If Relying on Rule 10b5-1"
_PAST = (
    "Name and Address of Seller\t\tTitle of Securities Sold\tDate of Sale\tAmount of Securities Sold"
    "\tGross Proceeds"
)


def _proposed_sale(sale: ProposedSale) -> str:
    return "\t".join(
        (
            sale.class_title or "",
            _name_and_address(sale.broker_name, sale.broker_address),
            _number(sale.units),
            _number(sale.market_value),
            _number(sale.units_outstanding),
            _day(sale.sale_date),
            sale.exchange or "",
        )
    )


def _lot(lot: AcquiredLot) -> str:
    payment = f"{_day(lot.payment_date)} {lot.nature_of_payment or ''}".strip()
    return "\t".join(
        (
            lot.class_title or "",
            _day(lot.acquired_date),
            lot.nature or "",
            lot.acquired_from or "",
            _day(lot.donor_acquired_date),
            _number(lot.units),
            payment.replace("$", r"\$"),
        )
    )


def _past_sale(sale: PastSale) -> str:
    return "\t".join(
        (
            _name_and_address(sale.seller_name, sale.seller_address),
            sale.class_title or "",
            "",
            _day(sale.sale_date),
            _number(sale.units),
            _number(sale.gross_proceeds),
        )
    )


def _name_and_address(name: str | None, address: Address | None) -> str:
    lines = address or Address()
    parts = (name, lines.street1, lines.street2, lines.city, lines.state_or_country, lines.zip_code)
    return " ".join(part for part in parts if part)


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.month:02}/{day.day:02}/{day.year:04}"


def _number(number: int | Decimal | None) -> str:
    return "" if number is None else f"{number:f}" if isinstance(number, Decimal) else str(number)
