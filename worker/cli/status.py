"""`form144 status`: is it working, what is waiting, what is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from worker import parts
from worker.alerts.coverage import Coverage
from worker.alerts.delivery import DeliveryState
from worker.cli.console import stdout
from worker.cli.documents import opened_ledger
from worker.cli.outcome import coverage_line
from worker.digests import overdue, upcoming
from worker.due import INDEX_TOO_OLD, POLL_TOO_OLD
from worker.edgar.hours import index_due, is_open
from worker.filings.filing import eastern_day
from worker.ledger.glance import Glance
from worker.ledger.ledger import Ledger
from worker.ledger.polls import Poll
from worker.ledger.reloads import Reload
from worker.messages.words import counted, span
from worker.pipeline import Step
from worker.reconciliation import index_cursor, unread_days
from worker.settings import from_environment
from worker.undone import CHORES, undone

#: Deliveries a person has to look at.
STUCK = (DeliveryState.REFUSED, DeliveryState.ABANDONED, DeliveryState.UNKNOWN)


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints. `is_open` is whether EDGAR takes filings now. `last_good_poll` is an aware UTC
    instant, None where there was none; `feed_reached` is how far back it saw, where that is less than was
    wanted. `index_cursor` is the last day up to which every index was parsed, and `coverage_indexed` that
    day's. `quiet_until` is until when the SEC asked for silence, None where it did not. The record has
    `record_entries` sealed entries. `stuck` are sentences, and none of them is good news; `silences` are
    those in force, `digests` what waits for which.
    """

    is_open: bool
    last_good_poll: datetime | None
    last_good_poll_age: timedelta | None
    last_poll_error: str | None
    feed_reached: datetime | None
    index_cursor: date | None
    indexes_unread: int
    last_reconciliation_error: str | None
    filings_due: int
    deliveries_due: int
    filings: dict[str, int]
    deliveries: dict[str, int]
    coverage_today: Coverage
    coverage_indexed: Coverage | None
    watchlists: Reload | None
    stuck: tuple[str, ...]
    silences: tuple[str, ...]
    quiet_until: datetime | None
    record_entries: int
    record_unsealed: int
    digests: tuple[str, ...]


def status(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, for machines")] = False,
    work: Annotated[
        bool,
        typer.Option("--work", help="only whether the work is done; what waits for a person is no fault"),
    ] = False,
    queue: Annotated[
        str | None, typer.Option("--queue", "-Q", help="with --work: edgar or deliver; both where not given")
    ] = None,
) -> None:
    """Show whether polling works, what waits and what is stuck; exit code 1 where anything is."""
    if queue is not None and queue not in CHORES:
        raise typer.BadParameter(f"{queue} is not a queue; the queues are {' and '.join(CHORES)}")
    if (queue is not None and not work) or (work and as_json):
        raise typer.BadParameter("--queue goes with --work, and --work prints no JSON")
    console = stdout(wrap=True)
    with opened_ledger(from_environment()) as ledger:
        now = parts.clock()
        if work:
            _show_work(console, tuple(undone(ledger, now, [queue] if queue else tuple(CHORES))))
            return
        found = read_status(ledger, now)
    if as_json:
        console.file.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        _show(console, found)
    if found.stuck:
        raise typer.Exit(1)


def _show_work(console: Console, left: Sequence[str]) -> None:
    for sentence in left:
        console.print(sentence, style="red", markup=False)
    if left:
        raise typer.Exit(1)
    console.print("the work is done")


def read_status(ledger: Ledger, now: datetime) -> Status:
    """The state of things at `now`, from the ledger alone."""
    good, last = ledger.polls.last_complete(), ledger.polls.last()
    filings, deliveries = ledger.report.filings_by_state(), ledger.report.deliveries_by_state()
    stuck = [
        f"{counted(number, 'delivery is', 'deliveries are')} {state}"
        for state, number in deliveries.items()
        if state in STUCK
    ]
    stuck += [f"nothing goes to {to} any more: {why}" for to, why in ledger.report.ended_lanes().items()]
    stuck += [*_feed(good, now), *_indexes(ledger, now), *undone(ledger, now)]
    reload = ledger.reloads.last()
    stuck += [*overdue(ledger, now), *_kept_out(reload)]
    polled_at = good.ended_at if good else None
    cursor = index_cursor(ledger, now)
    return Status(
        is_open=is_open(now),
        last_good_poll=polled_at,
        last_good_poll_age=now - polled_at if polled_at else None,
        last_poll_error=last.error if last else None,
        feed_reached=good.oldest_accepted_at if good and not good.covers_window else None,
        index_cursor=cursor,
        indexes_unread=len(unread_days(ledger, now)),
        last_reconciliation_error=ledger.chores.error(Step.RECONCILE),
        filings_due=ledger.filings.due(now),
        deliveries_due=ledger.deliveries.due(now),
        filings=filings,
        deliveries={str(state): number for state, number in deliveries.items()},
        coverage_today=ledger.report.coverage(eastern_day(now)),
        coverage_indexed=ledger.report.coverage(cursor) if cursor else None,
        watchlists=reload,
        stuck=tuple(stuck),
        silences=tuple(
            f"{one.about} {one.subject} until {one.expires_at:%Y-%m-%d %H:%M} UTC, "
            f"by {one.author}: {one.reason}"
            for one in ledger.silences.active(now)
        ),
        digests=tuple(upcoming(ledger, now)),
        quiet_until=Glance(ledger.database).quiet_until(now),
        record_entries=ledger.chain.head().position,
        record_unsealed=ledger.chain.loose(),
    )


