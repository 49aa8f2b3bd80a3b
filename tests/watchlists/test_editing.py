from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.watchlists.lists import HEAD, TICKERS
from worker.errors import ConfigurationError
from worker.watchlists.editing import add_entries, entry_line, remove_entry
from worker.watchlists.entries import Written
from worker.watchlists.loading import read_watchlists
from worker.watchlists.match import Side
from worker.watchlists.watchlist import Watchlist

PATH = "lists/one.yaml"
NEW = Written(ticker="NVDA", cik=1045810)

BLOCK = """\
issuers:   # what we hold
    - AAPL  # core

    # since May
    - cik: 1741530
      note: >
        a longer
        note
    # the end
when: {gift: true}
"""
LAYOUTS = {
    "block": BLOCK,
    "dashes under the key": "issuers:\n- AAPL\n- 1741530\n# after\nwhen:\n  gift: true\n",
    "flow": "issuers: [AAPL, {cik: 1741530, note: x}]   # both\n",
    "flow over lines": "issuers: [\n  AAPL,\n  1741530\n]\nnear_miss: 5%\n",
    "one alone": "issuers: AAPL  # only this\n",
    "one in braces": "issuers: {ticker: AAPL}\n",
    "quoted": 'issuers:\n  - "AAPL"\n',
    "other side only": "holders:\n  - Ruby Finance Holdings Ltd.\n",
    "no end of line": "issuers:\n  - AAPL",
    "carriage returns": "issuers:\r\n  - AAPL\r\n  - 1741530\r\nnear_miss: 5%\r\n",
}


def the_list(text: str) -> Watchlist:
    found = read_watchlists({PATH: text.encode()}, TICKERS)
    assert found.mistakes == ()
    return found.watchlists[0]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_what_is_added_is_all_that_changes(layout: str) -> None:
    text = HEAD + LAYOUTS[layout]
    edited = add_entries(PATH, text, Side.ISSUER, [NEW, Written(name="Toro Co")])
    before, after = the_list(text), the_list(edited)
    kept = [entry.text for entry in before.entries if entry.side is Side.ISSUER]
    assert [entry.text for entry in after.entries if entry.side is Side.ISSUER] == [*kept, "NVDA", "Toro Co"]
    assert after.conditions == before.conditions
    # Every character of the old file is there, in its order.
    rest = iter(edited)
    assert all(character in rest for character in text)


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"other side only"}))
def test_what_is_added_and_removed_again_leaves_the_file_as_it_was(layout: str) -> None:
    text = HEAD + LAYOUTS[layout]
    edited = add_entries(PATH, text, Side.ISSUER, [NEW])
    last = the_list(edited).entries[-1]
    assert last.cik == 1045810
    again = remove_entry(PATH, edited, Side.ISSUER, last.line, last.column)
    if layout in {"one alone", "one in braces"}:
        assert [entry.text for entry in the_list(again).entries] == ["AAPL"]
    else:
        assert again.rstrip() == text.rstrip()


@pytest.mark.parametrize("layout", ["block", "dashes under the key", "flow", "flow over lines"])
@pytest.mark.parametrize("number", [0, 1])
def test_an_entry_goes_with_all_its_lines_and_comments_of_others_stay(layout: str, number: int) -> None:
    text = HEAD + LAYOUTS[layout]
    entries = the_list(text).entries
    edited = remove_entry(PATH, text, Side.ISSUER, entries[number].line, entries[number].column)
    assert [entry.text for entry in the_list(edited).entries] == [entries[1 - number].text]
    if layout == "block":
        assert "# what we hold" in edited
        assert "# since May" in edited
        assert "# the end\nwhen" in edited


def test_the_last_entry_takes_its_key_along() -> None:
    text = HEAD + "any_notice: true\nissuers:\n  - AAPL\n# after\nnear_miss: 5%\n"
    (entry,) = the_list(text).entries
    edited = remove_entry(PATH, text, Side.ISSUER, entry.line, entry.column)
    assert edited == HEAD + "any_notice: true\n# after\nnear_miss: 5%\n"


def test_where_nothing_stands_nothing_is_removed() -> None:
    for side in (Side.ISSUER, Side.HOLDER):
        with pytest.raises(ConfigurationError, match="no entry stands here"):
            remove_entry(PATH, HEAD + BLOCK, side, 5, 1)


@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"),
        min_size=3,
        max_size=40,
    )
    .map(lambda text: " ".join(f"Ab {text}".split()))
    .filter(lambda text: len(text) > 3),
    note=st.sampled_from(
        [None, "since: May, #1 [x]", "null", "yes", "- a", "'quoted'", '"'],
    ),
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_added_is_read_back_as_it_was_meant(name: str, note: str | None) -> None:
    for layout in ("block", "flow"):
        entry = Written(name=name, note=note)
        edited = add_entries(PATH, HEAD + LAYOUTS[layout], Side.ISSUER, [entry])
        last = the_list(edited).entries[-1]
        assert (last.name, last.note) == (name, note)


def test_an_entry_is_bare_where_one_thing_says_it() -> None:
    assert entry_line(Written(ticker="AAPL")) == "AAPL"
    assert entry_line(Written(ticker="NULL")) == '"NULL"'
    assert entry_line(Written(cik=5, name="A: B")) == '{cik: 5, name: "A: B"}'
