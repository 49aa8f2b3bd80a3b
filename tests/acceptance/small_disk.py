"""A small disk that can be full: a tmpfs of this process's own, whose size is taken away and given back.

A write to it fails with ENOSPC, which is SQLITE_FULL, in the real process. Where the kernel lets nobody
mount anything, the processes are kept from letting a file grow instead (RLIMIT_FSIZE): EFBIG, which SQLite
reports as an I/O error.
"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

#: Says that this process has namespaces of its own already.
_MARK = "TORTURE_NAMESPACE"
SIZE = 1 << 30


def in_a_world_of_its_own() -> None:
    """Become the same program in a user and mount namespace of its own, where tmpfs can be mounted
    without rights; goes on as it is where there are none to be had.
    """
    unshare = shutil.which("unshare")
    if unshare is None or _MARK in os.environ:
        return
    if subprocess.run([unshare, "-Urm", "true"], capture_output=True, check=False).returncode != 0:
        return
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    module = spec.name if spec else "tests.acceptance.torture"
    command = [unshare, "-Urm", sys.executable, "-m", module, *sys.argv[1:]]
    os.execve(unshare, command, os.environ | {_MARK: "1"})


class SmallDisk:
    """A folder on a disk that `fill` makes full and `empty` makes roomy again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.how = "a limit on the size of files (EFBIG)"
        self._is_mounted = False

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        if _MARK in os.environ and self._mount(f"size={SIZE}"):
            self._is_mounted = True
            self.how = "a tmpfs without room (ENOSPC)"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_mounted:
            subprocess.run(["umount", "-l", self._folder], capture_output=True, check=False)

    def fill(self) -> None:
        """From now on nothing there can grow. The write-ahead log is emptied first: its old pages would
        have room for some seconds more.
        """
        for ledger in self._folder.glob("*.sqlite"):
            with (
                closing(sqlite3.connect(ledger, timeout=2)) as connection,
                suppress(sqlite3.OperationalError),
            ):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if self._is_mounted:
            used = shutil.disk_usage(self._folder).used
            self._mount(f"remount,size={max(used, 4096)}")
        else:
            self._limit(max(path.stat().st_size for path in self._folder.iterdir()))

    def empty(self) -> None:
        if self._is_mounted:
            self._mount(f"remount,size={SIZE}")
        else:
            self._limit(resource.RLIM_INFINITY)

    def _mount(self, options: str) -> bool:
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self._folder)]
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0

    @staticmethod
    def _limit(size: int) -> None:
        for child in Path("/proc/self/task").glob("*/children"):
            for number in child.read_text().split():
                try:
                    _, hard = resource.prlimit(int(number), resource.RLIMIT_FSIZE)
                    resource.prlimit(int(number), resource.RLIMIT_FSIZE, (size, hard))
                except ProcessLookupError:
                    continue
