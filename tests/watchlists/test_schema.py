from __future__ import annotations

import json

import pytest

from tests.watchlists.lists import HEAD, reading, said
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.destination import Destination
from worker.watchlists.loading import read_watchlists
from worker.watchlists.rehearsal_shapes import NoticeFields
from worker.watchlists.schema import WatchlistFile, json_schema
from worker.watchlists.shapes import Tell


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("isuers: [AAPL]", "4:1 'isuers' is not a key here | did you mean issuers?"),
        ("tickers: [AAPL]", "4:1 'tickers' is not a key here | did you mean issuers?"),
        ("issuers:\n  - {tikcer: AAPL}", "5:6 'tikcer' is not a key here | did you mean ticker?"),
        ("issuers: []", "4:10 issuers: the list is empty"),
        ("issuers:", "4:1 issuers: the list is empty"),
        ("issuers:\n  - {note: why}", "5:5 issuers: this entry names nobody"),
        ("issuers:\n  -", "issuers: expected a text, found nothing"),
        ("issuers:\n  - {note: why, tikr: }", "5:5 issuers: nothing stands behind tikr"),
        ("issuers:\n  - {note: why, tikr: X}", "'tikr' is not a key here | did you mean ticker?"),
        ("issuers:\n  - {cik: , name: X Corp}", "5:5 issuers: nothing stands behind cik"),
        ("issuers: [[AAPL]]", "4:11 issuers: expected a text, found a list"),
        ("issuers: [0]", "issuers: '0' is not a CIK"),
        ("issuers: [12345678901]", "issuers: '12345678901' is not a CIK"),
        ("issuers: [0001963043-23-000001]", "is an accession number"),
        ("issuers: [{cik: QFIN}]", "4:17 cik: 'QFIN' is not a CIK"),
        ("holders: [$AAPL]", "4:11 holders: $AAPL is a ticker, which names an issuer | put it under issuers"),
        ("holders: [001-38752]", "holders: 001-38752 is a file number"),
        ("holders: [{ticker: AAPL}]", "4:12 'ticker' is not a key here"),
        ("issuers: [AAPL]\nwhen: {market_valu: over 1M}", "5:8 'market_valu' is not a key here | did you"),
        ("issuers: [AAPL]\nwhen: {value: over 1M}", "did you mean market_value?"),
        ("issuers: [AAPL]\nwhen: {market_value: 10M}", "5:22 market_value: '10M' does not say how"),
        ("issuers: [AAPL]\nwhen: {percent_of_class: over 1}", "percent_of_class: '1' is not a percentage"),
        ("issuers: [AAPL]\nwhen: {relationship: ten_percent_holdr}", "did you mean ten_percent_holder?"),
        ("issuers: [AAPL]\nwhen: {relationship: []}", "relationship: the list is empty"),
        ("issuers: [AAPL]\nwhen: {plan: maybe}", "plan: 'maybe' is not one of present, absent"),
        ("issuers: [AAPL]\nwhen: {plan: none}", "'none' is not one of present, absent | write present or"),
        ("issuers: [AAPL]\nwhen: {gift: maybe}", "| write true or false"),
        ("issuers: [AAPL]\nwhen: {gift: ture}", "| did you mean true?"),
        ("issuers: [AAPL]\nseverity: urgent", "| write low, normal or high"),
        ("issuers: [AAPL]\nwhen: {cluster: 1 seller in 5 days}", "cluster: '1 seller in 5 days' is not"),
        ("issuers: [AAPL]\nwhen: {any: {plan: absent}}", "any: expected a list | begin each line"),
        ("issuers: [AAPL]\nwhen: {any: []}", "any: expected a list"),
        ("issuers: [AAPL]\nwhen: {any: [{not: {fom: a}}]}", "5:21 'fom' is not a key here | did you"),
        ("issuers: [AAPL]\nwhen: over 10M", "5:7 when: expected conditions, found 'over 10M'"),
        ("issuers: [AAPL]\nwhen:", "5:1 when: nothing stands behind the key"),
        ("issuers: [AAPL]\nwhen: {}", "when: no condition"),
        ("issuers: [AAPL]\nwhen: {market_value: }", "says nothing | write market_value: over 10M"),
        ("issuers: [AAPL]\nvisibility: secret", "visibility: 'secret' is not one of shared, confidential"),
        ("any_notice: yes", "any_notice: 'yes' is not one of true, false"),
        ("any_notice: maybe", "any_notice: 'maybe' is not one of true, false"),
        ("issuers: [AAPL]\nnear_miss: 10", "near_miss: '10' is not a percentage"),
        ("entries_from: [a.csv]", "entries_from: expected one file, found a list"),
        ("entries_from: {people: a.csv}", "'people' is not a key here | did you mean holders?"),
        ("entries_from:", "4:1 entries_from: nothing stands behind the key"),
        ("issuers: [" + "x" * 151 + "]", "issuers: a name of 151 characters | the form allows 150"),
    ],
)  # fmt: skip
def test_every_mistake_has_its_place_and_says_what_to_write(body: str, expected: str) -> None:
    mistakes = said(reading(body))
    assert any(expected in mistake for mistake in mistakes), mistakes


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        ("tell: []", "tell: the list is empty"),
        ("tell: [email:jane]", "tell: 'jane' is not one e-mail address"),
        ("tell: ['email:jane@example.com,joe@example.com']", "is not one e-mail address"),
        ("tell:\n  - slack: #ir", "slack: has no address; after a space, # begins a comment"),
        ("tell: ['slack:']", "tell: slack has no address | write slack:#channel"),
        ("tell: email", "tell: email has no address | write email:jane@example.com"),
        ("tell: jane@example.com", "has no address | write email:jane@example.com"),
        ("tell: '#ir-alerts'", "has no address | write slack:#ir-alerts"),
        ("tell: console:", "4:14 is not YAML: mapping values are not allowed here | write tell: console, or"),
        ("tell: console:  # and nobody else", "| write tell: console, or tell: [console:]"),
        ("tell: [':#x']", "names no notifier"),
        ("tell: [[a]]", "tell: expected a text, found a list"),
        ("tell: [{a: b, c: d}]", "tell: expected a text, found keys with values"),
        ("owner: x", "nobody is told"),
    ],
)
def test_a_destination_that_reaches_nobody_is_a_mistake(tell: str, expected: str) -> None:
    text = f"name: A list\nowner: Jane\nissuers: [AAPL]\n{tell if tell != 'owner: x' else ''}\n"
    found = read_watchlists({"lists/one.yaml": text.encode()}, {"AAPL": (320193, "Apple Inc.")})
    assert any(expected in mistake for mistake in said(found)), said(found)


