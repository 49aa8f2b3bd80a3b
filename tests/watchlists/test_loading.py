from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.watchlists.lists import HEAD, TICKERS, reading, said, warned
from worker.errors import ConfigurationError
from worker.watchlists.destination import Destination
from worker.watchlists.loading import load_watchlists, read_watchlists
from worker.watchlists.watchlist import Visibility

GOOD = HEAD + "issuers: [AAPL]\n"


def load(**files: str) -> list[str]:
    """The ids of the lists in these files; `one_yaml` is one.yaml."""
    folder = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return [watchlist.id for watchlist in load_watchlists(folder, TICKERS)]


def test_a_folder_of_files_becomes_lists_in_the_files_order() -> None:
    assert load(b_yaml=GOOD, a_yml=GOOD, holdings_csv="anything", README_md="# not one") == ["a", "b"]


def test_a_suffix_in_capitals_hides_no_list() -> None:
    files = {
        "ONE.YAML": GOOD.encode(),
        "TWO.Toml": b'name="A"\nowner="B"\ntell="console:"\nany_notice=true\n',
    }
    assert {watchlist.id for watchlist in load_watchlists(files, TICKERS)} == {"one", "two"}


def test_a_list_knows_everything_its_file_says() -> None:
    text = """
        reason: We hold the shares
        visibility: confidential
        issuers:
          - AAPL
          - {cik: 5, name: Other Corp, note: since May}
        near_miss: 5%
        when: {plan: absent}
    """
    (watchlist,) = reading(text).watchlists
    assert (watchlist.name, watchlist.owner, watchlist.reason) == ("A list", "Jane Doe", "We hold the shares")
    assert watchlist.is_confidential
    assert [(entry.text, entry.cik, entry.note, entry.where) for entry in watchlist.entries] == [
        ("AAPL", 320193, None, "lists/one.yaml:8:5"),
        ("Other Corp", 5, "since May", "lists/one.yaml:9:5"),
    ]
    assert str(watchlist.near_miss) == "0.05"
    assert watchlist.destinations == (Destination("console"),)


def test_a_toml_file_says_the_same_as_its_yaml_twin() -> None:
    toml = """
name = "A list"
owner = "Jane Doe"
tell = ["console:"]
issuers = ["AAPL", {cik = 5, note = "since May"}]
any_notice = false
[when]
market_value = "over 10M"
gift = true
"""
    yaml = (
        HEAD
        + "issuers: [AAPL, {cik: 5, note: since May}]\nany_notice: false\n"
        + "when: {market_value: over 10M, gift: true}\n"
    )
    one, other = (
        load_watchlists({f"one.{kind}": text.encode()}, TICKERS)[0]
        for kind, text in (("toml", toml), ("yaml", yaml))
    )
    assert [(entry.cik, entry.note) for entry in one.entries] == [
        (entry.cik, entry.note) for entry in other.entries
    ]
    assert [condition.text for condition in one.conditions] == [
        condition.text for condition in other.conditions
    ]


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('isuers = ["AAPL"]', "4:1"),
        ('issuers = [\n  "AAPL",\n  "ZZZZ",\n]', "6:4"),
        ('issuers = "AAPL"\n[when]\nunits = "5x"', "6:1"),
        ('issuers = "AAPL"\nissuers = "NVDA"', "5:1"),
        ("issuers = AAPL", "4:11"),
        ("issuers = [", "5:1"),
    ],
)
def test_a_mistake_in_a_toml_file_has_its_line(line: str, where: str) -> None:
    text = f'name = "A list"\nowner = "Jane"\ntell = "console:"\n{line}\n'
    mistakes = read_watchlists({"one.toml": text.encode()}, TICKERS).mistakes
    assert mistakes
    assert mistakes[0].where.startswith(f"one.toml:{where.split(':', maxsplit=1)[0]}:"), mistakes


def test_mistakes_of_all_files_are_told_together() -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(one_yaml=HEAD + "isuers: [AAPL]\n", two_yaml="a: [", three_yaml=GOOD, four_yaml=HEAD)
    assert {mistake.where.split(":")[0] for mistake in raised.value.mistakes} == {
        "one.yaml",
        "two.yaml",
        "four.yaml",
    }


