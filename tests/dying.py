"""Children that end with their parent, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).parents[1]

#: https://man7.org/linux/man-pages/man2/prctl.2.html
_PR_SET_PDEATHSIG: Final = 1
# Loaded and looked up before any fork: afterwards a child may not wait for the loader's lock.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
_us = os.getpid()


def die_with_parent() -> None:
    """Ask the kernel for a kill -9 when the thread that started this process is gone. Where there is no
    such kernel, `finally` has to do.
    """
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != _us:
        os.kill(os.getpid(), signal.SIGKILL)  # it went before we could ask


#: What every Popen here is given.
START: Final[dict[str, Any]] = {"preexec_fn": die_with_parent, "cwd": ROOT}
