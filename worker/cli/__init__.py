"""The operator's door: `form144`, one small file per command or group of commands."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 it could not be done, 2 the command or a setting is wrong.

    A person's mistake ends in sentences on standard error, never in a traceback. What the terminal cannot
    show is shown as a question mark; an output that the shell closed is one that nobody reads.
    """
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        # Imported here so that Ctrl-C, and what goes wrong while it takes its time, ends as it does later.
        from worker.cli.ending import ended  # noqa: PLC0415

        code = ended()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _open_what_is_closed() -> None:
    """Without this nothing could be written, and the next file to be opened, such as the ledger, would get
    the number of the output.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