def test_a_list_that_watches_nobody_is_a_mistake() -> None:
    assert said(reading("reason: none")) == [
        "1:1 watches nobody | add issuers or holders, or any_notice: true"
    ]


def test_a_list_that_tells_nobody_hears_by_default_where_there_is_one() -> None:
    text = b"name: A list\nowner: Jane\nissuers: [AAPL]\n"
    assert [mistake.what for mistake in read_watchlists({"a.yaml": text}, TICKERS).mistakes] == [
        "nobody is told"
    ]
    default = Destination("slack", "#all")
    (watchlist,) = load_watchlists({"a.yaml": text}, TICKERS, default_destinations=[default])
    assert watchlist.destinations == (default,)


def test_a_webhook_that_is_not_there_is_a_mistake_at_its_line() -> None:
    text = GOOD.replace("'console:'", "\n  - slack-webhook:desk\n  - slack-webhook:dsek\n  - slack-webhook:x")
    webhooks = {"slack-webhook": ("desk", "legal")}
    found = read_watchlists({"lists/one.yaml": text.encode()}, TICKERS, notifiers=webhooks)
    assert said(found) == [
        "5:5 tell: there is no webhook 'dsek' in FORM144_SLACK_WEBHOOKS | did you mean desk?",
        "6:5 tell: there is no webhook 'x' in FORM144_SLACK_WEBHOOKS | there is: desk, legal",
    ]


def test_a_notifier_that_is_not_there_is_a_mistake_at_its_line() -> None:
    text = GOOD.replace("'console:'", "\n  - console:\n  - slak:#ir")
    found = read_watchlists(
        {"lists/one.yaml": text.encode()}, TICKERS, notifiers={"console": None, "slack": None}
    )
    assert said(found) == ["5:5 tell: there is no notifier 'slak' | did you mean slack?"]


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        ("slack:#ir", "slack is not set up here | set FORM144_SLACK_TOKEN"),
        ("email:a@example.com", "email is not set up here | set FORM144_SMTP_URL and FORM144_MAIL_FROM"),
        ("slack-webhook:ir", "slack-webhook is not set up here | set FORM144_SLACK_WEBHOOKS"),
        ("emial:a@example.com", "there is no notifier 'emial' | did you mean email?"),
        ("mail:a@example.com", "there is no notifier 'mail' | did you mean email?"),
        ("pigeon:a", "there is no notifier 'pigeon' | there is: console, email, slack, slack-webhook"),
    ],
)
def test_where_nothing_is_set_up_a_notifier_says_what_sets_it_up(tell: str, expected: str) -> None:
    text = GOOD.replace("'console:'", tell)
    found = read_watchlists({"lists/one.yaml": text.encode()}, TICKERS, notifiers={"console": None})
    assert said(found) == [f"3:7 tell: {expected}"]


@pytest.mark.parametrize("before", ["", "slack:", "slack: ", "slack-webhook:", "email:"])
def test_the_address_of_a_webhook_is_refused_and_not_repeated(before: str) -> None:
    text = GOOD.replace("'console:'", f"\n  - {before}https://hooks.slack.com/services/T0/B0/not-a-secret")
    found = read_watchlists({"lists/one.yaml": text.encode()}, TICKERS)
    (mistake,) = said(found)
    assert "a webhook's address is a secret" in mistake
    assert "hooks.slack" not in mistake
    assert found.watchlists == ()


def test_an_empty_folder_is_a_mistake_because_it_watches_nobody() -> None:
    assert [mistake.what for mistake in read_watchlists({}, TICKERS).mistakes] == ["holds no watchlist"]
    assert read_watchlists({"lists/a.csv": b""}, TICKERS).mistakes


def test_two_files_may_not_be_one_list() -> None:
    with pytest.raises(ConfigurationError, match=r"has the same name as one\.toml"):
        load(
            one_toml='name="A"\nowner="B"\ntell="console:"\nany_notice="true"\n',
            one_yaml=HEAD + "any_notice: true\n",
        )


def test_two_lists_of_one_name_are_warned_of() -> None:
    files = {"lists/one.yaml": GOOD.encode(), "lists/two.yaml": GOOD.encode()}
    assert warned(read_watchlists(files, TICKERS)) == [
        "lists/two.yaml:1:1 is called 'A list', as lists/one.yaml is | give one of the two another name"
    ]


