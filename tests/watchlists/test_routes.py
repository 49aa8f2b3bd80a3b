from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.watchlists.lists import TICKERS, said, warned
from worker.filings.notice import Form144Notice
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import FolderReading, read_watchlists
from worker.watchlists.match import Answer, Match
from worker.watchlists.matching import explain

IR, EXEC = Destination("slack", "#ir"), Destination("slack", "#exec")
ACCEPTED = datetime(2026, 9, 1, 20, 5, tzinfo=UTC)


def routed(tell: str, when: str = "") -> FolderReading:
    text = f"name: A list\nowner: Jane\nissuers: [1999500]\n{when}\ntell:\n{tell}"
    return read_watchlists({"lists/one.yaml": text.encode()}, TICKERS)


def decided(tell: str, notice: Form144Notice | None = None, when: str = "") -> Match:
    found = routed(tell, when)
    assert said(found) == []
    (match,) = explain(notice or a_notice(), a_filing(), WatchlistIndex(found.watchlists))
    return match


LARGE = "  - slack:#ir\n  - {to: slack:#exec, when: {market_value: over 50M}}\n"


def worth(dollars: int | None) -> Form144Notice:
    return a_notice(proposed_sales=(a_proposed_sale(market_value=dollars),))


@pytest.mark.parametrize(
    ("dollars", "told"),
    [(12_000_000, (IR,)), (51_000_000, (IR, EXEC)), (None, (IR, EXEC))],
)
def test_a_destination_is_told_where_its_own_conditions_hold_or_are_unknown(
    dollars: int | None, told: tuple[Destination, ...]
) -> None:
    found = decided(LARGE, worth(dollars))
    assert found.told == told
    assert found.is_certain is (dollars is not None)


def test_the_lists_conditions_come_first_for_every_destination() -> None:
    found = decided(LARGE, worth(51_000_000), "when: {relationship: director}")
    assert found.told == ()
    assert not found.raises_alert


def test_nobody_told_is_no_alert_and_a_hair_away_is_a_near_miss() -> None:
    only = "  - {to: slack:#exec, when: {market_value: over 50M}}\n"
    assert decided(only, worth(51_000_000)).raises_alert
    near, far = decided(only, worth(49_000_000)), decided(only, worth(10_000_000))
    assert (near.raises_alert, near.is_near_miss, near.told) == (False, True, ())
    assert (far.raises_alert, far.is_near_miss) == (False, False)


def test_two_lines_for_one_destination_are_two_ways_to_be_told() -> None:
    one = "  - {to: slack:#exec, when: {market_value: over 50M}}\n"
    tell = one + "  - {to: slack:#exec, when: {units: over 5}}\n"
    found = decided(tell, worth(1))
    assert found.told == (EXEC,)
    assert [finding.condition for finding in found.as_told(EXEC).findings] == ["units over 5"]


def test_a_destination_hears_its_own_conditions_and_nothing_of_the_others() -> None:
    found = decided(LARGE, worth(51_000_000), "when: {units: over 5}")
    told = found.as_told(EXEC)
    assert [(one.condition, one.answer) for one in told.findings] == [
        ("units over 5", Answer.MET),
        ("market_value over 50M", Answer.MET),
    ]
    assert told.routes == ()
    assert [one.condition for one in found.as_told(IR).findings] == ["units over 5"]


def test_history_is_asked_for_where_only_a_destination_asks() -> None:
    found = routed("  - {to: slack:#exec, when: {cluster: 3 sellers in 12 days}}\n")
    assert WatchlistIndex(found.watchlists).history_days == 12


def test_a_line_that_changes_nothing_is_warned_of() -> None:
    tell = LARGE + "  - {to: slack:#ir, when: {gift: true}}\n"
    assert warned(routed(tell)) == [
        "8:5 tell: slack:#ir is told anyway (lists/one.yaml:6:5) | take one of the two lines out"
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{to: slack:#exec, when: {market_valu: over 5M}}", "'market_valu' is not a key here | did you"),
        ("{to: slack:#exec, when: }", "6:23 when: nothing stands behind the key"),
        ("{to: slack:#exec, when: {}}", "6:29 when: no condition"),
        ("{to: slack:#exec, wen: {gift: true}}", "6:23 'wen' is not a key here | did you mean when?"),
        ("{to: slack}", "6:10 to: slack has no address"),
        ("{when: {gift: true}}", "6:5 tell: names no destination"),
        ("{to: , when: {gift: true}}", "to: expected a text, found nothing"),
    ],
)
def test_a_mistake_under_tell_has_its_place(line: str, expected: str) -> None:
    mistakes = said(routed(f"  - {line}\n"))
    assert any(expected in mistake for mistake in mistakes), mistakes
