"""BibTeX as people write it: entries that lean on others, and small mistakes."""

from __future__ import annotations

import pytest
from reading import reader_of

from recommender.domain import Author

BOOK = "@book{whole, title={Whole}, year=2004, publisher={P}, doi={10.5555/whole}, author={A, B}}\n"


@pytest.fixture
def read(tmp_path):
    return reader_of("bibtex", tmp_path)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_part_takes_year_and_venue_from_its_whole_wherever_that_stands(read, order):
    part = "@incollection{part, title={Part}, author={Lund, Siri}, crossref={Whole}}\n"
    found = read("".join((BOOK, part)[i] for i in order))
    (paper,) = [x for x in found.papers if x.title == "Part"]
    assert (paper.year, paper.venue) == (2004, "Whole")
    assert paper.authors == (Author("Lund", "Siri"),)
    assert paper.identifiers == ()


def test_what_a_part_says_itself_stays(read):
    part = "@inbook{p, title={P}, year=2005, booktitle={Own}, crossref=whole}\n"
    (_, paper) = read(BOOK + part).papers
    assert (paper.year, paper.venue) == (2005, "Own")


def test_an_article_takes_its_journal_from_a_periodical(read):
    (_, paper) = read(
        "@periodical{j, title={Journal}, date={2007-12}}\n@article{a, title={T}, crossref={j}}\n"
    ).papers
    assert (paper.venue, paper.year) == ("Journal", 2007)


def test_xdata_gives_everything_and_is_no_entry(read):
    (paper,) = read(
        "@xdata{d, year=1999, author={Lund, Siri}}\n@misc{m, title={T}, xdata={e, d}}\n"
    ).papers
    assert (paper.year, paper.authors) == (1999, (Author("Lund", "Siri"),))


@pytest.mark.parametrize("key", ["p", "nobody", ""])
def test_an_entry_that_refers_to_itself_or_nobody_is_read(read, key):
    assert read(f"@inbook{{p, title={{T}}, crossref={{{key}}}}}\n").titles == ["T"]


def test_a_forgotten_comma_loses_no_field(read):
    (paper,) = read('@book{k,\n author = "Lund, S"\n title = "T"\n year = 2001\n}\n').papers
    assert (paper.title, paper.year) == ("T", 2001)
    assert paper.authors == (Author("Lund", "S"),)


@pytest.mark.parametrize("doubled", [",,", ",\n  ,", ", , ,"])
def test_a_doubled_comma_loses_no_entry(read, doubled):
    found = read(
        f"@book{{k,\n  title = {{T}}{doubled}\n  year = 2001,\n}}\n@book{{l, title={{U}}}}"
    )
    assert found.titles == ["T", "U"]
    assert found.papers[0].year == 2001
    assert found.refused == {}


def test_what_is_commented_out_is_no_entry(read):
    assert read("%@book{a, title={A}}\n %% @book{b,\n% title={B}}\n@book{c, title={C}}").titles == [
        "C"
    ]


def test_a_blank_after_the_sign_is_allowed(read):
    assert read("@ book{a, title={A}}\n@ article (b, title={B})\n").titles == ["A", "B"]


def test_an_entry_whose_type_begins_like_a_comment_is_an_entry(read):
    assert read("@commentary{a, title={A}}\n").titles == ["A"]


def test_a_broken_comment_is_no_refused_entry(read):
    found = read("@comment{\n @book{a, title={A}}\n}\n@preamble{ never closed\n")
    assert found.titles == ["A"]
    assert found.refused == {}


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ("title={Act}, titleaddon={of 1990}", "Act of 1990"),
        ("title={Study}, titleaddon={Editorial}", "Study. Editorial"),
        ("title={Study}, subtitle={Of What?}", "Study: Of What?"),
        ("title={Study:}, subtitle={Of What?}", "Study: Of What?"),
        ("titleaddon={Notes on keys}", "Notes on keys"),
    ],
)
def test_annexes_belong_to_a_title_or_stand_for_it(read, fields, title):
    assert read(f"@report{{k, {fields}}}").titles == [title]


def test_on_a_web_page_the_annex_is_the_site(read):
    (paper,) = read("@online{k, title={T}, titleaddon={The Site}}").papers
    assert (paper.title, paper.venue) == ("T", "The Site")


def test_a_whole_without_a_title_of_its_own_goes_by_the_books(read):
    found = read("@proceedings{k, booktitle={Days}}\n@mvbook{l, maintitle={Works}}\n")
    assert found.titles == ["Days", "Works"]
    assert read("@inproceedings{k, booktitle={Days}}").refused == {1: "it has no title"}


def test_braces_around_a_doi_are_not_part_of_it(read):
    assert read("@misc{k, title={T}, doi={{10.5555/x}}}").papers[0].identifiers == (
        "doi:10.5555/x",
    )


@pytest.mark.parametrize(
    ("said", "venue"),
    [
        ("Workshop on Abusive Language Online", "Workshop on Abusive Language Online"),
        ("Image Enrichment and Access", "Image Enrichment and Access"),
        ("Resources (CCURL)", "Resources (CCURL)"),
        ("Online", ""),
        ("[Online]. Available: somewhere", ""),
        ("Online; accessed 3 May 2020", ""),
        ("Last access: 2020-05-03", ""),
        ("\\url{https://example.org}", ""),
        ("arXiv preprint", ""),
    ],
)
def test_how_a_page_was_published_is_a_venue_unless_it_says_where_it_was_seen(read, said, venue):
    (entry,) = read("@misc{a, title={T}, howpublished={" + said + "}}").papers
    assert entry.venue == venue
