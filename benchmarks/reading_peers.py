"""The same notices through edgartools and datamule; run by `benchmarks.reading` in a venv of their own.

Both are asked for what their own documentation shows for a Form 144. A document that a library cannot read
is counted, and its time is.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 3


def main() -> None:
    """Print the line of one library: `reading_peers.py FOLDER edgartools|datamule`."""
    folder, name = sys.argv[1:]
    documents = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    with contextlib.redirect_stdout(io.StringIO()):
        start = time.perf_counter()
        read = {"edgartools": _edgartools, "datamule": _datamule}[name]()
        milliseconds = (time.perf_counter() - start) * 1000
        memory = int(re.findall(r"VmRSS:\s+([0-9]+)", Path("/proc/self/status").read_text())[0]) / 1024
        seconds, failed = _measured(read, documents)
    sys.stdout.write(
        f"{name + ' ' + importlib.metadata.version(name):40} {len(documents) / seconds:>9,.0f} notices/s   "
        f"{seconds / len(documents) * 1e6:>7,.0f} us each   {failed} not read; "
        f"import {milliseconds:.0f} ms, {memory:.0f} MB\n"
    )


def _measured(read: Callable[[bytes], object], documents: list[bytes]) -> tuple[float, int]:
    took: list[float] = []
    failed = 0
    for _ in range(ROUNDS):
        failed = 0
        start = time.process_time()
        for document in documents:
            try:
                read(document)
            except Exception:  # noqa: BLE001  whatever a library raises, it did not read the notice
                failed += 1
        took.append(time.process_time() - start)
    return statistics.median(took), failed


def _edgartools() -> Callable[[bytes], object]:
    parse: Callable[[str], object] = importlib.import_module("edgar.ownership.form144").Form144.parse_xml
    return lambda document: parse(document.decode())


def _datamule() -> Callable[[bytes], object]:
    document_type = importlib.import_module("datamule").Document
    about = {"type": "144", "filename": "primary_doc.xml", "accession": "0" * 18, "filing_date": "2026-09-01"}
    return lambda document: document_type(content=document, **about).tables


if __name__ == "__main__":
    main()
