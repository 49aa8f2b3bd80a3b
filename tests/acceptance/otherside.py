"""The stand-ins for EDGAR, Slack and mail in a process of their own, told by lines of JSON what to do.

    {"do": "slack", "fault": "lost_answer"}   ->   {}
    {"do": "count"}                           ->   {"keys": 17}

It ends when its standard input does, so that it outlives nobody.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from tests.acceptance.material import LISTS, Piece, material, told_by
from tests.dying import START
from worker.messages.slack_limits import problems
from worker.standins.edgar.faults import Fault as EdgarFault
from worker.standins.edgar.server import EdgarStandin
from worker.standins.mail import HANG_UP, MailStandIn
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault

#: What Slack does wrong, and what then became of the message: 10 s is how long the worker waits.
SLACK: dict[str, Callable[[], Fault]] = {
    "429": lambda: Fault.rate_limited(2),
    "500": lambda: Fault.status(500),
    "503 page": lambda: Fault.html_page(503),
    "fatal_error": lambda: Fault.error("fatal_error"),
    "lost answer": Fault.lost_answer,
    "reset": Fault.reset,
    "late answer": lambda: Fault.slow(12),
}

#: What the mail server does wrong: the command, and what it says to it.
MAIL: dict[str, tuple[str, str]] = {
    "451 to MAIL": ("MAIL", "451 4.3.0 Try again later"),
    "450 to RCPT": ("RCPT", "450 4.2.1 Mailbox busy"),
    "452 to DATA": ("DATA", "452 4.3.1 Insufficient storage"),
    "lost answer": ("taken", HANG_UP),
    "hang-up": ("RCPT", HANG_UP),
}

#: What EDGAR does wrong. A block is not among them: it asks for ten minutes of silence, and gets them.
EDGAR = {
    str(fault): fault
    for fault in (
        EdgarFault.BACKEND,
        EdgarFault.UNAVAILABLE,
        EdgarFault.TRUNCATED,
        EdgarFault.EMPTY,
        EdgarFault.RESET,
        EdgarFault.SLOW,
        EdgarFault.HTML,
        EdgarFault.DENIED,
    )
}

PATHS = {"feed": "/cgi-bin/browse-edgar", "document": "/Archives/"}
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")


class OtherSide:
    """That process, as the torture holds it; open inside a `with` block."""

    def __init__(
        self, count: int, seed: int, *, began: datetime, span: float, at_first: int | None = None
    ) -> None:
        """EDGAR announces the filings `at_first`, None for all of them, and the others from `go_on` on."""
        first = count if at_first is None else at_first
        self._arguments = [str(count), str(seed), began.isoformat(), str(span), str(first)]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.otherside", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **START,
        )
        self.ports: dict[str, int] = self._heard()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def ask(self, do: str, **more: Any) -> Any:
        """Have it do something; what it says then."""
        if self._process.stdin is None:
            raise OSError("the stand-ins have no ear")
        self._process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise OSError("the stand-ins are gone")
        return json.loads(line)


class _Stage:
    """What happens over there."""

    def __init__(self, edgar: EdgarStandin, slack: SlackStandIn, mail: MailStandIn) -> None:
        self._edgar, self._slack, self._mail = edgar, slack, mail
        self._mails: list[dict[str, Any]] = []
        self._waiting: Sequence[Piece] = ()

    def play(self, pieces: Sequence[Piece], began: datetime, *, at_first: int) -> None:
        self.publish(pieces[:at_first], began)
        self._waiting = pieces[at_first:]

    def publish(self, pieces: Sequence[Piece], began: datetime) -> None:
        for piece in pieces:
            self._edgar.publish(
                piece.filing,
                piece.document,
                at=began + timedelta(seconds=piece.appears),
                row_gap=timedelta(seconds=piece.row_gap),
                document_lag=timedelta(seconds=piece.document_lag),
            )

    def do(self, told: dict[str, Any]) -> dict[str, Any]:
        match told["do"]:
            case "slack":
                self._slack.fail_next(told["method"], SLACK[told["fault"]](), told["times"])
            case "mail":
                command, reply = MAIL[told["fault"]]
                self._mail.fail_next(command, reply, told["times"])
            case "edgar":
                self._edgar.fail_next(PATHS[told["path"]], EDGAR[told["fault"]], told["times"])
            case "go_on" if self._waiting:
                late = timedelta(seconds=min(piece.appears for piece in self._waiting))
                self.publish(self._waiting, datetime.now(UTC) - late)
            case "count":
                return {"keys": len({one["key"] for one in self._taken()})}
            case "report":
                return {
                    "taken": self._taken(),
                    "asked of EDGAR": len(self._edgar.requests),
                    "peak of EDGAR": self._edgar.peak_per_second,
                    "asked of Slack": dict(self._slack.asked),
                }
        return {}

    def _taken(self) -> list[dict[str, Any]]:
        """Every message this side ever took, by the key it carries, with the filings that it names."""
        posts = [post for channel in list(self._slack.messages.values()) for post in list(channel)]
        taken = [
            {
                "to": f"slack:#{post.channel}",
                "key": (post.metadata or {}).get("event_payload", {}).get("key", ""),
                "names": sorted(set(_ACCESSION.findall(json.dumps(post.blocks)))),
            }
            for post in posts
        ]
        for received in self._mail.received[len(self._mails) :]:
            mail = received.mail
            self._mails.append(
                {
                    "to": f"email:{received.recipients[0]}",
                    "key": str(mail["Message-ID"]).strip("<>").partition("@")[0],
                    "names": sorted(set(_ACCESSION.findall(received.part("plain") or ""))),
                }
            )
        return taken + self._mails


def main(count: int, seed: int, began: datetime, span: float, at_first: int) -> None:
    channels = [to.address for number in range(LISTS) for to in told_by(number) if to.notifier == "slack"]
    with ExitStack() as stack:
        # No limit of requests here: a machine that is busy elsewhere lets evenly sent requests arrive in
        # heaps, and the silence that follows a block is ten minutes. The peak is shown instead.
        edgar = stack.enter_context(EdgarStandin(per_second=None))
        slack = stack.enter_context(SlackStandIn(check=problems, channels=channels))
        mail = stack.enter_context(MailStandIn())
        stage = _Stage(edgar, slack, mail)
        edgar.list_company("PG00", 1_990_001, "Proving Ground 00 Corp.")
        stage.play(material(count, seed, began=began, span=span), began, at_first=at_first)
        ports = {
            "edgar": int(edgar.base_url.rpartition(":")[2]),
            "slack": int(slack.root.rpartition(":")[2]),
            "mail": mail.port,
        }
        _say(ports)
        for line in sys.stdin:
            _say(stage.do(json.loads(line)))


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    number, seed, began, span, first = sys.argv[1:]
    main(int(number), int(seed), datetime.fromisoformat(began), float(span), int(first))
