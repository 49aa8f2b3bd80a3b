"""An alert as an e-mail: the headers that a mailbox, a thread and an answering machine go by."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from worker.alerts.message import Message
from worker.watchlists.match import Severity


def compose(
    message: Message,
    *,
    sender: Address,
    recipient: Address,
    key: str,
    now: datetime,
    answers: str | None,
) -> EmailMessage:
    """Everything but `Date` is made from the arguments alone: sent twice, it is the same message.

    `Message-ID` is the key; notices of one family share a root that no mail carries, so that every mail
    client shows them as one conversation, whichever came first. `answers` is the key of an earlier mail of
    the conversation to the same recipient. Who wants no more of them writes to the sender: one-click
    (RFC 8058) would need an HTTPS endpoint, which this program does not have.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = _one_line(message.subject or message.text)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(key, sender)
    root = f"<form144.{_one_line(message.thread)}@{sender.domain}>" if message.thread else None
    answered = message_id(answers, sender) if answers else None
    if conversation := [known for known in (root, answered) if known]:
        mail["In-Reply-To"] = conversation[-1]
        mail["References"] = " ".join(conversation)
    mail["List-Id"] = f"Form 144 alerts <form144.{sender.domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{sender.addr_spec}?subject=unsubscribe>"
    if message.severity is Severity.HIGH:
        mail["Importance"] = "high"  # RFC 2156; X-Priority says the same and counts against a mail as spam
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation note answers this
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # the same for Exchange
    mail.set_content(message.text, cte="quoted-printable")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        mail.set_boundary(f"form144-{key[:32]}")
    for file in message.attachments:
        mail.add_attachment(
            file.content.encode(),
            maintype="text",
            subtype=file.subtype,
            filename=_one_line(file.name),
            params={"charset": "utf-8"},
        )
    if message.attachments:
        mail.set_boundary(f"form144-mixed-{key[:32]}")
    return mail


def message_id(key: str, sender: Address) -> str:
    """The identity of the delivery with that key, in every attempt."""
    return f"<{key}@{sender.domain}>"


def _one_line(text: str) -> str:
    """A header's value: no line break that begins another header, no character that is only a command."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf"))[:500]
