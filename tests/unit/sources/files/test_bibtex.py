from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author
from recommender.sources.files import bibtex


@pytest.fixture
def read(tmp_path):
    return reader_of("bibtex", tmp_path)


def entry(*fields: str, kind: str = "article", key: str = "k") -> str:
    return f"@{kind}{{{key},\n  " + ",\n  ".join(fields) + "\n}\n"


def test_an_entry_becomes_a_paper(read):
    found = read(
        "@string{jit = {Journal of Toys}}\n"
        + entry(
            r"title = {The {BERT} of {\'E}mile \& $\pi$}",
            r"author = {Lund, S{\o}ren and {Toy Club} and others}",
            'journal = jit # " (" # {Letters} # ")"',
            "year = 2020",
            "month = mar",
            "day = {7}",
            r"doi = {https://doi.org/10.5555/A\_b}",
            "url = {https://x.org/a}",
            "abstract = {50% of\n   all}",
        )
    )
    (one,) = found.all
    paper = one.paper
    assert one.line == 2
    assert paper.title == r"The BERT of Émile & $\pi$"
    assert paper.authors == (Author("Lund", "Søren"), Author(literal="Toy Club"))
    assert paper.venue == "Journal of Toys (Letters)"
    assert (paper.year, paper.published_at) == (2020, datetime(2020, 3, 7, tzinfo=UTC))
    assert paper.identifiers == ("doi:10.5555/a_b",)
    assert (paper.url, paper.abstract) == ("https://x.org/a", "50% of all")
    assert paper.kind == "article-journal"


@pytest.mark.parametrize(
    "fields",
    [
        ("eprint = {2401.00011v2}", "archivePrefix = {arXiv}"),
        ("eprint = {2401.00011}", "eprinttype = {arxiv}"),
        ("journal = {arXiv preprint arXiv:2401.00011}",),
        ("journal = {CoRR}", "volume = {abs/2401.00011}"),
        ("url = {http://arxiv.org/abs/2401.00011}",),
        ("doi = {10.48550/arXiv.2401.00011}",),
        ("note = {arXiv:2401.00011}",),
    ],
)
def test_an_arxiv_id_is_found_where_people_put_it(read, fields):
    found = read(entry("title = {T}", *fields))
    assert found.papers[0].identifiers == ("arxiv:2401.00011",)


@pytest.mark.parametrize(
    "note", ["doi: 10.5555/a\\_b", "DOI 10.5555/A_B", "\\url{https://doi.org/10.5555/a\\_b}"]
)
def test_a_note_that_is_a_doi_names_the_paper(read, note):
    noted, other = "note = {" + note + "}", "doi = {10.5555/c}"
    assert read(entry("title = {T}", noted)).papers[0].identifiers == ("doi:10.5555/a_b",)
    assert read(entry("title = {T}", noted, other)).papers[0].identifiers == ("doi:10.5555/c",)
    about = "note = {Comment on doi:10.5555/a}"
    assert read(entry("title = {T}", about)).papers[0].identifiers == ()


def test_an_address_in_a_note_keeps_its_tilde(read):
    (paper,) = read(entry("title = {T}", "note = {At \\url{https://x.org/~a_b/}, p.~3}")).papers
    assert paper.details.note == "At https://x.org/~a_b/, p. 3"
    (paper,) = read(entry("title = {T}", "note = {At https://x.org/~ab/, p.~3}")).papers
    assert paper.details.note == "At https://x.org/~ab/, p. 3"


@pytest.mark.parametrize(
    ("fields", "year", "month_known"),
    [
        (("date = {2020-03-07}",), 2020, True),
        (("date = {2020}",), 2020, False),
        (("year = {2020}", "month = {3}", "day = 7"), 2020, True),
        (("year = 2020", 'month = mar # "~7"'), 2020, True),
        (("year = 2020", "month = mar"), 2020, False),
        (("year = {in press}",), None, False),
    ],
)
def test_a_day_is_known_only_when_it_is_written(read, fields, year, month_known):
    paper = read(entry("title = {T}", *fields)).papers[0]
    assert paper.year == year
    assert (paper.published_at == datetime(2020, 3, 7, tzinfo=UTC)) is month_known


@pytest.mark.parametrize(
    ("kind", "csl"),
    [
        ("inproceedings", "paper-conference"),
        ("PhdThesis", "thesis"),
        ("incollection", "chapter"),
        ("techreport", "report"),
        ("misc", ""),
        ("whatever", ""),
    ],
)
def test_the_entry_type_becomes_a_kind(read, kind, csl):
    assert read(entry("title = {T}", kind=kind)).papers[0].kind == csl


def test_parentheses_quotes_and_capitals_are_bibtex_too(read):
    found = read('@ARTICLE(k, TITLE = "A {"}quoted{"} word", Year = 1999)\n')
    assert found.titles == ['A "quoted" word']
    assert found.papers[0].year == 1999


def test_a_subtitle_belongs_to_the_title(read):
    assert read(entry("title = {Toys}", "subtitle = {A Life}")).titles == ["Toys: A Life"]


def test_doubled_keys_and_fields_are_no_reason_to_refuse(read):
    found = read(entry("title = {A}", "url = {x}", "url = {y}") + entry("title = {B}"))
    assert found.titles == ["A", "B"]


BROKEN = [
    "@article{b,\n  title = {Never closed,\n  year = 2001\n",
    '@article{b,\n  title = "Never closed,\n  year = 2001\n}\n',
    "@article{b\n  title = {No comma}\n}\n",
    "@article{b,\n  title {No equals}\n}\n",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_entry_is_refused_by_its_line_and_the_rest_is_read(read, broken):
    found = read(entry("title = {A}") + "\n" + broken + "\n" + entry("title = {C}", key="c"))
    assert found.titles == ["A", "C"]
    assert list(found.refused) == [5]
    assert "broken BibTeX" in found.refused[5]


def test_an_entry_without_title_is_refused(read):
    found = read(entry("author = {A}") + "\n\n" + entry("title = {{}}", key="b"))
    assert found.refused == {1: "it has no title", 6: "it has no title"}


def test_what_is_no_entry_is_passed_over(read):
    found = read(
        "Notes to self\n@comment{jabref-meta: x;}\n@preamble{ {x} }\n@xdata{d, publisher={P}}\n"
    )
    assert found.all == []


def test_lines_and_strings_hold_across_pieces(read, monkeypatch):
    monkeypatch.setattr(bibtex, "PIECE", 50)
    text = "@string{s = {Shared}}\n" + "".join(
        entry(f"title = {{Toy {i}}}", "journal = s", key=f"k{i}") for i in range(50)
    )
    found = read(text)
    assert [x.line for x in found.all] == [2 + 4 * i for i in range(50)]
    assert {paper.venue for paper in found.papers} == {"Shared"}


def test_an_entry_without_end_is_left_out_and_named(read, monkeypatch):
    monkeypatch.setattr(bibtex, "MAX_ENTRY", 10_000)
    endless = "@article{b,\n  note = {" + "word\n" * 9_000
    found = read(entry("title = {A}") + endless + entry("title = {C}", key="c"))
    assert found.titles == ["A", "C"]
    assert list(found.document.damaged) == [4]
    assert [x.line for x in found.all if hasattr(x, "paper")] == [1, 9_005]


def test_nothing_is_printed_for_a_broken_entry(read, capfd):
    read(BROKEN[0])
    assert capfd.readouterr() == ("", "")
