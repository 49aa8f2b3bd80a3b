"""The form as a table: every element of the SEC's schema, the field it fills, and its limits.

From eis_Form_144_Ownership.xsd and eis_Common.xsd (EDGAR Form 144 XML Technical Specification, version 2).
The SEC's names mislead: `securitiesInformation` is the proposed sale, `securitiesToBeSold` is how the
securities were acquired.
"""

from __future__ import annotations

from worker.filings import fields
from worker.filings.notice import AcquiredLot, Address, PastSale, ProposedSale
from worker.filings.walk import Node, Table, group, ignored, leaf, leaves, part, rows

OWNERSHIP = "http://www.sec.gov/edgar/ownership"
COMMON = "http://www.sec.gov/edgar/common"

ROOT = f"{{{OWNERSHIP}}}edgarSubmission"
FORM_DATA = f"{{{OWNERSHIP}}}formData"

#: The most rows of each table; 20 of every kind before October 2022.
MOST_PROPOSED_SALES, MOST_LOTS, MOST_PAST_SALES, MOST_PLANS, MOST_RELATIONSHIPS = 40, 40, 200, 20, 5

#: The most characters of a name, of a title of a class, and so on.
NAME, TITLE, NATURE, EXCHANGE, RELATIONSHIP, REMARKS, PARTY = 100, 150, 255, 20, 50, 1000, 150


def _own(nodes: dict[str, Node]) -> Table:
    return {f"{{{OWNERSHIP}}}{name}": node for name, node in nodes.items()}


def _com(nodes: dict[str, Node]) -> Table:
    return {f"{{{COMMON}}}{name}": node for name, node in nodes.items()}


_ADDRESS = _com(
    {
        "street1": leaf("street1", fields.text, 40),
        "street2": leaf("street2", fields.text, 40),
        "city": leaf("city", fields.text, 30),
        "stateOrCountry": leaf("state_or_country", fields.state_or_country),
        "zipCode": leaf("zip_code", fields.text, 10),
    }
)
_ADDRESS_REQUIRED = frozenset({"street1", "city", "state_or_country", "zip_code"})


def _address(field: str) -> Node:
    return part(field, _ADDRESS, Address, _ADDRESS_REQUIRED)


def _name_and_address(name: str, address: str) -> Node:
    return group(_own({"name": leaf(name, fields.text, NAME), "address": _address(address)}))


_PROPOSED_SALE = _own(
    {
        "securitiesClassTitle": leaf("class_title", fields.text, TITLE),
        "brokerOrMarketmakerDetails": _name_and_address("broker_name", "broker_address"),
        "noOfUnitsSold": leaf("units", fields.units),
        "aggregateMarketValue": leaf("market_value", fields.money),
        "noOfUnitsOutstanding": leaf("units_outstanding", fields.units),
        "approxSaleDate": leaf("sale_date", fields.day),
        "securitiesExchangeName": leaf("exchange", fields.text, EXCHANGE),
    }
)
_LOT = _own(
    {
        "securitiesClassTitle": leaf("class_title", fields.text, TITLE),
        "acquiredDate": leaf("acquired_date", fields.day),
        "natureOfAcquisitionTransaction": leaf("nature", fields.text, NATURE),
        "nameOfPersonfromWhomAcquired": leaf("acquired_from", fields.text, NAME),
        "isGiftTransaction": leaf("is_gift", fields.yes_or_no),
        "donarAcquiredDate": leaf("donor_acquired_date", fields.day),
        "amountOfSecuritiesAcquired": leaf("units", fields.units),
        "paymentDate": leaf("payment_date", fields.day),
        "natureOfPayment": leaf("nature_of_payment", fields.text, NATURE),
    }
)
_PAST_SALE = _own(
    {
        "sellerDetails": _name_and_address("seller_name", "seller_address"),
        "securitiesClassTitle": leaf("class_title", fields.text, TITLE),
        "saleDate": leaf("sale_date", fields.day),
        "amountOfSecuritiesSold": leaf("units", fields.units),
        "grossProceeds": leaf("gross_proceeds", fields.money),
    }
)

#: Every field of a row but those a filer may leave out. `nature` and `nature_of_payment` may be empty.
PROPOSED_SALE_REQUIRED = frozenset(ProposedSale.__struct_fields__)
LOT_REQUIRED = frozenset({"class_title", "acquired_date", "is_gift", "units"})
PAST_SALE_REQUIRED = frozenset(PastSale.__struct_fields__)

