"""How a command ends: with which exit code, and what it says where it could not do what it was asked."""

from __future__ import annotations

import errno
import os
import sys

from worker.cli.commands import app
from worker.errors import ConfigurationError, Form144Error


def ended() -> int:
    """Run the command that the arguments name, and say what went wrong; the exit code."""
    try:
        return _ran()
    except ConfigurationError as error:
        return _said(str(error), 2)
    except Form144Error as error:
        return _said(str(error), 1)
    except OSError as error:
        if error.filename is not None:
            return _said(f"{error.filename}: {error.strerror}", 2)
        if error.errno not in (errno.ENOSPC, errno.EIO):
            raise
        _give_up_output()
        return _said(f"the output cannot be written: {error.strerror}", 1)


def _ran() -> int:
    """Also what waits in the buffer has to arrive: at the end nobody would say that it did not."""
    try:
        app()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    else:
        code = 0
    if not sys.stdout.closed:
        sys.stdout.flush()
    return code


def _give_up_output() -> None:
    """What is left in the buffer goes nowhere: at its end Python would try to write it, and say so."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(sentences: str, code: int) -> int:
    from worker.cli.console import stderr  # noqa: PLC0415  rich is not needed where nothing goes wrong

    stderr().print(sentences, style="red", markup=False)
    return code
