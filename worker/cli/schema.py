"""`form144 schema ...`: the JSON Schemas of what this program reads and writes."""

from __future__ import annotations

import json
import sys

import msgspec
import typer

from worker.cli.read import Reading
from worker.watchlists.schema import json_schema

app = typer.Typer(no_args_is_help=True, help="Print the JSON Schema of a format.")


@app.command()
def notice() -> None:
    """One line of `form144 read --json`: a notice as filed, and the figures computed from it."""
    _show(notice_schema())


@app.command()
def watchlist() -> None:
    """A watchlist file, for editors."""
    _show(json_schema())


def notice_schema() -> dict[str, object]:
    """The schema of a `Reading`, JSON Schema 2020-12, with every type in `$defs`."""
    described: dict[str, object] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return described | msgspec.json.schema(Reading)


def _show(schema: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(schema, indent=2) + "\n")
