from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.builders import the_seed_notice
from worker.cli.explain import NO_CIK, explain
from worker.errors import ConfigurationError, UnreadableFiling
from worker.standins.forms import as_print, as_xml

HEAD = "owner: Jane Doe\ntell: 'console:'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three lists about the seed notice, and the notice beside them."""
    lists = tmp_path / "lists"
    lists.mkdir()
    (tmp_path / "seed.xml").write_bytes(as_xml(the_seed_notice()))
    alert = "name: Alerts\nissuers: [1741530]\nwhen: {market_value: over 10M}\n"
    near = "name: Misses\nholders: [Ruby Finance Holdings]\nwhen: {market_value: over 35M, gift: false}\n"
    every = "name: Every\nany_notice: true\nwhen: {seller: person}\n"
    other = "name: Other\nissuers: [320193]\nwhen: {cluster: 2 sellers in 5 days}\n"
    for name, text in {"a": alert, "b": near, "c": other, "d": every}.items():
        (lists / f"{name}.yaml").write_text(HEAD + text)
    return lists


def run(folder: Path, *options: str, document: str = "seed.xml") -> Result:
    app = typer.Typer()
    app.command()(explain)
    return CliRunner().invoke(app, [str(folder.parent / document), str(folder), *options])


def test_every_list_gives_its_decision_its_evidence_and_by_how_much_it_missed(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0, result.exception
    assert result.stdout.splitlines() == [
        f"Alerts ({folder}/a.yaml): alert",
        "    issuer 1741530, by issuer CIK 1741530",
        "    met: market_value over 10M; 33,760,830.60 > 10,000,000",
        f"Misses ({folder}/b.yaml): no alert, a near miss",
        "    holder Ruby Finance Holdings, by name Ruby Finance Holdings Ltd.",
        "    not met (near): market_value over 35M; 33,760,830.60 <= 35,000,000, missed by 3.5 %",
        "    met: gift false; no lot was acquired as a gift",
        f"Other ({folder}/c.yaml): no alert",
        "    nobody on this list is named in the notice",
        "    unknown: cluster 2 sellers in 5 days; no history of earlier notices is at hand",
        f"Every ({folder}/d.yaml): no alert",
        "    every notice is on this list",
        "    not met: seller person; Ruby Finance Holdings Ltd. looks like an entity",
    ]


def test_of_a_print_which_has_no_cik_of_its_issuer_it_does_not_say_that_the_list_is_about_another(
    folder: Path,
) -> None:
    (folder.parent / "seed.txt").write_bytes(as_print(the_seed_notice()))
    said = run(folder, document="seed.txt").stdout
    assert said.count("nobody on this list is named in the notice") == 2  # Alerts and Other, by CIK
    assert said.count(NO_CIK) == 2
    assert NO_CIK not in run(folder).stdout


def test_json_gives_one_match_a_line(folder: Path) -> None:
    lines = [json.loads(line) for line in run(folder, "--json").stdout.splitlines()]
    assert [line["watchlist_id"] for line in lines] == ["a", "b", "c", "d"]
    assert lines[0]["findings"][0]["answer"] == "met"


def test_what_cannot_be_read_is_said_in_a_sentence(folder: Path) -> None:
    assert isinstance(run(folder, document="nowhere.xml").exception, ConfigurationError)
    (folder.parent / "bad.xml").write_text("<html>busy</html>")
    assert isinstance(run(folder, document="bad.xml").exception, UnreadableFiling)
    (folder / "e.yaml").write_text("name: x")
    assert isinstance(run(folder).exception, ConfigurationError)