_PLAN = leaves("plan_adoption_dates", fields.day, most=MOST_PLANS)

#: `headerData`: who files.
HEADER_DATA = _own(
    {
        "submissionType": leaf("submission_type", fields.submission_type),
        "previousAccessionNumber": leaf("previous_accession", fields.accession),
        "filerInfo": group(
            _own(
                {
                    "filer": group(
                        _own(
                            {
                                "filerCredentials": group(
                                    _own({"cik": leaves("filer_ciks", fields.cik), "ccc": ignored})
                                )
                            }
                        )
                    ),
                    "liveTestFlag": leaf("is_live", fields.live_or_test),
                    "contact": ignored,
                    "flags": ignored,
                    "notifications": ignored,
                }
            )
        ),
    }
)

_ISSUER = _own(
    {
        "issuerCik": leaf("issuer_cik", fields.cik),
        "issuerName": leaf("issuer_name", fields.text, PARTY),
        "secFileNumber": leaf("issuer_file_number", fields.text, 17),
        "issuerAddress": _address("issuer_address"),
        "issuerContactPhone": leaf("issuer_phone", fields.text, 20),
        "nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold": leaf("seller_name", fields.text, PARTY),
        "relationshipsToIssuer": group(
            _own(
                {
                    "relationshipToIssuer": leaves(
                        "relationships_as_filed", fields.text, RELATIONSHIP, MOST_RELATIONSHIPS
                    )
                }
            )
        ),
    }
)

_FORM = _own(
    {
        "issuerInfo": group(_ISSUER),
        "securitiesInformation": rows(
            "proposed_sales", _PROPOSED_SALE, ProposedSale, PROPOSED_SALE_REQUIRED, MOST_PROPOSED_SALES
        ),
        "securitiesToBeSold": rows("acquired_lots", _LOT, AcquiredLot, LOT_REQUIRED, MOST_LOTS),
        "nothingToReportFlagOnSecuritiesSoldInPast3Months": leaf("nothing_to_report", fields.yes_or_no),
        "securitiesSoldInPast3Months": rows(
            "past_sales", _PAST_SALE, PastSale, PAST_SALE_REQUIRED, MOST_PAST_SALES
        ),
        "remarks": leaf("remarks", fields.text, REMARKS),
        "noticeSignature": group(
            _own(
                {
                    "noticeDate": leaf("notice_date", fields.day),
                    "planAdoptionDates": group(_own({"planAdoptionDate": _PLAN}), stray=_PLAN),
                    "signature": leaf("signature", fields.text, PARTY),
                }
            )
        ),
    }
)

#: The whole of `edgarSubmission`, every group flattened into the one notice.
SUBMISSION = _own(
    {
        "schemaVersion": ignored,
        "headerData": group(HEADER_DATA),
        "formData": group(_FORM),
        "documents": group(
            _com(
                {
                    "document": group(
                        _com(
                            {
                                "conformedName": leaves("documents", fields.text),
                                "conformedDocumentType": ignored,
                                "relatedFormType": ignored,
                                "description": ignored,
                                "contents": ignored,
                            }
                        )
                    )
                }
            )
        ),
    }
)

#: The fields that repeat.
LISTS = frozenset(
    {
        "filer_ciks",
        "relationships_as_filed",
        "proposed_sales",
        "acquired_lots",
        "past_sales",
        "plan_adoption_dates",
        "documents",
    }
)

#: The most of each that the form has room for.
MOST = {
    "proposed_sales": MOST_PROPOSED_SALES,
    "acquired_lots": MOST_LOTS,
    "past_sales": MOST_PAST_SALES,
    "plan_adoption_dates": MOST_PLANS,
    "relationships_as_filed": MOST_RELATIONSHIPS,
}

#: What every notice must hold, whatever its wrapping; a list of nothing is not there.
NOTICE_REQUIRED = frozenset(
    {
        "submission_type",
        "filer_ciks",
        "is_live",
        "issuer_cik",
        "issuer_name",
        "issuer_address",
        "issuer_phone",
        "seller_name",
        "relationships_as_filed",
        "proposed_sales",
        "acquired_lots",
        "nothing_to_report",
        "notice_date",
        "signature",
    }
)
