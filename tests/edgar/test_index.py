from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from worker.edgar.index import read_master_index
from worker.errors import Unreachable
from worker.filings.filing import FoundBy, Party

DAY = date(2026, 9, 22)
HEAD = """Description:           Master Index of EDGAR Dissemination Feed
Last Data Received:    Sep 22, 2026
Comments:              webmaster@sec.gov
Anonymous FTP:         ftp://ftp.sec.gov/edgar/


CIK|Company Name|Form Type|Date Filed|File Name
--------------------------------------------------------------------------------
"""
ROWS = """1002638|OPEN TEXT CORP|10-Q|20260922|edgar/data/1002638/0001002638-26-000014.txt
1999500|Example | Industries Inc.|144|20260922|edgar/data/1999500/0001950047-26-000123.txt
1999001|EXAMPLE JANE Q.|144|20260922|edgar/data/1999500/0001950047-26-000123.txt
1999001|EXAMPLE JANE Q.|144/A|20260921|edgar/data/1999001/0001950047-26-000124.txt
7|144 HOLDINGS LLC|4|20260922|edgar/data/7/0000000007-26-000001.txt
"""


def test_both_parties_are_read_into_one_filing() -> None:
    index = read_master_index((HEAD + ROWS).encode())
    (filing,) = index.filings[DAY]
    assert filing.accession == "0001950047-26-000123"
    assert filing.parties == (
        Party(cik=1999500, name="Example | Industries Inc."),
        Party(cik=1999001, name="EXAMPLE JANE Q."),
    )
    assert (filing.found_by, filing.accepted_at, index.rows, index.received) == (FoundBy.INDEX, None, 5, DAY)


def test_filings_stand_under_the_day_they_were_filed() -> None:
    index = read_master_index((HEAD + ROWS).encode())
    assert [day.day for day in index.filings] == [21, 22]
    assert index.filings[date(2026, 9, 21)][0].is_amendment


def test_the_quarterly_index_writes_its_days_and_its_header_otherwise() -> None:
    head = HEAD.replace("File Name", "Filename").replace("Sep 22, 2026", "September 22, 2026")
    index = read_master_index((head + ROWS.replace("20260922", "2026-09-22")).encode())
    assert (len(index.filings[DAY]), index.received) == (1, DAY)


def test_names_are_latin_1_and_may_be_blank() -> None:
    row = b"1|Mu\xf1oz \x85 & Co|144|20260922|edgar/data/1/0000000001-26-000001.txt\n"
    blank = b"2||144|20260922|edgar/data/2/0000000001-26-000001.txt\n"
    (filing,) = read_master_index(HEAD.encode() + row + blank).filings[DAY]
    assert [party.name for party in filing.parties] == ["Muñoz \x85 & Co", ""]


def test_an_index_without_a_144_is_not_an_index_without_rows() -> None:
    index = read_master_index((HEAD + ROWS.splitlines()[0] + "\n").encode())
    assert (index.filings, index.rows) == ({}, 1)
    assert read_master_index(HEAD.encode()).rows == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>not here</html>",
        "CIK|Company Name|Form Type|Date Filed|File Name\n",
        HEAD[:60],
        HEAD.replace("Sep 22", "Sep 31"),
        HEAD + ROWS[:-1],
        HEAD + ROWS[:-30],
        HEAD + "x|Example|144|20260922|edgar/data/1/0001950047-26-000123.txt\n",
        HEAD + "1|Example|144|soon|edgar/data/1/0001950047-26-000123.txt\n",
        HEAD + "1|Example|144|20260922|edgar/data/1/nothing.txt\n",
        HEAD + "1|Example|144|20260931|edgar/data/1/0001950047-26-000123.txt\n",
    ],
)
def test_what_is_no_whole_index_is_refused(body: str) -> None:
    with pytest.raises(Unreachable):
        read_master_index(body.encode())


def test_other_real_indexes_are_refused_and_not_read_as_empty(corpus: Path) -> None:
    for name in ("company.20221003.idx", "form.20200318.idx", "empty-form.idx"):
        with pytest.raises(Unreachable, match="no EDGAR master index"):
            read_master_index((corpus / "index" / name).read_bytes())


def test_the_real_day_s_144s_are_read_from_the_same_rows_in_master_order(corpus: Path) -> None:
    """No master file was recorded; this one has the recorded form index's rows in the master's columns."""
    excerpt = (corpus / "index" / "form.20260922.144-excerpt.idx").read_text("iso-8859-1")
    lines = [line for line in excerpt.splitlines() if line.startswith("144")]
    rows = [(line[:17].strip(), line[17:79].strip(), *line[79:].split()) for line in lines]
    master = "".join(f"{cik}|{name}|{form}|{day}|{file}\n" for form, name, cik, day, file in rows)
    filings = read_master_index((HEAD + master).encode()).filings[DAY]
    assert len(lines) == 28
    assert len(filings) == 14
    assert all(len(filing.parties) == 2 for filing in filings)
    assert sum(filing.is_amendment for filing in filings) == 1
