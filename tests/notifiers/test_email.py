"""E-mail: who gets it, what identifies it, and over which connection it may travel."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.notifiers.rigs import KEY, NOW, PASSWORD, a_message
from worker.alerts.delivery import Earlier
from worker.errors import Refused, Unknown, Unreachable
from worker.notifiers.email import EmailNotifier, Security
from worker.standins.mail import MailStandIn

CERTIFICATE = Path(__file__).parents[1] / "standins" / "certificates" / "localhost.pem"


@pytest.fixture
def server() -> Iterator[MailStandIn]:
    with MailStandIn() as standin:
        yield standin


def mailer(server: MailStandIn, **overrides: Any) -> EmailNotifier:
    values: dict[str, Any] = {
        "sender": "Form 144 <alerts@example.com>",
        "clock": lambda: NOW,
        "security": Security.NONE,
        "timeout": 30.0,
    }
    return EmailNotifier(server.host, server.port, **(values | overrides))


def encrypted() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)


def test_one_550_one_451_one_accepted_and_only_the_451_is_sent_again_under_the_same_message_id(
    server: MailStandIn,
) -> None:
    server.answers = {"gone@example.com": "550 5.1.1 No such mailbox", "grey@example.com": "451 4.7.1 Later"}
    email = mailer(server)
    keys = {"gone@example.com": "a" * 64, "grey@example.com": "b" * 64, "jane@example.com": "c" * 64}
    with pytest.raises(Refused) as refused:
        email.send(a_message(), "gone@example.com", keys["gone@example.com"])
    with pytest.raises(Unreachable):
        email.send(a_message(), "grey@example.com", keys["grey@example.com"])
    email.send(a_message(), "jane@example.com", keys["jane@example.com"])
    server.answers.clear()
    email.send(a_message(), "grey@example.com", keys["grey@example.com"])

    assert refused.value.ends_destination
    assert [received.recipients for received in server.received] == [
        ("jane@example.com",),
        ("grey@example.com",),
    ]
    assert server.received[1].mail["Message-ID"] == f"<{'b' * 64}@example.com>"
    assert server.attempts == {"gone@example.com": 1, "grey@example.com": 2, "jane@example.com": 1}


def test_a_lost_answer_is_sent_again_as_the_same_message_byte_for_byte(server: MailStandIn) -> None:
    email = mailer(server)
    server.lose_next_answer()
    with pytest.raises(Unknown):
        email.send(a_message(), "jane@example.com", KEY)
    email.send(a_message(), "jane@example.com", KEY)
    first, second = server.received
    assert first.raw == second.raw


def test_the_time_of_sending_is_all_that_differs_between_two_attempts(server: MailStandIn) -> None:
    mailer(server).send(a_message(), "jane@example.com", KEY)
    mailer(server, clock=lambda: NOW + timedelta(hours=1)).send(a_message(), "jane@example.com", KEY)
    first, second = (received.raw.decode().splitlines() for received in server.received)
    differing = [line for line, other in zip(first, second, strict=True) if line != other]
    assert [line.split(":")[0] for line in differing] == ["Date"]


def test_the_headers_say_what_it_is(server: MailStandIn) -> None:
    mailer(server).send(a_message(), "Jane Doe <jane@example.com>", KEY)
    (received,) = server.received
    headers = {name: str(value) for name, value in received.mail.items()}
    assert headers | {"Content-Type": ""} == {
        "From": "Form 144 <alerts@example.com>",
        "To": "Jane Doe <jane@example.com>",
        "Subject": "Form 144: Example Industries Inc.",
        "Date": "Tue, 01 Sep 2026 20:06:00 +0000",
        "Message-ID": f"<{KEY}@example.com>",
        "In-Reply-To": "<form144.0001950047-26-000123@example.com>",
        "References": "<form144.0001950047-26-000123@example.com>",
        "List-Id": "Form 144 alerts <form144.example.com>",
        "List-Unsubscribe": "<mailto:alerts@example.com?subject=unsubscribe>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }
    assert received.sender == "alerts@example.com"
    assert received.recipients == ("jane@example.com",)


def test_an_amendment_answers_the_message_about_the_notice_it_amends(server: MailStandIn) -> None:
    earlier = Earlier(key="d" * 64, reference="250 OK")
    mailer(server).send(a_message(), "jane@example.com", KEY, earlier)
    mail = server.received[0].mail
    assert mail["In-Reply-To"] == f"<{'d' * 64}@example.com>"
    assert mail["References"] == f"<form144.0001950047-26-000123@example.com> <{'d' * 64}@example.com>"


def test_the_text_part_comes_first_and_the_html_part_last(server: MailStandIn) -> None:
    mailer(server).send(a_message(), "jane@example.com", KEY)
    (received,) = server.received
    kinds = [part.get_content_type() for part in received.mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert (received.part("plain") or "").strip() == a_message().text
    assert (received.part("html") or "").strip() == a_message().html


def test_no_line_is_longer_than_mail_servers_take(server: MailStandIn) -> None:
    mailer(server).send(a_message(html="<p>" + "x" * 50_000 + "</p>"), "jane@example.com", KEY)
    assert max(len(line) for line in server.received[0].raw.split(b"\r\n")) <= 998


def test_lines_that_begin_with_dots_arrive_as_they_were_however_long_the_message(server: MailStandIn) -> None:
    text = ".\n..\n.end\n" + "\n".join(f".{number} {'x' * 60}" for number in range(600))
    mailer(server).send(a_message(text=text), "jane@example.com", KEY)
    assert (server.received[0].part("plain") or "").split() == text.split()


@pytest.mark.parametrize("reply", ["250 taken\0 as \x1b[2J7\x07", "554 5.7.1 no\0 \x1b[31mspam"])
def test_a_reply_is_kept_without_what_no_ledger_takes_and_what_a_terminal_obeys(
    server: MailStandIn, reply: str
) -> None:
    server.fail_next("DATA", reply)
    try:
        said = mailer(server).send(a_message(), "jane@example.com", KEY).reference
    except Refused as refused:
        said = str(refused)
    assert said.isprintable()
    assert said.endswith(("250 taken as [2J7", "554 5.7.1 no [31mspam"))


@pytest.mark.parametrize(
    ("security", "implicit"), [(Security.STARTTLS, False), (Security.TLS, True)], ids=["starttls", "tls"]
)
def test_an_encrypted_connection_is_made_and_its_certificate_verified(
    security: Security, *, implicit: bool
) -> None:
    with MailStandIn(tls=encrypted(), implicit_tls=implicit) as server:
        mailer(server, security=security, tls=trusting()).send(a_message(), "jane@example.com", KEY)
        assert server.received[0].encrypted
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            mailer(server, security=security).send(a_message(), "jane@example.com", KEY)
        assert len(server.received) == 1


def test_a_server_that_offers_no_starttls_gets_neither_message_nor_password(server: MailStandIn) -> None:
    email = mailer(server, security=Security.STARTTLS, username="alerts", password=PASSWORD)
    with pytest.raises(Unreachable, match="STARTTLS"):
        email.send(a_message(), "jane@example.com", KEY)
    assert server.received == []


def test_it_logs_in_once_the_connection_is_encrypted() -> None:
    with MailStandIn(tls=encrypted(), accounts={"alerts": PASSWORD}) as server:
        email = mailer(
            server, security=Security.STARTTLS, tls=trusting(), username="alerts", password=PASSWORD
        )
        email.send(a_message(), "jane@example.com", KEY)
        assert len(server.received) == 1


def test_a_wrong_password_stops_the_destination_and_is_not_repeated_in_the_error() -> None:
    with MailStandIn(tls=encrypted(), accounts={"alerts": "another"}) as server:
        email = mailer(
            server, security=Security.STARTTLS, tls=trusting(), username="alerts", password=PASSWORD
        )
        with pytest.raises(Refused) as raised:
            email.send(a_message(), "jane@example.com", KEY)
        assert raised.value.ends_destination
        assert PASSWORD not in str(raised.value)
