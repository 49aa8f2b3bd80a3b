from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.builders import a_filing, a_notice, the_seed_notice
from tests.conversations.amending import AMENDMENT, an_amendment
from tests.world import a_world
from worker.cli.explain import explain
from worker.cli.preview import preview
from worker.errors import ConfigurationError, Form144Error, UnreadableFiling
from worker.standins.forms import as_xml

LIST = (
    "name: QFIN, large\nowner: Jane Doe\nissuers: [1741530]\n"
    "when: {market_value: over 10M}\ntell: 'console:'\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "large.yaml").write_text(LIST)
    (tmp_path / "seed.xml").write_bytes(as_xml(the_seed_notice()))
    return tmp_path


def run(folder: Path, notice: str, *options: str, named: str = "large", **environment: str) -> Result:
    app = typer.Typer()
    app.command()(preview)
    given = ["--list", named, "--folder", str(folder / "lists"), "--out", str(folder / "out"), *options]
    return CliRunner().invoke(app, [notice, *given], env={"EDGAR_CONTACT": None, **environment})


def test_a_preview_writes_the_mail_and_shows_what_slack_gets(folder: Path) -> None:
    result = run(folder, str(folder / "seed.xml"))
    assert result.exit_code == 0, result.exception
    assert {file.suffix for file in (folder / "out").iterdir()} == {".html", ".txt", ".json"}
    (html,) = (folder / "out").glob("*.html")
    assert "Ruby Finance Holdings Ltd." in html.read_text()
    (text,) = (folder / "out").glob("*.txt")
    assert text.read_text().startswith("Subject: ")
    (post,) = (folder / "out").glob("*.slack.json")
    assert json.loads(post.read_text())["blocks"][0]["type"] == "header"
    assert result.stdout.startswith("╭─ Slack ")
    assert "FORM 144 · 360 DIGITECH, INC." in result.stdout
    assert "Watchlist: QFIN, large" in result.stdout


def test_a_file_without_an_accession_number_has_one_of_zeroes_and_no_link_that_leads_nowhere(
    folder: Path,
) -> None:
    run(folder, str(folder / "seed.xml"))
    (folder / "other.xml").write_bytes(as_xml(the_seed_notice()))
    run(folder, str(folder / "other.xml"))
    assert {file.name.partition(".")[0] for file in (folder / "out").iterdir()} == {"seed", "other"}
    text = (folder / "out" / "seed.txt").read_text()
    assert "Accession number 0000000000-00-000000\n" in text
    assert "Notice at the SEC:\nhttps://www.sec.gov\n" in text


def test_what_is_no_file_is_a_mistake_and_what_is_no_notice_is_named(folder: Path) -> None:
    missing = run(folder, "nowhere.xml").exception
    assert isinstance(missing, ConfigurationError)
    assert str(missing) == "nowhere.xml: cannot be read: No such file or directory"
    short = run(folder, "000195004-26-000001").exception
    assert isinstance(short, ConfigurationError)
    assert "ten digits, two and six" in str(short)
    (folder / "README.md").write_text("# about")
    none = run(folder, str(folder / "README.md")).exception
    assert isinstance(none, UnreadableFiling)
    assert str(none).startswith(f"{folder / 'README.md'}: ")


def test_of_an_amendment_in_the_ledger_it_shows_what_changes(folder: Path) -> None:
    (folder / "world").mkdir()
    with a_world(folder / "world") as world:
        world.publish()
        world.settle()
        world.publish(*an_amendment())
        world.settle()
    (folder / "lists" / "large.yaml").write_text(LIST.replace("1741530", "1999500"))
    result = run(folder, AMENDMENT, FORM144_DATA=str(folder / "world"))
    assert "What this amendment changes" in result.stdout


def test_a_list_is_found_by_its_name_and_a_wrong_name_says_which_there_are(folder: Path) -> None:
    assert run(folder, str(folder / "seed.xml"), named="QFIN, large").exit_code == 0
    wrong = run(folder, str(folder / "seed.xml"), named="larg").exception
    assert isinstance(wrong, ConfigurationError)
    assert "there is: large" in str(wrong)


def test_a_notice_that_raises_no_alert_is_shown_and_says_so(folder: Path) -> None:
    (folder / "lists" / "large.yaml").write_text(LIST.replace("10M", "100M"))
    result = run(folder, str(folder / "seed.xml"))
    assert result.exit_code == 0
    assert "raises no alert of that list" in result.stderr


def test_a_template_that_fails_is_said_and_the_exit_code_is_1(folder: Path) -> None:
    (folder / "mine" / "alert").mkdir(parents=True)
    (folder / "mine" / "alert" / "email.txt.j2").write_text("{{ nobody }}")
    result = run(folder, str(folder / "seed.xml"), FORM144_TEMPLATES=str(folder / "mine"))
    assert result.exit_code == 1
    assert "alert/email.txt.j2:1: 'nobody' is undefined" in result.stderr


def test_the_ledger_gives_a_notice_by_its_accession_number(folder: Path) -> None:
    (folder / "world").mkdir()
    with a_world(folder / "world") as world:
        filing = world.publish()
        world.settle()
    (folder / "lists" / "large.yaml").write_text(LIST.replace("1741530", "1999500"))
    data = {"FORM144_DATA": str(folder / "world")}
    assert "Jane Q. Example" in run(folder, filing.accession, **data).stdout
    unknown = run(folder, "0000000000-26-000001", **data).exception
    assert isinstance(unknown, Form144Error)
    assert "never seen" in str(unknown)
    app = typer.Typer()
    app.command()(explain)
    told = CliRunner().invoke(app, [filing.accession, str(folder / "lists")], env=data)
    assert told.exit_code == 0, told.exception
    assert "not met: market_value over 10M; 250,000" in told.stdout
    assert "In the ledger: read, seen 2026-09-01 20:06:00 UTC" in told.stdout
    assert "alert 1 of list example, raised " in told.stdout
    assert "slack:#ir-alerts: delivered, 1 attempt, C" in told.stdout


def test_a_cluster_is_decided_by_the_ledgers_history_as_the_alert_is(folder: Path) -> None:
    (folder / "world").mkdir()
    cluster = LIST.replace("1741530", "1999500").replace(
        "market_value: over 10M", "cluster: 2 sellers in 30 days"
    )
    (folder / "lists" / "large.yaml").write_text(cluster)
    data = {"FORM144_DATA": str(folder / "world")}
    with a_world(folder / "world") as world:
        for number in (121, 122):
            accepted = world.clock() - timedelta(minutes=123 - number)
            filing = a_filing(accession=f"0001950047-26-000{number}", accepted_at=accepted)
            world.publish(filing, a_notice(filer_ciks=(number,), notice_date=world.clock().date()))
        world.settle()
    shown = run(folder, "0001950047-26-000122", **data)
    assert "• 2 sellers since 2 August 2026, at least 2" in shown.stdout
