"""The child of a fetch, on a machine where reading any feed takes for ever."""

from __future__ import annotations

import resource

import feedparser

from recommender.ingest import subprocess_fetch, subprocess_import


def compute_for_ever(*_: object) -> None:
    sum(range(10**15))  # in C, where no handler of Python's would run


if __name__ == "__main__":
    # Without the limit that is tested the test fails instead of hanging.
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    subprocess_import.MAX_PROCESSOR_SECONDS = 1
    feedparser.parse = compute_for_ever
    subprocess_fetch.main()
