"""The coverage line: what a reader may rely on, and what is not known yet."""

from __future__ import annotations

from worker.alerts.coverage import Coverage, IndexState
from worker.messages.words import span


def coverage_line(coverage: Coverage) -> str:
    """`EDGAR's index for 20 Nov: 142 notices. Seen 142. Matched 3. Unreadable 0. Worst delay 48 s.`"""
    days = f"{coverage.first.day} {coverage.first:%b}"
    if coverage.last != coverage.first:
        days += f" to {coverage.last.day} {coverage.last:%b}"
    index = {
        IndexState.PARSED: f"EDGAR's index for {days}: {coverage.indexed} notices.",
        IndexState.NOT_YET: f"EDGAR's index for {days} is not out yet.",
        IndexState.NONE: f"EDGAR made no index for {days}.",
    }
    parts = [
        index[coverage.index],
        f"Seen {coverage.seen}.",
        f"Matched {coverage.matched}.",
        f"Unreadable {coverage.unreadable}.",
    ]
    if coverage.found_late:
        parts.append(f"Found late {coverage.found_late}.")
    if coverage.waiting:
        parts.append(f"Waiting {coverage.waiting}.")
    if coverage.worst_delay is not None:
        parts.append(f"Worst delay {span(coverage.worst_delay)}.")
    return " ".join(parts)
