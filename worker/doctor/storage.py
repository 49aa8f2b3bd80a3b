"""The ledger: is it there, of this program's schema, does it take writes, and does its clock agree?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from worker import parts
from worker.doctor.patient import Patient
from worker.messages.words import span
from worker.notifiers.check import Check, broken, fine, not_asked, warning

#: Leases and `due_at` compare clocks of different machines; a few seconds do no harm.
APART, FAR_APART = timedelta(seconds=5), timedelta(minutes=1)


def ledger(patient: Patient) -> Iterator[Check]:
    """Opening it finds a schema that does not fit, and says what to do."""
    with closing(patient.ledger()) as opened:
        opened.vitals.write()
        yield fine("ledger", f"{opened.vitals.server()}, schema up to date, takes writes")
        if (own := parts.own_ledger(patient.settings)) is not None:
            yield warning("ledger's reach", own, parts.OWN_LEDGER_HINT)
        yield line(str(patient.settings.ledger_url))
        theirs = opened.vitals.clock()
        if theirs is None:
            yield not_asked("ledger's clock", "SQLite has none of its own")
        else:
            yield skew("ledger's clock", theirs, patient.clock())


def line(url: str) -> Check:
    """Whether somebody on the way to the ledger could read or change what passes. By default libpq encrypts
    where it can, and verifies nobody: https://www.postgresql.org/docs/current/libpq-ssl.html
    """
    what, there = "ledger's line", urlsplit(url)
    asked = parse_qs(there.query)
    host = there.hostname or asked.get("host", ["/"])[0]
    if host.startswith("/") or host in ("127.0.0.1", "localhost", "::1"):
        return fine(what, "stays on this machine")
    if asked.get("sslmode") == ["verify-full"]:
        return fine(what, "TLS, and the server's certificate is verified")
    hint = "add ?sslmode=verify-full&sslrootcert=... to FORM144_LEDGER_URL, unless the network is yours"
    return warning(what, "nobody verifies which server answers", hint)


def skew(what: str, theirs: datetime, ours: datetime) -> Check:
    """How far the two clocks are apart."""
    apart = abs(theirs - ours)
    if apart <= APART:
        return fine(what, "agrees with this machine's")
    found = f"{span(apart)} {'ahead of' if theirs > ours else 'behind'} this machine's"
    hint = "have both machines keep time by NTP"
    return broken(what, found, hint) if apart > FAR_APART else warning(what, found, hint)
