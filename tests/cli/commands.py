"""Commands in this process, as a shell would run them, with the settings they are given."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from tests.world import World
from worker import engine
from worker.cli.commands import app


def form144(*arguments: str, **settings: str) -> Result:
    """What the command printed, and what it ended with."""
    engine.settings.cache_clear()
    try:
        return CliRunner().invoke(app, arguments, env=settings)
    finally:
        engine.settings.cache_clear()


def installed(world: World) -> dict[str, str]:
    """The settings of an installation in that world, and of its every side."""
    return {
        "EDGAR_CONTACT": "Test test@example.com",
        "FORM144_EDGAR_URL": world.edgar.base_url,
        "FORM144_DATA": str(world.folder),
        "FORM144_WATCHLISTS": str(world.folder / "lists"),
        "FORM144_SLACK_TOKEN": world.slack.token,
        "FORM144_SLACK_URL": world.slack.base_url,
        "FORM144_SMTP_URL": f"smtp+plain://127.0.0.1:{world.mail.port}",
        "FORM144_MAIL_FROM": "form144@example.com",
    }
