"""What libraries of some sizes cost: `make bench-scale SIZES="25000 100000 1000000"`.

    python tests/benchmarks/scale.py [--keep FOLDER] SIZE...

Makes each library in a process of its own and serves it in another; see `scale_library` for
what is real at which size, and `scale_probe` for how it is measured. Prints one table. With
``--keep`` the libraries stay in a folder and are not made again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MAKE = (
    "import json, sys, pathlib, scale_library;"
    "print(json.dumps(scale_library.make(pathlib.Path(sys.argv[1]), int(sys.argv[2]))))"
)
ROWS = (
    ("slate after a like, ms", "slate_ms", ".0f"),
    ("`pipeline.rank` alone, ms", "rank_ms", ".1f"),
    ("one f32 product of the factors, ms", "product_ms", ".2f"),
    ("rank by product", "rank_by_product", ".1f"),
    ("first 20 of a shortlist in the full ranking's", "shared_of_20", ".3f"),
    ("slate after one new paper, ms", "after_one_ms", ".0f"),
    ("by an ordinary slate", "one_by_slate", ".2f"),
    ("private memory grown, %", "after_one_grown_percent", ".1f"),
    ("slate after 200 new papers, ms", "after_200_ms", ".0f"),
    ("by an ordinary slate", "200_by_slate", ".2f"),
    ("private memory grown, %", "after_200_grown_percent", ".1f"),
    ("load, s", "load_s", ".2f"),
    ("load, private MB", "load_private_mb", ".0f"),
    ("process that serves, private MB", "private_mb", ".0f"),
    ("is a refit due, ms", "refit_due_ms", ".1f"),
    ("search of common words, ms", "search_ms", ".0f"),
    ("first digest, s", "digest_s", ".2f"),
    ("papers of its window", "digest_candidates", ".0f"),
    ("its manifest, kB", "manifest_kb", ".1f"),
    ("import, s", "import_s", ".0f"),
    ("fit (assembled above 100,000), s", "fit_s", ".0f"),
    ("its peak memory, MB", "fit_peak_mb", ".0f"),
)


def run(*command: str) -> dict[str, float]:
    """Return the JSON that a Python process prints last."""
    paths = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, *command], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(folder: Path, n: int) -> dict[str, float]:
    """Return all figures of one size, making the library where it is not there."""
    made = folder / "made.json"
    if not made.exists():
        found = run("-c", MAKE, str(folder), str(n))
        made.write_text(json.dumps(found))
    figures = json.loads(made.read_text()) | run(str(HERE / "scale_probe.py"), str(folder))
    figures["rank_by_product"] = figures["rank_ms"] / figures["product_ms"]
    figures["one_by_slate"] = figures["after_one_ms"] / figures["slate_ms"]
    figures["200_by_slate"] = figures["after_200_ms"] / figures["slate_ms"]
    return figures


def main() -> None:
    """Measure each size and print the table, a column for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as unkept:
        folder = given.keep or Path(unkept)
        columns = [measure(folder / str(n), n) for n in given.sizes]
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"| | {' | '.join(f'{n:,}' for n in given.sizes)} |")
    print(f"|---|{'---|' * len(given.sizes)}")
    for title, name, form in ROWS:
        print(f"| {title} | {' | '.join(format(x[name], form) for x in columns)} |")


if __name__ == "__main__":
    main()
