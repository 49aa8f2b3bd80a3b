"""Whole documents: the hand-written samples here, and the real ones beside the repository."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from tests.builders import the_seed_filing, the_seed_notice
from worker.filings.notice import Form144Notice, Header, ProblemKind, Relationship, Source
from worker.filings.notice_checks import NOT_ON_PRINT
from worker.filings.reader import read_notice
from worker.standins.forms import as_xml

SAMPLES = Path(__file__).parents[1] / "samples"
WITH_GOLDEN = sorted(path.stem for path in SAMPLES.glob("*.xml") if not path.stem.startswith("seed_"))

#: Elements EDGAR masks or strips, and attachments' contents: no field of a notice holds them.
NOT_READ = {"ccc", "contactName", "contactPhoneNumber", "contactEmailAddress", "overrideInternetFlag"}
NOT_READ |= {"notificationEmailAddress", "conformedDocumentType", "contents", "schemaVersion"}


@pytest.mark.parametrize("name", ["default-com", "default-ns2", "ns2-com", "own-com"])
def test_the_seed_reads_the_same_in_every_prefix(name: str) -> None:
    assert read_notice((SAMPLES / f"seed_{name}.xml").read_bytes()) == the_seed_notice()


def test_the_seed_reads_the_same_out_of_its_submission_and_brings_the_header() -> None:
    filing = the_seed_filing()
    header = Header(
        accession=filing.accession,
        form_type="144",
        accepted_at=filing.accepted_at,
        issuer_cik=1_741_530,
        issuer_name="360 DigiTech, Inc.",
        seller_cik=1_963_043,
        seller_name="Ruby Finance Holdings Ltd.",
    )
    notice = read_notice((SAMPLES / "seed_submission.txt").read_bytes())
    assert notice == the_seed_notice(source=Source.SUBMISSION, header=header)


def assert_is_the_seed_as_printed(notice: Form144Notice) -> None:
    """Equal but for what the print lacks, and for addresses, whose lines the print runs together."""
    seed = the_seed_notice()
    assert notice.source is Source.PRINT
    assert notice.problems == ()
    assert (notice.issuer_cik, notice.is_live) == (None, None)
    for field in (
        set(Form144Notice.__struct_fields__)
        - NOT_ON_PRINT
        - {
            "source",
            "remarks",
            "issuer_address",
            "proposed_sales",
            "acquired_lots",
            "past_sales",
        }
    ):
        assert getattr(notice, field) == getattr(seed, field), field
    gift_unknown = tuple(msgspec.structs.replace(lot, is_gift=None) for lot in seed.acquired_lots)
    assert notice.acquired_lots == gift_unknown
    for ours, theirs in zip(notice.proposed_sales, seed.proposed_sales, strict=True):
        assert msgspec.structs.replace(ours, broker_address=theirs.broker_address) == theirs
        assert ours.broker_address is not None
        assert ours.broker_address.street1 == "390 Greenwich Street New York"
        assert (ours.broker_address.state_or_country, ours.broker_address.zip_code) == ("NY", "10013")
    for mine, yours in zip(notice.past_sales, seed.past_sales, strict=True):
        assert msgspec.structs.replace(mine, seller_address=yours.seller_address) == yours
        assert mine.seller_address is not None
        assert (mine.seller_address.state_or_country, mine.seller_address.zip_code) == ("E9", "KY1-9008")
    assert notice.issuer_address is not None
    assert notice.issuer_address.city == "Shanghai"
    assert notice.issuer_address.state_or_country == "CHINA"


def test_the_printed_seed_is_the_seed_minus_what_a_print_lacks() -> None:
    assert_is_the_seed_as_printed(read_notice((SAMPLES / "seed_print.txt").read_bytes()))


@pytest.mark.corpus
def test_the_seed_document_itself_is_the_seed(corpus: Path) -> None:
    (document,) = (corpus / "seed").iterdir()
    notice = read_notice(document.read_bytes())
    assert_is_the_seed_as_printed(notice)
    assert notice.remarks is not None
    assert notice.remarks.startswith('On March 31, 2021, Ruby Finance Holdings Ltd. ("Counterparty")')
    assert notice.remarks.endswith("named on Side 1, Item 3(b).")


@pytest.mark.parametrize("name", WITH_GOLDEN)
def test_a_sample_reads_as_its_golden_says(name: str) -> None:
    golden = (SAMPLES / f"{name}.json").read_bytes()
    expected = msgspec.json.decode(golden, type=Form144Notice)
    assert read_notice((SAMPLES / f"{name}.xml").read_bytes()) == expected


#: Of each real notice: seller, relationships, units, dollars, outstanding, sale date, past units.
REAL = {
    "filings/abercrombie-lipesky_2026-09-04.xml": (
        "Lipesky Scott D.", ["officer"], 2_000, "293633.82", 44_431_710, date(2026, 9, 4), 45_000,
    ),
    "filings/apple-maestri_2023-04-13_ns2-prefix.xml": (
        "Luca Maestri", ["director"], 69_996, "11588537.76", 15_821_946_000, date(2023, 4, 13), 200,
    ),
    "filings_trimmed/aapl-levinson_0001921094-26-000555_sgml-wrapped.txt": (
        "LEVINSON ARTHUR D", ["director"], 50_000, "15551085.00", 14_687_356_000, date(2026, 5, 27), 250_000,
    ),
    "filings_trimmed/crwv-intrator_0001950047-26-008947.xml": (
        "MICHAEL INTRATOR", ["director", "officer", "ten_percent_holder"],
        200_000, "16978000.00", 458_871_690, date(2026, 9, 1), 320_821,
    ),
    "filings_trimmed/el-lalande_0001950047-26-008827.xml": (
        "RASHIDA LA LANDE", ["officer"], 7_766, "802344.29", 247_291_223, date(2026, 8, 28), 0,
    ),
    "filings_trimmed/nndm-stehlin_2026-03-23.xml": (
        "Stehlin David", ["officer"], 22_699, "37907.33", 216_933_812, date(2026, 3, 23), 0,
    ),
    "filings_trimmed/nvda-stevens_0001628280-26-020268.xml": (
        "MARK A STEVENS", ["director"], 1_700_000, "303552000", None, date(2026, 3, 20), 0,
    ),
    "filings_trimmed/rost-brinkley_2026-03-24.xml": (
        "STEPHEN BRINKLEY", ["officer"], 4_154, "884428.56", 323_444_928, date(2026, 3, 24), 0,
    ),
    "spec/Sample 144.xml": (
        "van der Velden Jan", ["director", "officer", "other"],
        17_087, "1282000.00", 161_514_066, date(2022, 8, 27), 0,
    ),
    "spec/Sample 144dashA.xml": (
        "van der Velden Jan", ["director", "officer", "other"],
        17_087, "1282000.00", 161_514_066, date(2022, 8, 27), 0,
    ),
}  # fmt: skip
Facts = tuple[str, list[str], int, str, int | None, date, int]


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "facts"), REAL.items())
def test_a_real_notice_says_what_a_person_reads_in_it(corpus: Path, name: str, facts: Facts) -> None:
    notice = read_notice((corpus / name).read_bytes())
    sale = notice.proposed_sales[0]
    assert (
        notice.seller_name,
        list(notice.relationships),
        sale.units,
        sale.market_value,
        sale.units_outstanding,
        sale.sale_date,
        sum(past.units or 0 for past in notice.past_sales),
    ) == (*facts[:3], Decimal(facts[3]), *facts[4:])


@pytest.mark.corpus
def test_every_notice_of_the_corpus_has_its_facts_here(corpus: Path) -> None:
    documents = [
        path.relative_to(corpus).as_posix()
        for folder in ("filings", "filings_trimmed", "spec")
        for path in (corpus / folder).iterdir()
        if b"edgarSubmission" in path.read_bytes() and path.suffix in {".xml", ".txt"}
    ]
    assert {path for path in documents if "techspec" not in path} == set(REAL)


def _leaves(document: bytes) -> Counter[tuple[str, str]]:
    """Every element with text, by local name, found by a reader that knows nothing of the schema."""
    xml = document[document.index(b"<?xml") :] if b"<?xml" in document else document
    root = etree.fromstring(xml.partition(b"</XML>")[0])
    return Counter(
        (etree.QName(element).localname, " ".join(element.text.split()))
        for element in root.iter()
        if not len(element) and element.text and etree.QName(element).localname not in NOT_READ
    )


@pytest.mark.corpus
@pytest.mark.parametrize("name", sorted(REAL))
def test_no_text_of_a_real_notice_is_lost(corpus: Path, name: str) -> None:
    """Written back, a notice holds every text of the original but the 1933 dates, which are problems."""
    document = (corpus / name).read_bytes()
    notice = read_notice(document)
    lost = _leaves(document) - _leaves(as_xml(notice))
    placeholders = [p.raw for p in notice.problems if p.kind is ProblemKind.PLACEHOLDER_DATE]
    assert sorted(text for _, text in lost.elements()) == sorted(placeholders)
    assert not _leaves(as_xml(notice)) - _leaves(document)


@pytest.mark.corpus
def test_complete_real_notices_have_no_problems(corpus: Path) -> None:
    for path in (corpus / "filings").glob("*.xml"):
        assert read_notice(path.read_bytes()).problems == (), path.name


@pytest.mark.corpus
def test_what_the_stand_in_writes_is_what_the_sec_published_a_schema_for(corpus: Path) -> None:
    """EDGAR strips `contact` and `flags`, which the schema demands; the form itself is valid."""
    schema = etree.XMLSchema(etree.parse(corpus / "spec" / "eis_Form_144_Ownership.xsd"))
    for notice in (the_seed_notice(), read_notice((SAMPLES / "sec_144a.xml").read_bytes())):
        schema.validate(etree.fromstring(as_xml(notice)))
        complaints = re.sub(r"\{.*?\}", "", str(schema.error_log)).splitlines()
        unexpected = [text for text in complaints if "filerInfo" not in text and "contact" not in text]
        if notice.problems:  # the 1933 dates were taken out, and the schema demands them
            unexpected = [text for text in unexpected if "acquiredDate" not in text]
            unexpected = [text for text in unexpected if "natureOf" not in text]
        assert unexpected == []


@pytest.mark.corpus
def test_the_index_page_is_refused_with_the_way_to_the_document(corpus: Path) -> None:
    page = next((corpus / "filings").glob("*index-headers.html")).read_bytes()
    with pytest.raises(Exception, match=r"index page of a filing; .* primary_doc\.xml"):
        read_notice(page)


def test_the_relationships_of_the_seed_are_both_of_its_one_text() -> None:
    notice = read_notice((SAMPLES / "seed_default-com.xml").read_bytes())
    assert notice.relationships_as_filed == ("10% shareholder with a director seat",)
    assert notice.relationships == (Relationship.DIRECTOR, Relationship.TEN_PERCENT_HOLDER)
