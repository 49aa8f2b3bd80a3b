"""What Slack's refusals and a broken connection mean, for the Web API and incoming webhooks alike.

The codes are those of https://docs.slack.dev/reference/methods/chat.postMessage (Errors) and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (Handling errors).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.error import URLError

from worker.errors import Away, Form144Error, Refused, Unknown, Unreachable

#: The channel, the app or its token is at fault: no other message will do better.
ENDS_DESTINATION = frozenset(
    {
        "access_denied",
        "account_inactive",
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "invalid_token",
        "is_archived",
        "missing_scope",
        "no_active_hooks",
        "no_permission",
        "no_service",
        "no_service_id",
        "no_team",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "team_disabled",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "user_not_found",
    }
)

#: Slack did nothing, and says so.
TRY_LATER = frozenset(
    {
        "accesslimited",
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "request_timeout",  # the body arrived cut short
        "team_added_to_org",
    }
)

#: "It's possible some aspect of the operation succeeded before the error was raised."
AMBIGUOUS = frozenset({"fatal_error", "internal_error", "rollup_error", "service_unavailable"})

#: An error code of Slack's, as opposed to the page of a proxy.
CODE = re.compile(r"[a-z][a-z0-9_]{1,60}")


def silent_logger() -> logging.Logger:
    """A logger for slack_sdk that goes nowhere: the SDK logs bodies and addresses, we log outcomes."""
    logger = logging.getLogger("worker.notifiers.slack_errors.silent")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger


def refusal(status: int, code: str, headers: Mapping[str, str]) -> Form144Error:
    """The error that an HTTP status and Slack's error code (or whatever body came) amount to."""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Unreachable("Slack asks for patience (429)", retry_after=_retry_after(headers))
    if not CODE.fullmatch(code):
        return _no_answer_of_slacks(status)
    if code in AMBIGUOUS or status >= 500:
        return Unknown(f"Slack answered {code}, which may be said after a message was posted")
    if code in TRY_LATER:
        return Unreachable(f"Slack answered {code}", retry_after=_retry_after(headers))
    return Refused(f"Slack refused: {code}", ends_destination=code in ENDS_DESTINATION)


def broken(error: Exception) -> Form144Error:
    """The error that a request without an answer amounts to; says nothing of where it went.

    urllib puts an OSError into a URLError only until the last byte of the request has left (`do_open` around
    `HTTPConnection.request`, Python 3.11 to 3.13); waiting for the answer it lets them through bare. A body
    cut short is no JSON and shorter than its Content-Length: Slack cannot have posted it.
    """
    reason = error.reason if isinstance(error, URLError) else error
    kind = type(reason).__name__
    if isinstance(error, URLError) and isinstance(reason, OSError):
        return Away(f"no connection to Slack ({kind})")
    return Unknown(f"the connection to Slack broke before its answer ({kind})")


def _no_answer_of_slacks(status: int) -> Form144Error:
    if 400 <= status < 500 and status != 408:
        return Unreachable(f"something other than Slack answered with HTTP {status}")
    return Unknown(f"HTTP {status} without an answer of Slack's")


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """`Retry-After` in seconds, the only form Slack uses; None where it is absent, something else or longer
    than eleven days, which is no pause but a mistake.
    """
    asked = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return timedelta(seconds=int(asked)) if re.fullmatch("[0-9]{1,6}", asked) else None
