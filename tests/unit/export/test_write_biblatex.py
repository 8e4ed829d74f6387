"""BibLaTeX's own fields, read by a parser that is not ours."""

from __future__ import annotations

from datetime import UTC, datetime

import bibtexparser
import pytest
from hypothesis import given
from nasty_papers import papers

from recommender.domain import Author, Details, Paper
from recommender.export import Heading, render

PREPRINT = Paper(
    "Toys: a study",
    "arxiv:2401.00001",
    authors=(Author("van der Berg", "Jan"), Author(literal="Toy Labs, Inc.")),
    year=2024,
    published_at=datetime(2024, 1, 3, tzinfo=UTC),
    identifiers=("arxiv:2401.00001", "doi:10.1000/t", "pmid:7"),
)


def entries(text: str) -> list:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return library.entries


def test_a_preprint_has_date_and_eprint_as_biblatex_names_them():
    (entry,) = entries(render([PREPRINT], "biblatex"))
    fields = {x.key: x.value for x in entry.fields}
    assert entry.entry_type == "misc"
    assert fields["date"] == "2024-01-03"
    assert (fields["eprint"], fields["eprinttype"]) == ("2401.00001", "arxiv")
    assert fields["author"] == "van der Berg, Jan and {Toy Labs, Inc.}"
    assert (fields["doi"], fields["verba"]) == ("10.1000/t", "pmid:7")
    assert not {"year", "month", "journal", "archiveprefix"} & set(fields)


@pytest.mark.parametrize(
    ("kind", "entry_type", "venue_field"),
    [
        ("article-journal", "article", "journaltitle"),
        ("paper-conference", "inproceedings", "booktitle"),
        ("thesis", "thesis", "institution"),
        ("report", "report", "institution"),
        ("webpage", "online", "organization"),
        ("patent", "misc", "howpublished"),
    ],
)
def test_the_type_follows_what_the_paper_is(kind, entry_type, venue_field):
    (entry,) = entries(render([Paper("Toys", "title:a", kind=kind, venue="Where")], "biblatex"))
    assert entry.entry_type == entry_type
    assert entry.fields_dict[venue_field].value == "Where"


@pytest.mark.parametrize(("year", "written"), [(1871, "1871"), (-44, "-0044"), (7, "0007")])
def test_years_are_of_four_digits(year, written):
    (entry,) = entries(render([Paper("Toys", "title:a", year=year)], "biblatex"))
    assert entry.fields_dict["date"].value == written


def test_tags_and_note_have_their_fields():
    heading = Heading(tags={"title:a": ["a, b", "c_d"]}, notes={"title:a": "50% done\nsoon"})
    (entry,) = entries(render([Paper("Toys", "title:a")], "biblatex", heading))
    assert entry.fields_dict["keywords"].value == r"a b, c\_d"
    assert entry.fields_dict["annotation"].value == r"50\% done soon"


@given(papers)
def test_any_paper_is_one_whole_entry(paper):
    assert len(entries(render([paper], "biblatex"))) == 1


def test_a_field_that_the_data_model_does_not_have_is_left_out():
    details = Details(volume="abs/1503", publisher="House", pages="1-2", edition="3")
    (entry,) = entries(render([Paper("T", kind="article-journal", details=details)], "biblatex"))
    fields = {x.key: x.value for x in entry.fields}
    assert fields == {"title": "{T}", "pages": "1--2", "usera": "volume: abs/1503"}


@pytest.mark.parametrize(
    ("month", "date"),
    [("5", "2010-05"), ("Spring", "2010-21"), ("Nov-Dec", "2010-11/2010-12"), ("März", "2010")],
)
def test_a_part_of_a_year_is_written_as_edtf_has_it(month, date):
    (entry,) = entries(render([Paper("T", year=2010, details=Details(month=month))], "biblatex"))
    assert entry.fields_dict["date"].value == date
