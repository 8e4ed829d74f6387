"""What issue 5 asks of imports: papers a second, and memory on a file of a million lines.

    python -m pytest -m benchmark -s tests/benchmarks/test_long_imports.py
    PAPERLOOP_BENCHMARK_LINES=50000 python -m pytest -m benchmark -s ...

Each import runs in a process of its own on a file that is generated, into a new
SQLite library; printed are papers a second by the clock and by processor time,
and the peak of the process's memory. A million lines take about ten minutes on
an idle machine; the variable makes it fewer. Speed is printed and not asserted.
On 2026-11-21, two shared cores under a load of twenty, 60,000 lines and an earlier
check of records that took five times as long: 1,546 JSONL papers and 986 BibTeX
entries a second of processor time; peak 100 MB, and 92 MB for a tenth of the lines.
Two thirds of storing a paper is SQLite's indexing of its words for the search.
Runs on Linux, which says the peak of this process alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).resolve().parents[2]
LINES = int(os.environ.get("PAPERLOOP_BENCHMARK_LINES", "1000000"))
MOST_MEGABYTES = 500
WORDS = "We measure how kettles of invented water boil, and find that they whistle. " * 12

CHILD = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from recommender.ingest import import_paths
from recommender.store import Store

store = Store(f"sqlite:///{sys.argv[2]}")
store.database.upgrade()
start, used = time.perf_counter(), time.process_time()
(file,) = import_paths(store, [Path(sys.argv[1])], now=datetime.now(UTC)).files
took, used = time.perf_counter() - start, time.process_time() - used
status = Path("/proc/self/status").read_text()
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
print(json.dumps([file.read, len(file.refused), took, used, peak]))
"""


def jsonl(n: int) -> Iterator[str]:
    for i in range(n):
        record = {
            "id": f"{i // 90_000 + 1001:04d}.{i % 90_000:05d}",
            "title": f"A long study of kettle number {i} and its whistle",
            "abstract": WORDS,
            "authors": ["Ada van der Berg", "Bo Lee", f"Cy Roe{i % 1000}"],
            "published": "2024-01-05T10:00:00Z",
        }
        yield json.dumps(record) + "\n"


def bibtex(n: int) -> Iterator[str]:
    for i in range(n):
        yield (
            f"@article{{k{i},\n  title = {{A {{T}}oy n\\'ee kettle {i}}},\n  year = 2020,\n"
            f"  author = {{Lund, S{{\\o}}ren and Roe, Cy}},\n  doi = {{10.1000/{i}}},\n"
            f"  journal = {{Kettles \\& Water}},\n  abstract = {{{WORDS}}}\n}}\n"
        )


def imported(folder: Path, name: str, lines: Iterator[str]) -> tuple[int, int, float, float, float]:
    path = folder / name
    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines)
    command = [sys.executable, "-c", CHILD, str(path), str(folder / f"{name}.sqlite3")]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    read, refused, took, used, peak = json.loads(ran.stdout)
    return read, refused, took, used, peak


@pytest.mark.parametrize(
    ("name", "write", "n", "wanted"),
    [("papers.jsonl", jsonl, 20_000, 2_000), ("refs.bib", bibtex, 5_000, 300)],
)
def test_speed(name, write, n, wanted, tmp_path, capsys):
    n = min(n, LINES)
    read, refused, took, used, peak = imported(tmp_path, name, write(n))
    assert (read, refused) == (n, 0)
    with capsys.disabled():
        print(
            f"\n{name}: {n / took:,.0f} a second by the clock, {n / used:,.0f} by processor time "
            f"(wanted: {wanted:,}); peak {peak:,.0f} MB"
        )


def test_memory_of_a_million_lines(tmp_path, capsys):
    tenth = imported(tmp_path, "tenth.jsonl", jsonl(LINES // 10))
    whole = imported(tmp_path, "whole.jsonl", jsonl(LINES))
    assert (whole[0], whole[1]) == (LINES, 0)
    with capsys.disabled():
        print(
            f"\n{LINES:,} lines: {LINES / whole[2]:,.0f} a second by the clock, "
            f"{LINES / whole[3]:,.0f} by processor time; peak {whole[4]:,.0f} MB, "
            f"of a tenth of them {tenth[4]:,.0f} MB"
        )
    assert whole[4] <= MOST_MEGABYTES
