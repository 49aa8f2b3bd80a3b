"""What the operator is told: everything that went wrong since last time, in one message."""

from __future__ import annotations

from collections.abc import Sequence

from worker.alerts.message import Message
from worker.messages.words import slack_escape

#: More lines than this are counted: who has that many troubles reads the list, not the message.
MOST = 15


def operator_message(lines: Sequence[str], *, for_slack: bool) -> Message:
    """One message over `lines`, each a sentence that says what happened and where."""
    shown = list(lines[:MOST])
    if len(lines) > MOST:
        shown.append(f"and {len(lines) - MOST} more")
    head = "form144 needs you" if len(lines) == 1 else f"form144 needs you in {len(lines)} matters"
    text = "\n".join(
        (f"{head}:", *(f"• {line}" for line in shown), "See form144 status and form144 failed list.")
    )
    if for_slack:
        return Message(text=slack_escape(text))
    return Message(text=text, subject=f"{head}: {lines[0]}")
