"""What is said of an amendment, and of the message about the notice that it amends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from worker.alerts.alert import Alert
from worker.alerts.message import Message
from worker.messages import slack_limits, words

#: How many amendments a marked message names; of more it says how many.
NAMED = 3


def standing(alert: Alert) -> tuple[str, ...]:
    """What became of the notice it amends, for this destination; empty for a first notice."""
    amendment = alert.amendment
    if amendment is None:
        return ()
    said = []
    if alert.only_follows:
        said.append(
            "As amended, the notice would raise no alert here. You get this because you were told of the "
            "notice it amends."
        )
    if not amendment.original_known:
        named = f" ({words.clean(amendment.replaces)})" if amendment.replaces else ""
        said.append(f"The notice it amends{named} is not known here, so what changed cannot be said.")
    elif not amendment.changes:
        said.append("Nothing in the form is different from the notice it amends.")
    if not alert.was_told:
        said.append("No alert went here about the notice it amends.")
    return tuple(said)


def changes(alert: Alert) -> tuple[str, ...]:
    """What it changes, one difference each, in the order of the form."""
    return tuple(words.clean(str(change)) for change in alert.amendment.changes) if alert.amendment else ()


def marked(message: Message, amended_at: Sequence[datetime]) -> Message | None:
    """The message with a line that says when its notice was amended, below the header and in the text.

    None where the line finds no room: its blocks are the users' own and fill a message.
    """
    named, more = amended_at[:NAMED], len(amended_at) - NAMED
    others = f" and {words.counted(more, 'more time')}" if more > 0 else ""
    shown = " and ".join(map(words.slack_instant, named)) + others
    line = {"type": "mrkdwn", "text": f"*Amended* {shown}. What changed is in the thread."}
    blocks = list(message.blocks or ())
    blocks.insert(_below_the_header(blocks), {"type": "section", "text": line})
    text = f"Amended {' and '.join(map(words.instant, named))}{others}. {message.text}"
    if slack_limits.problems(blocks, text):
        return None
    return msgspec.structs.replace(message, text=text, blocks=tuple(blocks))


def _below_the_header(blocks: Sequence[dict[str, Any]]) -> int:
    return 1 if blocks and blocks[0].get("type") == "header" else 0
