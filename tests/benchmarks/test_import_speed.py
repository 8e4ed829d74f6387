"""How fast files are read, beside a plain parse of the same text; imports are in test_long_imports.

    python -m pytest -m benchmark -s tests/benchmarks/test_import_speed.py

Prints records a second of processor time and how often the bare parser (`json.loads`,
`bibtexparser` without LaTeX) does the same in that time; asserts nothing about
either. Memory is measured on a file ten times as long: the peak must not grow
with it.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from bibtexparser import parse_string
from stores import NOW

from recommender.sources import Document, Entry, load

pytestmark = pytest.mark.benchmark
WORDS = " ".join(["A kettle of invented water boils \\& whistles, says {T}eapot n\\'ee Cup."] * 20)


def jsonl(path: Path, n: int) -> Path:
    with path.open("w", encoding="utf-8") as out:
        for i in range(n):
            record = {
                "id": f"{i // 90_000 + 1001:04d}.{i % 90_000:05d}",
                "title": f"A long study of toy number {i}",
                "abstract": WORDS,
                "authors": ["Ada van der Berg", "Bo Lee", "Cy Roe"],
                "published": "2024-01-05T10:00:00Z",
            }
            out.write(json.dumps(record) + "\n")
    return path


def bib(path: Path, n: int) -> Path:
    with path.open("w", encoding="utf-8") as out:
        for i in range(n):
            out.write(
                f"@article{{k{i},\n  title = {{A {{T}}oy n\\'ee {i}}},\n  year = 2020,\n"
                f"  author = {{Lund, S{{\\o}}ren and Roe, Cy}},\n  abstract = {{{WORDS}}}\n}}\n"
            )
    return path


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def read(path: Path, name: str) -> int:
    return sum(isinstance(x, Entry) for x in load(name).read(Document(path), NOW))


@pytest.mark.parametrize(
    ("name", "write", "n", "bare"),
    [
        ("jsonl", jsonl, 8_000, lambda text: [json.loads(x) for x in text.splitlines()]),
        ("bibtex", bib, 1_500, lambda text: parse_string(text, parse_stack=[])),
    ],
)
def test_reading(name, write, n, bare, tmp_path, capsys):
    path = write(tmp_path / "file", n)
    text = path.read_text(encoding="utf-8")
    ours, baseline = seconds(lambda: read(path, name)), seconds(lambda: bare(text))
    with capsys.disabled():
        print(f"\n{name}: {n / ours:,.0f} records/s read, {ours / baseline:.1f} x the bare parser")


@pytest.mark.parametrize(("name", "write", "n"), [("jsonl", jsonl, 2_000), ("bibtex", bib, 500)])
def test_memory_is_flat_in_the_size_of_the_file(name, write, n, tmp_path, capsys):
    peaks = []
    for size in (n, 10 * n):
        path = write(tmp_path / str(size), size)
        tracemalloc.start()
        assert read(path, name) == size
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    with capsys.disabled():
        print(
            f"\n{name}: peak {peaks[0] / 1e6:.1f} MB for {n}, {peaks[1] / 1e6:.1f} MB for {10 * n}"
        )
    assert peaks[1] < 1.5 * peaks[0]
