"""`python -m worker.cli` is `form144`, for where the script is not on PATH."""

from __future__ import annotations

from worker.cli import main

main()
