"""A message that is a drill, and says so first, last and in every part: nobody may take it for a filing."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from worker.alerts.message import Message
from worker.messages.slack_limits import HEADER, problems
from worker.messages.slack_text import as_text
from worker.messages.words import slack_escape, wrap
from worker.watchlists.destination import Destination

SLACK = ("slack", "slack-webhook")

WORD = "DRILL"
SENTENCE = (
    "This is a drill of form144. Nobody filed this notice: its names, figures and links stand for nothing. "
    "It shows that alerts arrive here; there is nothing else to do."
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title>", re.IGNORECASE)
#: Each colour stands beside its background, so that a client's dark mode has nothing to guess.
_BANNER = (
    '<div role="note" style="margin:0;padding:16px 20px;background-color:#8a1c1c;color:#ffffff;'
    'font-family:Arial,sans-serif;font-size:16px;line-height:24px;">'
    f"<strong>{WORD}</strong><br>{SENTENCE}</div>"
)


def drilled(message: Message, to: Destination) -> Message:
    """The same message, marked. It can be told in no roll-up, and belongs to no conversation of notices."""
    marked = msgspec.structs.replace(message, thread=None, summary=None)
    if to.notifier in SLACK:
        return _for_slack(marked)
    subject = f"[{WORD}] {message.subject}" if message.subject is not None else None
    html = _with_banner(message.html) if message.html is not None else None
    text = f"{WORD}\n{wrap(SENTENCE)}\n\n{message.text.rstrip()}\n\n{WORD}: nobody filed this notice.\n"
    return msgspec.structs.replace(marked, subject=subject, html=html, text=text)


def _for_slack(message: Message) -> Message:
    text = f"{WORD}, not a filing: {message.text}"
    head: tuple[dict[str, Any], ...] = (
        {"type": "header", "text": _plain(f"{WORD}: not a filing")},
        {"type": "section", "text": _plain(SENTENCE)},
    )
    foot = {"type": "context", "elements": [_plain(f"{WORD}: nobody filed this notice.")]}
    blocks = (*head, *map(_renamed, message.blocks or ()), foot)
    if problems(blocks, text):
        # A user's own blocks may fill a message: the facts come as text, of which Slack takes more.
        whole = as_text(message.blocks) if message.blocks else message.text
        return msgspec.structs.replace(
            message, text=slack_escape(f"{WORD}. {SENTENCE}\n\n{whole}"), blocks=None
        )
    return msgspec.structs.replace(message, text=text, blocks=blocks)


def _renamed(block: dict[str, Any]) -> dict[str, Any]:
    """A header says it too, where it has room."""
    if block.get("type") != "header":
        return block
    text = f"{WORD}: {block['text']['text']}"
    return {**block, "text": {**block["text"], "text": text}} if len(text) <= HEADER else block


def _with_banner(html: str) -> str:
    """The page with a banner above everything, also where a user's template has no body element."""
    html = _TITLE.sub(f"<title>{WORD}: ", html, count=1)
    begins = _BODY.search(html)
    at = begins.end() if begins else 0
    return html[:at] + _BANNER + html[at:]


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": slack_escape(text), "emoji": False}
