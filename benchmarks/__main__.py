"""`make bench`: every benchmark after the other, each in a process of its own.

    python -m benchmarks [ROOM ...]

Each says what it set out to reach, and whether it did. Of all together the last one runs a whole year, which
takes a quarter of an hour; `python -m benchmarks load` alone, a tenth of it.
"""

from __future__ import annotations

import subprocess
import sys

#: In the order of the story.
ROOMS = ("discovery", "reading", "matching", "rendering", "digest", "delivery", "record", "scrape", "load")


def main() -> None:
    asked = sys.argv[1:]
    if unknown := sorted(set(asked) - set(ROOMS)):
        sys.exit(f"{unknown[0]} is no room; the rooms are {', '.join(ROOMS)}")
    for room in asked or ROOMS:
        print(f"\n== {room}\n", flush=True)
        year = ["--year"] if room == "load" and not asked else []
        subprocess.run([sys.executable, "-m", f"benchmarks.{room}", *year], check=True)


main()
