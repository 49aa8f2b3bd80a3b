"""Beat: rings the sweep as long as anybody hears it."""

from __future__ import annotations

from typing import Any

import celery.beat

#: Bells that nobody has heard, from which on beat rings no more: there is nobody, or they are at work. Half
#: a minute of them are heard within a second by whoever comes.
ENOUGH_BELLS = 60

#: What Celery's command line calls it.
SCHEDULER = "worker.beat:Scheduler"


class Scheduler(celery.beat.Scheduler):
    """Beat's plain scheduler, which keeps no file, as its one entry has no history worth keeping; and which
    does not go on ringing where nobody hears it.
    """

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **options: Any) -> Any:
        """Ring, or note that it was time to, where enough bells wait already."""
        channel: Any
        with self.connection.channel() as channel:
            waiting = channel.queue_declare(queue=entry.options["queue"], durable=True).message_count
        if waiting < ENOUGH_BELLS:
            return super().apply_async(entry, producer=producer, advance=advance, **options)
        return self.reserve(entry) if advance else None
