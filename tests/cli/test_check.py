from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner, Result

from tests.conftest import ROOT
from worker.cli.check import check
from worker.edgar.tickers import Company
from worker.errors import ConfigurationError

COMPANIES = {
    "AAPL": Company(cik=320193, title="Apple Inc."),
    "NVDA": Company(cik=1045810, title="NVIDIA CORP"),
    "PLTR": Company(cik=1321655, title="Palantir Technologies Inc."),
    "QFIN": Company(cik=1741530, title="Qfin Holdings, Inc."),
}
GOOD = "name: A list\nowner: Jane Doe\nissuers: [AAPL]\nwhen: {market_value: over 10M}\ntell: 'console:'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for lists, beside a data folder that holds a fresh copy of the SEC's tickers."""
    lists, data = tmp_path / "lists", tmp_path / "data"
    lists.mkdir()
    data.mkdir()
    (data / "company_tickers.json").write_bytes(msgspec.json.encode(COMPANIES))
    return lists


def run(folder: Path, *options: str) -> Result:
    app = typer.Typer()
    app.command()(check)
    environment = {"FORM144_DATA": str(folder.parent / "data"), "EDGAR_CONTACT": None}
    return CliRunner().invoke(app, [str(folder), *options], env=environment)


def test_a_good_folder_is_told_whom_it_watches_and_exits_with_0(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD)
    result = run(folder)
    assert result.exit_code == 0
    assert "watches issuer AAPL is Apple Inc. (CIK 320193)" in result.stdout
    assert "when market_value over 10M" in result.stdout
    assert "tells console:" in result.stdout
    assert "1 list, 1 entry, 1 destination, 0 mistakes, 0 warnings" in result.stdout


def test_it_says_when_messages_wait_and_what_a_near_miss_is(folder: Path) -> None:
    quiet = "quiet_hours: 22:00-07:00, weekends America/New_York\nnear_miss: 20%\n"
    (folder / "one.yaml").write_text(GOOD + quiet)
    told = run(folder).stdout
    assert "keeps quiet 22:00 to 07:00, weekends, America/New_York: console:" in told
    assert "near miss within 20%" in told
    (listed,) = json.loads(run(folder, "--json").stdout)["lists"]
    assert listed["near_miss"] == "20%"
    assert listed["routes"][0]["quiet_hours"] == "22:00 to 07:00, weekends, America/New_York"


def test_a_folder_without_a_list_is_named_whatever_else_it_holds(folder: Path) -> None:
    for name in ("", "a.csv", "b.csv"):
        if name:
            (folder / name).write_text("AAPL\n")
        result = run(folder)
        assert result.exit_code == 2
        assert f"mistake: {folder}: holds no watchlist" in result.stderr


def test_every_mistake_stands_on_its_line_with_what_to_write_and_exits_with_2(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD.replace("AAPL", "AAPX").replace("market_value", "market_valu"))
    (folder / "two.yaml").write_text(GOOD.replace("console:", "slak:#ir").replace("AAPL", "NVDX"))
    result = run(folder)
    assert result.exit_code == 2
    assert f"mistake: {folder}/one.yaml:4:8: 'market_valu' is not a key here" in result.stderr
    assert "did you mean market_value?" in result.stderr
    assert f"mistake: {folder}/two.yaml:3:11: NVDX is not in the SEC's list of tickers" in result.stderr
    assert "did you mean NVDA (NVIDIA CORP)?" in result.stderr
    assert f"mistake: {folder}/two.yaml:5:7: tell: there is no notifier 'slak'" in result.stderr


def test_tickers_that_were_not_found_are_no_duplicates_of_each_other_and_watch_nobody(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD.replace("AAPL", "XXXQ, YYYQ, XXXQ"))
    result = run(folder)
    assert result.exit_code == 2
    assert "YYYQ is on the list already" not in result.stderr
    assert result.stderr.count("XXXQ is on the list already") == 1
    assert "does not watch issuer YYYQ, which was not found" in result.stdout
    assert "by name only" not in result.stdout


def test_warnings_stop_nothing_unless_strict(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD.replace("AAPL", "AAPL, 320193"))
    assert run(folder).exit_code == 0
    strict = run(folder, "--strict")
    assert strict.exit_code == 1
    assert "warning: " in strict.stderr
    assert "is on the list already" in strict.stderr


