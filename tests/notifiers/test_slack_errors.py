"""A request without an answer: only where it cannot have left whole is it safe to send again."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import timedelta
from http.client import IncompleteRead, RemoteDisconnected
from urllib.error import URLError

import pytest

from worker.errors import Unknown, Unreachable
from worker.notifiers.slack_errors import broken, refusal


@pytest.mark.parametrize(
    "reason",
    [
        ConnectionRefusedError(),
        socket.gaierror(-2, "Name or service not known"),
        ssl.SSLCertVerificationError(),
        TimeoutError(),
        OSError(errno.ENETUNREACH, "Network is unreachable"),
        BrokenPipeError(),
        ConnectionResetError(),
        ssl.SSLEOFError(),
    ],
    ids=lambda reason: type(reason).__name__,
)
def test_what_failed_before_the_request_had_left_whole_is_unreachable(reason: OSError) -> None:
    assert isinstance(broken(URLError(reason)), Unreachable)


@pytest.mark.parametrize(
    "error",
    [
        URLError("no host given"),
        TimeoutError(),
        ConnectionResetError(),
        ConnectionRefusedError(),
        RemoteDisconnected(""),
        IncompleteRead(b""),
        ValueError(),
    ],
    ids=repr,
)
def test_what_failed_at_any_later_or_unknown_moment_is_unknown(error: Exception) -> None:
    assert isinstance(broken(error), Unknown)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("30", timedelta(seconds=30)),
        ("999999", timedelta(seconds=999_999)),
        ("1000000", None),
        ("9" * 15, None),
        ("9" * 5000, None),
        ("-1", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_pause_that_is_none_is_left_to_the_schedule(asked: str, pause: timedelta | None) -> None:
    error = refusal(429, "ratelimited", {"Retry-After": asked})
    assert isinstance(error, Unreachable)
    assert error.retry_after == pause
