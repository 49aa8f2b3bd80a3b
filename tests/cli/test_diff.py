from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.builders import a_filing, a_notice, a_proposed_sale, the_seed_notice
from tests.world import a_world
from worker.cli.diff import diff
from worker.errors import ConfigurationError
from worker.standins.forms import as_xml

OLD = """\
name: A list
owner: Jane Doe
any_notice: true
when: {market_value: over 1M}
tell: 'console:'
"""
NEW = OLD.replace("over 1M", "over 200k").replace("'console:'", "['console:', 'slack:#ir']")
SMALL = "Example Industries Inc.; Jane Q. Example"
SEED = "360 DigiTech, Inc.; Ruby Finance Holdings Ltd."
EVERY = "the list asks about every notice"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("old", OLD), ("new", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(text)
    notices = tmp_path / "notices"
    notices.mkdir()
    (notices / "seed.xml").write_bytes(as_xml(the_seed_notice()))
    (notices / "small.xml").write_bytes(as_xml(a_notice()))
    (notices / "none.txt").write_text("nothing")
    (notices / "notes.md").write_text("nothing")
    (notices / "page.html").write_text("<html><body>nothing</body></html>")
    return tmp_path


def run(folder: Path, *options: str, old: str = "old", new: str = "new") -> Result:
    app = typer.Typer()
    app.command()(diff)
    environment = {"FORM144_DATA": str(folder)}
    return CliRunner().invoke(app, [str(folder / old), str(folder / new), *options], env=environment)


def test_the_change_is_told_per_destination_from_a_folder_of_documents(folder: Path) -> None:
    result = run(folder, "--notices", str(folder / "notices"))
    assert result.exit_code == 0, result.exception
    assert result.stdout.splitlines() == [
        "2 notices replayed, 3 messages change",
        "console:  1 before, 2 after (+1 -0)",
        f"  + small.xml {SMALL}; {folder}/new/a.yaml: {EVERY}",
        "slack:#ir  0 before, 2 after (+2 -0)",
        f"  + seed.xml {SEED}; {folder}/new/a.yaml: {EVERY}",
        f"  + small.xml {SMALL}; {folder}/new/a.yaml: {EVERY}",
    ]
    assert "none.txt" in result.stderr
    assert "page.html" in result.stderr


def test_an_edit_of_quiet_hours_alone_is_told(folder: Path) -> None:
    (folder / "new" / "a.yaml").write_text(OLD + "quiet_hours: 22:00-07:00 America/New_York\n")
    result = run(folder, "--notices", str(folder / "notices"))
    assert result.stdout.splitlines()[-1] == (
        "console:  was told at once, would be told at once outside of 22:00 to 07:00, America/New_York"
    )


def test_what_goes_says_what_no_longer_holds(folder: Path) -> None:
    result = run(folder, "--notices", str(folder / "notices"), old="new", new="old")
    lines = result.stdout.splitlines()
    assert lines[1:3] == [
        "console:  2 before, 1 after (+0 -1)",
        f"  - small.xml {SMALL}; {folder}/new/a.yaml: market_value over 1M; 250,000 <= 1,000,000",
    ]
    assert "slack:#ir is not told by this list" in result.stdout


def test_json_has_counts_and_every_change(folder: Path) -> None:
    result = run(folder, "--notices", str(folder / "notices"), "--json")
    found = json.loads(result.stdout)
    assert found["notices"] == 2
    assert found["destinations"]["slack:#ir"] == {"before": 0, "after": 2, "more": 2, "fewer": 0}
    assert [(one["accession"], one["destination"], one["change"]) for one in found["changes"]] == [
        ("seed.xml", "slack:#ir", "more"),
        ("small.xml", "console:", "more"),
        ("small.xml", "slack:#ir", "more"),
    ]


def test_the_ledgers_notices_are_replayed_as_far_back_as_asked(folder: Path) -> None:
    now = datetime.now(UTC)
    with a_world(folder) as world:
        world.clock.now = now - timedelta(days=10)
        filed = world.clock.now - timedelta(minutes=1)
        small = a_notice(proposed_sales=(a_proposed_sale(market_value=300_000),))
        world.publish(a_filing(accepted_at=filed), small)
        world.settle()
    found = json.loads(run(folder, "--json").stdout)
    assert (found["notices"], len(found["changes"])) == (1, 2)
    assert found["changes"][0]["accession"] == a_filing().accession
    assert json.loads(run(folder, "--replay", "5d", "--json").stdout)["notices"] == 0
    both = run(folder, "--replay", "12 weeks", "--notices", str(folder / "notices"), "--json")
    assert json.loads(both.stdout)["notices"] == 3


def test_clusters_are_replayed_with_the_ledgers_history(folder: Path) -> None:
    (folder / "new" / "a.yaml").write_text(
        OLD.replace("market_value: over 1M", "cluster: 2 sellers in 30 days")
    )
    with a_world(folder) as world:
        world.clock.now = datetime.now(UTC) - timedelta(days=3)
        for number, seller in enumerate((7001, 7002)):
            filing = a_filing(
                accession=f"0001950047-26-00012{number}",
                accepted_at=world.clock.now - timedelta(minutes=2 - number),
            )
            day = world.clock.now.date()
            world.publish(filing, a_notice(filer_ciks=(seller,), notice_date=day))
        world.settle()
    found = json.loads(run(folder, "--json").stdout)
    assert found["notices"] == 2
    assert {one["decision"]["findings"][0]["answer"] for one in found["changes"]} == {"met"}


def test_one_file_may_be_held_against_another(folder: Path) -> None:
    (folder / "new" / "other.yaml").write_text(OLD.replace("A list", "Another"))
    result = run(folder, "--notices", str(folder / "notices"), "--json", old="old/a.yaml", new="new/a.yaml")
    assert json.loads(result.stdout)["destinations"]["console:"]["after"] == 2


@pytest.mark.parametrize("options", [("--replay", "soon"), ("--notices", "nowhere"), ("--replay", "90d")])
def test_what_cannot_be_replayed_is_said_in_a_sentence(folder: Path, options: tuple[str, str]) -> None:
    assert isinstance(run(folder, *options).exception, ConfigurationError)


def test_messages_that_come_with_another_severity_are_told_apart(folder: Path) -> None:
    (folder / "new" / "a.yaml").write_text(OLD + "severity: high\n")
    result = run(folder, "--notices", str(folder / "notices"))
    assert result.stdout.splitlines() == [
        "2 notices replayed, 0 messages change, 1 come with another severity",
        "console:  1 before, 1 after (+0 -0)",
        f"  ~ seed.xml {SEED}; {folder}/new/a.yaml: normal is now high",
    ]
    (one,) = json.loads(run(folder, "--notices", str(folder / "notices"), "--json").stdout)["severities"]
    assert (one["destination"], one["before"], one["after"]) == ("console:", "normal", "high")
