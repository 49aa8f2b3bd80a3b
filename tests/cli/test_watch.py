from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from worker.cli.watch import app
from worker.edgar.tickers import Company
from worker.errors import ConfigurationError

COMPANIES = {
    "AAPL": Company(cik=320193, title="Apple Inc."),
    "NVDA": Company(cik=1045810, title="NVIDIA CORP"),
}
LIST = """\
# The lists of the desk.
name: A list
owner: Jane Doe     # since May
tell: 'console:'
issuers:
  - AAPL   # core
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lists, data = tmp_path / "lists", tmp_path / "data"
    lists.mkdir()
    data.mkdir()
    (data / "company_tickers.json").write_bytes(msgspec.json.encode(COMPANIES))
    (lists / "desk.yaml").write_text(LIST)
    return lists


def run(folder: Path, *arguments: str) -> Result:
    environment = {"FORM144_DATA": str(folder.parent / "data"), "FORM144_WATCHLISTS": str(folder)}
    return CliRunner().invoke(app, list(arguments), env=environment)


def test_an_entry_is_added_with_its_cik_and_the_change_is_shown(folder: Path) -> None:
    result = run(folder, "add", "desk", "nvda corp", "$NVDA", "--note", "since June")
    assert result.exit_code == 0, result.exception
    assert result.stdout.splitlines()[-1].startswith("+  - {")
    text = (folder / "desk.yaml").read_text()
    assert (
        text
        == LIST
        + "  - {name: nvda corp, note: since June}\n  - {ticker: NVDA, cik: 1045810, note: since June}\n"
    )


def test_what_is_on_the_list_is_not_added_twice_however_it_is_written(folder: Path) -> None:
    result = run(folder, "add", str(folder / "desk.yaml"), "320193", "AAPL", "Apple Inc", "--dry-run")
    assert result.exit_code == 0
    assert result.stderr.count("is on the list already") == 3
    assert result.stdout == ""


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    result = run(folder, "add", "desk", "NVDA", "--dry-run")
    assert "+  - {ticker: NVDA, cik: 1045810}" in result.stdout
    assert (folder / "desk.yaml").read_text() == LIST


def test_what_check_would_refuse_is_not_written(folder: Path) -> None:
    for arguments in (("add", "desk", "ZZZZ"), ("remove", "desk", "AAPL")):
        refused = run(folder, *arguments)
        assert isinstance(refused.exception, ConfigurationError)
        assert (folder / "desk.yaml").read_text() == LIST


def test_whether_nothing_was_written_is_said(folder: Path) -> None:
    for arguments in (("add", "desk", "ZZZZ"), ("add", "desk", "NVDA", "--dry-run")):
        assert run(folder, *arguments).stderr == "Nothing was written.\n"
    assert run(folder, "add", "desk", "NVDA").stderr == ""


def test_a_list_goes_by_its_name_too(folder: Path) -> None:
    assert run(folder, "add", "A list", "NVDA").exit_code == 0
    assert "NVDA" in (folder / "desk.yaml").read_text()


def test_what_check_would_warn_of_is_said_of_what_is_new(folder: Path) -> None:
    added = run(folder, "add", "desk", "NVIDIA Corporatoin")
    assert added.exit_code == 0
    assert added.stderr.startswith("warning: ")
    assert "issuer 'NVIDIA Corporatoin'; notices are matched by the name as written" in added.stderr
    assert run(folder, "add", "desk", "1045810").stderr == ""


def test_an_edit_that_breaks_the_lists_own_tests_is_not_written(folder: Path) -> None:
    text = LIST + "tests:\n  - {notice: {issuer: NVDA}, tells: nobody}\n"
    (folder / "desk.yaml").write_text(text)
    refused = run(folder, "add", "desk", "NVDA")
    assert isinstance(refused.exception, ConfigurationError)
    assert "expected was nobody" in str(refused.exception)
    assert (folder / "desk.yaml").read_text() == text


def test_an_entry_is_removed_by_any_name_it_goes_by(folder: Path) -> None:
    assert run(folder, "add", "desk", "NVDA").exit_code == 0
    (folder / "desk.yaml").chmod(0o640)
    assert run(folder, "remove", "desk", "nvidia corp").exit_code == 0
    assert (folder / "desk.yaml").read_text() == LIST
    assert (folder / "desk.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.iterdir()] == ["desk.yaml"]


def test_companies_that_differ_in_their_legal_form_alone_are_not_taken_for_each_other(folder: Path) -> None:
    companies = {
        "TTC": Company(cik=737758, title="TORO CO"),
        "TORO": Company(cik=1941131, title="Toro Corp."),
    }
    (folder.parent / "data" / "company_tickers.json").write_bytes(msgspec.json.encode(companies))
    text = LIST.replace("  - AAPL   # core\n", "  - {cik: 737758, name: TORO CO}\n")
    (folder / "desk.yaml").write_text(text)
    assert "is not on the list" in str(run(folder, "remove", "desk", "Toro Corp.").exception)
    (folder.parent / "book.csv").write_text("name\nToro Corp.\n")
    for arguments in (("add", "desk", "Toro Corp."), ("import", "desk", str(folder.parent / "book.csv"))):
        (folder / "desk.yaml").write_text(text)
        added = run(folder, *arguments)
        assert "on the list already" not in added.stderr
        assert "1941131" in added.stderr  # which of the two is meant is to be said
        assert (folder / "desk.yaml").read_text() == text + "  - Toro Corp.\n"
    assert "on the list already" in run(folder, "add", "desk", "Toro Company").stderr
    assert run(folder, "add", "desk", "TORO").exit_code == 0


def test_a_table_is_imported_and_what_is_there_stays(folder: Path) -> None:
    (folder.parent / "book.csv").write_text("\ufeffSymbol,Shares\nAAPL,5\n$NVDA,6\n")
    assert run(folder, "import", "desk", str(folder.parent / "book.csv")).exit_code == 0
    assert (folder / "desk.yaml").read_text() == LIST + "  - {ticker: NVDA, cik: 1045810}\n"


def test_holders_are_added_under_their_own_key(folder: Path) -> None:
    assert run(folder, "add", "desk", "Ruby Finance Holdings Ltd.", "1963043", "--holder").exit_code == 0
    expected = LIST + "\nholders:\n  - Ruby Finance Holdings Ltd.\n  - 1963043\n"
    assert (folder / "desk.yaml").read_text() == expected


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "nowhere", "AAPL"), "there is no list 'nowhere'\n    there is: desk"),
        (("add", "desk", "0"), "is not a CIK"),
        (("remove", "desk", "NVDA"), "NVDA is not on the list"),
        (("import", "desk", "none.csv"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    found = run(folder, *arguments).exception
    assert isinstance(found, ConfigurationError)
    assert sentence in str(found)


def test_an_entry_from_a_table_is_taken_out_there(folder: Path) -> None:
    (folder / "more.csv").write_text("ticker\nNVDA\n")
    (folder / "desk.yaml").write_text(LIST + "entries_from: more.csv\n")
    found = run(folder, "remove", "desk", "NVDA").exception
    assert isinstance(found, ConfigurationError)
    assert "more.csv:2:1" in str(found)


TOML = """\
# The lists of the desk.
name = "A list"
owner = "Jane Doe"     # since May
tell = "console:"
issuers = [
  "AAPL",   # core
]
"""


def test_a_toml_list_is_edited_in_its_authors_layout_too(folder: Path) -> None:
    path = folder / "other.toml"
    path.write_text(TOML)
    assert run(folder, "add", "other", "NVDA").exit_code == 0
    added = TOML.replace("core\n", 'core\n  {ticker = "NVDA", cik = 1045810},\n')
    assert path.read_text() == added
    assert run(folder, "add", "other", "Jane Q. Example", "--holder").exit_code == 0
    assert run(folder, "remove", "other", "Jane Q. Example").exit_code == 0
    assert run(folder, "remove", "other", "nvda").exit_code == 0
    assert path.read_text() == TOML


def test_a_table_is_imported_into_a_toml_list_and_what_check_would_refuse_is_not_written(
    folder: Path,
) -> None:
    path = folder / "other.toml"
    path.write_text(TOML)
    (folder.parent / "more.csv").write_text("symbol,note\nNVDA,new\nAAPL,\n")
    result = run(folder, "import", "other", str(folder.parent / "more.csv"))
    assert result.exit_code == 0, result.exception
    assert '{ticker = "NVDA", cik = 1045810, note = "new"}' in path.read_text()
    before = path.read_text()
    assert isinstance(run(folder, "add", "other", "ZZZZZ").exception, ConfigurationError)
    assert path.read_text() == before
