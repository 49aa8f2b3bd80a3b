"""The reduced mode says what it cannot do."""

from __future__ import annotations

import pytest

from tests.notifiers.rigs import KEY, NOW, a_message
from worker.errors import Refused, Unknown
from worker.messages import slack_limits
from worker.notifiers.slack_webhook import SlackWebhookNotifier
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault


def test_a_webhook_posts_the_same_text_and_blocks() -> None:
    with SlackStandIn(check=slack_limits.problems) as standin:
        SlackWebhookNotifier({"ir": standin.webhook_url("#ir-alerts")}).send(a_message(), "ir", KEY)
        (posted,) = standin.messages["ir-alerts"]
        assert posted.text == a_message().text
        assert tuple(posted.blocks) == a_message().blocks


def test_a_lost_answer_is_unknown_and_nobody_can_be_asked() -> None:
    with SlackStandIn(check=slack_limits.problems) as standin:
        webhook = SlackWebhookNotifier({"ir": standin.webhook_url("#ir-alerts")})
        standin.fail_next("webhook", Fault.lost_answer())
        with pytest.raises(Unknown):
            webhook.send(a_message(), "ir", KEY)
        with pytest.raises(Refused):
            webhook.find("ir", KEY, NOW)
        assert len(standin.messages["ir-alerts"]) == 1


@pytest.mark.parametrize("url", ["hooks.example.com/T0/secret", "http://exa mple/secret", "file:///secret"])
def test_a_webhook_url_that_is_none_is_not_repeated_in_the_error(url: str) -> None:
    with pytest.raises((Refused, Unknown)) as raised:
        SlackWebhookNotifier({"ir": url}).send(a_message(), "ir", KEY)
    assert "secret" not in str(raised.value)
