from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from worker.edgar.search import read_search
from worker.errors import Unreachable
from worker.filings.filing import FoundBy, Party


def hit(**changes: Any) -> dict[str, Any]:
    source = {
        "ciks": ["0001604821", "0001999001"],
        "display_names": ["Natera, Inc.  (NTRA)  (CIK 0001604821)", "EXAMPLE JANE Q.  (CIK 0001999001)"],
        "form": "144",
        "adsh": "0001950047-26-000123",
        "file_date": "2026-03-02",
    }
    return {"_id": "0001950047-26-000123:primary_doc.xml", "_source": source | changes}


def result(*hits: dict[str, Any], total: int | None = None, relation: str = "eq", **changes: Any) -> bytes:
    value = len(hits) if total is None else total
    body = {"took": 1, "hits": {"total": {"value": value, "relation": relation}, "hits": list(hits)}}
    return json.dumps(body | changes).encode()


def test_a_hit_is_a_filing_with_both_parties_and_no_roles() -> None:
    (filing,) = read_search(result(hit())).filings
    assert filing.accession == "0001950047-26-000123"
    assert filing.parties == (
        Party(cik=1604821, name="Natera, Inc."),
        Party(cik=1999001, name="EXAMPLE JANE Q."),
    )
    assert (filing.found_by, filing.accepted_at) == (FoundBy.SEARCH, None)


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Alphabet Inc.  (GOOG, GOOGL)  (CIK 0001652044)", "Alphabet Inc."),
        ("HORIZON BANCORP INC /IN/  (CIK 0000706129)", "HORIZON BANCORP INC /IN/"),
        ("Trust (TAO)  (CIK 0002029297)", "Trust (TAO)"),
        ("Trust (TAO)  (GTAO)  (CIK 0002029297)", "Trust (TAO)"),
    ],
)
def test_names_lose_their_tickers_and_nothing_else(shown: str, name: str) -> None:
    (filing,) = read_search(result(hit(display_names=[shown]))).filings
    assert filing.parties[0].name == name


def test_a_filing_found_by_two_of_its_documents_is_one_filing_and_two_hits() -> None:
    second = hit() | {"_id": "0001950047-26-000123:exhibit.htm"}
    page = read_search(result(hit(), second))
    assert (len(page.filings), page.hits, page.total) == (1, 2, 2)


def test_the_id_stands_in_for_a_missing_accession_number() -> None:
    assert read_search(result(hit(adsh=""))).filings[0].accession == "0001950047-26-000123"


def test_other_forms_are_left_out() -> None:
    page = read_search(result(hit(form="4"), hit(form="144/A", adsh="0001950047-26-000124")))
    assert [filing.form_type for filing in page.filings] == ["144/A"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"{}",
        b'{"error": "Internal Server Error"}',
        b'{"hits": {"total": {"value": "3", "relation": "eq"}, "hits": []}}',
        result(hit(), timed_out=True),
        result(hit(), relation="gte"),
        result(hit(), total=10_001),
        result(hit(), total=-1),
        result(hit(adsh="") | {"_id": "x"}),
        result(hit())[:-20],
    ],
)
def test_what_is_no_whole_result_is_refused(body: bytes) -> None:
    with pytest.raises(Unreachable):
        read_search(body)


def test_the_recorded_shapes_are_read(corpus: Path) -> None:
    shapes = json.loads((corpus / "index" / "efts_hits_shapes.json").read_bytes())
    live = read_search(json.dumps(shapes["form4_live_2026-08-27"]).encode())
    assert (live.filings, live.hits, live.total) == ((), 1, 442)
    older = shapes["form4_full_source_2022"]
    older["_source"]["form"] = "144"
    (filing,) = read_search(result(older)).filings
    assert filing.accession == "0001415889-22-003603"
    assert [party.name for party in filing.parties] == ["Ford Robert B", "ABBOTT LABORATORIES"]
