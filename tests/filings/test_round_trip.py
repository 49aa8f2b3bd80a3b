"""What the stand-in writes, the reader reads back: nothing lost, nothing changed, nothing complained of."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_filing
from tests.filings.generated import notices, the_largest_notice
from worker.filings.filing import Party, Role
from worker.filings.notice import Form144Notice, Header, Source
from worker.filings.reader import read_notice
from worker.standins.forms import Serialisation, as_submission, as_xml

serialisations = st.sampled_from(Serialisation)


def _is_no_night_hour(second: int) -> bool:
    """EDGAR sleeps from 22:00 to 06:00 Eastern, when clocks change and one local time is two instants."""
    return datetime.fromtimestamp(second, tz=UTC).hour >= 10


@settings(max_examples=60, deadline=None)
@given(notices(), serialisations)
def test_any_notice_the_schema_allows_reads_back_equal(
    notice: Form144Notice, serialisation: Serialisation
) -> None:
    assert read_notice(as_xml(notice, serialisation)) == notice


@settings(max_examples=20, deadline=None)
@given(
    notices(),
    serialisations,
    st.integers(int(datetime(2022, 1, 1, tzinfo=UTC).timestamp()), 1_900_000_000).filter(_is_no_night_hour),
)
def test_a_submission_reads_back_equal_with_its_header(
    notice: Form144Notice, serialisation: Serialisation, second: int
) -> None:
    accepted = datetime.fromtimestamp(second, tz=UTC)
    assert notice.issuer_cik is not None
    filing = a_filing(
        form_type=notice.submission_type,
        accepted_at=accepted,
        parties=(
            Party(cik=notice.issuer_cik, name="Example Industries Inc.", role=Role.ISSUER),
            Party(cik=notice.filer_ciks[0], name="EXAMPLE JANE Q.", role=Role.SELLER),
        ),
    )
    read = read_notice(as_submission(notice, filing, serialisation))
    assert read.header == Header(
        accession=filing.accession,
        form_type=notice.submission_type,
        accepted_at=accepted,
        issuer_cik=notice.issuer_cik,
        issuer_name="Example Industries Inc.",
        seller_cik=notice.filer_ciks[0],
        seller_name="EXAMPLE JANE Q.",
    )
    assert read.source is Source.SUBMISSION
    assert read.problems == ()
    for field in set(Form144Notice.__struct_fields__) - {"source", "header"}:
        assert getattr(read, field) == getattr(notice, field), field


def test_the_largest_notice_the_schema_allows_reads_back_equal_in_every_prefix() -> None:
    notice = the_largest_notice()
    for serialisation in Serialisation:
        assert read_notice(as_xml(notice, serialisation)) == notice
