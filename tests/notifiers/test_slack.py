"""Slack with a bot token: what it posts, and how it finds out what became of a lost answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.notifiers.rigs import KEY, NOW, PATIENT, a_message
from worker.alerts.delivery import Earlier
from worker.errors import Refused, Unknown, Unreachable
from worker.messages import slack_limits
from worker.notifiers.slack import SlackNotifier
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Answer, Fault


@pytest.fixture
def workspace() -> Iterator[SlackStandIn]:
    with SlackStandIn(check=slack_limits.problems, per_second=0, clock=NOW.timestamp) as standin:
        yield standin


@pytest.fixture
def slack(workspace: SlackStandIn) -> SlackNotifier:
    return SlackNotifier(workspace.token, base_url=workspace.base_url, timeout=PATIENT)


def test_the_post_carries_the_opaque_key_and_nothing_else_beside_the_message(
    workspace: SlackStandIn, slack: SlackNotifier
) -> None:
    slack.send(a_message(), "#ir-alerts", KEY)
    (posted,) = workspace.messages["ir-alerts"]
    assert posted.sent == {
        "channel": "#ir-alerts",
        "text": a_message().text,
        "blocks": list(a_message().blocks or ()),
        "metadata": {"event_type": "form144_delivery", "event_payload": {"key": KEY}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_a_receipt_names_the_channel_id_and_the_ts(workspace: SlackStandIn, slack: SlackNotifier) -> None:
    receipt = slack.send(a_message(), "#ir-alerts", KEY)
    channel, ts = receipt.reference.split("/")
    assert channel.startswith("C")
    assert ts == workspace.messages["ir-alerts"][0].ts


def test_a_receipt_holds_nothing_that_no_ledger_takes(workspace: SlackStandIn, slack: SlackNotifier) -> None:
    answer = Answer.json({"ok": True, "channel": "C01\0", "ts": "\ud8001.5\x1b"})
    workspace.fail_next("chat.postMessage", Fault(answer=answer))
    assert slack.send(a_message(), "#ir-alerts", KEY).reference == "C01 / 1.5"


def test_slack_takes_the_post_and_drops_the_answer_and_there_is_exactly_one_message(
    workspace: SlackStandIn, slack: SlackNotifier
) -> None:
    workspace.fail_next("chat.postMessage", Fault.lost_answer())
    with pytest.raises(Unknown):
        slack.send(a_message(), "#ir-alerts", KEY)
    receipt = slack.find("#ir-alerts", KEY, NOW)
    assert receipt is not None
    assert receipt.found
    assert receipt.reference.endswith(workspace.messages["ir-alerts"][0].ts)
    assert len(workspace.messages["ir-alerts"]) == 1
    assert workspace.asked["chat.postMessage"] == 1


def test_what_was_never_posted_is_not_found(workspace: SlackStandIn, slack: SlackNotifier) -> None:
    workspace.fail_next("chat.postMessage", Fault.reset())
    with pytest.raises(Unknown):
        slack.send(a_message(), "#ir-alerts", KEY)
    slack.send(a_message(), "#ir-alerts", "aa" * 32)
    assert slack.find("#ir-alerts", KEY, NOW) is None


@pytest.mark.parametrize("missing", ["channels:read", "channels:history"])
def test_without_the_scope_slack_cannot_be_asked_and_that_is_said(missing: str) -> None:
    scopes = {"chat:write", "channels:read", "channels:history"} - {missing}
    with SlackStandIn(check=slack_limits.problems, scopes=scopes, clock=NOW.timestamp) as standin:
        slack = SlackNotifier(standin.token, base_url=standin.base_url)
        standin.fail_next("chat.postMessage", Fault.lost_answer())
        with pytest.raises(Unknown):
            slack.send(a_message(), "#ir-alerts", KEY)
        with pytest.raises(Refused, match="missing_scope"):
            slack.find("#ir-alerts", KEY, NOW)


def test_the_key_is_found_beyond_the_first_page(workspace: SlackStandIn, slack: SlackNotifier) -> None:
    slack.send(a_message(), "#ir-alerts", KEY)
    for number in range(450):
        slack.send(a_message(), "#ir-alerts", f"{number:064x}")
    assert slack.find("#ir-alerts", KEY, NOW) is not None
    assert workspace.asked["conversations.history"] == 3


def test_a_message_older_than_the_first_attempt_is_not_taken_for_it(slack: SlackNotifier) -> None:
    slack.send(a_message(), "#ir-alerts", KEY)
    assert slack.find("#ir-alerts", KEY, NOW + timedelta(hours=1)) is None


def test_an_address_may_be_a_channel_id(workspace: SlackStandIn, slack: SlackNotifier) -> None:
    channel = slack.send(a_message(), "#ir-alerts", KEY).reference.split("/")[0]
    slack.send(a_message(), channel, "bb" * 32)
    assert len(workspace.messages["ir-alerts"]) == 2
    assert slack.find(channel, "bb" * 32, NOW) is not None


def test_a_channel_is_the_same_with_and_without_its_sign(workspace: SlackStandIn) -> None:
    SlackNotifier(workspace.token, base_url=workspace.base_url).send(a_message(), "ir-alerts", KEY)
    for address in ("#ir-alerts", "ir-alerts"):
        after_a_restart = SlackNotifier(workspace.token, base_url=workspace.base_url)
        assert after_a_restart.find(address, KEY, NOW) is not None


def test_asking_about_a_channel_that_slack_does_not_list_is_refused(slack: SlackNotifier) -> None:
    with pytest.raises(Refused) as raised:
        slack.find("#renamed", KEY, NOW)
    assert raised.value.ends_destination


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.status(500), Fault.error("fatal_error")])
def test_an_unanswered_question_is_asked_again_later_and_never_unknown(
    workspace: SlackStandIn, slack: SlackNotifier, fault: Fault
) -> None:
    slack.send(a_message(), "#ir-alerts", KEY)
    workspace.fail_next("conversations.history", fault)
    with pytest.raises(Unreachable):
        slack.find("#ir-alerts", KEY, NOW)


def test_a_burst_that_is_rate_limited_loses_nothing_and_keeps_its_order(workspace: SlackStandIn) -> None:
    """Forty messages, 30 seconds asked for after ten of them: the notifier waits for nobody, the caller
    comes back with the ones that did not arrive.
    """
    slack = SlackNotifier(workspace.token, base_url=workspace.base_url)
    owed = [f"{number:064x}" for number in range(40)]
    while owed:
        if len(workspace.messages["ir-alerts"]) == 10 and workspace.asked["chat.postMessage"] == 10:
            workspace.fail_next("chat.postMessage", Fault.rate_limited(30), times=3)
            for _ in range(3):
                with pytest.raises(Unreachable) as raised:
                    slack.send(a_message(), "#ir-alerts", owed[0])
                assert raised.value.retry_after == timedelta(seconds=30)
        slack.send(a_message(), "#ir-alerts", owed.pop(0))
    keys = [(posted.metadata or {})["event_payload"]["key"] for posted in workspace.messages["ir-alerts"]]
    assert keys == [f"{number:064x}" for number in range(40)]


def test_slacks_own_pace_is_an_answer_to_come_back_a_second_later() -> None:
    with SlackStandIn(check=slack_limits.problems, per_second=1.0, clock=NOW.timestamp) as standin:
        slack = SlackNotifier(standin.token, base_url=standin.base_url)
        slack.send(a_message(), "#ir-alerts", KEY)
        slack.send(a_message(), "#another", KEY)
        with pytest.raises(Unreachable) as raised:
            slack.send(a_message(), "#ir-alerts", KEY)
        assert raised.value.retry_after == timedelta(seconds=1)


def test_an_answer_stands_in_the_thread_of_what_it_answers_and_is_found_there(
    workspace: SlackStandIn, slack: SlackNotifier
) -> None:
    first = slack.send(a_message(), "#ir-alerts", KEY)
    earlier = Earlier(key=KEY, reference=first.reference)
    workspace.fail_next("chat.postMessage", Fault.lost_answer())
    with pytest.raises(Unknown):
        slack.send(a_message(), "#ir-alerts", "aa" * 32, earlier)
    root, answer = workspace.messages["ir-alerts"]
    assert answer.thread_ts == root.ts
    assert slack.find("#ir-alerts", "aa" * 32, NOW) is None
    found = slack.find("#ir-alerts", "aa" * 32, NOW, earlier)
    assert found is not None
    assert found.reference.endswith(answer.ts)


def test_a_changed_message_keeps_its_key_and_its_place(workspace: SlackStandIn, slack: SlackNotifier) -> None:
    receipt = slack.send(a_message(), "#ir-alerts", KEY)
    before = workspace.messages["ir-alerts"][0]
    slack.amend(a_message(text="changed"), KEY, receipt.reference)
    (after,) = workspace.messages["ir-alerts"]
    assert (after.text, after.ts, after.metadata) == ("changed", before.ts, before.metadata)
    assert slack.find("#ir-alerts", KEY, NOW) is not None


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.status(500), Fault.reset()])
def test_a_change_whose_answer_was_lost_is_made_again_and_never_unknown(
    workspace: SlackStandIn, slack: SlackNotifier, fault: Fault
) -> None:
    receipt = slack.send(a_message(), "#ir-alerts", KEY)
    workspace.fail_next("chat.update", fault)
    with pytest.raises(Unreachable):
        slack.amend(a_message(text="changed"), KEY, receipt.reference)


def test_a_message_that_was_deleted_cannot_be_changed(slack: SlackNotifier) -> None:
    receipt = slack.send(a_message(), "#ir-alerts", KEY)
    channel = receipt.reference.split("/")[0]
    with pytest.raises(Refused, match="message_not_found"):
        slack.amend(a_message(), KEY, f"{channel}/1.000001")
