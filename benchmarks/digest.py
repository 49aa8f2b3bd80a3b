"""What a digest of 1,000 alerts costs in each channel, with as much in it as the channel has room for.

    python -m benchmarks.digest

Prints medians over repeated runs, on this machine, in this process, of the real Writer and templates.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from functools import partial

from tests.messages import digests
from worker.alerts.digest import Digest
from worker.messages.digest_message import write_digest
from worker.messages.digest_table import table_of
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination


def median_of(run: Callable[[], object], seconds: float) -> float:
    """Milliseconds of one run, the median of as many as fit into that time, after one to warm up."""
    run()
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken) < 3:
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e3


def main(seconds: float = 1.0) -> None:
    writer = Writer([shipped()])
    print(f"one digest, written; Python {platform.python_version()}, medians in milliseconds\n")
    print(f"{'':22}{'slack':>10}{'email':>10}{'text':>10}{'csv':>10}{'slack+email+csv':>18}")
    found: dict[str, Digest] = {
        "a quiet day": digests.empty(),
        "some of everything": digests.full(),
        "1,000 alerts": digests.large(1_000),
        "as hostile as may be": digests.hostile(),
    }
    for name, digest in found.items():
        each = {
            channel: median_of(partial(write_digest, writer, digest, Destination(channel)), seconds)
            for channel in ("slack", "email", "console")
        }
        table = median_of(partial(table_of, digest), seconds)
        whole = each["slack"] + each["email"] + table
        columns = "".join(f"{number:10,.1f}" for number in (*each.values(), table))
        print(f"{name:22}{columns}{whole:18,.1f}")


if __name__ == "__main__":
    main()
