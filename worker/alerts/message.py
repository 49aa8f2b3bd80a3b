"""Message: an alert in a channel's words, finished; sending it again sends the same bytes."""

from __future__ import annotations

from typing import Any

import msgspec

from worker.watchlists.match import Severity


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """An alert in a line. Texts are plain, cleaned of invisible characters and not escaped for any channel.

    `line` says who proposes to sell what, `figures` its market value and date, as far as they are known.
    `check` is True where its own message would ask the reader to check something first.
    """

    issuer: str
    form: str
    line: str
    figures: str
    check: bool
    url: str
    severity: Severity = Severity.NORMAL


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file of text that goes with an e-mail, in UTF-8; `subtype` is that of its media type: csv."""

    name: str
    subtype: str
    content: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one notifier is given to send.

    `text` is always there and stands alone: it is the console's line, the e-mail's text part, Slack's
    notification and screen-reader text. `subject` and `html` are an e-mail's, `blocks` are Slack's
    (Block Kit, already escaped and within Slack's limits). `thread` names the conversation the message
    belongs to (one per notice family), or None. `summary` is what is said of it beside others, None where
    it is about several notices itself. `templates` is the sha256 of the templates it was written with, None
    where none was used. `severity` is how much it matters, that of the most severe where it tells of several.
    `attachments` are an e-mail's.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    blocks: tuple[dict[str, Any], ...] | None = None
    thread: str | None = None
    summary: Summary | None = None
    templates: str | None = None
    severity: Severity = Severity.NORMAL
    attachments: tuple[Attachment, ...] = ()
