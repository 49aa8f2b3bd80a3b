"""Checks an export of the record with nothing but Python: `python verifier.py record.jsonl [ANCHOR ...]`.

Each line is {"position": 7, "previous": "...", "entry_hash": "...", "hash": "...", "entry": {...}}. The entry
as JSON with sorted keys, no spaces and no escapes beyond JSON's own, in UTF-8, has the sha256 `entry_hash`;
`previous`, a line feed and `entry_hash` have the sha256 `hash`; and `hash` is the next line's `previous`.
Before the first entry stands the sha256 of "form144 record, version 1". An entry is null where it was pruned,
as a later one of kind "pruned" has to say.

An anchor is POSITION:HASH as somebody kept it. Without one, nobody can tell whether the end is missing or the
whole was made anew. Exit codes: 0 every entry is as it was sealed, 1 one is not, 2 there is nothing to check.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable

GENESIS = hashlib.sha256(b"form144 record, version 1").hexdigest()


def entry_hash_of(canonical: str) -> str:
    """The hash of an entry by itself."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def chained(previous: str, entry_hash: str) -> str:
    """The hash of an entry in its place."""
    return hashlib.sha256(f"{previous}\n{entry_hash}".encode()).hexdigest()


class Wrong(Exception):
    """The first thing that is wrong, as a sentence."""


class Check:
    """What is known of the record after each line. `first` and `position` are 0 before the first one."""

    def __init__(self, anchors: Iterable[str] = ()) -> None:
        self.first = self.position = 0
        self.hash = ""
        self.gone = self.said_gone = 0  # the last position that is pruned, and that an entry says is
        self.anchors = {}
        for anchor in anchors:
            position, colon, digest = anchor.partition(":")
            if not colon or not position.isdecimal():
                raise Wrong(f"the anchor {anchor} is not POSITION:HASH")
            self.anchors[int(position)] = digest.strip().lower()

    def line(self, text: str) -> None:
        """Check the next line. Raises Wrong."""
        where = f"after entry {self.position}" if self.position else "at the beginning"
        try:
            told = json.loads(text)
            position, previous = int(told["position"]), str(told["previous"])
            entry_hash, given, entry = str(told["entry_hash"]), str(told["hash"]), told["entry"]
        except (ValueError, KeyError, TypeError):
            raise Wrong(f"{where} stands a line that is not an entry of the record") from None
        if self.position and position != self.position + 1:
            raise Wrong(f"{where} stands entry {position}; entry {self.position + 1} is missing, or moved")
        if previous != (self.hash if self.position else GENESIS if position == 1 else previous):
            raise Wrong(f"entry {position} does not follow the one before it: its link was changed")
        if chained(previous, entry_hash) != given:
            raise Wrong(f"entry {position}: its link was changed")
        if entry is None:
            self.gone = position
        else:
            canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if entry_hash_of(canonical) != entry_hash:
                raise Wrong(f"entry {position} was changed, or another one put in its place")
            if entry.get("kind") == "pruned":
                self.said_gone = max(self.said_gone, int(entry["body"]["position"]))
        if self.anchors.pop(position, given) != given:
            raise Wrong(f"entry {position} has the hash {given}, which is not the anchor's")
        self.first, self.position, self.hash = self.first or position, position, given

    def end(self) -> None:
        """Check what can be known only now. Raises Wrong."""
        if self.gone > self.said_gone:
            raise Wrong(f"entry {self.gone} is missing, and no entry says that it was pruned")
        for position in self.anchors:
            raise Wrong(
                f"the anchor is of entry {position}; these are entries {self.first} to {self.position}"
            )


def main() -> int:
    """Check the file named on the command line."""
    if len(sys.argv) < 2:
        print(__doc__)  # noqa: T201 - the file stands alone
        return 2
    path, *anchors = sys.argv[1:]
    try:
        check = Check(anchors)
        with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - the file stands alone
            for line in lines:
                check.line(line)
        check.end()
    except (Wrong, OSError, UnicodeDecodeError) as error:
        print(error)  # noqa: T201
        return 2 if isinstance(error, OSError) else 1
    if not check.position:
        print("there is no entry")  # noqa: T201
        return 2
    print(f"entries {check.first} to {check.position} are as they were sealed")  # noqa: T201
    print(f"the last one is {check.position}:{check.hash}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
