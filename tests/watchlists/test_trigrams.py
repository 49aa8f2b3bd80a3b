from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from worker.watchlists.trigrams import CLOSE, Trigrams

_NAMES = st.lists(st.text(alphabet="abcdef ", min_size=1, max_size=24), min_size=1, max_size=30)


@given(_NAMES, st.text(alphabet="abcdef ", min_size=1, max_size=24))
def test_no_name_that_is_close_enough_is_missed(names: list[str], asked: str) -> None:
    found = {number for number, _ in Trigrams(names).close_to(asked)}
    assert found == {number for number, name in enumerate(names) if fuzz.ratio(asked, name) >= CLOSE}


@given(
    st.text(alphabet="abcdefghijklmnop ", min_size=10, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.sampled_from(["", "q", "qq"])), max_size=9),
    st.integers(0, 3),
)
def test_no_name_is_missed_however_its_errors_are_spread(
    name: str, errors: list[tuple[int, str]], step: int
) -> None:
    """Characters taken out, replaced or put in, a few apart: the most trigrams so few errors can break."""
    other = name
    for number, (anywhere, instead) in enumerate(errors):
        at = (anywhere if step == 0 else number * (step + 2)) % max(len(other), 1)
        other = other[:at] + instead + other[at + 1 :]
    close = fuzz.ratio(other, name) >= CLOSE
    assert (0 in {number for number, _ in Trigrams([name]).close_to(other)}) is close
    assert (0 in {number for number, _ in Trigrams([other]).close_to(name)}) is close


@given(st.text(alphabet="abcdefghij ", min_size=12, max_size=40), st.integers(0, 39), st.sampled_from("xyz"))
def test_one_wrong_character_is_found_among_others(name: str, at: int, wrong: str) -> None:
    at %= len(name)
    misspelt = name[:at] + wrong + name[at + 1 :]
    assert 1 in {number for number, _ in Trigrams(["something else", name, "apple"]).close_to(misspelt)}


def test_nothing_is_close_to_a_name_in_an_empty_index() -> None:
    assert Trigrams([]).close_to("apple") == []


def test_the_longest_and_the_shortest_close_name_are_just_found() -> None:
    name = "abcdefghijklmnopqr"
    longest = name + "wxyz"
    assert fuzz.ratio(name, longest) == CLOSE
    assert Trigrams([longest]).close_to(name) == [(0, CLOSE)]
    assert Trigrams([name]).close_to(longest) == [(0, CLOSE)]
