"""What memory processes that serve one large library take together, and what they share.

    python tests/benchmarks/scale.py --keep FOLDER 1000000
    python tests/benchmarks/scale_memory.py FOLDER/1000000 [--processes 2]

Every process loads the model and makes slates for all readers; then all are measured while all
are still there. Private is what a process has written, which no other shares (Linux: Anonymous).
Mapped is what it has read of the model's files and of libraries: pages that all share, and that
the system takes back where memory is short. The sum of proportional sizes counts shared pages once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

FIELDS = {"Rss": "resident", "Pss": "proportional", "Anonymous": "private"}


def memory_mb() -> dict[str, float]:
    """Return what this process takes of memory, in MB (Linux)."""
    found = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        name, _, size = line.partition(":")
        if name in FIELDS:
            found[FIELDS[name]] = int(size.split()[0]) / 1024
    return found | {"mapped": found["resident"] - found["private"]}


def serve(folder: Path) -> None:
    """Serve all readers once, say so, wait until told, and print what memory that takes."""
    from scale_library import NOW

    from recommender.config import load_settings
    from recommender.recommend.recommender import Recommender
    from recommender.store import Store

    settings = load_settings(data_dir=folder)
    store = Store(settings.url)
    store.database.upgrade()
    recommender = Recommender(store, settings)
    started = time.process_time()
    readers = [x.reader_id for x in store.readers.list()]
    for reader in readers:
        recommender.recommend(reader, now=NOW, record=False)
    seconds = time.process_time() - started
    print("ready", flush=True)
    sys.stdin.readline()
    said = memory_mb() | {"papers": store.catalogue.count(), "slate_s": seconds / len(readers)}
    print(json.dumps(said), flush=True)
    sys.stdin.readline()
    store.close()


def main() -> None:
    """Start the processes, measure them together, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.folder)
        return
    command = [sys.executable, __file__, "--serve", str(given.folder)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(given.processes)
    ]
    measured = []
    for answers in range(2):
        for process in started:
            assert process.stdin is not None
            assert process.stdout is not None
            if answers:
                process.stdin.write("measure\n")
                process.stdin.flush()
                measured.append(json.loads(process.stdout.readline()))
            elif process.stdout.readline() != "ready\n":
                raise SystemExit("A process could not serve the library.")
    for process in started:
        process.communicate("end\n")
    files = sum(x.stat().st_size for x in (given.folder / "models").rglob("*.npy")) / 1024**2
    print(f"{measured[0]['papers']:,} papers, {files:,.0f} MB of model files")
    print("| process | private MB | mapped MB | resident MB | slate, s of processor time |")
    print("|---|---|---|---|---|")
    for i, x in enumerate(measured, 1):
        sizes = f"{x['private']:.0f} | {x['mapped']:.0f} | {x['resident']:.0f}"
        print(f"| {i} | {sizes} | {x['slate_s']:.2f} |")
    total = sum(x["proportional"] for x in measured)
    print(f"all together, shared pages counted once: {total:.0f} MB")


if __name__ == "__main__":
    main()
