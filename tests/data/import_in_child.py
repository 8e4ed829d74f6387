"""A process that imports files under limits and says what became of each, a line of JSON a file.

Usage: ``python import_in_child.py DATABASE SECONDS FILES…``; the limits end the
process, so that what hangs or swells is seen from outside. Seconds are those of
the processor, since tests may run beside other work.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from recommender.ingest import import_paths
from recommender.store import Store

MAX_ADDRESS_SPACE = 2_000_000_000


def peak_megabytes() -> float:
    """Return the most memory this process has held; rusage would count the parent's before it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(database: str, seconds: str, files: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))
    store = Store(f"sqlite:///{database}")
    for file in files:
        signal.setitimer(signal.ITIMER_PROF, float(seconds))
        begun, before = time.process_time(), store.catalogue.count()
        report = import_paths(store, [Path(file)], now=datetime(2026, 11, 18, tzinfo=UTC))
        signal.setitimer(signal.ITIMER_PROF, 0)
        (one,) = report.files
        said = {
            "file": file,
            "format": one.format,
            "exit": 0 if report.ok else 1,
            "read": one.read,
            "new": one.new,
            "grown": store.catalogue.count() - before,
            "refused": [f"{x.line}: {x.why}" for x in one.refused[:3]],
            "seconds": time.process_time() - begun,
            "megabytes": peak_megabytes(),
        }
        print(json.dumps(said), flush=True)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
