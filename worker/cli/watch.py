"""`form144 watch ...`: entries put on a watchlist and taken off it; the file keeps its comments."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from worker import parts
from worker.cli.console import stderr
from worker.cli.documents import named_list
from worker.errors import ConfigurationError, Mistake
from worker.settings import from_environment
from worker.watched_folder import read_folder
from worker.watchlists import entries as lines
from worker.watchlists.document import LISTS, MAX_BYTES, text_of
from worker.watchlists.editing import add_entries, remove_entry
from worker.watchlists.editing_toml import add_entries_toml, remove_entry_toml
from worker.watchlists.entries import Written
from worker.watchlists.issuers import KnownIssuers
from worker.watchlists.loading import FolderReading
from worker.watchlists.match import Side
from worker.watchlists.misread import Misread
from worker.watchlists.rehearsing import rehearse
from worker.watchlists.standing import pinned, same
from worker.watchlists.table import read_table
from worker.watchlists.watchlist import Entry, Watchlist

app = typer.Typer(no_args_is_help=True, help="Put entries on a watchlist, or take them off.")

List = Annotated[str, typer.Argument(metavar="LIST", help="a file, or the name of one in FORM144_WATCHLISTS")]
Entries = Annotated[list[str], typer.Argument(metavar="ENTRY...", help="tickers, CIKs, file numbers, names")]
Holder = Annotated[bool, typer.Option("--holder", help="these are holders, not issuers")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show the change and write nothing")]


@app.command()
def add(
    watchlist: List,
    entries: Entries,
    *,
    holder: Holder = False,
    note: Annotated[str | None, typer.Option(help="why they are on it, for readers of the file")] = None,
    dry_run: DryRun = False,
) -> None:
    """Put entries on a list, each with the CIK it was found to mean.

    Exit code 2, and nothing written, where `form144 check` would refuse the outcome.
    """
    side = Side.HOLDER if holder else Side.ISSUER
    desk = _Desk(watchlist)
    desk.add(side, [_written(entry, side, note) for entry in entries])
    desk.finish(dry_run=dry_run)


@app.command()
def remove(watchlist: List, entries: Entries, *, dry_run: DryRun = False) -> None:
    """Take entries off a list, however they are written there."""
    desk = _Desk(watchlist)
    for entry in entries:
        desk.remove(entry)
    desk.finish(dry_run=dry_run)


@app.command("import")
def import_(
    watchlist: List,
    table: Annotated[Path, typer.Argument(help="a CSV with a header, or lines of entries")],
    *,
    holder: Holder = False,
    dry_run: DryRun = False,
) -> None:
    """Put every entry of a table on a list; those that are on it already stay as they are."""
    side = Side.HOLDER if holder else Side.ISSUER
    desk = _Desk(watchlist)
    try:
        rows, mistakes = read_table(str(table), table.read_bytes(), side)
    except OSError as error:
        raise ConfigurationError([Mistake(str(table), f"cannot be read: {error.strerror}")]) from None
    if mistakes:
        raise ConfigurationError(mistakes)
    desk.add(side, [row.written for row in rows])
    desk.finish(dry_run=dry_run)


class _Desk:
    """One file under edit: nothing is written before the whole folder has been checked with it."""

    def __init__(self, name: str) -> None:
        self._settings = from_environment()
        self._known = parts.tickers(self._settings, None, parts.clock())
        root, self._path = self._found(name)
        self._files = read_folder(root)
        self._key = str(self._path)
        self._content = self._files[self._key]
        self._old = self._text = text_of(self._key, self._content, MAX_BYTES)
        self._is_toml = self._path.suffix.lower() == ".toml"
        self._expected = len(self._list().entries)
        self._warned = {one.what for one in self._reading().warnings}

    def add(self, side: Side, wanted: Sequence[Written]) -> None:
        known = KnownIssuers(self._known) if self._known is not None else None
        there = [entry for entry in self._list().entries if entry.side is side]
        new: list[Written] = []
        for one in wanted:
            written = pinned(one, known) if side is Side.ISSUER else one
            if any(same(written, entry) for entry in there) or written in new:
                typer.echo(f"{_shown(one)} is on the list already", err=True)
            else:
                new.append(written)
        if new:
            add = add_entries_toml if self._is_toml else add_entries
            self._text = add(self._key, self._text, side, new)
            self._expected += len(new)

    def remove(self, said: str) -> None:
        known = KnownIssuers(self._known) if self._known is not None else None
        for entry in self._list().entries:
            try:
                written = lines.written(said, entry.side)
            except Misread:
                continue
            if entry.text.casefold() != said.casefold() and not same(pinned(written, known), entry):
                continue
            if entry.path != self._key:
                what = f"{said} stands in another file"
                raise ConfigurationError([Mistake(entry.where, what, "take the line out there")])
            self._text = self._without(entry)
            self._expected -= 1
            return
        raise ConfigurationError([Mistake(self._key, f"{said} is not on the list")])

    def _without(self, entry: Entry) -> str:
        if not self._is_toml:
            return remove_entry(self._key, self._text, entry.side, entry.line, entry.column)
        own = [one for one in self._list().entries if one.side is entry.side and one.path == self._key]
        return remove_entry_toml(self._key, self._text, entry.side, own.index(entry))

    def finish(self, *, dry_run: bool) -> None:
        """Show the change, and write it where the folder is fit to run with it."""
        shown = difflib.unified_diff(
            self._old.splitlines(), self._text.splitlines(), self._key, self._key, lineterm="", n=2
        )
        for line in shown:
            typer.echo(line)
        reading = self._reading()
        failed = [
            Mistake(done.rehearsal.where, f"{done.rehearsal.name}: {failure}")
            for watchlist in reading.watchlists
            if watchlist.path == self._key
            for done in rehearse(watchlist)
            for failure in done.failures
        ]
        for warning in reading.warnings:
            if warning.what not in self._warned:
                stderr().print(f"warning: {warning}", style="yellow", markup=False)
        refused = [*reading.mistakes, *failed]
        if not refused and len(self._list().entries) != self._expected:
            refused = [Mistake(self._key, "cannot be edited for you", "edit it by hand")]
        if refused or dry_run:
            typer.echo("Nothing was written.", err=True)
        if refused:
            raise ConfigurationError(refused)
        if not dry_run and self._text != self._old:
            _write(self._path, self._text, mark=self._content.startswith(b"\xef\xbb\xbf"))

    def _found(self, name: str) -> tuple[Path, Path]:
        """The folder the list is checked with, and the list's file in it."""
        path, folder = Path(name), self._settings.watchlists
        if path.suffix.lower() not in LISTS or not path.is_file():
            path = Path(named_list(self._read(read_folder(folder)).watchlists, name, where="LIST").path)
        if path.absolute().is_relative_to(folder.absolute()):
            return folder, folder / path.absolute().relative_to(folder.absolute())
        return path.parent, path

    def _reading(self) -> FolderReading:
        return self._read({**self._files, self._key: self._text.encode()})

    def _read(self, files: Mapping[str, bytes]) -> FolderReading:
        return parts.read_lists(self._settings, self._known, self._settings.watchlists, files)

    def _list(self) -> Watchlist:
        """The list as it is by now. Raises ConfigurationError where its file is none."""
        reading = self._reading()
        found = next((one for one in reading.watchlists if one.path == self._key), None)
        if found is None:
            raise ConfigurationError(reading.mistakes)
        return found


def _written(said: str, side: Side, note: str | None) -> Written:
    try:
        found = lines.written(said, side)
    except Misread as wrong:
        raise ConfigurationError([Mistake(said, wrong.what, wrong.hint)]) from None
    return Written(
        cik=found.cik, ticker=found.ticker, file_number=found.file_number, name=found.name, note=note
    )


def _shown(written: Written) -> str:
    return str(written.ticker or written.name or written.cik or written.file_number)


def _write(path: Path, text: str, *, mark: bool) -> None:
    """All of it or nothing, with the file's permissions; a link stays a link."""
    real = path.resolve()
    part = real.with_name(f".{real.name}.part")
    part.write_bytes(text.encode("utf-8-sig" if mark else "utf-8"))
    shutil.copymode(real, part)
    part.replace(real)
