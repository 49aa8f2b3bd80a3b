from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from tests.servers import nobody_listens
from tests.world import World
from worker import engine
from worker.cli.commands import app
from worker.errors import ConfigurationError, Form144Error, Refused
from worker.ledger.kinds import Kind


def send(world: World, destination: str, **environment: str) -> Result:
    given = {
        "FORM144_SLACK_TOKEN": world.slack.token,
        "FORM144_SLACK_URL": world.slack.base_url,
        "FORM144_SMTP_URL": f"smtp+plain://127.0.0.1:{world.mail.port}",
        "FORM144_MAIL_FROM": "form144@example.com",
    }
    engine.settings.cache_clear()
    try:
        return CliRunner().invoke(app, ["send-test", destination], env=given | environment)
    finally:
        engine.settings.cache_clear()


def test_a_test_arrives_and_says_that_it_is_one_and_what_the_other_side_answered(world: World) -> None:
    result = send(world, "slack:#ir-alerts")
    assert result.exit_code == 0, result.exception
    (post,) = world.slack.messages["ir-alerts"]
    assert post.text.startswith("A test by form144")
    assert post.ts in result.stdout
    assert send(world, "email:jane@example.com").exit_code == 0
    (mail,) = world.mail.received
    assert mail.mail["Subject"] == "form144: a test"


def test_a_destination_that_refuses_is_said_without_the_token(world: World) -> None:
    result = send(world, "slack:#nowhere")
    assert isinstance(result.exception, Refused)
    assert "channel_not_found" in str(result.exception)
    wrong = send(world, "slack:#ir-alerts", FORM144_SLACK_TOKEN="xoxb-wrong")
    assert "xoxb-wrong" not in f"{wrong.exception} {wrong.output}"


def test_what_was_found_wrong_before_is_not_said_again(world: World) -> None:
    with nobody_listens() as port:
        result = send(world, "slack:#ir-alerts", FORM144_SLACK_URL=f"http://127.0.0.1:{port}")
    assert "no connection to Slack (ConnectionRefusedError)" in result.stdout
    assert str(result.exception) == "It was not sent, for the reason above."


def test_a_notifier_that_is_not_set_up_says_what_sets_it_up(world: World) -> None:
    result = send(world, "slack-webhook:ir")
    assert isinstance(result.exception, ConfigurationError)
    assert str(result.exception) == (
        "slack-webhook:ir: slack-webhook is not set up here\n    set FORM144_SLACK_WEBHOOKS"
    )
    assert "did you mean email?" in str(send(world, "emial:jane@example.com").exception)
    secret = "https://hooks.slack.com/services/T0/B0/not-a-secret"
    refused = send(world, secret)
    assert "write slack-webhook:desk" in str(refused.exception)
    assert "not-a-secret" not in f"{refused.exception} {refused.output}"
    assert isinstance(send(world, ":").exception, Form144Error)
    assert str(send(world, "nonsense:").exception).startswith("nonsense: there is no notifier 'nonsense'\n")


def told_of_tests(world: World) -> list[dict[str, str]]:
    """What the record says of tests."""
    world.ledger.chain.seal()
    found = (one.entry for one in world.ledger.chain.walk() if one.entry)
    return [{"to": one.subject, **json.loads(one.body)} for one in found if one.kind == Kind.TESTED]


def test_a_test_is_on_the_record_before_it_leaves_and_when_it_is_answered(world: World) -> None:
    here = {"FORM144_DATA": str(world.folder), "LOGNAME": "jane"}
    assert send(world, "slack:#ir-alerts", **here).exit_code == 0
    assert isinstance(send(world, "slack:#nowhere", **here).exception, Refused)
    asked, took, asked_nowhere, refused = told_of_tests(world)
    (post,) = world.slack.messages["ir-alerts"]
    assert (asked["to"], asked["by"], "said" in asked) == ("slack:#ir-alerts", "jane", False)
    assert took == {**asked, "said": took["said"]}
    assert took["said"].endswith(post.ts)
    assert refused["key"] == asked_nowhere["key"] != asked["key"]
    assert "channel_not_found" in refused["said"]


def test_where_there_is_no_ledger_a_test_is_made_and_says_that_it_is_in_no_record(
    world: World, tmp_path: Path
) -> None:
    result = send(world, "slack:#ir-alerts", FORM144_DATA=str(tmp_path / "none"))
    assert result.exit_code == 0
    assert " ".join(result.stderr.split()).startswith("This test stands in no record: FORM144_DATA:")
    assert len(world.slack.messages["ir-alerts"]) == 1
