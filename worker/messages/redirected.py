"""A message for somebody it was not meant for, because the destination it was meant for did not take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from worker.alerts.message import Message
from worker.messages.slack_limits import TEXT, problems
from worker.messages.slack_text import as_text
from worker.messages.words import slack_escape
from worker.watchlists.destination import Destination

SLACK = ("slack", "slack-webhook")

#: Room for what escaping adds.
_CHUNK = TEXT // 2


def redirected(
    message: Message, *, meant_for: Destination, why: str, to: Destination, may_have_arrived: bool = False
) -> Message:
    """The same facts in words `to` can show, with a first line that says for whom they were and why they
    come here. It begins no thread and answers none: nothing before it stands there. Where many are told in
    one, its line there says for whom it was.
    """
    did_not = "may not have got" if may_have_arrived else "did not take"
    whole = _whole(message, meant_for, f"Meant for {meant_for}, which {did_not} it: {why}", to)
    said = message.summary
    line = said and msgspec.structs.replace(said, line=f"For {meant_for}: {said.line}")
    return msgspec.structs.replace(whole, summary=line)


def _whole(message: Message, meant_for: Destination, lead: str, to: Destination) -> Message:
    if to.notifier in SLACK:
        return _for_slack(message, meant_for, lead)
    whole = as_text(message.blocks) if message.blocks else message.text
    subject = message.subject or next(iter(whole.splitlines()), "")
    # Only e-mails have attachments, and only an e-mail can take them over.
    files = message.attachments if to.notifier == "email" else ()
    return Message(text=f"{lead}\n\n{whole}", subject=f"[for {meant_for}] {subject}", attachments=files)


def _for_slack(message: Message, meant_for: Destination, lead: str) -> Message:
    said = message.text if message.blocks else slack_escape(message.subject or message.text)
    text = f"For {slack_escape(meant_for)}: {said}"
    head = {"type": "section", "text": _plain(lead)}
    blocks = (head, *(message.blocks or _sections(message.text)))
    if problems(blocks, text):
        # As blocks it is too long for Slack, which takes ten times as much as bare text.
        whole = as_text(message.blocks) if message.blocks else message.text
        return Message(text=slack_escape(f"{lead}\n\n{whole}"))
    return Message(text=text, blocks=blocks)


def _sections(text: str) -> Iterator[dict[str, Any]]:
    """The text as blocks that break between lines."""
    part = ""
    for line in text.splitlines():
        if part and len(part) + len(line) > _CHUNK:
            yield {"type": "section", "text": _plain(part)}
            part = ""
        part = f"{part}\n{line}" if part else line
    if part.strip():
        yield {"type": "section", "text": _plain(part)}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": slack_escape(text), "emoji": False}
