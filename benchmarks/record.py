"""What the chained record costs a step, how fast it is sealed and verified, and whether writers wait for it.

    python -m benchmarks.record                     # SQLite, and PostgreSQL where there is one
    python -m benchmarks.record --entries 1000000

"Without the record" is the same code with the writing of entries cut out, filing by filing in turn with
"with", in the same ledger. PostgreSQL is the one of the tests, which does not wait for the disk; SQLite does.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.ledger.readings import EMAIL, SLACK, owe
from tests.servers import AbsentError
from tests.servers.postgres import any_postgres
from worker.alerts.delivery import Receipt
from worker.ledger import announcing, chain, readings
from worker.ledger.chain import Entry, note, note_all
from worker.ledger.ledger import Ledger

NOW = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)
LEASE = timedelta(minutes=2)
WRITERS = 8
BODY: dict[str, chain.Value] = {
    "destination": "slack:#ir-alerts",
    "attempt": 1,
    "outcome": "delivered",
    "said": "C1/1788293161.0",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000, help="how long the record is")
    parser.add_argument("--filings", type=int, default=300, help="told with and without the record")
    parser.add_argument("--seconds", type=float, default=4, help="how long the writers write")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{Path(folder) / 'ledger.sqlite'}", asked)
    try:
        with any_postgres() as server:
            measure("PostgreSQL", server.url(), asked)
    except AbsentError as error:
        print(f"PostgreSQL: not measured, {error}")


def measure(name: str, url: str, asked: argparse.Namespace) -> None:
    ledger = Ledger.open(url, migrate=True)
    print(f"{name}")
    try:
        _steps(ledger, asked.filings)
        _sealing(ledger, asked.entries)
        _waiting(ledger, asked.seconds)
    finally:
        ledger.close()


def _steps(ledger: Ledger, filings: int) -> None:
    """A filing announced, read, and told in two messages: eight transactions, ten entries."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(1, 2 * filings + 1):
        with_record = number % 2 == 0
        began = time.perf_counter()
        if with_record:
            _tell(ledger, number)
        else:
            with _no_record():
                _tell(ledger, number)
        took[with_record].append((time.perf_counter() - began) * 1000)
    told, plain = statistics.median(took[True]), statistics.median(took[False])
    print(f"  a filing told in two messages    {told:.2f} ms, without the record {plain:.2f} ms (medians)")


def _tell(ledger: Ledger, number: int) -> None:
    now = NOW + timedelta(minutes=number)
    owe(ledger, SLACK, EMAIL, now=now, number=number)
    while delivery := ledger.deliveries.claim(now, LEASE, "worker"):
        ledger.deliveries.delivered(delivery, Receipt(reference="C1/1.0"), now, lane_opens_at=now)


@contextmanager
def _no_record() -> Iterator[None]:
    """The nouns write nothing into the record."""

    def nothing(*_arguments: object, **_body: object) -> None: ...

    writers = ((chain, "note"), (readings, "note_all"), (announcing, "note_all"))
    kept = [getattr(*writer) for writer in writers]
    for module, name in writers:
        setattr(module, name, nothing)
    try:
        yield
    finally:
        for (module, name), writer in zip(writers, kept, strict=True):
            setattr(module, name, writer)


def _sealing(ledger: Ledger, number: int) -> None:
    ledger.chain.seal()
    for _ in range(0, number, 1000):
        with ledger.database.write() as connection:
            note_all(connection, NOW, [Entry("settled", "0" * 64, BODY)] * 1000)
    print(f"  sealed                           {number / _seconds(ledger.chain.seal):,.0f} entries/s")
    took = _seconds(lambda: _whole(ledger))
    print(f"  verified                         {ledger.chain.head().position / took:,.0f} entries/s")
    looks = sorted(_seconds(ledger.chain.seal) * 1000 for _ in range(50))
    print(f"  a look that finds nothing loose  {looks[25]:.2f} ms, in a record of {number:,} entries")


def _whole(ledger: Ledger) -> None:
    assert ledger.verification.verify().finding is None


def _waiting(ledger: Ledger, seconds: float) -> None:
    """How long an entry's transaction takes while seven others write too: at 160 a second, which is a year's
    work in an hour, and as fast as they can.
    """
    for pause in (0.05, 0.0):
        print(
            f"  {WRITERS} writers, {f'{WRITERS / pause:.0f} entries/s' if pause else 'as fast as they can'}"
        )
        for sealers in (0, 1):
            until = time.monotonic() + seconds
            with ThreadPoolExecutor(WRITERS + sealers) as pool:
                sealing = [pool.submit(_seal, ledger, until) for _ in range(sealers)]
                writing = [pool.submit(_write, ledger, until, pause) for _ in range(WRITERS)]
                took = sorted(one for each in writing for one in each.result())
                sealed = sum(one.result() for one in sealing)
            beside = f"sealed beside it {sealed:,}" if sealers else "nobody sealing"
            print(
                f"    {beside:<30} {len(took) / seconds:,.0f} entries/s, p50 {_at(took, 0.5):.1f} ms, "
                f"p99 {_at(took, 0.99):.1f} ms, worst {took[-1]:.0f} ms"
            )
            ledger.chain.seal()
    _whole(ledger)


def _write(ledger: Ledger, until: float, pause: float) -> list[float]:
    took = []
    time.sleep(random.random() * pause)
    while (began := time.monotonic()) < until:
        with ledger.database.write() as connection:
            note(connection, "settled", "0" * 64, NOW, **BODY)
        took.append((time.monotonic() - began) * 1000)
        time.sleep(pause)
    return took


def _seal(ledger: Ledger, until: float) -> int:
    sealed = 0
    while time.monotonic() < until:
        sealed += ledger.chain.seal()
        time.sleep(0.05)
    return sealed


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _at(took: Sequence[float], share: float) -> float:
    return took[int(len(took) * share)]


if __name__ == "__main__":
    main()
