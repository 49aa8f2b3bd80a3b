"""Message: an alert in a channel's words, finished; sending it again sends the same bytes."""

from __future__ import annotations

from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one notifier is given to send.

    `text` is always there and stands alone: it is the console's line, the e-mail's text part, Slack's
    notification and screen-reader text. `subject` and `html` are an e-mail's, `blocks` are Slack's
    (Block Kit, already escaped and within Slack's limits). `thread` names the conversation the message
    belongs to (one per notice family) and `in_reply_to` the key of the message it answers, or None.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    blocks: tuple[dict[str, Any], ...] | None = None
    thread: str | None = None
    in_reply_to: str | None = None
