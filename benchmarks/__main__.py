"""`make bench`: every benchmark after the other, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

#: In the order of the story.
ROOMS = ("discovery", "reading", "matching", "rendering")


def main() -> None:
    for room in ROOMS:
        print(f"\n== {room}\n", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{room}"], check=True)


main()
