"""What it costs to write the messages of one alert, and how much of it is the largest notice's size.

    python -m benchmarks.rendering

Prints medians over repeated runs, on this machine, in this process, of the real Writer and templates. No
alert is written twice in a row: each goes to Slack, to e-mail and to the console, then comes the next one.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Sequence

import msgspec

from benchmarks.reach import reach
from tests.messages import samples
from worker.alerts.alert import Alert
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

DESTINATIONS = [Destination("slack", "#a"), Destination("email", "a@example.com"), Destination("console", "")]
KINDS = {
    "an ordinary notice": samples.an_alert(),
    "an amendment": samples.amended(),
    "the seed notice": samples.the_seed(),
    "the schema's maxima": samples.maxima(),
}
#: What one alert may cost: Slack, and e-mail's subject, text and inlined HTML.
MICROSECONDS = 500


def others_like(alert: Alert, number: int) -> list[Alert]:
    """Alerts of the same kind, each about a filing, an issuer and a seller of its own."""
    return [
        msgspec.structs.replace(
            alert,
            filing=msgspec.structs.replace(alert.filing, accession=f"0001950047-26-{place:06d}"),
            notice=msgspec.structs.replace(
                alert.notice, issuer_name=f"Example {place} Inc.", seller_name=f"Example Jane {place}"
            ),
        )
        for place in range(number)
    ]


def medians(writer: Writer, alerts: Sequence[Alert]) -> list[float]:
    """Microseconds for each destination, and last for Slack and e-mail together."""
    taken: list[tuple[float, ...]] = []
    for alert in alerts:
        spans = []
        for destination in DESTINATIONS:
            start = time.perf_counter()
            written = writer.write(alert, destination)
            spans.append((time.perf_counter() - start) * 1e6)
            assert written.problem is None, written.problem
        taken.append((*spans, spans[0] + spans[1]))
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def main() -> None:
    writer = Writer([shipped()])
    print(f"one alert, written; Python {platform.python_version()}, medians in microseconds\n")
    print(f"{'':24}{'slack':>10}{'email':>10}{'console':>10}{'slack+email':>14}")
    ordinary = 0.0
    for name, alert in KINDS.items():
        number = 40 if name == "the schema's maxima" else 1_000
        each = medians(writer, others_like(alert, number))
        ordinary = ordinary or each[-1]
        print(f"{name:24}{each[0]:10,.0f}{each[1]:10,.0f}{each[2]:10,.0f}{each[3]:14,.0f}")
    summaries = (samples.a_summary(samples.an_alert()), samples.a_summary(samples.the_seed())) * 25
    spans: list[list[float]] = [[], [], []]
    for _ in range(100):
        for place, destination in enumerate(DESTINATIONS):
            start = time.perf_counter()
            writer.write_together(summaries, destination)
            spans[place].append((time.perf_counter() - start) * 1e6)
    each = [statistics.median(column) for column in spans]
    print(
        f"{'50 told together':24}{each[0]:10,.0f}{each[1]:10,.0f}{each[2]:10,.0f}{each[0] + each[1]:14,.0f}\n"
    )
    reach("microseconds for an ordinary alert, Slack and e-mail", ordinary, at_most=MICROSECONDS)


if __name__ == "__main__":
    main()
