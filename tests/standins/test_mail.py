"""The mail stand-in takes, refuses and drops as it is told to."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from worker.standins.mail import HANG_UP, MailStandIn


@pytest.fixture
def server() -> Iterator[MailStandIn]:
    with MailStandIn() as standin:
        yield standin


def send(server: MailStandIn, recipient: str = "jane@example.com", text: str = "hello") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "alerts@example.com", recipient, "Form 144"
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    with smtplib.SMTP(server.host, server.port, timeout=30) as smtp:
        smtp.send_message(mail)


def test_a_message_is_kept_with_its_envelope_and_its_parts(server: MailStandIn) -> None:
    send(server)
    (received,) = server.received
    assert received.sender == "alerts@example.com"
    assert received.recipients == ("jane@example.com",)
    assert (received.part("plain") or "").strip() == "hello"
    assert (received.part("html") or "").strip() == "<p>hello</p>"
    assert not received.encrypted


def test_an_address_can_be_refused_for_good_or_for_now_and_the_others_are_not(server: MailStandIn) -> None:
    server.answers = {"gone@example.com": "550 5.1.1 No such mailbox", "grey@example.com": "451 4.7.1 Later"}
    for address, code in (("gone@example.com", 550), ("grey@example.com", 451)):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(server, address)
        assert refused.value.recipients[address][0] == code
    send(server)
    assert len(server.received) == 1
    assert server.attempts == {"gone@example.com": 1, "grey@example.com": 1, "jane@example.com": 1}


def test_a_lost_answer_is_a_message_taken_and_a_connection_dropped_before_is_none(
    server: MailStandIn,
) -> None:
    server.lose_next_answer()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server)
    assert len(server.received) == 1
    server.fail_next("DATA", HANG_UP)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server)
    assert len(server.received) == 1


def test_a_fault_is_used_up(server: MailStandIn) -> None:
    server.fail_next("MAIL", "452 4.3.1 Out of storage", times=2)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(server)
    send(server)
    assert len(server.received) == 1


def test_messages_are_saved_as_eml_and_their_html_beside_it(server: MailStandIn, tmp_path: Path) -> None:
    send(server)
    send(server, "joe@example.com", "again")
    files = server.save(tmp_path / "mail")
    assert [file.name for file in files] == [
        "01-jane@example.com.eml",
        "01-jane@example.com.html",
        "02-joe@example.com.eml",
        "02-joe@example.com.html",
    ]
    assert files[0].read_bytes() == server.received[0].raw
    assert files[3].read_text().strip() == "<p>again</p>"


def test_it_can_be_opened_and_closed_many_times() -> None:
    ports = set()
    for _ in range(5):
        with MailStandIn() as standin:
            send(standin)
            ports.add(standin.port)
        with pytest.raises(ConnectionRefusedError):
            send(standin)
    assert 0 not in ports
