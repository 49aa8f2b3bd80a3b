"""The demo's scene has in it what it is there to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from tests.world import Clock
from worker.standins.demo import scene
from worker.standins.edgar.feed import Row, recorded_rows
from worker.standins.edgar.server import EdgarStandin

START = datetime(2026, 9, 1, 20, 0, tzinfo=UTC)


def rows_after(seconds: float) -> tuple[list[Row], list[Row]]:
    """The first two pages of twenty rows, as they are that long after the start."""
    clock = Clock(START)
    with EdgarStandin(clock=clock, per_second=None) as edgar:
        for one in scene.script(START):
            edgar.publish(one.filing, one.document, at=START + one.appears, row_gap=one.row_gap)
        clock.move(timedelta(seconds=seconds))
        url = f"{edgar.base_url}/cgi-bin/browse-edgar?action=getcurrent&type=144&count=20&output=atom"
        agent = {"User-Agent": "Test test@example.com"}
        first, second = (httpx.get(f"{url}&start={start}", headers=agent) for start in (0, 20))
    return recorded_rows(first.content), recorded_rows(second.content)


def test_a_page_ends_in_the_middle_of_a_filing() -> None:
    for seconds in (3.5, 5.5):
        first, second = rows_after(seconds)
        assert first[-1].accession == second[0].accession


def test_some_filings_appear_after_others_that_were_accepted_later() -> None:
    in_order = sorted(scene.script(START), key=lambda one: one.appears)
    accepted = [one.filing.accepted_at or START for one in in_order]
    assert accepted != sorted(accepted)


def test_there_are_an_amendment_of_another_and_a_damaged_document_among_them() -> None:
    told = {one.filing.accession: one for one in scene.script(START)}
    assert len(told) == 21
    assert told[scene.AMENDMENT].filing.is_amendment
    assert scene.ORIGINAL.encode() in told[scene.AMENDMENT].document
    assert not told[scene.DAMAGED].document.rstrip().endswith(b"edgarSubmission>")


def test_no_delay_of_a_filing_is_the_scenes_own() -> None:
    for one in scene.script(START):
        assert timedelta(0) < START - (one.filing.accepted_at or START) <= timedelta(seconds=6)
