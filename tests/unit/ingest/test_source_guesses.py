"""Sources guessed from a reader's papers: the right field, safe queries, nothing from nothing."""

from __future__ import annotations

import pytest
from field_mirror import FIELDS, Field

from recommender.domain import Author, Details, Paper
from recommender.ingest.arxiv_categories import CATEGORIES, PATTERNS, category_named
from recommender.ingest.source_guesses import guess_sources
from recommender.recommend.coverage import phrases_of
from recommender.sources.apis.arxiv import check_category, search_query
from recommender.sources.protocol import check_query
from recommender.sources.registry import SourceSettings, open_source


def papers_of(field: Field) -> list[Paper]:
    return [
        Paper(
            title=field.title(i),
            authors=tuple(Author(literal=x) for x in field.names(i)),
            venue=field.venue,
        )
        for i in range(14)
    ]


@pytest.mark.parametrize("field", FIELDS, ids=lambda x: x.name)
def test_five_fields_are_recognised(field: Field) -> None:
    papers = papers_of(field)
    by_category, by_words, by_authors, by_venues = guess_sources(papers, phrases_of(papers))
    assert by_category.query.categories[0] == field.category
    assert by_words.query.source == "openalex"
    assert by_words.query.text.count(" OR ") >= 2
    assert set(by_authors.query.authors) == set(field.authors)
    assert "jr:" in by_venues.query.text
    for guess in (by_category, by_words, by_authors, by_venues):
        source = open_source(guess.query.source, SourceSettings())
        check_query(guess.query, source.accepts)
        assert guess.why


def test_a_category_that_the_papers_name_is_taken_as_it_is() -> None:
    papers = [
        Paper(title="Whatever it is", details=Details(keywords=("cs.MM", "video"))),
        Paper(title="Something else", venue="arXiv preprint [cs.MM]"),
    ]
    (guess,) = guess_sources(papers)
    assert guess.query.categories == ("cs.MM",)
    assert "categories of your papers" in guess.why


def test_a_category_in_words_as_zotero_writes_it_is_known() -> None:
    tagged = Details(keywords=("Computer Science - Multiagent Systems", "important"))
    papers = [Paper(title="Whatever it is", details=tagged), Paper(title="Something else")]
    (guess,) = guess_sources(papers, phrases_of(papers))
    assert guess.query.categories == ("cs.MA",)


def test_a_category_that_few_papers_name_stands_behind_that_of_the_words() -> None:
    tagged = Details(keywords=("Statistics - Machine Learning",))
    papers = [Paper(title=f"Precipitation and weather at place {i}") for i in range(5)]
    guess = guess_sources([*papers, Paper(title="Nowcasts", details=tagged)])[0]
    assert guess.query.categories == ("physics.ao-ph", "stat.ML")


def test_every_category_in_words_has_the_form_of_arxiv() -> None:
    for area in (
        "Quantum Physics",
        "Nonlinear Sciences - Chaotic Dynamics",
        "Statistics - Computation",
    ):
        assert check_category(category_named(area) or "")
    assert category_named("High Energy Physics - Theory") == "hep-th"
    assert category_named("machine learning") is None


def test_nothing_is_guessed_from_nothing() -> None:
    assert guess_sources([]) == []
    assert guess_sources([Paper(title="Zzz"), Paper(title="")]) == []


def test_what_strangers_wrote_cannot_leave_its_place_in_a_query() -> None:
    hostile = 'Evil" OR all:everything AND (cat:cs.LG)'
    papers = [
        Paper(title="x", authors=(Author(literal=hostile),), venue=f"Venue {hostile}")
        for _ in range(3)
    ]
    for guess in guess_sources(papers, [hostile]):
        assert '"' not in "".join(guess.query.authors)
        assert guess.query.text.count('"') % 2 == 0
        assert ":everything" not in guess.query.text
        if guess.query.source == "arxiv" and guess.query.text:
            assert "cat:" not in search_query(guess.query)


def test_every_category_is_one_of_arxiv_by_its_form_and_matches_its_own_words() -> None:
    for name, category in CATEGORIES.items():
        assert check_category(name) == name
        assert category.label
        assert category_named(category.keyword.title()) == name
    for name, pattern in PATTERNS.items():
        assert name in CATEGORIES
        assert not pattern.search("zzz")
        assert not pattern.search("")


@pytest.mark.parametrize(
    ("venue", "named"),
    [
        ("Computer Aided Verification (CAV)", "CAV"),
        ("Proc. of NeurIPS 2020", "NeurIPS"),
        ("Proceedings of the 12th conference", ""),
        ("IEEE", "IEEE"),
        ("Journal of Invented Things", "Journal of Invented Things"),
        ("", ""),
    ],
)
def test_venues_are_named_by_their_short_name(venue: str, named: str) -> None:
    guesses = guess_sources([Paper(title="x", venue=venue)] * 2)
    asked = [x.query.text for x in guesses if x.query.text]
    assert asked == ([f'co:"{named}" OR jr:"{named}"'] if named else [])
