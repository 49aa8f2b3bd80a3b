"""Slack with a bot token: posts once, and can be asked afterwards whether it did.

Needs the scopes `chat:write` to post, and `channels:read`, `channels:history` (for a private channel
`groups:read`, `groups:history`) to be asked. https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from worker.alerts.delivery import Earlier, Receipt
from worker.alerts.message import Message
from worker.errors import Refused, Unknown, Unreachable
from worker.notifiers import slack_api
from worker.notifiers.base import WhenUnknown
from worker.notifiers.said import words

#: The type of the metadata a message carries; its payload is the opaque key and nothing else, because
#: every app and member of the workspace can read it (https://docs.slack.dev/messaging/message-metadata).
EVENT_TYPE = "form144_delivery"

#: conversations.history takes ids only; chat.postMessage takes names too.
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")

#: How far Slack's clock and ours may be apart when a message is looked for.
CLOCK_MARGIN = timedelta(minutes=2)


class SlackNotifier:
    """`slack:#channel` or `slack:C0123456789`. A receipt's reference is `<channel id>/<ts>`, which is what
    an update or a reply needs.
    """

    name = "slack"
    when_unknown = WhenUnknown.ASK
    can_amend = True

    def __init__(self, token: str, *, base_url: str = WebClient.BASE_URL, timeout: int = 10) -> None:
        self._client = slack_api.client(token, base_url=base_url, timeout=timeout)
        self._ids: dict[str, str] = {}

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:
        answer = slack_api.call(
            self._client.chat_postMessage,
            channel=address,
            thread_ts=_parts(answers.reference)[1] if answers else None,
            unfurl_links=False,
            unfurl_media=False,
            **_body(message, key),
        )
        channel, ts = answer.get("channel"), answer.get("ts")
        if not channel or not ts:
            raise Unknown("Slack said ok and named no message")
        self._ids[address.removeprefix("#")] = channel
        return Receipt(reference=words(f"{channel}/{ts}"))

    def find(self, address: str, key: str, since: datetime, answers: Earlier | None = None) -> Receipt | None:
        """A channel's history does not hold the replies of its threads; a thread is asked for its own."""
        if answers:
            channel, ts = _parts(answers.reference)
            pages = self._history(self._client.conversations_replies, since, channel=channel, ts=ts)
        else:
            channel = self._channel_id(address)
            pages = self._history(self._client.conversations_history, since, channel=channel)
        for page in pages:
            for found in page.get("messages") or ():
                if (found.get("metadata") or {}).get("event_payload", {}).get("key") == key:
                    return Receipt(reference=words(f"{channel}/{found['ts']}"), found=True)
        return None

    def amend(self, message: Message, key: str, reference: str) -> None:
        channel, ts = _parts(reference)
        try:
            slack_api.call(self._client.chat_update, channel=channel, ts=ts, **_body(message, key))
        except Unknown as error:
            raise Unreachable(f"whether Slack changed the message is not known: {error}") from None

    def reactions(self, channel: str, emoji: str, since: datetime) -> dict[str, list[str]]:
        """Who put that emoji on which message of a channel (by id) since then: references to member ids.
        Replies in threads are not among them. Raises Unreachable, or Refused where it cannot be asked.
        """
        pages = self._history(self._client.conversations_history, since, channel=channel)
        return self._reactions(pages, channel, emoji)

    def thread_reactions(self, reference: str, emoji: str, since: datetime) -> dict[str, list[str]]:
        """The same of the answers to one message, whose receipt has that reference."""
        channel, ts = _parts(reference)
        pages = self._history(self._client.conversations_replies, since, channel=channel, ts=ts)
        return self._reactions(pages, channel, emoji)

    @staticmethod
    def _reactions(pages: Iterator[SlackResponse], channel: str, emoji: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for page in pages:
            for message in page.get("messages") or ():
                for reaction in message.get("reactions") or ():
                    if reaction.get("name") == emoji and reaction.get("users"):
                        found[f"{channel}/{message['ts']}"] = reaction["users"]
        return found

    def _history(
        self, method: Callable[..., SlackResponse], since: datetime, **arguments: Any
    ) -> Iterator[SlackResponse]:
        oldest = f"{(since - CLOCK_MARGIN).timestamp():.6f}"
        return self._pages(method, oldest=oldest, include_all_metadata=True, **arguments)

    def _channel_id(self, address: str) -> str:
        if CHANNEL_ID.fullmatch(address):
            return address
        name = address.removeprefix("#")
        for kind in ("public_channel", "private_channel"):
            if name not in self._ids:
                for page in self._pages(self._client.conversations_list, types=kind):
                    self._ids.update((channel["name"], channel["id"]) for channel in page["channels"])
        try:
            return self._ids[name]
        except KeyError:
            raise Refused("Slack lists no channel of that name", ends_destination=True) from None

    def _pages(self, method: Callable[..., SlackResponse], **arguments: Any) -> Iterator[SlackResponse]:
        """Read page after page. Reading changes nothing, so a lost answer only means: ask again later."""
        try:
            yield from slack_api.pages(method, **arguments)
        except Unknown as error:
            raise Unreachable(f"Slack could not be asked: {error}") from None


def _body(message: Message, key: str) -> dict[str, Any]:
    return {
        "text": message.text,
        "blocks": list(message.blocks or ()),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
    }


def _parts(reference: str) -> tuple[str, str]:
    """The channel's id and the message's `ts`."""
    channel, _, ts = reference.partition("/")
    return channel, ts
