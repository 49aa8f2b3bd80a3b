"""EDGAR: does it answer, does it take the declared contact, what time is it there, and do polls succeed?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

from worker import parts
from worker.doctor.patient import Patient
from worker.doctor.storage import skew
from worker.edgar.budget import Budget, LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.hours import is_open
from worker.errors import ConfigurationError, Unreachable
from worker.ledger.pace import Pace
from worker.messages.words import span
from worker.notifiers.check import Check, broken, fine, not_asked, warning

#: In EDGAR's hours a good poll older than this means that nobody is looking.
POLL_TOO_OLD = timedelta(minutes=15)

#: The copy of the ticker file is fetched again after a day.
TICKERS_TOO_OLD = timedelta(days=3)


def edgar(patient: Patient) -> Iterator[Check]:
    """One page of the feed, asked for within the budget that all processes share."""
    with suppress(ConfigurationError, Unreachable), closing(patient.ledger()) as ledger:
        per_second = patient.settings.requests_per_second
        yield from _asked(patient, Pace(ledger.database, time.time, per_second=per_second))
        return
    yield from _asked(patient, LocalBudget())


def _asked(patient: Patient, budget: Budget) -> Iterator[Check]:
    if any(one.where == "EDGAR_CONTACT" for one in patient.mistakes):
        yield not_asked("EDGAR", "cannot be asked under such a contact")
        return
    if patient.settings.contact is None:
        hint = 'EDGAR_CONTACT="Jane Doe jane@example.com"'
        yield broken("EDGAR's contact", "EDGAR_CONTACT is not set", hint)
        return
    with parts.open_edgar(patient.settings, budget) as asked:
        try:
            page = next(asked.latest(patient.clock()))
        except ConfigurationError as error:
            yield from (broken("EDGAR's contact", one.what, one.hint) for one in error.mistakes)
        except Unreachable as error:
            yield broken("EDGAR", str(error), "if it lasts, look at sec.gov from this machine")
        else:
            yield fine("EDGAR", f"answers, and takes the contact; {page.rows} rows in the feed")
        yield from _clock(asked, patient.clock())


def _clock(asked: Edgar, now: datetime) -> Iterator[Check]:
    theirs = asked.answered_at
    if theirs is None:
        yield not_asked("EDGAR's clock", "no answer said what time it is")
    else:
        yield skew("EDGAR's clock", theirs, now)


def last_poll(patient: Patient) -> Iterator[Check]:
    """When a poll last came to its end."""
    what, now = "last good poll", patient.clock()
    with closing(patient.ledger()) as ledger:
        good, last = ledger.polls.last_complete(), ledger.polls.last()
    if good is None or good.ended_at is None:
        yield broken(what, "there never was one", "start form144 run")
        return
    found = f"{span(now - good.ended_at)} ago"
    if is_open(now) and now - good.ended_at > POLL_TOO_OLD:
        why = f"; the last one failed: {last.error}" if last is not None and last.error else ""
        yield broken(what, f"{found}{why}", "form144 status says more")
    else:
        yield fine(what, found)


def tickers(patient: Patient) -> Iterator[Check]:
    """How old the copy of the SEC's ticker file is."""
    copy = patient.settings.data / "company_tickers.json"
    if not copy.exists():
        first = "" if patient.settings.contact is not None else "set EDGAR_CONTACT; then "
        yield warning("tickers", "no copy of the SEC's file yet", f"{first}form144 check fetches it")
        return
    age = patient.clock() - datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    found = f"the copy is {span(max(age, timedelta(0)))} old"
    hint = "tickers given out since are not known"
    yield warning("tickers", found, hint) if age > TICKERS_TOO_OLD else fine("tickers", found)
