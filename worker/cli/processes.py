"""`form144 run`, `worker` and `beat`: the processes that work until they are told to stop."""

from __future__ import annotations

from typing import Annotated

import structlog
import typer

from worker import engine, parts, wiring
from worker.cli.console import stderr
from worker.errors import ConfigurationError, Mistake
from worker.ledger.database import AT_A_TIME
from worker.logs import configure_logging
from worker.messages.words import counted
from worker.metrics.server import serving

log = structlog.get_logger()

#: With fewer hands, EDGAR alone could keep all of them waiting, and nobody would deliver.
FEWEST = 4


def run(
    threads: Annotated[int, typer.Option(help="tasks at a time", min=FEWEST, max=AT_A_TIME)] = engine.HANDS,
) -> None:
    """Everything in one process: poll EDGAR, read, match, alert. Stops on Ctrl-C."""
    settings = engine.settings()
    if not settings.is_embedded:
        raise ConfigurationError(
            [
                Mistake(
                    "FORM144_BROKER_URL",
                    "names a broker, and form144 run is the one process that needs none",
                    "unset it, or start form144 worker and form144 beat instead",
                )
            ]
        )
    configure_logging(settings)
    with wiring.ready(settings, alone=True) as watchlists, serving(settings, parts.clock):
        told = {to for watchlist in watchlists for to in watchlist.destinations}
        stderr().print(
            f"Watching EDGAR for Form 144: {counted(len(watchlists), 'watchlist')}, "
            f"{counted(len(told), 'destination')}.\n"
            "form144 status says how it is going; Ctrl-C stops."
        )
        engine.run_embedded(threads=threads)


def worker(
    queue: Annotated[
        list[str] | None, typer.Option("--queue", "-Q", help="edgar or deliver; both where not given")
    ] = None,
    concurrency: Annotated[int, typer.Option(help="tasks at a time", min=1, max=AT_A_TIME)] = engine.HANDS,
) -> None:
    """Consume queues, on any number of machines, beside one `form144 beat`."""
    queues = queue or ["edgar", "deliver"]
    if unknown := sorted(set(queues) - set(engine.QUEUES.values())):
        raise typer.BadParameter(f"{unknown[0]} is not a queue; the queues are edgar and deliver")
    if len(set(queues)) > 1 and concurrency < FEWEST:
        raise typer.BadParameter(f"both queues together take at least {FEWEST} tasks at a time")
    settings = engine.settings()
    _needs_broker()
    configure_logging(settings)
    if (own := parts.own_ledger(settings)) is not None:
        log.warning("ledger_is_a_file", why=own, hint=parts.OWN_LEDGER_HINT)
    with wiring.ready(settings, alone=False), serving(settings, parts.clock):
        engine.run_worker(queues, concurrency=concurrency)


def beat() -> None:
    """Ring the bell that makes workers look for what is due."""
    _needs_broker()
    settings = engine.settings()
    configure_logging(settings)
    with serving(settings, parts.clock):
        engine.run_beat()


def _needs_broker() -> None:
    if engine.settings().is_embedded:
        raise ConfigurationError(
            [
                Mistake(
                    "FORM144_BROKER_URL",
                    "is not set, and separate processes need a broker between them",
                    "set it to redis://host:6379/0, or use form144 run",
                )
            ]
        )
