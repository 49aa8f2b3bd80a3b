"""What reading costs: notices a second, the largest notice, a cold import, memory, beside raw lxml.

    python -m benchmarks.reading

Every figure is a median of rounds that take turns with raw lxml in one process on one core, as machines
are noisy. Where `.venv-peers` exists at the top of the repository (`make bench-peers` makes it), edgartools
and datamule read the same notices, in a process of their own, in the same run.
"""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

from lxml import etree

from tests.builders import a_filing, a_lot, a_notice, a_past_sale, a_proposed_sale
from tests.filings.generated import the_largest_notice
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.filings.rule144 import computed
from worker.standins.forms import Serialisation, as_submission, as_xml

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
NOTICES, ROUNDS = 1_000, 9


def main() -> None:
    """Print the table."""
    notices = a_load(NOTICES)
    chance = random.Random(144)
    documents = [as_xml(notice, chance.choice(list(Serialisation))) for notice in notices]
    submissions = [as_submission(notice, a_filing()) for notice in notices]
    size = sum(map(len, documents)) / NOTICES
    print(f"{NOTICES:,} made-up notices, {size:,.0f} bytes on average, in four prefixes")
    print(f"medians of {ROUNDS} rounds, one core\n")
    _speed(documents, submissions, notices)
    _largest()
    _cold_process(documents)
    _peers(documents)


def a_load(count: int) -> list[Form144Notice]:
    """Notices as they come: most with one sale and a lot or two, some with long tables."""
    chance = random.Random(144)
    return [_a_notice_of_the_load(number, chance) for number in range(count)]


def _a_notice_of_the_load(number: int, chance: random.Random) -> Form144Notice:
    day = date(2026, 9, 1)
    past = tuple(
        a_past_sale(units=chance.randint(1, 10**6), sale_date=day - timedelta(days=chance.randint(1, 89)))
        for _ in range(chance.choice([0, 1, 1, 1, 2, 2, 8]))
    )
    sales = tuple(
        a_proposed_sale(units=chance.randint(1, 10**6), market_value=Decimal(chance.randint(1, 10**9)) / 100)
        for _ in range(chance.choice([1, 1, 1, 1, 2, 3]))
    )
    return a_notice(
        seller_name=f"Example Jane {number}",
        relationships_as_filed=tuple(chance.sample(["Officer", "Director", "10% Stockholder"], 2)),
        proposed_sales=sales,
        acquired_lots=(a_lot(),) * chance.choice([1, 1, 1, 1, 2, 4]),
        nothing_to_report=not past,
        past_sales=past,
        remarks="The shares will be sold under a trading plan intended to comply with Rule 10b5-1(c).",
        plan_adoption_dates=(day - timedelta(days=100),) if chance.random() < 0.4 else (),
    )


def _speed(
    documents: Sequence[bytes], submissions: Sequence[bytes], notices: Sequence[Form144Notice]
) -> None:
    """Raw lxml builds a tree and looks at nothing; reading types every field and notes every problem."""
    tasks: dict[str, Callable[[], object]] = {
        "lxml.etree.fromstring, tree only": lambda: _each(etree.fromstring, documents),
        "read_notice, raw XML": lambda: _each(read_notice, documents),
        "read_notice, submission with header": lambda: _each(read_notice, submissions),
        "computed, all derived figures": lambda: _each(computed, notices),
    }
    for name, seconds in _in_turns(tasks).items():
        print(f"{name:40} {NOTICES / seconds:>9,.0f} notices/s   {seconds / NOTICES * 1e6:>7.1f} us each")


def _each(task: Callable[[T], object], values: Sequence[T]) -> None:
    for value in values:
        task(value)


def _largest() -> None:
    """Every table and every text as long as the schema allows, as filers indent it and as they do not."""
    indented = as_xml(the_largest_notice())
    for document, how in ((indented, "indented"), (re.sub(rb">\s+<", b"><", indented), "in one line")):
        took = _in_turns(
            {
                "lxml": partial(etree.fromstring, document),
                "read": partial(read_notice, document),
            }
        )
        print(
            f"the largest notice, {how} ({len(document):,} bytes): {took['read'] * 1e3:.2f} ms"
            f" (lxml, tree only: {took['lxml'] * 1e3:.2f} ms)"
        )


def _in_turns(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median processor seconds of each task, which take turns so that noise hits all alike."""
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = time.process_time()
            task()
            took[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


_COLD = """
import re, sys, time
from pathlib import Path
start = time.perf_counter()
import worker.filings.reader
milliseconds = (time.perf_counter() - start) * 1000
def resident():
    return int(re.search(r"VmRSS:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
imported = resident()
kept = [worker.filings.reader.read_notice(path.read_bytes()) for path in Path(sys.argv[1]).iterdir()]
print(milliseconds, imported, resident())
"""


def _cold_process(documents: Sequence[bytes]) -> None:
    """A process that has imported nothing yet; its memory as Linux tells it."""
    with tempfile.TemporaryDirectory() as folder:
        _write(documents, Path(folder))
        runs = [
            [float(word) for word in _output([sys.executable, "-c", _COLD, folder]).split()]
            for _ in range(ROUNDS)
        ]
    milliseconds, imported, kept = (statistics.median(values) for values in zip(*runs, strict=True))
    print(f"cold import of worker.filings.reader: {milliseconds:.0f} ms, {imported:.0f} MB resident")
    print(f"with {NOTICES:,} notices kept: {kept:.0f} MB resident")


def _peers(documents: Sequence[bytes]) -> None:
    """The same documents through the best-known libraries, where they are installed."""
    if not PEERS.exists():
        print("\nNo .venv-peers here: edgartools and datamule were not measured.")
        return
    script = str(ROOT / "benchmarks" / "reading_peers.py")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        _write(documents, Path(folder))
        print()
        for library in ("edgartools", "datamule"):
            print(_output([str(PEERS), script, folder, library], home=home), end="")


def _write(documents: Sequence[bytes], folder: Path) -> None:
    for number, document in enumerate(documents):
        (folder / f"{number:04}.xml").write_bytes(document)


def _output(command: Sequence[str], home: str | None = None) -> str:
    """What a command prints. Libraries that create folders at home are given another home."""
    environment = None if home is None else {"HOME": home, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment)
    return done.stdout


if __name__ == "__main__":
    main()
