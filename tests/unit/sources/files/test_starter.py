from __future__ import annotations

import re
from datetime import UTC, datetime

from reading import Found

from recommender.sources import read_starter

DAYS = {datetime(2026, *day, tzinfo=UTC) for day in ((5, 9), (3, 13), (3, 11))}
RUN = 8


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    all_words = words(text)
    return {tuple(all_words[i : i + RUN]) for i in range(len(all_words) - RUN + 1)}


def test_the_catalogue_holds_228_papers_each_once():
    titles = [paper.title for paper in read_starter()]
    assert len(titles) == len(set(titles)) == 228


def test_every_summary_is_one_of_ours_and_of_40_to_90_words():
    for paper in read_starter():
        assert paper.abstract_is_summary
        assert 40 <= len(paper.abstract.split()) <= 90, paper.title


def test_every_paper_says_when_it_was_listed_and_nothing_that_is_not_known():
    for paper in read_starter():
        days = [listing.listed_at for listing in paper.listings]
        assert days == sorted(set(days))
        assert set(days) <= DAYS
        assert {x.source for x in paper.listings} == {"hf-daily-papers"}
        assert {x.byline for x in paper.listings} == {"AK and the research community"}
        assert (paper.authors, paper.year, paper.identifiers, paper.url) == ((), None, (), "")


def test_titles_and_days_are_those_of_the_pages(shared):
    listed: dict[str, set[datetime | None]] = {}
    for path in (shared / "data" / "seeds").glob("*.txt"):
        for paper in Found(path, "daily-papers").papers:
            listed.setdefault(paper.title, set()).add(paper.listed_at)
    ours = {paper.title: {x.listed_at for x in paper.listings} for paper in read_starter()}
    assert ours == listed


def test_no_summary_shares_eight_words_in_a_row_with_an_abstract(shared):
    taken: set[tuple[str, ...]] = set()
    for path in (shared / "data" / "seeds").glob("*.txt"):
        for paper in Found(path, "daily-papers").papers:
            taken |= runs(paper.abstract)
    assert taken
    for paper in read_starter():
        assert not runs(paper.abstract) & taken, paper.title
