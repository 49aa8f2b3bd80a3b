"""Degrade the field, never the notice: one bad value costs one value, and says so."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from msgspec import structs

from tests.builders import a_lot, a_notice, a_past_sale, a_proposed_sale
from worker.errors import UnreadableFiling
from worker.filings.notice import Form144Notice, Problem, ProblemKind, Relationship
from worker.filings.reader import read_notice
from worker.standins.forms import as_xml


def _read_with(old: str, new: str, notice: Form144Notice | None = None) -> Form144Notice:
    document = as_xml(notice or a_notice()).decode()
    assert document.count(old) == 1, f"{document.count(old)} times {old}"
    return read_notice(document.replace(old, new).encode())


def _only_problem(notice: Form144Notice) -> Problem:
    (problem,) = notice.problems
    return problem


@pytest.mark.parametrize(
    ("element", "raw", "field", "kind"),
    [
        ("noOfUnitsSold", "1e4", "proposed_sales[0].units", "number"),
        ("aggregateMarketValue", "NaN", "proposed_sales[0].market_value", "number"),
        ("noOfUnitsOutstanding", "50,000,000", "proposed_sales[0].units_outstanding", "number"),
        ("approxSaleDate", "13/45/2026", "proposed_sales[0].sale_date", "date"),
        ("acquiredDate", "01/01/1933", "acquired_lots[0].acquired_date", "placeholder_date"),
        ("isGiftTransaction", "No", "acquired_lots[0].is_gift", "flag"),
        ("noticeDate", "soon", "notice_date", "date"),
        ("nothingToReportFlagOnSecuritiesSoldInPast3Months", "true", "nothing_to_report", "flag"),
        ("liveTestFlag", "MAYBE", "is_live", "flag"),
        ("issuerCik", "CIK1999500", "issuer_cik", "number"),
        ("submissionType", "144X", "submission_type", "unexpected"),
    ],
)
def test_a_bad_value_is_none_and_a_problem_of_its_kind(element: str, raw: str, field: str, kind: str) -> None:
    document = as_xml(a_notice()).decode()
    damaged = re.sub(rf"<{element}>.*?<", f"<{element}>{raw}<", document)
    notice = read_notice(damaged.encode())
    problem = _only_problem(notice)
    assert (problem.field, problem.kind, problem.raw) == (field, kind, raw)
    assert problem.why.endswith(".")
    assert _at(notice, field) is None
    assert notice.seller_name == "Jane Q. Example"


def _at(notice: Form144Notice, path: str) -> object:
    """The value at a path such as `proposed_sales[0].units`."""
    row, _, field = path.rpartition(".")
    return getattr(getattr(notice, row.removesuffix("[0]"))[0] if row else notice, field)


def test_a_bad_cik_of_a_filer_leaves_no_filer_and_says_so() -> None:
    notice = _read_with("<cik>0001999001<", "<cik>0<")
    assert notice.filer_ciks == ()
    assert [problem.field for problem in notice.problems] == ["filer_ciks[0]", "filer_ciks"]


@pytest.mark.parametrize(
    ("element", "field"),
    [
        ("issuerName", "issuer_name"),
        ("issuerContactPhone", "issuer_phone"),
        ("signature", "signature"),
        ("noticeDate", "notice_date"),
        ("noOfUnitsSold", "proposed_sales[0].units"),
        ("securitiesExchangeName", "proposed_sales[0].exchange"),
        ("amountOfSecuritiesAcquired", "acquired_lots[0].units"),
        ("issuerAddress", "issuer_address"),
        ("liveTestFlag", "is_live"),
        ("filer", "filer_ciks"),
        ("relationshipsToIssuer", "relationships_as_filed"),
    ],
)
def test_an_absent_part_is_none_and_said_to_be_absent(element: str, field: str) -> None:
    document = as_xml(a_notice()).decode()
    without = re.sub(rf"<{element}>.*?</{element}>", "", document, count=1, flags=re.DOTALL)
    assert without != document
    problem = _only_problem(read_notice(without.encode()))
    assert (problem.field, problem.kind, problem.raw) == (field, ProblemKind.ABSENT, "")


def test_an_empty_element_is_as_absent_as_none() -> None:
    problem = _only_problem(
        _read_with("<signature>/s/ Jane Q. Example</signature>", "<signature> </signature>")
    )
    assert (problem.field, problem.kind) == ("signature", ProblemKind.ABSENT)


def test_remarks_plan_dates_and_file_number_may_be_absent() -> None:
    plain = a_notice(remarks=None, plan_adoption_dates=(), issuer_file_number=None)
    assert read_notice(as_xml(plain)) == plain


def test_an_empty_shell_of_a_past_sale_is_no_sale_and_no_problem() -> None:
    shell = "</nothingToReportFlagOnSecuritiesSoldInPast3Months><securitiesSoldInPast3Months><sellerDetails>"
    shell += "<name/><address/></sellerDetails><saleDate> </saleDate></securitiesSoldInPast3Months>"
    notice = _read_with("</nothingToReportFlagOnSecuritiesSoldInPast3Months>", shell)
    assert notice == a_notice()


def test_a_flag_that_contradicts_the_table_is_a_problem_and_both_stand() -> None:
    with_sales = a_notice(nothing_to_report=True, past_sales=(a_past_sale(),))
    notice = read_notice(as_xml(with_sales))
    assert (notice.nothing_to_report, len(notice.past_sales)) == (True, 1)
    assert _only_problem(notice).kind is ProblemKind.DISAGREEMENT
    notice = read_notice(as_xml(a_notice(nothing_to_report=False)))
    assert _only_problem(notice).field == "past_sales"


def test_an_unknown_element_is_a_problem_with_its_text() -> None:
    ticker = "<issuerTradingSymbol>EXI</issuerTradingSymbol>"
    problem = _only_problem(_read_with("<issuerName>", ticker + "<issuerName>"))
    assert (problem.field, problem.kind) == ("issuerTradingSymbol", ProblemKind.UNEXPECTED)
    assert problem.raw == "EXI"


def test_elements_inside_a_text_are_a_problem_not_half_a_text() -> None:
    notice = _read_with("Example Industries Inc.", "Example <b>Industries</b> Inc.")
    problem = _only_problem(notice)
    assert (problem.field, problem.kind) == ("issuer_name", ProblemKind.UNEXPECTED)
    assert notice.issuer_name is None


def test_a_field_given_twice_keeps_the_first_and_says_so() -> None:
    notice = _read_with("<issuerName>", "<issuerName>First Inc.</issuerName><issuerName>")
    assert notice.issuer_name == "First Inc."
    problem = _only_problem(notice)
    assert (problem.kind, problem.raw) == (ProblemKind.LIMIT, "Example Industries Inc.")


def test_a_text_beyond_its_limit_is_kept_whole_and_marked() -> None:
    long = "American Depositary Shares " * 6
    notice = read_notice(as_xml(a_notice(proposed_sales=(a_proposed_sale(class_title=long.strip()),))))
    assert notice.proposed_sales[0].class_title == long.strip()
    assert _only_problem(notice).kind is ProblemKind.LIMIT


def test_a_text_ten_times_beyond_its_limit_is_no_text_and_what_is_taken_beside_it_stands() -> None:
    for length, taken in ((1_500, True), (1_501, False)):
        text = " ".join(["E"] * (length // 2)) + "x" * (1 + length % 2)  # collapsed, so many characters
        notice = _read_with("Example Industries Inc.", text.replace(" ", "   "))
        assert (notice.issuer_name is not None) is taken
        assert (_only_problem(notice).field, _only_problem(notice).kind) == ("issuer_name", ProblemKind.LIMIT)
        assert notice.seller_name == "Jane Q. Example"
    spaced = _read_with(">10000<", f">{' ' * 5_000}10000\n<")
    assert (spaced.proposed_sales[0].units, spaced.problems) == (10_000, ())


@pytest.mark.parametrize(
    ("field", "row", "most"),
    [
        ("proposed_sales", a_proposed_sale(), 40),
        ("acquired_lots", a_lot(), 40),
        ("past_sales", a_past_sale(), 200),
    ],
)
def test_rows_beyond_the_limit_are_all_kept_and_marked(field: str, row: object, most: int) -> None:
    at_limit = a_notice(**{"nothing_to_report": field != "past_sales", field: (row,) * most})
    assert read_notice(as_xml(at_limit)).problems == ()
    beyond = a_notice(**{"nothing_to_report": field != "past_sales", field: (row,) * (most + 2)})
    notice = read_notice(as_xml(beyond))
    assert len(getattr(notice, field)) == most + 2
    assert (_only_problem(notice).field, _only_problem(notice).kind) == (field, ProblemKind.LIMIT)


def test_an_amendment_that_names_no_original_says_so() -> None:
    problem = _only_problem(read_notice(as_xml(a_notice(submission_type="144/A"))))
    assert (problem.field, problem.kind) == ("previous_accession", ProblemKind.ABSENT)


def test_a_gift_without_the_donors_date_says_so() -> None:
    gift = a_lot(is_gift=True, acquired_from=None, payment_date=None)
    problem = _only_problem(read_notice(as_xml(a_notice(acquired_lots=(gift,)))))
    assert problem.field == "acquired_lots[0].donor_acquired_date"


def test_several_filers_are_all_kept() -> None:
    assert read_notice(as_xml(a_notice(filer_ciks=(1, 2, 3)))).filer_ciks == (1, 2, 3)


def test_a_plan_date_written_straight_into_its_group_is_not_lost() -> None:
    with_plan = "<planAdoptionDates>03/02/2026</planAdoptionDates><signature>"
    notice = _read_with("<signature>", with_plan)
    assert [day.isoformat() for day in notice.plan_adoption_dates] == ["2026-03-02"]
    assert notice.problems == ()


def test_an_unknown_relationship_is_other_and_its_text_is_kept() -> None:
    notice = _read_with("<relationshipToIssuer>Officer<", "<relationshipToIssuer>Friend of the house<")
    assert notice.relationships_as_filed == ("Friend of the house",)
    assert notice.relationships == (Relationship.OTHER,)
    assert notice.problems == ()


def test_entities_comments_and_character_data_are_read_as_what_they_stand_for() -> None:
    name = "<issuerName>A&amp;B <!-- not this -->&#67;<![CDATA[ & <D>]]></issuerName>"
    assert _read_with("<issuerName>Example Industries Inc.</issuerName>", name).issuer_name == "A&B C & <D>"


def test_zero_is_zero_and_not_missing() -> None:
    sale = a_proposed_sale(units=0, market_value=Decimal("0.00"), units_outstanding=0)
    notice = read_notice(as_xml(a_notice(proposed_sales=(sale,))))
    assert notice.proposed_sales == (sale,)
    assert notice.problems == ()


def test_a_document_of_nothing_but_problems_is_bounded() -> None:
    junk = "<junk>x</junk>" * 5_000
    notice = _read_with("<issuerName>", junk + "<issuerName>")
    assert len(notice.problems) == 1_001
    assert "4000 further problems" in notice.problems[-1].why


def test_ten_times_the_rows_of_the_form_are_taken_and_one_more_is_no_form() -> None:
    for field, row, most in (("proposed_sales", a_proposed_sale(), 40), ("acquired_lots", a_lot(), 40)):
        notice = a_notice(**{field: (row,) * (10 * most)})
        assert len(getattr(read_notice(as_xml(notice)), field)) == 10 * most
        too_many = structs.replace(notice, **{field: (row,) * (10 * most + 1)})
        with pytest.raises(
            UnreadableFiling, match=f"401 {field.replace('_', ' ')}; the form has room for 40"
        ):
            read_notice(as_xml(too_many))
