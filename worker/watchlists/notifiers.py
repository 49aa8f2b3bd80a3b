"""Notifiers by name: which there are, what sets each up, and why a destination has none."""

from __future__ import annotations

from collections.abc import Collection

from worker.watchlists.conditions.words import did_you_mean

#: Every notifier there is, with the settings that it needs.
NOTIFIERS: dict[str, tuple[str, ...]] = {
    "console": (),
    "email": ("FORM144_SMTP_URL", "FORM144_MAIL_FROM"),
    "slack": ("FORM144_SLACK_TOKEN",),
    "slack-webhook": ("FORM144_SLACK_WEBHOOKS",),
}


def missing(notifier: str, there: Collection[str]) -> tuple[str, str]:
    """What is wrong with a notifier that is not among those that are there, and what to do: one that exists
    is to be set up, of any other the name is misspelt.
    """
    if settings := NOTIFIERS.get(notifier):
        return f"{notifier} is not set up here", f"set {' and '.join(settings)}"
    known = sorted({*NOTIFIERS, *there})
    hint = did_you_mean(notifier, known) or f"there is: {', '.join(known)}"
    return f"there is no notifier {notifier!r}", hint
