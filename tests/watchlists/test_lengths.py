"""What is longer than the ledger has room for is a mistake in the file, and not one of the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import form144
from tests.watchlists.lists import said
from worker.watchlists.destination import LONGEST_ADDRESS, LONGEST_NOTIFIER, Destination
from worker.watchlists.loading import FolderReading, read_watchlists
from worker.watchlists.watchlist import LONGEST_ID

LIST = "name: A list\nowner: Jane\nissuers: [1999500]\ntell:\n  - console:\n  - {}\n"


def told(destination: str, *, stem: str = "one") -> FolderReading:
    return read_watchlists({f"lists/{stem}.yaml": LIST.format(destination).encode()}, None)


@pytest.mark.parametrize(
    ("longest", "what"),
    [
        (f"slack:{'x' * LONGEST_ADDRESS}", "an address of 321 characters; it has at most 320"),
        (f"email:{'é' * (LONGEST_ADDRESS - 12)}@example.com", "an address of 321 characters"),
        (f"{'x' * LONGEST_NOTIFIER}:a", "a notifier's name of 33 characters; it has at most 32"),
        # In lower case this letter is two.
        (f"{'İ' * (LONGEST_NOTIFIER // 2)}:a", "a notifier's name of 33 characters"),
    ],
    ids=["address", "of other letters", "notifier", "grows in lower case"],
)
def test_a_destination_longer_than_the_ledger_keeps_is_refused_at_its_line(longest: str, what: str) -> None:
    assert said(told(longest)) == []
    (mistake,) = said(told(longest.replace(longest[8], longest[8] + "x", 1)))
    assert mistake.startswith(f"6:5 tell: {what}")


@pytest.mark.parametrize("code", [r"\0", r"\n", r"\a", r"\x7f"])
def test_a_control_character_in_a_destination_is_refused_at_its_line(code: str) -> None:
    # PostgreSQL keeps no NUL in a text; none of the others is in any address.
    (mistake,) = said(told(f'"slack:#a{code}b"'))
    assert mistake.startswith("6:5 tell: 'slack:#a")
    assert "holds a control character" in mistake


def test_a_file_name_that_makes_too_long_an_id_is_refused() -> None:
    (watchlist,) = told("console:", stem="x" * LONGEST_ID).watchlists
    assert len(watchlist.id) == LONGEST_ID
    (mistake,) = told("console:", stem="x" * (LONGEST_ID + 1)).mistakes
    assert mistake.where == f"lists/{'x' * 101}.yaml:1:1"
    assert mistake.what == "makes an id of 101 characters out of its file name"
    assert mistake.hint == "rename the file; at most 100"


def test_a_confidential_list_may_have_any_file_name_because_its_id_is_another() -> None:
    text = LIST.format("slack:#gc") + "visibility: confidential\n"
    found = read_watchlists({f"lists/{'x' * 200}.yaml": text.encode()}, None)
    assert said(found) == []


def test_form144_check_names_both(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(LIST.format(f"console:{'x' * (LONGEST_ADDRESS + 1)}"))
    long = tmp_path / f"{'x' * (LONGEST_ID + 1)}.yaml"
    long.write_text(LIST.format("console:a"))
    result = form144("check", str(tmp_path), FORM144_DATA=str(tmp_path / "data"))
    assert result.exit_code == 2
    assert f"{tmp_path}/one.yaml:6:5: tell: an address of 321 characters" in result.stderr
    assert f"{long}:1:1: makes an id of 101 characters out of its file name" in result.stderr


def test_whoever_else_names_a_destination_is_refused_too() -> None:
    with pytest.raises(ValueError, match="at most 320"):
        Destination.parse(f"email:{'x' * LONGEST_ADDRESS}@example.com")
