"""One rig per notifier: the real notifier against the real stand-in, and every way that one can fail."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.servers import nobody_listens
from worker.alerts.message import Message
from worker.errors import Form144Error, Refused, Unknown, Unreachable
from worker.messages import slack_limits
from worker.notifiers.base import Notifier
from worker.notifiers.console import ConsoleNotifier
from worker.notifiers.email import EmailNotifier, Security
from worker.notifiers.slack import SlackNotifier
from worker.notifiers.slack_webhook import SlackWebhookNotifier
from worker.standins.mail import HANG_UP, MailStandIn
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault

KEY = "5f" * 32
NOW = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)
TOKEN = "xoxb-not-a-token-but-secret"
PASSWORD = "not-a-password-but-secret"

#: Seconds: for an answer that comes, however busy this machine is, and for one that never does.
PATIENT, IMPATIENT = 30, 2


@dataclass(frozen=True)
class Failure:
    """How to make the other side fail, and what the notifier has to make of it."""

    provoke: Callable[[], object]
    error: type[Form144Error]
    ends_destination: bool = False
    retry_after: int | None = None
    arrives: bool = False  #: the message was taken all the same
    in_silence: bool = False  #: nothing is said any more: only a timeout ends that


@dataclass
class Rig:
    notifier: Notifier
    address: str
    arrived: Callable[[], list[str]]
    failures: dict[str, Failure] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    unreachable: Notifier | None = None  #: the same notifier, set up with a port nobody listens on
    impatient: Notifier | None = None  #: the same notifier, which waits for little time only

    def facing(self, failure: Failure) -> Notifier:
        """The notifier to meet that failure with, in the time of a test."""
        return (self.impatient or self.notifier) if failure.in_silence else self.notifier


def a_message(**overrides: Any) -> Message:
    values: dict[str, Any] = {
        "text": "Jane Q. Example proposes to sell 10,000 units of Common",
        "subject": "Form 144: Example Industries Inc.",
        "html": "<p>Jane Q. Example proposes to sell 10,000 units of Common</p>",
        "blocks": ({"type": "section", "text": {"type": "plain_text", "text": "proposes to sell"}},),
        "thread": "0001950047-26-000123",
    }
    return Message(**(values | overrides))


def http_failures(fail: Callable[[Fault], object], codes: dict[str, Failure]) -> dict[str, Failure]:
    """What Slack's two doors have in common."""

    def on(fault: Fault) -> Callable[[], object]:
        return partial(fail, fault)

    return {
        "429": Failure(on(Fault.rate_limited(30)), Unreachable, retry_after=30),
        "429 without a time": Failure(on(Fault.status(429)), Unreachable),
        "500": Failure(on(Fault.status(500)), Unknown),
        "502 page": Failure(on(Fault.html_page(502)), Unknown),
        "503": Failure(on(Fault.status(503)), Unknown),
        "408": Failure(on(Fault.status(408)), Unknown),
        "403 page of a proxy": Failure(on(Fault.html_page(403)), Unreachable),
        "404 page of a proxy": Failure(on(Fault.html_page(404)), Unreachable),
        "200 page of a proxy": Failure(on(Fault.html_page()), Unknown),
        "empty answer": Failure(on(Fault.status(200)), Unknown),
        "reset": Failure(on(Fault.reset()), Unknown),
        "lost answer": Failure(on(Fault.lost_answer()), Unknown, arrives=True),
        "too slow": Failure(on(Fault.slow(30)), Unknown, arrives=True, in_silence=True),
        **codes,
    }


#: Slack's error codes (chat.postMessage, "Errors"), and what each means for a delivery.
WEB_API_CODES: dict[str, tuple[type[Form144Error], bool]] = {
    "channel_not_found": (Refused, True),
    "is_archived": (Refused, True),
    "not_in_channel": (Refused, True),
    "invalid_auth": (Refused, True),
    "token_revoked": (Refused, True),
    "account_inactive": (Refused, True),
    "missing_scope": (Refused, True),
    "invalid_blocks": (Refused, False),
    "msg_blocks_too_long": (Refused, False),
    "no_text": (Refused, False),
    "metadata_too_large": (Refused, False),
    "an_error_slack_invents_next_year": (Refused, False),
    "ratelimited": (Unreachable, False),
    "request_timeout": (Unreachable, False),
    "service_unavailable": (Unknown, False),
    "internal_error": (Unknown, False),
    "fatal_error": (Unknown, False),
}

#: Incoming webhooks answer with a status and a word.
WEBHOOK_CODES: dict[tuple[int, str], tuple[type[Form144Error], bool]] = {
    (400, "invalid_payload"): (Refused, False),
    (400, "no_text"): (Refused, False),
    (403, "action_prohibited"): (Refused, True),
    (403, "invalid_token"): (Refused, True),
    (404, "channel_not_found"): (Refused, True),
    (404, "no_service"): (Refused, True),
    (410, "channel_is_archived"): (Refused, True),
    (500, "rollup_error"): (Unknown, False),
    (500, "an_error_slack_invents_next_year"): (Unknown, False),
}


