from __future__ import annotations

from tests.builders import a_filing, a_notice, a_proposed_sale
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.replay import Replayed, replay

BASE = "name: A list\nowner: Jane\nissuers: [1999500]\nwhen: {market_value: over 200k}\ntell: 'slack:#ir'\n"
OTHER = BASE.replace("1999500", "5")


def index(**files: str) -> WatchlistIndex:
    return WatchlistIndex(
        load_watchlists({f"{name}.yaml": text.encode() for name, text in files.items()}, None)
    )


def replayed(old: dict[str, str], new: dict[str, str]) -> Replayed:
    notice = a_notice(proposed_sales=(a_proposed_sale(market_value=250_000),))
    return replay(notice, a_filing(), index(**old), index(**new))


def said(found: Replayed) -> list[str]:
    return [f"{'+' if one.is_more else '-'} {one.destination} {one.watchlist.id}" for one in found.changes]


def test_the_same_lists_change_nothing() -> None:
    found = replayed({"a": BASE}, {"a": BASE})
    assert found.changes == ()
    assert found.before == found.after != ()


def test_a_higher_limit_takes_a_message_away_and_says_by_how_much() -> None:
    found = replayed({"a": BASE}, {"a": BASE.replace("200k", "300k")})
    assert said(found) == ["- slack:#ir a"]
    (change,) = found.changes
    assert change.match is not None
    assert change.match.findings[0].because == "250,000 <= 300,000"
    assert (len(found.before), found.after) == (1, ())


def test_a_lower_limit_an_entry_and_a_destination_bring_messages() -> None:
    assert said(replayed({"a": BASE.replace("200k", "1M")}, {"a": BASE})) == ["+ slack:#ir a"]
    assert said(replayed({"a": OTHER}, {"a": BASE})) == ["+ slack:#ir a"]
    both = BASE.replace("'slack:#ir'", "['slack:#ir', 'slack:#exec']")
    assert said(replayed({"a": BASE}, {"a": both})) == ["+ slack:#exec a"]


def test_a_destinations_own_condition_counts() -> None:
    routed = BASE.replace("'slack:#ir'", "{to: 'slack:#ir', when: {market_value: over 240k}}")
    assert replayed({"a": BASE}, {"a": routed}).changes == ()
    assert said(replayed({"a": BASE}, {"a": routed.replace("240k", "260k")})) == ["- slack:#ir a"]


def test_a_file_under_another_name_is_no_change_to_its_readers() -> None:
    assert replayed({"a": BASE}, {"b": BASE}).changes == ()
    assert said(replayed({"a": BASE}, {"b": BASE, "c": BASE})) == ["+ slack:#ir c"]


def test_a_list_that_is_gone_leaves_its_reader_without() -> None:
    found = replayed({"a": BASE, "b": OTHER}, {"b": OTHER})
    assert said(found) == ["- slack:#ir a"]
    assert found.changes[0].match is None
