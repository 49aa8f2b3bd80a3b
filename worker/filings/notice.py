"""Form144Notice: what a seller says they are about to do.

The SEC's element names mislead, so each field names the element it comes from (EDGAR Form 144 XML
Technical Specification, eis_Form_144_Ownership.xsd). Three rules hold for every field here:

- what the document does not say, or says unreadably, is None, never 0 and never "";
- money is a Decimal in US dollars, units are whole ints, days are dates without a time zone;
- a field that could not be read stands in `problems` with its raw text.

A limit named beside a field is the schema's; a document beyond it is read all the same, with a problem.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec


class Source(StrEnum):
    """Which form of the document the notice was read from."""

    XML = "xml"  #: the raw `primary_doc.xml`
    SUBMISSION = "submission"  #: the full-submission `.txt`: an SGML header around the XML
    PRINT = "print"  #: the printed form as text, which lacks the issuer's CIK and the filer's flags
    ANNOUNCEMENT = "announcement"  #: no document could be read; only the parties EDGAR announced


class Relationship(StrEnum):
    """A class of relationship between seller and issuer; several may hold at once."""

    OFFICER = "officer"
    DIRECTOR = "director"
    TEN_PERCENT_HOLDER = "ten_percent_holder"
    FAMILY_MEMBER = "family_member"
    AFFILIATE = "affiliate"
    FORMER_OFFICER = "former_officer"
    FORMER_DIRECTOR = "former_director"
    FORMER_TEN_PERCENT_HOLDER = "former_ten_percent_holder"
    FORMER_AFFILIATE = "former_affiliate"
    OTHER = "other"


class ProblemKind(StrEnum):
    """Why a field could not be taken as filed."""

    NUMBER = "number"
    DATE = "date"
    PLACEHOLDER_DATE = "placeholder_date"  #: a 1933 date, which filers use for "none"
    FLAG = "flag"
    ABSENT = "absent"  #: an element the schema demands is not there, or is empty
    LIMIT = "limit"  #: longer, or more often, than the schema allows
    UNEXPECTED = "unexpected"  #: an element or a code the schema does not know
    DISAGREEMENT = "disagreement"  #: two parts of the document say different things


class Problem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One field that is not as it should be: `field` is a path such as `proposed_sales[0].units`, `raw`
    the text as filed ("" where there is none), `why` a sentence for a person.
    """

    field: str
    kind: ProblemKind
    raw: str
    why: str


