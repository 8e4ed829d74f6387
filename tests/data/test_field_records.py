"""Kinds of records that people reported as read wrongly, each with what is right.

The files are invented after public reports of bugs; see the README in ``field/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stores import sqlite_store

from recommender.domain import Paper
from recommender.export import render
from recommender.ingest import FileReport, import_paths
from recommender.sources import Document, Entry, Refusal, detect, load
from recommender.store import Store

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def field(shared: Path) -> Path:
    return shared / "data" / "field"


def found(path: Path) -> list[Entry | Refusal]:
    return list(load(detect(path)).read(Document(path), NOW))


def by_key(path: Path) -> dict[str, Paper]:
    return {x.paper.citation_key: x.paper for x in found(path) if isinstance(x, Entry)}


def names(paper: Paper) -> list[str]:
    return [x.name for x in paper.authors]


def unread(path: Path) -> dict[str, list[str]]:
    return {
        x.paper.citation_key: [y.text for y in x.unread]
        for x in found(path)
        if isinstance(x, Entry)
    }


def test_names_keep_every_letter(field):
    papers = by_key(field / "names_accents.bib")
    expected = {
        "a1": ["Ayşe Öztürk"],
        "a2": ["Ana Álvarez"],
        "a3": ["Émile Zola"],
        "a4": ["Ayşe Öztürk"],
        "a5": ["Karel Čapek"],
        "a6": ["Ayşe Öztürk"],
        "a7": ["Mo Vogel"],
        "a8": ["María García", "Raúl Martín"],
        "a9": ["Björn Åberg", "Jan Łukasz"],
        "a10": ["Òscar Romero"],
        "a11": ["Mo Vogel", "Karel Čapek", "Ayşe Öztürk", "Jan Łukasz"],
    }
    assert {key: names(paper) for key, paper in papers.items()} == expected


def test_bylines_are_taken_apart(field):
    papers = by_key(field / "names_bylines.bib")
    three = ["Mo Vogel", "Ines Larsen", "Chi Okafor"]
    assert {key: names(paper) for key, paper in papers.items()} == {
        "etal1": three[:2],
        "etal2": ["M. Vogel", "I. Larsen"],
        "trail": three[:1],
        "corp": ["Ministry for Rivers and Lakes and Other Waters"],
        "corp2": ["Mo Vogel", "Collaboration on Tides and Winds", "Ines Larsen"],
        "jrs": ["Juan de la Cruz Jr.", "Anna van der Berg", "Søren Østergaard", "Kyu-young Lee"],
        "andand": three,
        "semis": three,
        "newline": three,
    }


def test_dates_of_bibliographies_are_read_as_far_as_they_say(field):
    papers = by_key(field / "months_dates.bib")
    dates = {
        key: (x.year, (x.published_at.date().isoformat() if x.published_at else x.details.month))
        for key, x in papers.items()
    }
    assert dates == {
        "m1": (2008, "1"),
        "m2": (2008, "2008-01-10"),
        "m3": (1955, "1955-05-03"),
        "m4": (2010, "jul/aug"),
        "m5": (2010, "9"),
        "m6": (2010, "März"),
        "m7": (2010, "Spring"),
        "m8": (1985, "4"),
        "m9": (None, ""),
        "m10": (2016, ""),
        "m11": (1964, ""),
        "d1": (2019, "11"),
        "d2": (1999, ""),
        "d3": (1997, ""),
        "d4": (2004, "6"),
        "d5": (2004, "2004-04-05"),
        "d7": (2010, "Autumn"),
        "d8": (2007, ""),
        "d9": (2010, ""),
    }
    assert papers["m1"].venue == "Transactions on Tides and Winds"
    said = {key: texts for key, texts in unread(field / "months_dates.bib").items() if texts}
    assert said.keys() == {"m9", "m10", "m11", "d1", "d2", "d3", "d4", "d8", "d9"}
    assert said["m9"] == ["in press"]
    assert said["d1"] == ["2019-11/2020-02, taken as 2019-11"]


def test_addresses_are_kept_and_broken_entries_refused_by_line(field):
    path = field / "addresses_damage.bib"
    papers = [x.paper for x in found(path) if isinstance(x, Entry)]
    assert [x.url for x in papers[:4]] == [
        "https://proceedings.example.org/a_b/c%20d.pdf?x=1&y=2#p",
        "https://proceedings.example.org/a_b/~vogel/",
        "https://proceedings.example.org/data_set/",
        "https://proceedings.example.org/Vogel%20Tides%201923.pdf",
    ]
    titles = {x.title for x in papers}
    assert {"First of two with one key", "Second of two with one key"} <= titles
    assert [x.line for x in found(path) if isinstance(x, Refusal)] == [9]


def test_a_late_type_belongs_to_its_record(field):
    papers = [x.paper for x in found(field / "ris_late_type.ris") if isinstance(x, Entry)]
    assert [(x.title, *names(x), x.year) for x in papers] == [
        ("Baboons of the reef", "M. A. Vogel", 2006),
        ("Gulls of the reef", "I. Larsen", 2007),
    ]


def test_no_remark_is_a_record_and_none_is_lost(field):
    entries = found(field / "ris_variants.ris")
    assert all(isinstance(x, Entry) for x in entries)
    assert [(x.paper.title[:12], len(x.paper.authors), x.paper.year) for x in entries] == [
        ("A record who", 1, None),
        ("A record wit", 1, 2014),
        ("Lower-case s", 2, 2017),
        ("Dates in DA ", 3, 2018),
    ]
    assert (entries[0].paper.details.pages, entries[0].paper.abstract) == ("67-76", "")


@pytest.mark.parametrize("name", ["zotero.rdf", "zotero2.rdf"])
def test_the_doi_in_the_journal_is_the_articles(field, name):
    papers = [x.paper for x in found(field / name) if isinstance(x, Entry)]
    *others, article = papers
    assert article.identifiers == ("doi:10.5555/rdf.2",)
    assert [(x.identifiers, x.citation_key) for x in others] == (
        [(("arxiv:2301.09999",), "larsen2023seagrass")] if name == "zotero.rdf" else []
    )


def test_dates_of_csl_are_read_or_reported(field):
    papers = by_key(field / "csl_dates.json")
    dates = {key: (x.year, x.published_at, x.details.month) for key, x in papers.items() if key}
    assert dates == {
        "a": (2016, datetime(2016, 2, 9, tzinfo=UTC), ""),
        "b": (2015, datetime(2015, 3, 7, tzinfo=UTC), ""),
        "c": (2014, None, "Spring"),
        "d": (2013, None, "Summer"),
        "e": (2012, None, "Summer"),
        "f": (2011, datetime(2011, 5, 30, tzinfo=UTC), ""),
        "g": (2010, None, "5"),
        "h": (2009, datetime(2009, 8, 1, tzinfo=UTC), ""),
        "i": (2008, None, ""),
        "j": (None, None, ""),
        "k": (1850, None, ""),
        "l": (None, None, ""),
        "m": (2001, None, "1"),
        "n": (2019, None, "Spring"),
    }
    said = {key: texts for key, texts in unread(field / "csl_dates.json").items() if texts}
    assert said.keys() == {"e", "f", "j", "k"}


def imported(path: Path, store: Store) -> tuple[FileReport, list[Paper]]:
    (report,) = import_paths(store, [path], now=NOW).files
    return report, list(store.catalogue.get_many(report.paper_ids).values())


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Store]:
    store = sqlite_store(tmp_path)
    yield store
    store.close()


@pytest.mark.parametrize("name", ["bibtex", "biblatex", "ris", "csl-json", "csv", "jsonl"])
def test_what_came_in_goes_out(field, library, tmp_path, name):
    _, (paper,) = imported(field / "own_keys.bib", library)
    file = tmp_path / f"out.{'json' if name == 'csl-json' else name}"
    file.write_bytes(render([paper], name).encode())
    (entry,) = load(detect(file)).read(Document(file), NOW)
    came, went = entry.paper, paper
    assert (came.citation_key, came.year) == ("TideBook2019", 2019)
    kept = ("month", "volume", "number", "pages", "publisher", "keywords", "note")
    if name == "biblatex":
        kept = tuple(x for x in kept if x != "publisher")  # its data model has none for articles
    assert {x: getattr(came.details, x) for x in kept} == {
        x: getattr(went.details, x) for x in kept
    }
    assert came.details.files in (went.details.files, ("/home/x/tides.pdf",))


def test_citation_keys_do_not_depend_on_what_else_is_exported(field, library):
    _, papers = imported(field / "export_hard.jsonl", library)
    together = render(papers, "bibtex")
    for paper in papers:
        assert render([paper], "bibtex") in together


def test_what_does_not_come_in_is_reported(field, library):
    report, papers = imported(field / "months_dates.bib", library)
    assert len(papers) == report.read == 19
    (said,) = report.notes
    assert said.startswith("9 dates could not be read, or only in part: line 17: in press; line 18")
    report, _ = imported(field / "addresses_damage.bib", library)
    assert (
        "1 citation key could not be kept; an export writes another: line 8: dup." in report.notes
    )
