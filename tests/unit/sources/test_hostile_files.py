"""Every broken and malicious file of the shared data goes through recognition and reading."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from reading import Found

from recommender.errors import SourceError
from recommender.sources import detect

SECONDS = 20
DANGEROUS = re.compile(r"<\s*(script|img|svg|iframe)\b|[\x00-\x08\x0e-\x1f\u202a-\u202e]", re.I)
BARE_TAG = re.compile(r"</?(p|b|i|em|strong|span|div|sub|sup|a)(\s[^<>]*=[^<>]*)?>", re.I)


@pytest.fixture
def hurry() -> Iterator[None]:
    """Interrupt what would hang; nothing here should take a second."""

    def interrupt(*_: object) -> None:
        raise TimeoutError(f"not done after {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    assert found
    return found


def found_in(path: Path, name: str | None = None) -> Found | None:
    with suppress(SourceError):
        return Found(path, name or detect(path))
    return None


def survives(path: Path) -> int:
    """Read a file as recognised; return how many papers it gave."""
    found = found_in(path)
    if found is None:
        return 0
    assert all(line >= 0 and why for line, why in found.refused.items())
    for paper in found.papers:
        for text in (paper.title, paper.abstract, paper.venue, *(a.name for a in paper.authors)):
            text.encode("utf-8")
            assert not DANGEROUS.search(text), (path, text)
            assert not BARE_TAG.search(re.sub(r"\$[^$]*\$", "", text)), (path, text)
        assert re.fullmatch(r"(https?://\S+)?", paper.url)
    return len(found.papers)


@pytest.mark.slow
def test_no_hostile_file_crashes_hangs_or_leaves_markup(shared, hurry):
    assert sum(map(survives, files(shared / "data" / "hostile"))) > 1_000


@pytest.mark.parametrize("name", ["daily-papers", "bibtex", "jsonl", "csv"])
def test_no_hostile_file_crashes_a_reader_it_was_not_made_for(name, shared, hurry):
    for path in files(shared / "data" / "hostile"):
        found = found_in(path, name)
        assert found is None or all(found.refused.values())


@pytest.mark.slow
def test_files_of_bibtex_programs_are_read(shared, hurry):
    assert sum(map(survives, files(shared / "data" / "formats" / "bibtex"))) > 700


@pytest.mark.slow
def test_reference_lists_of_people_are_read(shared):
    """Entries are as many as an independent parser counts, give or take a broken few."""
    counts = {}
    for row in (shared / "data" / "formats" / "oracle-counts.tsv").read_text().splitlines()[1:]:
        cells = row.split("\t")
        counts[cells[0]] = cells[4]
    for path in files(shared / "data" / "bib-real"):
        if path.suffix == ".bib":
            survives(path)
            found = Found(path, "bibtex")
            assert abs(len(found.all) - int(counts[f"bib-real/{path.name}"])) <= 5, path.name