class Address(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`issuerAddress`, or the `address` of a broker or seller. `state_or_country` is an EDGAR code.

    The print spells the issuer's state or country out, and runs the lines of other addresses together:
    there `street1` holds street and city, and `city` is None.
    """

    street1: str | None = None  #: `street1`, 40 characters
    street2: str | None = None  #: `street2`, 40
    city: str | None = None  #: `city`, 30
    state_or_country: str | None = None  #: `stateOrCountry`, two characters
    zip_code: str | None = None  #: `zipCode`, 10


class ProposedSale(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`securitiesInformation`: one line of what is to be sold (1 to 40 a notice)."""

    class_title: str | None = None  #: `securitiesClassTitle`, 150 characters
    broker_name: str | None = None  #: `brokerOrMarketmakerDetails/name`, 100
    broker_address: Address | None = None  #: `brokerOrMarketmakerDetails/address`
    units: int | None = None  #: `noOfUnitsSold`, which is units *to be* sold; 12 digits
    market_value: Decimal | None = None  #: `aggregateMarketValue`, US dollars; 14 digits, 2 decimals
    units_outstanding: int | None = None  #: `noOfUnitsOutstanding`, of the whole class; 12 digits
    sale_date: date | None = None  #: `approxSaleDate`, MM/DD/YYYY
    exchange: str | None = None  #: `securitiesExchangeName`, free text, 20 characters


class AcquiredLot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`securitiesToBeSold`, which despite its name is how the securities were *acquired* (1 to 40)."""

    class_title: str | None = None  #: `securitiesClassTitle`, 150 characters
    acquired_date: date | None = None  #: `acquiredDate`
    nature: str | None = None  #: `natureOfAcquisitionTransaction`, 255
    acquired_from: str | None = None  #: `nameOfPersonfromWhomAcquired`, 100
    is_gift: bool | None = None  #: `isGiftTransaction`
    donor_acquired_date: date | None = None  #: `donarAcquiredDate` (the SEC's spelling)
    units: int | None = None  #: `amountOfSecuritiesAcquired`: the lot's size, not the sale's; 12 digits
    payment_date: date | None = None  #: `paymentDate`
    nature_of_payment: str | None = None  #: `natureOfPayment`, 255


class PastSale(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`securitiesSoldInPast3Months`: one sale already made (0 to 200), perhaps by another seller whose
    sales Rule 144(e)(3) aggregates with this one's.
    """

    seller_name: str | None = None  #: `sellerDetails/name`, 100 characters
    seller_address: Address | None = None  #: `sellerDetails/address`
    class_title: str | None = None  #: `securitiesClassTitle`, 150
    sale_date: date | None = None  #: `saleDate`
    units: int | None = None  #: `amountOfSecuritiesSold`; 12 digits
    gross_proceeds: Decimal | None = None  #: `grossProceeds`, US dollars; 14 digits, 2 decimals


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the SGML header of a full submission says (None for a bare `primary_doc.xml`)."""

    accession: str | None = None
    form_type: str | None = None
    accepted_at: datetime | None = None  #: `<ACCEPTANCE-DATETIME>`, Eastern as filed, UTC here
    issuer_cik: int | None = None  #: SUBJECT COMPANY
    issuer_name: str | None = None
    seller_cik: int | None = None  #: REPORTING-OWNER
    seller_name: str | None = None
    more_seller_ciks: tuple[int, ...] = ()  #: every further REPORTING-OWNER; a Form 144 has one
    more_seller_names: tuple[str, ...] = ()


class Form144Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One notice of proposed sale. It states an intention: nothing in it says that anything was sold,
    except the rows of `past_sales`.
    """

    source: Source
    submission_type: str | None = None  #: `submissionType`: "144" or "144/A"
    previous_accession: str | None = None  #: `previousAccessionNumber`: the notice a 144/A replaces
    filer_ciks: tuple[int, ...] = ()  #: `filerCredentials/cik`: the person whose securities are sold
    is_live: bool | None = None  #: `liveTestFlag`: True for LIVE, False for TEST
    issuer_cik: int | None = None  #: `issuerCik`
    issuer_name: str | None = None  #: `issuerName`, as typed; 150 characters
    issuer_file_number: str | None = None  #: `secFileNumber`, such as `001-38752`
    issuer_address: Address | None = None  #: `issuerAddress`
    issuer_phone: str | None = None  #: `issuerContactPhone`, 20 characters, free format
    seller_name: str | None = None  #: `nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold`, 150
    relationships_as_filed: tuple[str, ...] = ()  #: `relationshipToIssuer`, 1 to 5, free text of 50
    relationships: tuple[Relationship, ...] = ()  #: the classes those texts fall into, sorted
    proposed_sales: tuple[ProposedSale, ...] = ()
    acquired_lots: tuple[AcquiredLot, ...] = ()
    nothing_to_report: bool | None = None  #: `nothingToReportFlagOnSecuritiesSoldInPast3Months`
    past_sales: tuple[PastSale, ...] = ()
    remarks: str | None = None  #: `remarks`, 1000 characters
    notice_date: date | None = None  #: `noticeDate`
    plan_adoption_dates: tuple[date, ...] = ()  #: `planAdoptionDate`, 0 to 20: the only sign of a 10b5-1 plan
    signature: str | None = None  #: `signature`, 150 characters
    documents: tuple[str, ...] = ()  #: names of attached documents
    header: Header | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_amendment(self) -> bool:
        return self.submission_type == "144/A"

    @property
    def unread_plan_dates(self) -> tuple[str, ...]:
        """What stands where the adoption date of a plan should, and could not be read. A 1933 date stands for
        none.
        """
        return tuple(
            problem.raw
            for problem in self.problems
            if problem.field.startswith("plan_adoption_date")
            and problem.kind is not ProblemKind.PLACEHOLDER_DATE
        )
