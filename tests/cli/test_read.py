"""`form144 read` and `form144 schema notice`, as a person and as a program use them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner, Result

from tests.builders import a_notice, the_seed_notice
from worker.cli import schema
from worker.cli.read import Reading, checked_url, read, read_command
from worker.errors import Unreachable
from worker.filings.rule144 import computed
from worker.standins.forms import as_xml

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = str(SAMPLES / "seed_default-com.xml")
ADDRESS = "https://www.sec.gov/Archives/edgar/data/1741530/000196304323000001/primary_doc.xml"


def _fetch(url: str) -> bytes:
    if url == ADDRESS:
        return as_xml(a_notice())
    if "xsl144X01" in url:
        return b"<!DOCTYPE html><html><title>SEC FORM 144</title></html>"
    raise Unreachable("The SEC answered 503.")


def _run(*arguments: str, stdin: bytes = b"") -> Result:
    app = typer.Typer()
    app.command("read")(read_command(_fetch))
    app.add_typer(schema.app, name="schema")
    # A terminal of 200 columns, so that sentences stay on their line.
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments), input=stdin)


def test_a_person_reads_what_is_proposed_and_what_is_computed() -> None:
    result = _run("read", SEED)
    assert result.exit_code == 0
    assert (
        "Ruby Finance Holdings Ltd. proposes to sell 1,740,249 units of 360 DigiTech, Inc." in result.output
    )
    for text in ("Computed (not in the filing)", "0.5457 %", "row 1 of past sales is the proposed sale"):
        assert text in result.output
    assert "1.09" not in result.output
    assert "Problems" not in result.output
    assert "trading-volume alternative is not evaluated" in result.output


def test_at_80_columns_words_are_whole_and_at_60_no_figure_is_lost() -> None:
    app = typer.Typer()
    app.command()(read_command(_fetch))
    for columns in ("80", "60"):
        shown = CliRunner(env={"COLUMNS": columns}).invoke(app, [SEED]).output
        for word in ("Depositary", "Citigroup", "$33,760,830.60", "318,892,703", "2023-03-31", "Nasdaq"):
            assert word in shown


def test_problems_stand_in_a_box_of_their_own() -> None:
    output = _run("read", str(SAMPLES / "sec_144a.xml")).output
    assert "Problems" in output
    assert "plan_adoption_dates[2]: A date in 1933 stands for no date. Filed: “01/02/1933”" in output
    assert "Amends" in output
    assert "Test filing" in output


@pytest.mark.parametrize("word", ["violation", "breach", "compliant", " sold 1,740,249"])
def test_no_word_is_said_that_a_notice_cannot_bear(word: str) -> None:
    assert word not in _run("read", SEED).output.casefold()


def test_json_is_one_object_a_line_and_loses_nothing() -> None:
    result = _run("read", "--json", SEED, str(SAMPLES / "seed_print.txt"))
    first, second = (msgspec.json.decode(line, type=Reading) for line in result.stdout.splitlines())
    assert first == Reading(document=SEED, notice=the_seed_notice(), computed=computed(the_seed_notice()))
    assert second.notice is not None
    assert second.notice.source == "print"
    assert (
        json.loads(result.stdout.splitlines()[0])["notice"]["proposed_sales"][0]["market_value"]
        == "33760830.60"
    )


def test_standard_input_is_a_dash() -> None:
    result = _run("read", "--json", "-", stdin=as_xml(a_notice()))
    assert json.loads(result.stdout)["notice"]["seller_name"] == "Jane Q. Example"


def test_an_address_at_the_sec_is_fetched() -> None:
    result = _run("read", "--json", ADDRESS)
    assert (result.exit_code, json.loads(result.stdout)["document"]) == (0, ADDRESS)


def test_the_rendered_page_names_the_raw_document() -> None:
    result = _run("read", ADDRESS.replace("primary_doc", "xsl144X01/primary_doc"))
    assert result.exit_code == 1
    assert f"the raw document is {ADDRESS}" in result.stderr


def test_an_sec_that_is_away_is_exit_1_with_its_reason() -> None:
    result = _run("read", "https://www.sec.gov/nowhere.xml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "could not be fetched: The SEC answered 503." in result.stderr


@pytest.mark.parametrize(
    "url",
    [
        "http://www.sec.gov/x.xml", "https://example.com/x.xml", "https://sec.gov.example.com/x.xml",
        "https://www.sec.gov@example.com/x.xml", "https://user:pw@www.sec.gov/x.xml",
        "https://www.sec.gov:8443/x.xml", "file:///etc/hostname", "ftp://www.sec.gov/x", "https://notsec.gov/x",
        "https:///x", "https://[x/y", "https://data.sec.gov/submissions/x.json", "https://sec.gov/Archives/x.txt",
    ],
)  # fmt: skip
def test_an_address_elsewhere_is_never_asked(url: str) -> None:
    result = _run("read", url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "only addresses such as https://www.sec.gov/" in result.stderr


def test_the_secs_hosts_that_are_asked_are_www_and_its_search() -> None:
    for url in (ADDRESS, "https://efts.sec.gov/LATEST/search-index?q=", "https://WWW.SEC.GOV/x"):
        assert checked_url(url) == url


def test_whoever_set_another_edgar_is_told_that_the_secs_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EDGAR_CONTACT", "Jane Doe jane@example.com")
    monkeypatch.setenv("FORM144_EDGAR_URL", "http://127.0.0.1:9")
    app = typer.Typer()
    app.command()(read)
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [ADDRESS])
    assert result.exit_code == 2
    assert "FORM144_EDGAR_URL names another EDGAR, and the SEC's is not asked." in result.stderr


def test_the_worst_of_several_documents_is_the_answer_and_all_are_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(as_xml(a_notice())[:-20])
    assert _run("read", SEED, str(broken)).exit_code == 1
    assert _run("read", str(broken), SEED).exit_code == 1
    result = _run("read", "--json", str(tmp_path / "absent.xml"), str(broken), SEED)
    assert result.exit_code == 2
    unreadable, read = map(json.loads, result.stdout.splitlines())
    assert (unreadable["notice"], unreadable["unreadable"][:7]) == (None, "The XML")
    assert read["unreadable"] is None
    assert "absent.xml: No such file" in result.stderr


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    result = _run("read", str(tmp_path))
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_no_source_is_a_mistake_of_usage() -> None:
    assert _run("read").exit_code == 2


def test_text_of_the_filing_is_neither_markup_nor_an_order_to_the_terminal(tmp_path: Path) -> None:
    notice = a_notice(seller_name="[bold red]Jane[/] \x9b31m\u202egnp", signature=":smiley: [link=x]y")
    (tmp_path / "x.xml").write_bytes(as_xml(notice))
    output = _run("read", str(tmp_path / "x.xml")).output
    assert "[bold red]Jane[/] 31mgnp" in output
    assert ":smiley: [link=x]y" in output


def test_no_color_is_respected_and_a_pipe_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    sample, yellow = str(SAMPLES / "sec_144a.xml"), "\x1b[33m"
    assert "\x1b" not in _run("read", sample).output
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert yellow in _run("read", sample).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert yellow not in _run("read", sample).output


def test_the_schema_names_every_field_of_a_reading() -> None:
    published = json.loads(_run("schema", "notice").stdout)
    read = json.loads(_run("read", "--json", SEED).stdout)
    definitions = published["$defs"]
    assert published["$ref"] == "#/$defs/Reading"
    assert read.keys() == definitions["Reading"]["properties"].keys()
    assert read["notice"].keys() == definitions["Form144Notice"]["properties"].keys()
    assert read["computed"].keys() == definitions["Figures"]["properties"].keys()
    sale = read["notice"]["proposed_sales"][0]
    assert sale.keys() == definitions["ProposedSale"]["properties"].keys()
