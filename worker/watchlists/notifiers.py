"""Notifiers by name: which there are, what sets each up, and why a destination has none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from worker.watchlists.conditions.words import did_you_mean
from worker.watchlists.destination import Destination

#: The notifiers there are means for, each with the only addresses it knows; None where any may be written.
Notifiers: TypeAlias = Mapping[str, Collection[str] | None]

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


def amiss(to: Destination, there: Notifiers) -> tuple[str, str] | None:
    """What keeps every message from that destination, and what to do; None where nothing is known to."""
    if to.notifier not in there:
        return missing(to.notifier, there)
    names = there[to.notifier]
    if names is None or to.address in names:
        return None
    # Only webhooks have names of their own.
    hint = did_you_mean(to.address, sorted(names)) or f"there is: {', '.join(sorted(names))}"
    return f"there is no webhook {to.address!r} in FORM144_SLACK_WEBHOOKS", hint
