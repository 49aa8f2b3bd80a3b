"""One list, several readers: each hears what it asked for, and why."""

from __future__ import annotations

from pathlib import Path

from tests.world import WATCHLIST, a_world

ROUTED = WATCHLIST.replace(
    b"tell:\n  - slack:#ir-alerts\n  - email:jane@example.com\n",
    b"""tell:
  - {to: slack:#ir-alerts, when: {market_value: over 200k}}
  - {to: email:jane@example.com, when: {market_value: over 50M}}
""",
)


def test_only_the_destination_whose_own_conditions_hold_is_told_and_it_is_told_why(tmp_path: Path) -> None:
    assert ROUTED != WATCHLIST
    with a_world(tmp_path) as world:
        world.watchlist = ROUTED
        world.publish()
        world.settle()
        (post,) = world.slack.messages["ir-alerts"]
        assert "Market value $250,000, over $200k" in str(post.blocks)
        assert "over 50M" not in str(post.blocks)
        assert world.mails() == {}


def test_a_notice_that_reaches_no_destination_raises_no_alert(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        world.watchlist = ROUTED.replace(b"200k", b"20M")
        world.publish()
        world.settle()
        assert world.ledger.report.deliveries_by_state() == {}
        assert world.posts() == 0
        assert world.ledger.report.filings_by_state() == {"read": 1}
