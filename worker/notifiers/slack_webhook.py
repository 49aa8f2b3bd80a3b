"""Slack by an incoming webhook: the reduced mode, for where no bot token is to be had.

A webhook answers `ok` and no message id. So there is no receipt to look up, no thread and no update, and a
message that may have arrived can neither be found nor recognised: it is held for a person.
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPException

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from worker.alerts.delivery import Earlier, Receipt
from worker.alerts.message import Message
from worker.errors import Refused
from worker.notifiers import slack_errors
from worker.notifiers.base import WhenUnknown


class SlackWebhookNotifier:
    """`slack-webhook:<name>`: `webhooks` maps the names to their URLs, which are secrets."""

    name = "slack-webhook"
    when_unknown = WhenUnknown.HOLD
    can_amend = False

    def __init__(self, webhooks: Mapping[str, str], *, timeout: int = 10) -> None:
        self._clients = {
            name: WebhookClient(url, timeout=timeout, retry_handlers=[], logger=slack_errors.silent_logger())
            for name, url in webhooks.items()
        }

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:  # noqa: ARG002  nowhere to put them
        client = self._clients.get(address)
        if client is None:
            raise Refused(f"no webhook is configured under the name {address!r}", ends_destination=True)
        body = {
            "text": message.text,
            "blocks": list(message.blocks or ()),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        try:
            answer = client.send_dict(body)
        except (OSError, HTTPException, SlackClientError, ValueError) as error:
            raise slack_errors.broken(error) from None
        if answer.status_code == 200 and answer.body == "ok":
            return Receipt(reference="ok")
        raise slack_errors.refusal(answer.status_code, answer.body.strip(), answer.headers)

    def find(self, address: str, key: str, since: datetime, answers: Earlier | None = None) -> Receipt | None:  # noqa: ARG002
        raise Refused("an incoming webhook cannot be asked what it posted")

    def amend(self, message: Message, key: str, reference: str) -> None:  # noqa: ARG002
        raise Refused("an incoming webhook cannot change what it posted")
