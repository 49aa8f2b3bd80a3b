"""A notice written as the raw `primary_doc.xml`, in any of the prefixes seen on EDGAR."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

from lxml import etree

from worker.filings.notice import AcquiredLot, Address, Form144Notice, PastSale, ProposedSale

OWNERSHIP = "http://www.sec.gov/edgar/ownership"
COMMON = "http://www.sec.gov/edgar/common"

Element = etree._Element  # noqa: SLF001  lxml names the type of its elements no other way


class Serialisation(Enum):
    """The four namespace prefixes really seen on EDGAR; the value maps prefix to namespace."""

    DEFAULT_AND_COM = ((None, OWNERSHIP), ("com", COMMON))  #: EDGAR's own online form, Fidelity, Schwab
    DEFAULT_AND_NS2 = ((None, OWNERSHIP), ("ns2", COMMON))  #: Morgan Stanley
    NS2_AND_COM = (("ns2", OWNERSHIP), ("com", COMMON))  #: Goldman Sachs in 2023: ns2 is the other one
    OWN_AND_COM = (("own", OWNERSHIP), ("com", COMMON))  #: Workiva, J.P. Morgan


def write_xml(notice: Form144Notice, serialisation: Serialisation, documents: tuple[str, ...]) -> bytes:
    """UTF-8, indented, with `documents` as the attachments inside (a submission carries them outside)."""
    root = etree.Element(f"{{{OWNERSHIP}}}edgarSubmission", nsmap=dict(serialisation.value))
    header = _own(root, "headerData")
    _leaf(header, "submissionType", notice.submission_type)
    _leaf(header, "previousAccessionNumber", notice.previous_accession)
    filers = _own(header, "filerInfo")
    for cik in notice.filer_ciks:
        credentials = _own(_own(filers, "filer"), "filerCredentials")
        _leaf(credentials, "cik", f"{cik:010}")
        _leaf(credentials, "ccc", "XXXXXXXX")
    _leaf(filers, "liveTestFlag", _flag(notice.is_live, "LIVE", "TEST"))
    form = _own(root, "formData")
    _issuer(_own(form, "issuerInfo"), notice)
    for sale in notice.proposed_sales:
        _proposed_sale(_own(form, "securitiesInformation"), sale)
    for lot in notice.acquired_lots:
        _lot(_own(form, "securitiesToBeSold"), lot)
    nothing = _flag(notice.nothing_to_report)
    _leaf(form, "nothingToReportFlagOnSecuritiesSoldInPast3Months", nothing)
    for past in notice.past_sales:
        _past_sale(_own(form, "securitiesSoldInPast3Months"), past)
    _leaf(form, "remarks", notice.remarks)
    signed = _own(form, "noticeSignature")
    _leaf(signed, "noticeDate", _day(notice.notice_date))
    if notice.plan_adoption_dates:
        plans = _own(signed, "planAdoptionDates")
        for adopted in notice.plan_adoption_dates:
            _leaf(plans, "planAdoptionDate", _day(adopted))
    _leaf(signed, "signature", notice.signature)
    if documents:
        attached = _own(root, "documents")
        for name in documents:
            document = etree.SubElement(attached, f"{{{COMMON}}}document")
            _leaf(document, "conformedName", name, COMMON)
            _leaf(document, "conformedDocumentType", "EX-99", COMMON)
            _leaf(document, "contents", "QW4gYXR0YWNobWVudC4=", COMMON)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _issuer(parent: Element, notice: Form144Notice) -> None:
    _leaf(parent, "issuerCik", None if notice.issuer_cik is None else f"{notice.issuer_cik:010}")
    _leaf(parent, "issuerName", notice.issuer_name)
    _leaf(parent, "secFileNumber", notice.issuer_file_number)
    _address(parent, "issuerAddress", notice.issuer_address)
    _leaf(parent, "issuerContactPhone", notice.issuer_phone)
    _leaf(parent, "nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold", notice.seller_name)
    relationships = _own(parent, "relationshipsToIssuer")
    for text in notice.relationships_as_filed:
        _leaf(relationships, "relationshipToIssuer", text)


def _proposed_sale(parent: Element, sale: ProposedSale) -> None:
    _leaf(parent, "securitiesClassTitle", sale.class_title)
    _named(parent, "brokerOrMarketmakerDetails", sale.broker_name, sale.broker_address)
    _leaf(parent, "noOfUnitsSold", _units(sale.units))
    _leaf(parent, "aggregateMarketValue", _money(sale.market_value))
    _leaf(parent, "noOfUnitsOutstanding", _units(sale.units_outstanding))
    _leaf(parent, "approxSaleDate", _day(sale.sale_date))
    _leaf(parent, "securitiesExchangeName", sale.exchange)


def _lot(parent: Element, lot: AcquiredLot) -> None:
    _leaf(parent, "securitiesClassTitle", lot.class_title)
    _leaf(parent, "acquiredDate", _day(lot.acquired_date))
    _leaf(parent, "natureOfAcquisitionTransaction", lot.nature)
    _leaf(parent, "nameOfPersonfromWhomAcquired", lot.acquired_from)
    _leaf(parent, "isGiftTransaction", _flag(lot.is_gift))
    _leaf(parent, "donarAcquiredDate", _day(lot.donor_acquired_date))
    _leaf(parent, "amountOfSecuritiesAcquired", _units(lot.units))
    _leaf(parent, "paymentDate", _day(lot.payment_date))
    _leaf(parent, "natureOfPayment", lot.nature_of_payment)


def _past_sale(parent: Element, sale: PastSale) -> None:
    _named(parent, "sellerDetails", sale.seller_name, sale.seller_address)
    _leaf(parent, "securitiesClassTitle", sale.class_title)
    _leaf(parent, "saleDate", _day(sale.sale_date))
    _leaf(parent, "amountOfSecuritiesSold", _units(sale.units))
    _leaf(parent, "grossProceeds", _money(sale.gross_proceeds))


def _named(parent: Element, tag: str, name: str | None, address: Address | None) -> None:
    if name is None and address is None:
        return
    details = _own(parent, tag)
    _leaf(details, "name", name)
    _address(details, "address", address)


def _address(parent: Element, tag: str, address: Address | None) -> None:
    if address is None:
        return
    element = _own(parent, tag)
    _leaf(element, "street1", address.street1, COMMON)
    _leaf(element, "street2", address.street2, COMMON)
    _leaf(element, "city", address.city, COMMON)
    _leaf(element, "stateOrCountry", address.state_or_country, COMMON)
    _leaf(element, "zipCode", address.zip_code, COMMON)


def _own(parent: Element, tag: str) -> Element:
    return etree.SubElement(parent, f"{{{OWNERSHIP}}}{tag}")


def _leaf(parent: Element, tag: str, text: str | None, namespace: str = OWNERSHIP) -> None:
    if text is not None:
        etree.SubElement(parent, f"{{{namespace}}}{tag}").text = text


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day.month:02}/{day.day:02}/{day.year:04}"


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _units(units: int | None) -> str | None:
    return None if units is None else str(units)


def _flag(value: bool | None, yes: str = "Y", no: str = "N") -> str | None:
    return None if value is None else yes if value else no
