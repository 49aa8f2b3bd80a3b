"""The folder of watchlists on disk: read whole, checked whole, swapped at once; a bad edit changes nothing.

What changed is told by a hash of the contents, so that atomic renames and mounted config maps are seen
like any other edit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

import structlog

from worker.errors import ConfigurationError, Mistake, Unreachable
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.notifiers import Notifiers

log = structlog.get_logger()

#: How often the folder is looked at, at most.
LOOK_EVERY = timedelta(seconds=5)

#: What may stand in the folder: watchlists, tables and notices they name, and the lock file.
SUFFIXES = (".yaml", ".yml", ".toml", ".csv", ".tsv", ".txt", ".xml", ".lock")

Tickers = Mapping[str, tuple[int, str]]


class WatchedFolder:
    """The watchlists as they are now, or as they were before somebody's mistake. Safe for threads."""

    def __init__(
        self,
        folder: Path,
        *,
        tickers: Callable[[], Tickers | None],
        notifiers: Notifiers,
        confidential: Collection[Destination] = (),
        clock: Callable[[], datetime],
        taken: Callable[[Mapping[str, str], datetime], None] = lambda _lists, _at: None,
        kept_out: Callable[[int, datetime], None] = lambda _mistakes, _at: None,
    ) -> None:
        """Reads the folder. Raises ConfigurationError where it holds mistakes, in a sentence that names no
        list, because what a worker raises reaches its log: nothing starts on such a folder.

        `taken` hears of every set of lists that is taken, this one included, with each one's digest by its
        id, `kept_out` of every later edit that is not, with the number of its mistakes; both with the instant
        of it. Where one of them raises Unreachable over a later edit, that is in use, or kept out, all the
        same, and they hear of it again at each look until one goes well; of several, in their order.
        """
        self._folder = folder
        self._tickers = tickers
        self._notifiers = notifiers
        self._confidential = confidential
        self._clock = clock
        self._taken = taken
        self._kept_out = kept_out
        self._looking = Lock()
        files = read_folder(folder)
        try:
            self._index = self._load(files)
        except ConfigurationError as error:
            raise ConfigurationError([counted(error)]) from None
        self._digest = _digest(files)
        self._unnoted: deque[Callable[[], None]] = deque()
        self._next_look = clock() + LOOK_EVERY
        taken(self._digests(), clock())

    def __call__(self) -> WatchlistIndex:
        """The last good set. One thread at a time looks for a newer one; the others do not wait for it."""
        if self._clock() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._look()
                self._note()
            finally:  # counted from here: whoever waited for a ledger that is away is not to wait again
                self._next_look = self._clock() + LOOK_EVERY
                self._looking.release()
        return self._index

    def _look(self) -> None:
        try:
            files = read_folder(self._folder)
            digest = _digest(files)
        except ConfigurationError as error:
            if self._digest:  # said once: a folder that is gone is looked for again and again
                self._digest = ""
                self._keep(error)
            return
        if digest == self._digest:
            return
        # Whatever else goes wrong is no fault of the edit: the next look takes it up again.
        try:
            self._index = self._load(files)
        except ConfigurationError as error:
            self._digest = digest
            self._keep(error)
        else:
            self._digest = digest
            log.info("watchlists_reloaded", lists=len(self._index.watchlists))
            self._unnoted.append(partial(self._taken, self._digests(), self._clock()))

    def _note(self) -> None:
        """Tell what happened to edits, the oldest first. A ledger that is away hears of it later: alerts by
        the lists that are in use do not wait for that.
        """
        while self._unnoted:
            try:
                self._unnoted[0]()
            except Unreachable as error:
                log.warning("watchlists_not_noted_yet", edits=len(self._unnoted), why=str(error))
                return
            self._unnoted.popleft()

    def _digests(self) -> dict[str, str]:
        return {one.id: one.digest for one in self._index.watchlists}

    def _keep(self, error: ConfigurationError) -> None:
        # File names may give a confidential list away; `form144 check` shows them to whoever may look.
        log.error("watchlists_kept", mistakes=len(error.mistakes), see="form144 check")
        self._unnoted.append(partial(self._kept_out, len(error.mistakes), self._clock()))

    def _load(self, files: Mapping[str, bytes]) -> WatchlistIndex:
        return WatchlistIndex(
            load_watchlists(
                files,
                self._tickers(),
                notifiers=self._notifiers,
                confidential=self._confidential,
                folder=str(self._folder),
            )
        )


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of the folder that can belong to watchlists, by its path as a person would write it.

    Raises ConfigurationError where the folder is not there or a file cannot be read.
    """
    if not folder.is_dir():
        hint = "make it with form144 init, or set FORM144_WATCHLISTS to where your lists are"
        raise ConfigurationError([Mistake(str(folder), "is not a folder", hint)])
    files: dict[str, bytes] = {}
    mistakes = []
    for path in sorted(folder.rglob("*")):
        # A mounted config map keeps its real files in folders whose names begin with two dots.
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.suffix.lower() not in SUFFIXES:
            continue
        try:
            files[str(path)] = path.read_bytes()
        except OSError as error:
            mistakes.append(Mistake(str(path), f"cannot be read: {error.strerror}"))
    if mistakes:
        raise ConfigurationError(mistakes)
    return files


def counted(error: ConfigurationError) -> Mistake:
    """How many mistakes the watchlists hold, for a log: their places and words may give a confidential
    list away.
    """
    number = len(error.mistakes)
    return Mistake(
        "FORM144_WATCHLISTS", f"holds {number} mistake{'s' * (number != 1)}", "form144 check names them"
    )


def _digest(files: Mapping[str, bytes]) -> str:
    whole = sha256()
    for path, content in files.items():
        whole.update(f"{path}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()
