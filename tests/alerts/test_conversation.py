"""Who hears of an amendment."""

from __future__ import annotations

from worker.alerts.conversation import EarlierAlert, as_told, destinations_to_tell, matches_to_tell
from worker.watchlists.destination import Destination
from worker.watchlists.match import Answer, Finding, Grade, Identity, Match, Routed, Side

SLACK, JANE, JOHN = (Destination("slack", "#ir"), Destination("email", "jane"), Destination("email", "john"))
IDENTITY = Identity(side=Side.ISSUER, entry="EXIN", grade=Grade.CIK, because="issuer CIK 1999500")
BELOW = Finding(condition="market_value over 100k", answer=Answer.NOT_MET, because="50,000 < 100,000")


def a_match(watchlist_id: str, *findings: Finding, routes: tuple[Routed, ...] = ()) -> Match:
    return Match(watchlist_id=watchlist_id, identities=(IDENTITY,), findings=findings, routes=routes)


def told(*destinations: Destination, watchlist_id: str = "a") -> EarlierAlert:
    return EarlierAlert(match=a_match(watchlist_id), destinations=frozenset(destinations))


def to(destination: Destination, *findings: Finding) -> Routed:
    return Routed(destination=destination, findings=findings)


def test_without_an_earlier_alert_only_a_match_that_raises_one_is_told() -> None:
    found = [a_match("a"), a_match("b", BELOW)]
    assert [match.watchlist_id for match in matches_to_tell(found, {})] == ["a"]


def test_a_match_below_the_threshold_is_told_where_the_earlier_notice_was() -> None:
    (match,) = matches_to_tell([a_match("a", BELOW)], {"a": told(SLACK)})
    assert match.findings == (BELOW,)
    assert not match.raises_alert


def test_a_list_the_amended_notice_is_not_on_any_more_keeps_the_earlier_identities() -> None:
    (match,) = matches_to_tell([], {"a": told(SLACK)})
    assert match.watchlist_id == "a"
    assert match.identities[0].because == "issuer CIK 1999500, in the notice it amends"


def test_new_readers_and_earlier_readers_hear_once_each_and_who_was_taken_off_does_not() -> None:
    match = a_match("a", routes=(to(JANE), to(SLACK, BELOW)))
    assert destinations_to_tell(match, (JANE, SLACK), told(SLACK, JOHN, JANE)) == (JANE, SLACK)
    assert destinations_to_tell(match, (JANE, SLACK), None) == (JANE,)


def test_below_the_threshold_nobody_hears_who_was_not_told_before() -> None:
    match = a_match("a", BELOW, routes=(to(JANE), to(SLACK)))
    assert destinations_to_tell(match, (JANE, SLACK), told(SLACK)) == (SLACK,)


def test_each_hears_the_answers_to_its_own_conditions_and_nothing_of_other_destinations() -> None:
    match = a_match("a", routes=(to(JANE), to(SLACK, BELOW)))
    assert (as_told(match, JANE).findings, as_told(match, JANE).routes) == ((), ())
    assert (as_told(match, SLACK).findings, as_told(match, SLACK).routes) == ((BELOW,), ())
    assert as_told(match, JOHN).findings == ()