def test_json_says_the_same_to_a_machine(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD)
    (folder / "two.yaml").write_text("name: B\n")
    result = run(folder, "--json")
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert [(one["id"], one["entries"][0]["cik"], one["destinations"]) for one in said["lists"]] == [
        ("one", 320193, ["console:"])
    ]
    assert {mistake["where"] for mistake in said["mistakes"]} == {f"{folder}/two.yaml:1:1"}


def test_pinning_writes_a_lock_that_the_next_check_reads(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD)
    pinned = run(folder, "--pin")
    assert (pinned.exit_code, pinned.stderr) == (0, f"written: {folder / 'watchlists.lock'}\n")
    assert "ticker AAPL\t320193\tApple Inc.\t" in (folder / "watchlists.lock").read_text()
    (folder.parent / "data" / "company_tickers.json").unlink()
    assert run(folder).exit_code == 0
    (folder / "watchlists.lock").unlink()
    without = run(folder)
    assert without.exit_code == 2
    assert "the SEC's list of tickers is not at hand" in without.stderr


def test_of_one_file_it_says_which_folder_to_name(folder: Path) -> None:
    file = folder / "one.yaml"
    file.touch()
    found = run(file).exception
    assert isinstance(found, ConfigurationError)
    assert f"form144 check {folder}" in str(found)


def test_nothing_is_pinned_over_a_mistake(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD + "x: y\n")
    assert run(folder, "--pin").exit_code == 2
    assert not (folder / "watchlists.lock").exists()


def test_a_folder_that_is_not_there_is_a_sentence_not_a_traceback(folder: Path) -> None:
    result = run(folder / "nowhere")
    assert isinstance(result.exception, ConfigurationError)


def test_brackets_in_a_list_are_text_not_markup(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD.replace("A list", '"[red]A list[/red]"'))
    assert "[red]A list[/red]" in run(folder).stdout


def test_the_examples_are_fit_to_run_without_a_warning(folder: Path) -> None:
    for example in (ROOT / "watchlists").glob("*.yaml"):
        (folder / example.name).write_bytes(example.read_bytes())
    result = run(folder, "--strict")
    assert (result.exit_code, result.stderr) == (0, "")


TESTED = """name: A list
owner: Jane Doe
issuers: [AAPL]
when: {market_value: over 10M}
tell:
  - console:
  - {to: email:exec@example.com, when: {market_value: over 50M}}
tests:
  - name: twelve million
    notice: {issuer: AAPL, market_value: 12M}
    tells: 'console:'
    not: email:exec@example.com
"""
MAIL = {"FORM144_SMTP_URL": "smtp+plain://127.0.0.1:1", "FORM144_MAIL_FROM": "form144@example.com"}


def test_the_lists_own_tests_are_run_and_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MAIL.items():
        monkeypatch.setenv(name, value)
    (folder / "one.yaml").write_text(TESTED)
    result = run(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "tells email:exec@example.com when market_value over 50M" in result.stdout
    assert result.stdout.rstrip().endswith("1 test, 0 failed")


def test_a_test_that_fails_shows_its_line_and_the_decision_and_exits_with_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in MAIL.items():
        monkeypatch.setenv(name, value)
    (folder / "one.yaml").write_text(TESTED.replace("12M", "9.5M"))
    result = run(folder)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"failed: {folder}/one.yaml:9:5: twelve million: console: would not be told",
        f"    A list ({folder}/one.yaml): no alert, a near miss",
        "        issuer AAPL, by issuer CIK 320193",
        "        not met (near): market_value over 10M; 9,500,000 <= 10,000,000, missed by 5.0 %",
        "        does not tell email:exec@example.com",
        "            not met: market_value over 50M; 9,500,000 <= 50,000,000",
    ]
    (test,) = json.loads(run(folder, "--json").stdout)["tests"]
    assert test["where"] == f"{folder}/one.yaml:9:5"
    assert (test["told"], test["failures"]) == ([], ["console: would not be told"])


def test_the_users_templates_are_tried_and_a_mistake_stands_at_its_file_and_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "one.yaml").write_text(GOOD)
    template = folder.parent / "mine" / "alert" / "email.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ facts.form }}\n{{ facts.owner }}\n")
    monkeypatch.setenv("FORM144_TEMPLATES", str(folder.parent / "mine"))
    result = run(folder)
    assert result.exit_code == 2
    assert f"mistake: {template}:2: " in result.stderr
    template.write_text("{{ facts.form }}")
    assert run(folder).exit_code == 0