@contextmanager
def slack() -> Iterator[Rig]:
    with (
        SlackStandIn(check=slack_limits.problems, per_second=0, token=TOKEN, clock=NOW.timestamp) as standin,
        nobody_listens() as deaf,
    ):

        def fail(fault: Fault) -> None:
            standin.fail_next("chat.postMessage", fault)

        codes = {
            code: Failure(partial(fail, Fault.error(code)), error, ends)
            for code, (error, ends) in WEB_API_CODES.items()
        }
        yield Rig(
            notifier=SlackNotifier(TOKEN, base_url=standin.base_url, timeout=PATIENT),
            impatient=SlackNotifier(TOKEN, base_url=standin.base_url, timeout=IMPATIENT),
            address="#ir-alerts",
            arrived=lambda: [json.dumps(posted.sent) for posted in standin.messages["ir-alerts"]],
            failures=http_failures(fail, codes),
            secrets=(TOKEN,),
            unreachable=SlackNotifier(TOKEN, base_url=f"http://127.0.0.1:{deaf}/api/"),
        )


@contextmanager
def slack_webhook() -> Iterator[Rig]:
    with (
        SlackStandIn(check=slack_limits.problems, per_second=0) as standin,
        nobody_listens() as deaf,
    ):

        def fail(fault: Fault) -> None:
            standin.fail_next("webhook", fault)

        codes = {
            f"{status} {code}": Failure(partial(fail, Fault.status(status, code)), error, ends)
            for (status, code), (error, ends) in WEBHOOK_CODES.items()
        }
        url = standin.webhook_url("ir-alerts")
        path = url.rsplit("/", 1)[-1]
        yield Rig(
            notifier=SlackWebhookNotifier({"ir": url}, timeout=PATIENT),
            impatient=SlackWebhookNotifier({"ir": url}, timeout=IMPATIENT),
            address="ir",
            arrived=lambda: [json.dumps(posted.sent) for posted in standin.messages["ir-alerts"]],
            failures=http_failures(fail, codes),
            secrets=(url, path),
            unreachable=SlackWebhookNotifier({"ir": f"http://127.0.0.1:{deaf}/services/{path}"}),
        )


@contextmanager
def email() -> Iterator[Rig]:
    with MailStandIn() as standin, nobody_listens() as deaf:

        def mailer(port: int, timeout: int = PATIENT) -> EmailNotifier:
            return EmailNotifier(
                standin.host,
                port,
                sender="Form 144 <alerts@example.com>",
                clock=lambda: NOW,
                security=Security.NONE,
                username="alerts",
                password=PASSWORD,
                timeout=timeout,
                taking=timeout,
            )

        def on(command: str, reply: str) -> Callable[[], object]:
            return partial(standin.fail_next, command, reply)

        yield Rig(
            notifier=mailer(standin.port),
            impatient=mailer(standin.port, IMPATIENT),
            address="jane@example.com",
            arrived=lambda: [received.raw.decode() for received in standin.received],
            failures={
                "RCPT 550": Failure(on("RCPT", "550 5.1.1 No such mailbox"), Refused, ends_destination=True),
                "RCPT 552": Failure(on("RCPT", "552 5.2.2 Mailbox full"), Refused),
                "RCPT 451": Failure(on("RCPT", "451 4.7.1 Greylisted"), Unreachable),
                "RCPT 421": Failure(on("RCPT", "421 4.3.2 Shutting down"), Unreachable),
                "RCPT hang up": Failure(on("RCPT", HANG_UP), Unreachable),
                "MAIL 550": Failure(on("MAIL", "550 5.7.1 Sender refused"), Refused, ends_destination=True),
                "MAIL 452": Failure(on("MAIL", "452 4.3.1 Out of storage"), Unreachable),
                "DATA 554": Failure(on("DATA", "554 5.7.1 Looks like spam"), Refused),
                "DATA 451": Failure(on("DATA", "451 4.3.0 Try again later"), Unreachable),
                "DATA hang up": Failure(on("DATA", HANG_UP), Unknown),
                "lost answer": Failure(standin.lose_next_answer, Unknown, arrives=True),
                "too slow": Failure(
                    lambda: standin.delay_next_answer(30), Unknown, arrives=True, in_silence=True
                ),
            },
            secrets=(PASSWORD,),
            unreachable=mailer(deaf),
        )


@contextmanager
def console() -> Iterator[Rig]:
    stream = io.StringIO()
    yield Rig(
        notifier=ConsoleNotifier(stream),
        address="",
        arrived=lambda: [block for block in stream.getvalue().split("\n\n") if block.strip()],
        failures={"a closed stream": Failure(stream.close, Unreachable)},
    )


RIGS = {"slack": slack, "slack-webhook": slack_webhook, "email": email, "console": console}
