"""What threads have freed is used again by other threads, not kept by the C library."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from deck_clients import Server, ask
from libraries import make_library, papers_on
from page_visits import visit

from recommender.launch import import_ui

import_ui()

from ui.memory_arenas import ARENAS, limit_arenas  # noqa: E402

HEAP = 64 << 20
"""What glibc reserves for an arena of a thread, at a multiple of itself."""
THREADS = """
import sys, threading, time
from recommender.launch import import_ui

import_ui()
from ui.memory_arenas import limit_arenas

if sys.argv[1] == "limited":
    assert limit_arenas()
met = threading.Barrier(9)


def work():
    met.wait()
    kept = [bytes(4_000) for _ in range(100)]
    met.wait()


threads = [threading.Thread(target=work) for _ in range(8)]
for x in threads:
    x.start()
met.wait()
met.wait()
print(open("/proc/self/maps").read())
"""

needs_glibc = pytest.mark.skipif(not limit_arenas(), reason="only glibc has arenas of threads")


def arenas(maps: str) -> int:
    """Return how many arenas of threads a process has, from its map of memory."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0\s*$", maps, re.MULTILINE)
    reserved = dict(re.findall(r"^([0-9a-f]+)-([0-9a-f]+) ---p", maps, re.MULTILINE))
    return sum(
        int(start, 16) % HEAP == 0 and int(reserved.get(end, "0"), 16) - int(start, 16) == HEAP
        for start, end in found
    )


@pytest.mark.slow
@needs_glibc
def test_threads_share_two_heaps() -> None:
    def count(kind: str) -> int:
        command = [sys.executable, "-c", THREADS, kind]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return arenas(done.stdout)

    assert count("limited") < ARENAS  # the main one is no arena of a thread
    assert count("as it is") >= ARENAS


@needs_glibc
@pytest.mark.slow
def test_the_server_limits_its_heaps(tmp_path: Path) -> None:
    library = make_library(tmp_path / "library", papers_on("bees", 12))
    server = Server(library, tmp_path / "server.log")
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: ask(server.port, "GET", "/readyz"), range(24)))
        visit(server.port, "")
        assert arenas(Path(f"/proc/{server.pid}/maps").read_text("ascii")) < ARENAS
    finally:
        server.kill()
