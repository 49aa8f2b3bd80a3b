"""The few reasons that may be a label: every sentence of an error falls under one of them.

A label has to have few values, and a sentence may name an address. The sentences are those of
`worker/notifiers`, `worker/handover.py`, `worker/filings` and `worker/reading.py`; tests hold them together.
"""

from __future__ import annotations

import re

OTHER = "other"

#: In this order; the first that is found counts.
_FAILURES = {
    "rate_limited": r"\(429\)|rate_?limited|accesslimited|message_limit_exceeded",
    "credentials": r"_auth\b|\btoken_|_token\b|not_authed|account_inactive|missing_scope|access_denied"
    r"|refused the login|no log-in here|not_allowed_token|two_factor|team_access|org_login",
    "answer_lost": r"broke before|broke while|without an answer|may be said after|named no message"
    r"|may have arrived",
    "connection": r"no connection|hung up|cannot be written|could not be asked|other than Slack"
    r"|Slack answered",
    "address": r"channel|recipient|no e-mail address|no webhook|\bno_(?:service|team|active_hooks)"
    r"|is_archived|user_not_found",
    "message": r"refused the message|Slack refused",
    "settings": r"no notifier|what is configured",
    "broken": r"nobody foresaw|was cut short",
}
_UNREADABLE = {
    "never_served": r"never served",
    "cut_short": r"was cut short",
    "too_large": r"\d bytes|has room for",
    "damaged": r"empty|cut off|damaged|never closed|decoded|encoded|not text|DOCTYPE",
    "another_document": r"not a Form 144|neither XML|no XML|no document|no formData",
}

FAILURES = (*_FAILURES, OTHER)
UNREADABLE = (*_UNREADABLE, OTHER)


def failure_class(why: str) -> str:
    """Why a message was not delivered, as one of FAILURES."""
    return _first(_FAILURES, why)


def unreadable_class(why: str) -> str:
    """Why a document could not be read, as one of UNREADABLE."""
    return _first(_UNREADABLE, why)


def _first(classes: dict[str, str], why: str) -> str:
    return next((name for name, pattern in classes.items() if re.search(pattern, why)), OTHER)
