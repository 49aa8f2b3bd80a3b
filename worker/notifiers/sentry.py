"""Sentry, where an installation wants it: hears which error was logged and where in the code, no more.

What leaves is an allow-list: the event's name, the accession number and the ledger's own numbers, the types
of exceptions and the lines they passed. The words of an exception, local variables, breadcrumbs, arguments,
the machine's name and its packages stay here: they may hold an address or the name of a watchlist.
"""

from __future__ import annotations

import atexit
import functools
import logging
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from worker.errors import ConfigurationError, Mistake

if TYPE_CHECKING:
    from sentry_sdk import Client
    from sentry_sdk.types import Event, Hint

#: Of an event, an exception and a frame, what leaves. The keys are Sentry's:
#: https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
_OF_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "message", "fingerprint")
_OF_EXCEPTION = ("type", "module")
_OF_FRAME = ("filename", "function", "module", "lineno", "in_app")

#: Of what is bound to a line of the log, what leaves as a tag.
_TAGS = ("step", "accession", "alert", "delivery", "attempt", "notifier")


@functools.cache
def sentry(dsn: str) -> logging.Handler:
    """A handler that tells the project behind `dsn` of each error that is logged; one per process.

    Raises ConfigurationError where the extra is not installed or the DSN is none.
    """
    try:
        from sentry_sdk import Client  # noqa: PLC0415 - an extra that most installations do without
        from sentry_sdk.utils import BadDsn  # noqa: PLC0415
    except ModuleNotFoundError:
        hint = "install form144[sentry], or unset the variable"
        raise _wrong("is set, and the Sentry SDK is not installed", hint) from None
    try:
        client = Client(
            dsn=dsn,
            release=f"form144@{version('form144')}",
            environment="production",
            before_send=_allowed,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            # Personal data is off where nothing is said of it; to say so by the old name is a warning.
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            server_name="",
        )
    except BadDsn:
        raise _wrong("is not a DSN that Sentry knows", "copy it from the project's settings") from None
    atexit.register(client.close, timeout=2.0)
    return _Handler(client)


class _Handler(logging.Handler):
    """Sends what is logged as an error. Never raises, never waits: the SDK sends in a thread of its own."""

    def __init__(self, client: Client) -> None:
        super().__init__(logging.ERROR)
        self.client = client

    def emit(self, record: logging.LogRecord) -> None:
        from sentry_sdk.utils import event_from_exception  # noqa: PLC0415

        ours: dict[str, Any] = record.msg if isinstance(record.msg, dict) else {}
        # What another library says may hold anything; who said it does not.
        name = str(ours.get("event") or f"{record.name} logged an error")
        raised = record.exc_info or (sys.exc_info() if ours.get("exc_info") else None)
        event: Event = {}
        hint: Hint = {}
        if raised and raised[0] is not None:
            event, hint = event_from_exception(raised, client_options=self.client.options)
        event["level"] = "error"
        event["message"] = name
        event["tags"] = {tag: str(ours[tag]) for tag in _TAGS if ours.get(tag) is not None}
        types = [str(one.get("type")) for one in event.get("exception", {}).get("values", [])]
        event["fingerprint"] = [name, *types]
        self.client.capture_event(event, hint)


def _allowed(event: Event, _hint: Hint) -> Event:
    """The event with nothing but what may leave."""
    whole: dict[str, Any] = dict(event)
    kept: dict[str, Any] = {key: whole[key] for key in _OF_EVENT if key in whole}
    kept["tags"] = {key: value for key, value in (whole.get("tags") or {}).items() if key in _TAGS}
    if "exception" in whole:
        kept["exception"] = {"values": [_exception(one) for one in whole["exception"]["values"]]}
    return kept  # type: ignore[return-value]  # a subset of its keys


def _exception(raised: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: raised.get(key) for key in _OF_EXCEPTION}
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    kept["stacktrace"] = {"frames": [{key: frame.get(key) for key in _OF_FRAME} for frame in frames]}
    return kept


def _wrong(what: str, hint: str) -> ConfigurationError:
    return ConfigurationError([Mistake("FORM144_SENTRY_DSN", what, hint)])
