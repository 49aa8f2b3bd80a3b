"""What is left of an alert when every template fails."""

from __future__ import annotations

from worker.alerts.alert import Alert
from worker.alerts.message import Message


def plain_line(alert: Alert) -> Message:
    """What is left when every template fails: nothing that could be too long or need escaping."""
    issuer = f" about the issuer with CIK {alert.notice.issuer_cik}" if alert.notice.issuer_cik else ""
    accession = alert.filing.accession
    text = f"Form 144 {accession}{issuer} is on one of your watchlists: {alert.document_url}"
    return Message(text=text, subject=f"Form 144 {accession}", thread=alert.family)
