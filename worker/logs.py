"""The log: one event a line, for people on a terminal and as JSON elsewhere; times in UTC.

Names of watchlists, their owners and reasons never reach it, and no secret does.
"""

from __future__ import annotations

import logging
import sys

import structlog

from worker.notifiers.sentry import sentry
from worker.settings import Settings


class _ForPeople(structlog.dev.ConsoleRenderer):
    """Without what only machines compare: a delivery's key, and that it was not looked for."""

    def __call__(
        self, logger: structlog.typing.WrappedLogger, name: str, event_dict: structlog.typing.EventDict
    ) -> str:
        event_dict.pop("key", None)
        if event_dict.get("found") is False:
            del event_dict["found"]
        return super().__call__(logger, name, event_dict)


def configure_logging(settings: Settings) -> None:
    """Send every log record of this process to standard error, in the format the settings ask for, and word
    of errors to Sentry where they name a project. Raises ConfigurationError where that cannot be.
    """
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = (
        _ForPeople(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Before the renderer, whose own traceback shows local variables: secrets and names.
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler, sentry(settings.sentry_dsn)] if settings.sentry_dsn else [handler]
    root.setLevel(settings.log_level.upper())
    # Their ordinary news is not ours: a line per task, a line per request.
    for name in ("celery", "kombu", "httpx", "httpcore", "alembic", "slack_sdk"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
