"""The console prints whole blocks of harmless text."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor

from tests.notifiers.rigs import KEY, a_message
from worker.notifiers.console import RULE, ConsoleNotifier


class Halting(io.StringIO):
    """A stream that lets other threads run in the middle of a block."""

    def write(self, text: str) -> int:
        for line in text.splitlines(keepends=True):
            super().write(line)
            time.sleep(0)
        return len(text)


def test_messages_of_several_threads_do_not_mix() -> None:
    stream = Halting()
    console = ConsoleNotifier(stream)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: console.send(a_message(text=f"{n}\n{n}\n{n}"), "", KEY), range(200)))
    blocks = [block.strip().split("\n") for block in stream.getvalue().split(RULE) if block.strip()]
    assert sorted(int(block[0]) for block in blocks) == list(range(200))
    assert all(len(block) == 3 and len(set(block)) == 1 for block in blocks)


def test_a_terminals_control_sequences_are_made_visible() -> None:
    stream = io.StringIO()
    ConsoleNotifier(stream).send(a_message(text="a\x1b]0;owned\x07b\x9bc"), "", KEY)
    assert "a�]0;owned�b�c" in stream.getvalue()
