"""Folders that commands write to."""

from __future__ import annotations

from pathlib import Path

from worker.errors import ConfigurationError, Mistake


def made(folder: Path) -> Path:
    """The folder, made where it is not there. Raises ConfigurationError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"this folder cannot be made: {error.strerror}"
        raise ConfigurationError([Mistake(str(folder), what, "name one that can be written to")]) from None
    return folder