def test_destinations_are_read_with_and_without_quotes() -> None:
    text = HEAD.replace(
        "tell: 'console:'",
        "tell:\n  - console:\n  - slack:#ir-alerts\n  - slack: '#other'\n  - email:jane@example.com",
    )
    found = read_watchlists({"lists/one.yaml": (text + "any_notice: true\n").encode()}, None)
    assert found.watchlists[0].destinations == (
        Destination("console"),
        Destination("slack", "#ir-alerts"),
        Destination("slack", "#other"),
        Destination("email", "jane@example.com"),
    )


def test_all_mistakes_of_a_file_are_told_at_once_in_its_order() -> None:
    mistakes = said(reading("isuers: [AAPL]\nholders: [$X]\nwhen: {units: 5x}\nnear_miss: much\n"))
    assert [mistake.split()[0] for mistake in mistakes] == ["4:1", "5:11", "6:15", "7:12"]


def test_the_name_and_the_owner_must_be_there() -> None:
    found = read_watchlists({"a.yaml": b"tell: 'console:'\nany_notice: true\n"}, None)
    assert {mistake.what for mistake in found.mistakes} == {"name is missing", "owner is missing"}


def test_conditions_keep_the_files_order_and_words() -> None:
    found = reading(
        """
        issuers: [AAPL]
        when:
          market_value: over   10M
          relationship: [10% holder, director]
          any:
            - plan: absent
              units: over 5
            - not: {form: amendment}
        """
    )
    assert [condition.text for condition in found.watchlists[0].conditions] == [
        "market_value over 10M",
        "relationship 10% holder or director",
        "any of (plan absent and units over 5; not (form amendment))",
    ]


def test_the_json_schema_knows_every_key_every_question_and_takes_bare_entries() -> None:
    schema = json.loads(json.dumps(json_schema()))
    assert set(schema["properties"]) == set(WatchlistFile.model_fields)
    assert set(schema["$defs"]["When"]["properties"]) == set(QUESTIONS)
    assert {"type": "string"} in schema["$defs"]["IssuerEntry"]["anyOf"]
    assert all(one["description"] for one in schema["$defs"]["When"]["properties"].values())


def test_every_questions_example_is_one_the_file_takes() -> None:
    for question in QUESTIONS.values():
        found = reading(f"issuers: [AAPL]\nwhen:\n  {question.name}: {question.example}\n")
        assert said(found) == []


def test_the_json_schema_knows_the_keys_of_tests_and_of_destinations_and_takes_them_bare() -> None:
    described = json_schema()["$defs"]
    for name, model in (("NoticeFields", NoticeFields), ("Tell", Tell)):
        *bare, keys = described[name]["anyOf"]
        assert {"type": "string"} in bare
        assert set(keys["properties"]) == set(model.model_fields)
        assert keys["additionalProperties"] is False
    assert {"notice", "at", "tells", "not"} <= set(described["RehearsalFile"]["properties"])
    assert all(one["description"] for one in described["RehearsalFile"]["properties"].values())
