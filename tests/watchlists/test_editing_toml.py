from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.watchlists.lists import TICKERS
from worker.errors import ConfigurationError
from worker.watchlists.editing_toml import add_entries_toml, remove_entry_toml
from worker.watchlists.entries import Written
from worker.watchlists.loading import read_watchlists
from worker.watchlists.match import Side
from worker.watchlists.watchlist import Watchlist

PATH = "lists/one.toml"
NEW = Written(ticker="NVDA", cik=1045810)
HEAD = '# The lists of the desk.\nname = "A list"\nowner = "Jane Doe"   # since May\ntell = "console:"\n'
LAYOUTS = {
    "lines": (
        'issuers = [   # what we hold\n    "AAPL",  # core\n\n'
        '    # since May\n    {cik = 1741530, note = "x"},\n]\n'
    ),
    "one in braces": 'issuers = {ticker = "AAPL", cik = 320193} # ours\n',
    "no comma at the end": 'issuers = [\n  "AAPL",\n  1741530\n]\n',
    "one line": 'issuers = ["AAPL", {cik = 1741530}]   # both\nnear_miss = "5%"\n',
    "one alone": 'issuers = "AAPL"  # only this\n',
    "tables": '[[issuers]]\nticker = "AAPL" # core\n\n[[issuers]]\ncik = 1741530\n\n[when]\ngift = true\n',
    "other side only": 'holders = ["Ruby Finance Holdings Ltd."]\n\n[when]\ngift = true   # a gift\n',
    "text that looks like a key": 'reason = """\nissuers = ["NKE"]\n"""\nissuers = ["AAPL"]\n',
    "no end of line": 'issuers = ["AAPL"]',
    "carriage returns": 'issuers = [\n  "AAPL", # core\n  1741530,\n]\n'.replace("\n", "\r\n"),
}


def text_of(layout: str) -> str:
    head = HEAD.replace("\n", "\r\n") if "\r\n" in LAYOUTS[layout] else HEAD
    return head + LAYOUTS[layout]


def the_list(text: str) -> Watchlist:
    found = read_watchlists({PATH: text.encode()}, TICKERS)
    assert found.mistakes == ()
    return found.watchlists[0]


def issuers(text: str) -> list[str]:
    return [entry.text for entry in the_list(text).entries if entry.side is Side.ISSUER]


def comments(text: str) -> list[str]:
    return [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_what_is_added_stands_behind_the_others_and_every_comment_stays(layout: str) -> None:
    text = text_of(layout)
    edited = add_entries_toml(PATH, text, Side.ISSUER, [NEW, Written(name="Toro Co")])
    assert issuers(edited) == [*issuers(text), "NVDA", "Toro Co"]
    assert comments(edited) == comments(text)
    assert the_list(edited).conditions == the_list(text).conditions
    assert ("\r\n" in edited) is ("\r\n" in text)
    assert edited.count("\r\n") in (0, edited.count("\n"))


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_lines_that_are_not_the_entrys_stay_as_they_were(layout: str) -> None:
    text = text_of(layout)
    edited = remove_entry_toml(PATH, add_entries_toml(PATH, text, Side.ISSUER, [NEW]), Side.ISSUER, 0)
    assert edited.startswith(text[: text.index("tell")])
    others = {key: value for key, value in tomllib.loads(text).items() if key != "issuers"}
    assert {key: value for key, value in tomllib.loads(edited).items() if key != "issuers"} == others
    assert issuers(edited) == [*issuers(text), "NVDA"][1:]


def test_the_first_and_the_last_are_taken_out_with_their_own_comments_alone() -> None:
    text = text_of("lines")
    assert comments(remove_entry_toml(PATH, text, Side.ISSUER, 0)) == [
        "The lists of the desk.",
        "since May",
        "what we hold",
        "since May",
    ]
    alone = remove_entry_toml(PATH, text_of("no end of line") + '\nholders = ["A Holder"]\n', Side.ISSUER, 0)
    assert "issuers" not in tomllib.loads(alone)


@pytest.mark.parametrize(("side", "number"), [(Side.ISSUER, 2), (Side.ISSUER, -1), (Side.HOLDER, 0)])
def test_an_entry_that_is_not_there_cannot_be_taken_out(side: Side, number: int) -> None:
    with pytest.raises(ConfigurationError, match="no such entry"):
        remove_entry_toml(PATH, text_of("lines"), side, number)


def test_a_file_with_two_kinds_of_line_ends_is_left_to_its_author() -> None:
    with pytest.raises(ConfigurationError, match="edit it by hand"):
        add_entries_toml(PATH, HEAD + 'issuers = ["AAPL"]\r\n', Side.ISSUER, [NEW])


_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30).map(
    lambda text: " ".join(f"ab{text}".split())
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(_NAMES, st.none() | _NAMES), min_size=1, max_size=4), st.sampled_from(sorted(LAYOUTS))
)
def test_whatever_is_added_reads_back_and_can_be_taken_out_again(
    new: list[tuple[str, str | None]], layout: str
) -> None:
    text = text_of(layout)
    written = [Written(name=name, note=note) for name, note in new]
    edited = add_entries_toml(PATH, text, Side.HOLDER, written)
    holders = tomllib.loads(text).get("holders", [])
    stated = [{"name": one.name, "note": one.note} if one.note else one.name for one in written]
    assert tomllib.loads(edited)["holders"] == [*holders, *stated]
    for _ in written:
        edited = remove_entry_toml(PATH, edited, Side.HOLDER, len(tomllib.loads(edited)["holders"]) - 1)
    assert tomllib.loads(edited) == tomllib.loads(text)
    assert comments(edited) == comments(text)
