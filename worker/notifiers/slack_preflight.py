"""Slack before a message is sent: is the token good, what may it do, is the bot where it has to post?

https://docs.slack.dev/reference/methods/auth.test, .../conversations.info; the scopes of a token stand in
the header `x-oauth-scopes` of every answer (https://docs.slack.dev/authentication/installing-with-oauth).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient

from worker.errors import Form144Error, Refused
from worker.notifiers import slack_api
from worker.notifiers.check import Check, broken, fine, not_asked, warning
from worker.notifiers.slack import CHANNEL_ID

#: Scopes beside `chat:write`, and what is lost without each.
LOST_WITHOUT = {
    "channels:read": "channels cannot be looked up by name, so a message of unknown fate stays unknown",
    "channels:history": "a message whose answer was lost cannot be found again, and no emoji acknowledges",
    "groups:read": "the same for private channels: they cannot be looked up by name",
    "groups:history": "the same for private channels: no message found again, no emoji read",
}

#: What Slack's own webhooks look like; a workflow's trigger takes other bodies.
_WEBHOOK = re.compile(r"/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+")

_SET_SCOPES = "add it under OAuth & Permissions of the app and install the app again"


class SlackPreflight:
    """Asks with one token. Nothing it does can be seen in the workspace."""

    def __init__(self, token: str, *, base_url: str = WebClient.BASE_URL, timeout: int = 10) -> None:
        self._client = slack_api.client(token, base_url=base_url, timeout=timeout)

    def checks(self, channels: Sequence[str]) -> Iterator[Check]:
        """The token, its scopes, then each channel as a destination names it."""
        try:
            who = slack_api.call(self._client.auth_test)
        except Form144Error as error:
            is_refused = isinstance(error, Refused)
            hint = "take the bot token anew from the app's page, under OAuth & Permissions"
            yield broken("Slack token", str(error), hint if is_refused else "")
            why = "the token was not taken" if is_refused else "Slack could not be asked"
            for channel in channels:
                yield not_asked(f"slack:{channel}", why)
            return
        bot = str(who.get("user") or who.get("bot_id") or "a bot")
        yield fine("Slack token", f"{bot} in {who.get('team') or 'a workspace'}")
        scopes = _scopes(who.headers)
        yield _judged(scopes)
        for channel in channels:
            try:
                yield self._channel(channel, bot, scopes or frozenset())
            except Form144Error as error:
                yield warning(f"slack:{channel}", f"it cannot be asked about: {error}")

    def _channel(self, channel: str, bot: str, scopes: frozenset[str]) -> Check:
        what = f"slack:{channel}"
        try:
            number = channel if CHANNEL_ID.fullmatch(channel) else self._number(channel.removeprefix("#"))
            if number is None:
                hint = f"check its name; a private channel shows once the bot is in: /invite @{bot}"
                return broken(what, "Slack lists no channel of that name", hint)
            found = slack_api.call(self._client.conversations_info, channel=number)["channel"]
        except Refused as error:
            if "missing_scope" in str(error):
                return warning(what, "it cannot be asked about without channels:read", _SET_SCOPES)
            return broken(what, str(error), f"check its id, and that the bot is in: /invite @{bot}")
        return _standing(what, found, bot, scopes)

    def _number(self, name: str) -> str | None:
        """The channel's id, None where Slack lists none of that name."""
        for kind in ("public_channel", "private_channel"):
            try:
                for page in slack_api.pages(self._client.conversations_list, types=kind):
                    for channel in page.get("channels") or ():
                        if channel.get("name") == name:
                            return str(channel["id"])
            except Refused as error:
                if kind == "private_channel" and "missing_scope" in str(error):
                    return None
                raise
        return None


def _standing(what: str, found: Mapping[str, Any], bot: str, scopes: frozenset[str]) -> Check:
    """Whether the bot may post in the channel that Slack shows."""
    if found.get("is_archived"):
        return broken(what, "it is archived", "unarchive it, or name another one")
    if not found.get("is_member") and not found.get("is_im"):
        if "chat:write.public" in scopes and not found.get("is_private"):
            return warning(what, "the bot is not in it, and may post all the same", f"/invite @{bot}")
        return broken(what, "the bot is not in it", f"write in the channel: /invite @{bot}")
    return fine(what, "the bot is in it")


def webhook_checks(webhooks: Mapping[str, str], names: Sequence[str]) -> Iterator[Check]:
    """Their form; nothing but a message can tell more. No line holds a URL, which is the secret itself."""
    for name in names:
        what = f"slack-webhook:{name}"
        if name not in webhooks:
            yield broken(what, "no webhook is configured under that name", "add it to FORM144_SLACK_WEBHOOKS")
            continue
        url = urlsplit(webhooks[name])
        if _WEBHOOK.fullmatch(url.path) and url.hostname in ("hooks.slack.com", "127.0.0.1", "localhost"):
            yield not_asked(what, "it looks like a webhook; only a message can tell whether it works")
        else:
            hint = "https://hooks.slack.com/services/... from the app's page, under Incoming Webhooks"
            yield warning(what, "it does not look like one of Slack's incoming webhooks", hint)


def _scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    """None where Slack did not say."""
    said = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    return None if said is None else frozenset(scope.strip() for scope in said.split(","))


def _judged(scopes: frozenset[str] | None) -> Check:
    what = "Slack scopes"
    if scopes is None:
        return not_asked(what, "Slack did not say which the token has")
    if "chat:write" not in scopes:
        return broken(what, "chat:write is missing: nothing can be posted", _SET_SCOPES)
    lost = [f"{scope} is missing: {why}" for scope, why in LOST_WITHOUT.items() if scope not in scopes]
    if lost:
        return warning(
            what, "; ".join(lost), _SET_SCOPES.replace("it", "them", 1) if len(lost) > 1 else _SET_SCOPES
        )
    return fine(what, "all that is used")
