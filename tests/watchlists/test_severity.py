from __future__ import annotations

import pytest

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.watchlists.lists import a_watchlist, decision, reading, said, warned
from worker.alerts.conversation import EarlierAlert, as_told, matches_to_tell
from worker.filings.notice import Form144Notice
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Severity
from worker.watchlists.replay import replay

IR, EXEC = Destination("slack", "#ir"), Destination("email", "exec@example.com")
LIST = "issuers: [1999500]\n"


def worth(value: int | None) -> Form144Notice:
    return a_notice(proposed_sales=(a_proposed_sale(market_value=value),))


def heard(body: str, value: int | None, to: Destination = IR) -> Severity:
    """How much the notice matters to that destination."""
    return decision(body, worth(value), a_filing()).as_told(to).severity


def told(*tells: str, severity: str = "normal") -> str:
    body = "".join(f"  - {tell}\n" for tell in tells)
    return f"{LIST}severity: {severity}\ntell:\n{body}"


@pytest.fixture(autouse=True)
def no_tell_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.watchlists.lists.HEAD", "name: A list\nowner: Jane Doe\n")


def test_unless_a_list_says_so_it_matters_as_most_things_do() -> None:
    watchlist = a_watchlist(f"{LIST}tell: 'console:'\n")
    assert watchlist.severity is watchlist.routes[0].severity is Severity.NORMAL


@pytest.mark.parametrize("severity", list(Severity))
def test_a_line_matters_as_much_as_its_list_unless_it_says_otherwise(severity: Severity) -> None:
    body = told("slack:#ir", "{to: email:exec@example.com, severity: High}", severity=severity)
    assert heard(body, 1, IR) is severity
    assert heard(body, 1, EXEC) is Severity.HIGH
    assert decision(body, worth(1), a_filing()).severity is severity


BY_VALUE = told("slack:#ir", "{to: 'slack:#ir', when: {market_value: over 50M}, severity: high}")


@pytest.mark.parametrize(
    ("value", "severity"), [(1, Severity.NORMAL), (50_000_001, Severity.HIGH), (None, Severity.HIGH)]
)
def test_of_the_lines_that_tell_a_destination_the_most_severe_counts(
    value: int | None, severity: Severity
) -> None:
    assert heard(BY_VALUE, value) is severity


def test_the_conditions_that_made_it_matter_are_among_the_reasons_of_the_message() -> None:
    found = decision(BY_VALUE, worth(60_000_000), a_filing()).as_told(IR)
    assert [finding.condition for finding in found.findings] == ["market_value over 50M"]


def test_a_line_that_only_raises_the_severity_is_no_superfluous_line_and_one_that_lowers_it_is() -> None:
    assert warned(reading(BY_VALUE)) == []
    lowered = told("slack:#ir", "{to: 'slack:#ir', when: {market_value: over 50M}, severity: low}")
    (warning,) = warned(reading(lowered))
    assert "slack:#ir is told anyway" in warning


def test_who_hears_of_an_amendment_only_because_they_heard_before_hears_it_as_the_list_has_it() -> None:
    body = told("{to: 'slack:#ir', when: {market_value: over 50M}, severity: high}", severity="low")
    found = decision(body, worth(1), a_filing())
    assert as_told(found, IR).severity is Severity.LOW
    earlier = {"one": EarlierAlert(match=found, destinations=frozenset({IR}))}
    (kept,) = matches_to_tell((), earlier)
    assert kept.severity is Severity.LOW


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            f"{LIST}severity: urgent\ntell: 'console:'",
            "4:11 severity: 'urgent' is not one of low, normal, high",
        ),
        (f"{LIST}severity: hihg\ntell: 'console:'", "did you mean high?"),
        (f"{LIST}severity:\ntell: 'console:'", "severity: expected a text, found nothing | write high"),
        (f"{LIST}severty: high\ntell: 'console:'", "'severty' is not a key here | did you mean severity?"),
        (told("{to: 'slack:#ir', severity: 5}"), "6:33 severity: '5' is not one of"),
        (told("{severity: high}"), "names no destination"),
    ],
)
def test_a_mistake_in_a_severity_stands_at_its_place(body: str, expected: str) -> None:
    mistakes = said(reading(body))
    assert any(expected in mistake for mistake in mistakes), mistakes


def test_a_replay_says_which_messages_come_with_another_severity() -> None:
    old, new = (WatchlistIndex([a_watchlist(told("slack:#ir", severity=one))]) for one in ("normal", "high"))
    found = replay(worth(1), a_filing(), old, new)
    assert found.changes == ()
    assert [(one.destination, one.before, one.after) for one in found.regraded] == [
        (IR, Severity.NORMAL, Severity.HIGH)
    ]
    assert replay(worth(1), a_filing(), old, old).regraded == ()