def test_the_name_of_a_confidential_file_is_not_its_lists_id() -> None:
    (watchlist,) = load_watchlists(
        {"lists/project-falcon.yaml": (GOOD + "visibility: confidential\n").encode()}, TICKERS
    )
    assert watchlist.visibility is Visibility.CONFIDENTIAL
    assert "falcon" not in watchlist.id
    assert load(project_falcon="x", falcon_yaml=GOOD) == ["falcon"]


QUIET = "visibility: confidential\n"


@pytest.mark.parametrize("tell", ["slack:#board", "slack:Board", "{to: slack:#board, when: {gift: true}}"])
def test_a_confidential_list_may_not_share_its_channel(tell: str) -> None:
    shared = GOOD.replace("'console:'", "'slack:#board'").encode()
    files = {"a.yaml": shared, "b.yaml": (GOOD.replace("'console:'", f"\n  - {tell}") + QUIET).encode()}
    found = read_watchlists(files, TICKERS)
    (mistake,) = found.mistakes
    assert mistake.where == "b.yaml:4:5"
    assert mistake.what.startswith("tell: the list is confidential, and slack:")
    assert mistake.what.endswith(" also hears of a.yaml")


def test_a_confidential_list_tells_only_those_whom_the_installation_allows() -> None:
    text = (GOOD.replace("'console:'", "['slack:#board', email:Jane@example.com]") + QUIET).encode()

    def mistakes(*allowed: Destination) -> list[str]:
        found = read_watchlists({"b.yaml": text}, TICKERS, confidential=allowed)
        return [f"{one.where} {one.what}" for one in found.mistakes]

    jane, board = Destination("email", "jane@example.com"), Destination("slack", "#board")
    assert mistakes(jane, board) == []
    assert mistakes(jane) == [
        "b.yaml:3:8 tell: the list is confidential, and slack:#board is not allowed for such lists"
    ]
    assert len(mistakes()) == 2
    assert read_watchlists({"b.yaml": text}, TICKERS).mistakes == ()


def test_a_shared_list_tells_whom_it_likes() -> None:
    assert read_watchlists({"a.yaml": GOOD.encode()}, TICKERS, confidential=()).mistakes == ()


def test_the_digest_changes_with_the_file_and_with_the_table_it_names() -> None:
    def digest(body: str, table: str) -> str:
        return reading(body, holdings_csv=table).watchlists[0].digest

    first = digest("entries_from: holdings.csv", "ticker\nAAPL\n")
    assert digest("entries_from: holdings.csv", "ticker\nAAPL\n") == first
    assert digest("entries_from: holdings.csv", "ticker\nNVDA\n") != first
    assert digest("entries_from: holdings.csv # a comment", "ticker\nAAPL\n") != first


def test_a_person_where_an_issuer_is_meant_is_warned_of() -> None:
    assert "put it under holders" in warned(reading("issuers: [Scott Lipesky]"))[0]


def test_the_example_folder_is_fit_to_run_with_and_without_the_secs_list() -> None:
    folder = ROOT / "watchlists"
    files = {str(path): path.read_bytes() for path in Path(folder).iterdir()}
    for tickers in (None, TICKERS):
        found = read_watchlists(files, tickers, notifiers={"console": None})
        assert found.mistakes == ()
        assert {watchlist.id for watchlist in found.watchlists} == {
            "officers-and-directors",
            "qfin",
            "ruby-finance",
            "ten-percent-holders",
        }


@pytest.mark.corpus
def test_every_ticker_of_the_secs_real_list_resolves_to_its_own_cik(corpus: Path) -> None:
    rows = json.loads((corpus / "index" / "company_tickers.json").read_bytes()).values()
    tickers = {row["ticker"]: (row["cik_str"], row["title"]) for row in rows}
    table = "ticker\n" + "".join(f"{ticker.replace('-', '.')}\n" for ticker in tickers)
    found = reading("entries_from: all.csv", tickers=tickers, all_csv=table)
    assert found.mistakes == ()
    assert [entry.cik for entry in found.watchlists[0].entries] == [cik for cik, _ in tickers.values()]
