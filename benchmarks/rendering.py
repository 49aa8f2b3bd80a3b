"""What it costs to write the messages of one alert, and how much of it is the largest notice's size.

    python -m benchmarks.rendering

Prints medians over repeated runs, on this machine, in this process, of the real Writer and templates.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from functools import partial

from tests.messages import samples
from worker.alerts.alert import Alert
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

CHANNELS = ("slack", "email", "console")


def median_of(run: Callable[[], object], seconds: float) -> float:
    """Microseconds of one run, the median of as many as fit into that time, after one to warm up."""
    run()
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken) < 3:
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e6


def main(seconds: float = 1.0) -> None:
    writer = Writer([shipped()])
    print(f"one alert, written; Python {platform.python_version()}, medians in microseconds\n")
    print(f"{'':24}" + "".join(f"{channel:>12}" for channel in CHANNELS) + f"{'slack+email':>14}")
    alerts: dict[str, Alert] = {
        "an ordinary notice": samples.an_alert(),
        "an amendment": samples.amended(),
        "the seed notice": samples.the_seed(),
        "the schema's maxima": samples.maxima(),
    }
    for name, alert in alerts.items():
        each = {
            channel: median_of(partial(writer.write, alert, Destination(channel)), seconds)
            for channel in CHANNELS
        }
        both = each["slack"] + each["email"]
        print(f"{name:24}" + "".join(f"{each[channel]:12,.0f}" for channel in CHANNELS) + f"{both:14,.0f}")

    summaries = (samples.a_summary(samples.an_alert()), samples.a_summary(samples.the_seed())) * 25
    each = {
        channel: median_of(partial(writer.write_together, summaries, Destination(channel)), seconds)
        for channel in CHANNELS
    }
    both = each["slack"] + each["email"]
    print(
        f"{'50 told together':24}"
        + "".join(f"{each[channel]:12,.0f}" for channel in CHANNELS)
        + f"{both:14,.0f}"
    )


if __name__ == "__main__":
    main()
