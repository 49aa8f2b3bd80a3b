"""What an entry of the record can tell. Others read these words in an export: they are not renamed."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The subject is a filing's accession number, a delivery's key, a destination, or as said."""

    # What EDGAR announced and served.
    ANNOUNCED = "announced"  #: a filing that is new here, and who found it
    INDEXED = "indexed"  #: EDGAR's index of a day (the subject) was parsed, or there is none
    READ = "read"  #: a document: its sha256, whether it could be read, the lists it was held against

    # What was decided, and what came of it.
    DECIDED = "decided"  #: a list raised an alert for a filing
    RENDERED = "rendered"  #: a message was written, and is owed: its sha256, and that of its templates
    HELD = "held"  #: a message was kept back when it was raised, by whom and why
    DIGEST = "digest"  #: a digest: when, about which time, and the messages it is told instead of
    ROLLED_UP = "rolled_up"  #: several messages are told in this one
    REDIRECTED = "redirected"  #: a message its destination did not take goes to another one
    MARKED = "marked"  #: a message that had arrived was changed to say that its notice was amended

    # What became of messages.
    ATTEMPTED = "attempted"  #: written before a message is sent
    SETTLED = "settled"  #: how an attempt ended: the receipt, or why there is none
    LANE_ENDED = "lane_ended"  #: nothing goes to a destination any more
    LANE_OPENED = "lane_opened"  #: a person let messages go there again

    # What people and the operator did or heard.
    OPERATOR_TOLD = "operator_told"  #: what needed them, in one message past the queue
    ACKNOWLEDGED = "acknowledged"  #: somebody has seen to an alert (the subject is its accession number)
    SILENCED = "silenced"  #: the subject is the silence's number, here and in the next two
    SILENCE_ENDED = "silence_ended"
    RELEASED = "released"  #: what a silence kept back is owed
    RETRIED = "retried"  #: a person has a failed message tried again
    CLOSED = "closed"  #: a person has dealt with a failed message: who, why, and what was known of it
    LISTS_TAKEN = "lists_taken"  #: an edit of the watchlists is in use: the digests before and after
    LISTS_KEPT_OUT = "lists_kept_out"  #: an edit of the watchlists was not taken
    BACKFILLED = "backfilled"  #: a person asked for the notices of days gone by
    TESTED = "tested"  #: form144 send-test to a destination, the subject: by whom; then what came of it
    DRILLED = "drilled"  #: a drill was asked for (the subject is its accession number), or is over

    # The record itself.
    EXPORTED = "exported"
    PRUNED = "pruned"  #: entries were taken out: by whom, why, and the last position and hash of them
    ANCHORED = "anchored"  #: position and hash were sent to somebody who keeps them
