"""The full submission: its header is read, compared with the XML, and fills what the XML does not say."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.builders import a_filing, a_notice
from tests.watchlists.lists import grade
from worker.errors import UnreadableFiling
from worker.filings.filing import Party, Role
from worker.filings.header import read_header
from worker.filings.notice import Form144Notice, ProblemKind, Source
from worker.filings.problems import Problems
from worker.filings.reader import read_notice
from worker.standins.forms import as_submission


def _submission(**overrides: object) -> str:
    return as_submission(a_notice(**overrides), a_filing()).decode()


def _kinds(notice: Form144Notice) -> dict[str, ProblemKind]:
    return {problem.field: problem.kind for problem in notice.problems}


def test_acceptance_is_washingtons_clock_in_summer_and_in_winter() -> None:
    for accepted in (
        datetime(2026, 7, 1, 20, 29, 19, tzinfo=UTC),
        datetime(2026, 12, 1, 21, 29, 19, tzinfo=UTC),
    ):
        document = as_submission(a_notice(), a_filing(accepted_at=accepted))
        assert f"<ACCEPTANCE-DATETIME>{accepted:%Y%m%d}162919" in document.decode()
        header = read_notice(document).header
        assert header is not None
        assert header.accepted_at == accepted
        assert header.accepted_at.tzinfo is UTC


def test_a_header_that_names_other_parties_is_a_problem_and_both_stand() -> None:
    filing = a_filing(
        parties=(
            Party(cik=7, name="Other Co", role=Role.ISSUER),
            Party(cik=8, name="Agent", role=Role.SELLER),
        )
    )
    notice = read_notice(as_submission(a_notice(), filing))
    assert _kinds(notice) == {"issuer_cik": ProblemKind.DISAGREEMENT, "filer_ciks": ProblemKind.DISAGREEMENT}
    assert (notice.issuer_cik, notice.filer_ciks) == (1_999_500, (1_999_001,))
    assert notice.header is not None
    assert (notice.header.issuer_cik, notice.header.seller_cik) == (7, 8)


def _with_second_owner(notice: Form144Notice) -> Form144Notice:
    first = "REPORTING-OWNER:"
    document = as_submission(notice, a_filing()).decode()
    second = (
        f"{first}\n\tCOMPANY DATA:\n\t\tCOMPANY CONFORMED NAME:\t\t\tOther Trust\n\t\tCENTRAL INDEX KEY:\t7\n"
    )
    assert document.count("</SEC-HEADER>") == document.count(first) == 1
    return read_notice(document.replace("</SEC-HEADER>", f"{second}</SEC-HEADER>").encode())


def test_every_reporting_owner_of_a_header_is_kept_and_a_list_that_names_one_hears_of_it() -> None:
    notice = _with_second_owner(a_notice())
    assert notice.header is not None
    assert (notice.header.seller_cik, notice.header.more_seller_ciks) == (1_999_001, (7,))
    assert notice.header.more_seller_names == ("Other Trust",)
    (problem,) = notice.problems
    assert (problem.field, problem.kind, problem.raw) == (
        "header.seller_cik",
        ProblemKind.LIMIT,
        "Other Trust",
    )
    assert notice.filer_ciks == (1_999_001,)
    assert _with_second_owner(a_notice(filer_ciks=())).filer_ciks == (1_999_001, 7)
    for entry in ("{cik: 7}", "Other Trust", "{cik: 1999001}"):
        assert grade(f"holders: [{entry}]", notice, a_filing()) is not None


def test_a_header_that_names_another_form_is_a_problem() -> None:
    notice = read_notice(as_submission(a_notice(), a_filing(form_type="144/A")))
    assert _kinds(notice) == {"submission_type": ProblemKind.DISAGREEMENT}


def test_what_the_xml_does_not_say_the_header_does_and_the_gap_is_still_said() -> None:
    bare = a_notice(filer_ciks=(), issuer_cik=None, issuer_name=None, seller_name=None)
    notice = read_notice(as_submission(bare, a_filing()))
    assert (notice.issuer_cik, notice.issuer_name) == (1_999_500, "Example Industries Inc.")
    assert (notice.filer_ciks, notice.seller_name) == ((1_999_001,), "EXAMPLE JANE Q.")
    assert set(_kinds(notice)) == {"filer_ciks", "issuer_cik", "issuer_name", "seller_name"}


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("SUBJECT COMPANY:", "SUBJECT C0MPANY:", "header.issuer_cik"),
        ("ACCESSION NUMBER:\t\t0001950047", "ACCESSION NUMBER:\t\t9999999999", "header.accession"),
        ("<ACCEPTANCE-DATETIME>2026", "<ACCEPTANCE-DATETIME>x026", "header.accepted_at"),
        ("<ACCEPTANCE-DATETIME>202609", "<ACCEPTANCE-DATETIME>202613", "header.accepted_at"),
        ("PUBLIC DOCUMENT COUNT:\t\t1", "PUBLIC DOCUMENT COUNT:\t\t2", "documents"),
        ("<SEC-HEADER>", "<SEC-HEAD>", None),
    ],
)
def test_a_damaged_header_is_a_problem_of_the_header(old: str, new: str, field: str | None) -> None:
    notice = read_notice(_submission().replace(old, new).encode())
    assert notice.seller_name == "Jane Q. Example"
    assert field is None or field in _kinds(notice)


def test_the_form_is_found_behind_another_document_with_xml() -> None:
    other = "<DOCUMENT>\n<TYPE>EX-99\n<FILENAME>ex.xml\n<TEXT>\n<XML>\n<a/>\n</XML>\n</TEXT>\n</DOCUMENT>\n"
    document = _submission().replace("<DOCUMENT>", other + "<DOCUMENT>").replace("COUNT:\t\t1", "COUNT:\t\t2")
    notice = read_notice(document.encode())
    assert notice.documents == ("ex.xml",)
    assert notice.problems == ()


def test_attached_documents_are_named() -> None:
    notice = read_notice(_submission(documents=("poa.txt", "cover.pdf")).encode())
    assert notice.documents == ("poa.txt", "cover.pdf")
    assert notice.problems == ()


def test_a_piece_of_a_submission_without_header_is_read_and_has_none() -> None:
    piece = _submission()
    piece = piece[piece.index("<DOCUMENT>") : piece.index("</SEC-DOCUMENT>")]
    notice = read_notice(piece.encode())
    assert (notice.source, notice.header, notice.problems) == (Source.SUBMISSION, None, ())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("</SEC-DOCUMENT>", "", "cut off"),
        ("</XML>", "", "never closed"),
        ("<XML>", "", "carries no XML"),
        ("<DOCUMENT>", "", "no document"),
    ],
)
def test_a_broken_submission_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(UnreadableFiling, match=reason):
        read_notice(_submission().replace(old, new).encode())


@pytest.mark.corpus
def test_both_spellings_of_a_real_header_say_the_same(corpus: Path) -> None:
    """The index page of a filing holds its header twice: with tags, and with labels."""
    page = html.unescape(next((corpus / "filings").glob("*index-headers.html")).read_text())
    tagged, labelled = (
        page[: page.index("</SEC-HEADER>")],
        page[page.index("<PRE>") : page.rindex("</SEC-HEADER>")],
    )
    read = [read_header(text.partition("<SEC-HEADER>")[2], Problems()) for text in (tagged, labelled)]
    assert read[0] == read[1]
    assert read[0].header.issuer_name == "CONSUMERS ENERGY CO"
    assert (read[0].header.issuer_cik, read[0].header.seller_cik) == (201_533, 1_701_746)
    assert read[0].header.accepted_at == datetime(2023, 6, 12, 19, 5, 50, tzinfo=UTC)
    assert read[0].document_count == 1
