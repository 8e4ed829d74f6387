"""What we make of files that come with the expected result: Better BibTeX's and Zotero's tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from expected_items import Pair, items_of, pairs_of, papers_of

MIN_EQUAL = 0.95

BETTER_BIBTEX = {
    "_#732": "dotless i under an acute: we compose í, they keep ı with a combining accent",
    "_#2494": "directors of films, given as editors, are no authors to us",
    "_#2660": "annexes of titles: on web pages they name the site, elsewhere they follow the"
    " subtitle; a software entry's further writers stand in a field of its own",
}
"""Part of a file's name to the reason why some of its entries differ."""

ZOTERO = {
    "Bookmarks_000": "a browser's bookmarks are no list of papers, and refused",
    "Crossref_Unixref_XML_005": "an anonymous reviewer has no name to us",
    "MODS_022": "a bill of parliament: its long title, and the body that passed it as author",
    "RIS_004": "performers and compilers of recordings are no authors to us",
}


def better_bibtex(shared: Path) -> Iterator[tuple[Path, Path]]:
    folder = shared / "data" / "formats" / "bbt-import-pairs"
    for path in sorted(folder.iterdir()):
        if path.suffix != ".json":
            yield path, path.with_suffix(".json")


def zotero(shared: Path) -> Iterator[tuple[Path, Path]]:
    folder = shared / "data" / "formats" / "zotero-translator-testcases"
    for path in sorted(folder.glob("*.input.*")):
        yield path, path.with_name(path.name.partition(".")[0] + ".expected-zotero.json")


CASES = pytest.mark.parametrize(
    ("cases", "reasons"), [(better_bibtex, BETTER_BIBTEX), (zotero, ZOTERO)]
)


@cache
def pairs(given: Path, expected: Path, is_read: bool) -> list[Pair]:
    return pairs_of(papers_of(given) if is_read else [], items_of(expected))


def compared(shared: Path, cases) -> Iterator[tuple[Path, list[Pair]]]:
    for given, expected in cases(shared):
        yield given, pairs(given, expected, "Bookmarks" not in given.name)


@pytest.mark.slow
@CASES
def test_nearly_all_entries_are_as_expected(cases, reasons, shared):
    every = [x for _, several in compared(shared, cases) for x in several]
    titled = [x for x in every if x.expected.title]
    for some in (every, titled):
        equal = sum(not x.differences for x in some)
        assert equal >= MIN_EQUAL * len(some), f"{equal} of {len(some)}"


@CASES
def test_every_difference_has_a_reason(cases, reasons, shared):
    different = {
        path.name: [x.differences for x in several if x.differences]
        for path, several in compared(shared, cases)
    }
    unexplained = {
        name: found
        for name, found in different.items()
        if found and not any(part in name for part in reasons)
    }
    assert unexplained == {}


@CASES
def test_every_reason_is_needed(cases, reasons, shared):
    different = [path.name for path, x in compared(shared, cases) if any(y.differences for y in x)]
    assert [part for part in reasons if not any(part in name for name in different)] == []


@CASES
def test_nothing_is_read_that_is_not_expected(cases, reasons, shared):
    for given, expected in cases(shared):
        if "Bookmarks" not in given.name:
            assert len(papers_of(given)) <= len(items_of(expected)), given.name
