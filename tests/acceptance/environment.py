"""What the program is told, so that it takes the stand-ins for EDGAR, Slack and a mail server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from worker.settings import environment_without_ours


def environment(folder: Path, ports: Mapping[str, int], **more: str) -> dict[str, str]:
    """`ports` are those of `edgar`, `slack` and `mail` on this machine; the lists lie in the folder."""
    return (
        environment_without_ours()
        | {
            "EDGAR_CONTACT": "form144 torture torture@example.com",
            "FORM144_DATA": str(folder / "data"),
            "FORM144_WATCHLISTS": str(folder / "lists"),
            "FORM144_EDGAR_URL": f"http://127.0.0.1:{ports['edgar']}",
            "FORM144_REQUESTS_PER_SECOND": "9",
            "FORM144_POLL_SECONDS": "2",
            "FORM144_SLACK_TOKEN": "xoxb-not-a-token",
            "FORM144_SLACK_URL": f"http://127.0.0.1:{ports['slack']}/api",
            "FORM144_SMTP_URL": f"smtp+plain://127.0.0.1:{ports['mail']}",
            "FORM144_MAIL_FROM": "form144@example.com",
            # One message a delivery, so that they can be counted.
            "FORM144_BURST": "9999",
            "FORM144_LOG_FORMAT": "json",
        }
        | more
    )
