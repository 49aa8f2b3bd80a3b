"""`form144 init`: a first watchlist, with comments, and the schema by which editors complete it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.folders import made
from worker.errors import ConfigurationError, Mistake
from worker.settings import from_environment
from worker.watchlists.schema import json_schema

SCHEMA_NAME = "watchlist.schema.json"

FIRST_LIST = f"""\
# yaml-language-server: $schema=./{SCHEMA_NAME}
#
# One watchlist a file. `form144 check` says what is wrong with it and whom it watches.

name: My first list
owner: Jane Doe, Compliance       # who answers for it
reason: We hold the shares        # for readers of this file
visibility: shared                # confidential: name, owner and reason reach no message and no log

# Whose shares: a ticker, a CIK, an SEC file number or a name. A ticker is looked up once; with the CIK
# beside it, it is never taken for another company. More may stand in a table: entries_from: holdings.csv
issuers:
  - {{ticker: AAPL, cik: 320193}}

# Who sells: a CIK or a name.
holders:
  - {{cik: 1963043, name: Ruby Finance Holdings Ltd.}}

# Every line must hold; what a notice does not say counts as held, and the alert says so.
when:
  market_value: over 1M
#  relationship: [ten_percent_holder, director, officer]
#  plan: absent                   # no Rule 10b5-1 plan
#  any:
#    - percent_of_class: at least 0.1%
#    - gift: true

tell:
  - console:
#  - slack:#ir-alerts
#  - email:jane@example.com
#  - {{to: email:exec@example.com, when: {{market_value: over 50M}}, severity: high}}   # its own conditions
#  - {{to: email:desk@example.com, digest: daily 07:30 America/New_York}}   # all in one message a day

# When messages wait, by the clocks of a place.
#quiet_hours: 22:00-07:00, weekends and NYSE holidays America/New_York

# Notices, and who must and must not be told of them: `form144 check` runs these tests.
tests:
  - name: a large sale is told
    notice: {{issuer: AAPL, market_value: 12M}}
    tells:
      - console:
  - name: a small one is not
    notice: {{seller: {{cik: 1963043}}, market_value: 900k}}
    tells: nobody
"""


def init(
    folder: Annotated[Path | None, typer.Argument(help="default: FORM144_WATCHLISTS")] = None,
) -> None:
    """Write a first watchlist with comments, and the schema editors complete it by.

    No file that is there is written over.
    """
    where = folder or from_environment().watchlists
    files = {"first.yaml": FIRST_LIST, SCHEMA_NAME: json.dumps(json_schema(), indent=2) + "\n"}
    there = [where / name for name in files if (where / name).exists()]
    if there:
        raise ConfigurationError(
            [Mistake(str(path), "is there already", "move it away first") for path in there]
        )
    made(where)
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")
        typer.echo(f"{where / name}")
    typer.echo(f"Edit the first, then: form144 check{f' {folder}' if folder else ''}")
