"""Slack's Web API as it is called here: each request leaves once, and what goes wrong is an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from worker.notifiers import slack_errors


def client(token: str, *, base_url: str, timeout: int) -> WebClient:
    """`timeout` is in seconds. `retry_handlers=[]` because the SDK's default posts a second time when an
    answer is lost.
    """
    return WebClient(
        token=token,
        base_url=base_url.rstrip("/") + "/",
        timeout=timeout,
        retry_handlers=[],
        logger=slack_errors.silent_logger(),
    )


def call(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Call a method of a client. Raises what `slack_errors` makes of a refusal or a broken connection."""
    try:
        return method(**arguments)
    except SlackApiError as error:
        answer = error.response
        code = str(answer.get("error") or "")
        raise slack_errors.refusal(answer.status_code, code, answer.headers) from None
    except (OSError, HTTPException, SlackClientError, ValueError) as error:
        raise slack_errors.broken(error) from None


def pages(method: Callable[..., SlackResponse], **arguments: Any) -> Iterator[SlackResponse]:
    """Call a method that lists something, page after page. Raises as `call` does.

    https://docs.slack.dev/apis/web-api/pagination
    """
    cursor: str | None = None
    while cursor != "":
        page = call(method, limit=200, cursor=cursor, **arguments)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
