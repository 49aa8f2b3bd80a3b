"""What an alert owes, to whom, and under which key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.alerts.raising import delivery_key, destinations_owed
from worker.watchlists.destination import Destination

SECRET = b"not a secret"
SLACK = Destination("slack", "#ir-alerts")


def test_a_key_is_what_notifiers_are_promised() -> None:
    assert re.fullmatch("[0-9a-f]{64}", delivery_key(SECRET, "0001950047-26-000123", "w1", SLACK))


def test_two_lists_that_tell_one_channel_about_one_filing_are_two_deliveries() -> None:
    keys = {delivery_key(SECRET, "0001950047-26-000123", watchlist, SLACK) for watchlist in ("w1", "w2")}
    assert len(keys) == 2


def test_a_key_needs_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        delivery_key(b"", "0001950047-26-000123", "w1", SLACK)


PARTS = st.tuples(*[st.text(max_size=6)] * 4)


@given(PARTS, PARTS, st.binary(min_size=1, max_size=8))
def test_equal_deliveries_have_equal_keys_and_no_others_do(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str], secret: bytes
) -> None:
    def key(parts: tuple[str, str, str, str]) -> str:
        return delivery_key(secret, parts[0], parts[1], Destination(parts[2], parts[3]))

    assert (key(one) == key(other)) is (one == other)
    assert key(one) != delivery_key(secret + b"x", one[0], one[1], Destination(one[2], one[3]))


def test_a_destination_named_twice_is_told_once_and_the_order_stays() -> None:
    mail = Destination("email", "jane@example.com")
    assert destinations_owed([SLACK, mail, SLACK]) == (SLACK, mail)


def test_one_mailbox_in_two_spellings_is_told_once_as_it_is_written_first() -> None:
    first, again = Destination("email", "jane@example.com"), Destination("email", "Jane@Example.com")
    assert destinations_owed([first, SLACK, again]) == (first, SLACK)