def _feed(good: Poll | None, now: datetime) -> list[str]:
    if good is None or good.ended_at is None:
        return ["there never was a good poll"]
    if not is_open(now):
        return []
    if now - good.ended_at > POLL_TOO_OLD:
        return [f"no good poll in the last {span(POLL_TOO_OLD)}"]
    return [] if good.rows else ["EDGAR's feed was empty in EDGAR's hours"]


def _kept_out(reload: Reload | None) -> list[str]:
    if reload is None or reload.kept_since is None:
        return []
    since = f"{reload.kept_since:%Y-%m-%d %H:%M:%S} UTC"
    mistakes = counted(reload.mistakes, "mistake")
    return [f"an edit is kept out since {since}: {mistakes}; form144 check names them"]


def _indexes(ledger: Ledger, now: datetime) -> list[str]:
    late = [day for day in unread_days(ledger, now) if now - index_due(day) > INDEX_TOO_OLD]
    overdue_indexes = counted(len(late), "index is overdue", "indexes are overdue")
    return [f"{overdue_indexes}, the first of {late[0]}"] if late else []


def _show(console: Console, found: Status) -> None:
    _show_feed(console, found)
    waits = f", {found.indexes_unread} due and not parsed" if found.indexes_unread else ""
    console.print(f"Indexes         whole up to {found.index_cursor or 'no day yet'}{waits}")
    if found.last_reconciliation_error:
        _note(console, f"the last look failed: {found.last_reconciliation_error}")
    _show_counts(console, found)
    entries = counted(found.record_entries, "entry", "entries")
    console.print(f"Record          {entries}, {found.record_unsealed} not sealed yet")
    for name, sentences in (("Silence", found.silences), ("Digest", found.digests)):
        for sentence in sentences:
            console.print(f"{name:<16}{sentence}", markup=False)
    if found.watchlists is not None:
        console.print(f"Watchlists      taken {found.watchlists.taken_at:%Y-%m-%d %H:%M:%S} UTC")
    for sentence in found.stuck:
        console.print(f"Stuck           {sentence}", style="red", markup=False, soft_wrap=True)


def _show_counts(console: Console, found: Status) -> None:
    console.print(f"Filings         {_counts(found.filings)}; {found.filings_due} due")
    console.print(f"Deliveries      {_counts(found.deliveries)}; {found.deliveries_due} due")
    for name, coverage in (("Last index", found.coverage_indexed), ("Today", found.coverage_today)):
        if coverage:
            console.print(f"{name:<16}", end="")
            console.print(coverage_line(coverage))


def _show_feed(console: Console, found: Status) -> None:
    polled = f"{found.last_good_poll:%Y-%m-%d %H:%M:%S} UTC" if found.last_good_poll else "never"
    if found.last_good_poll_age is not None:
        polled += f", {span(found.last_good_poll_age)} ago"
    console.print(f"Last good poll  {polled}{'' if found.is_open else '; EDGAR is closed'}")
    if found.last_poll_error:
        _note(console, f"the last one failed: {found.last_poll_error}")
    if found.quiet_until:
        _note(console, f"the SEC asked for silence until {found.quiet_until:%Y-%m-%d %H:%M:%S} UTC")
    if found.feed_reached:
        _note(console, f"the feed reached back to {found.feed_reached:%Y-%m-%d %H:%M:%S} UTC only")


def _note(console: Console, text: str) -> None:
    console.print(f"{'':<16}{text}", style="yellow", markup=False)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "none"
