"""How near a library is to a reader: far for another field, near for its own, by measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from field_mirror import FIELDS, Field
from libraries import NOW, make_library

from recommender.config import Settings, load_settings
from recommender.domain import Details, Event, EventKind, Paper
from recommender.errors import UnknownReader
from recommender.recommend.coverage import Coverage, coverage_of, liked_papers, phrases_of
from recommender.recommend.recommender import Recommender
from recommender.sources import read_starter
from recommender.store import Store
from recommender.training.fit import fit

STARTER = list(read_starter())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("coverage") / "library"
    make_library(folder, STARTER)
    return load_settings(data_dir=folder)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store(settings.url)
    yield opened
    opened.close()


def reader_of(store: Store, papers: list[Paper], name: str) -> str:
    """Return a reader who likes these papers, as an import makes one."""
    reader_id = store.readers.add(name, NOW).reader_id
    added = store.catalogue.add(papers, NOW)
    interest = store.readers.interests(reader_id)[0].interest_id
    store.feedback.append_many(
        [
            Event(f"{name} {x.paper_id}", reader_id, interest, x.paper_id, EventKind.like, NOW)
            for x in added
        ]
    )
    return reader_id


def papers_of(field: Field, numbers: range) -> list[Paper]:
    return [Paper(title=field.title(i), year=2020) for i in numbers]


@pytest.mark.parametrize("field", FIELDS, ids=lambda x: x.name)
def test_a_library_of_another_field_is_far(store: Store, settings: Settings, field: Field) -> None:
    reader_id = reader_of(store, papers_of(field, range(14)), field.name)
    found = coverage_of(store, Recommender(store, settings), reader_id)
    assert (found.likes, found.far) == (14, True)
    assert found.others >= len(STARTER)


def test_a_library_of_ones_own_field_is_near(store: Store, settings: Settings) -> None:
    reader_id = reader_of(store, [Paper(title=x.title) for x in STARTER[::12]], "at home")
    found = coverage_of(store, Recommender(store, settings), reader_id)
    assert found.likes == 19
    assert not found.far


@pytest.mark.slow
def test_papers_that_come_later_make_it_near_once_they_are_learnt(tmp_path: Path) -> None:
    make_library(tmp_path / "library", STARTER)
    settings = load_settings(data_dir=tmp_path / "library")
    store, field = Store(settings.url), FIELDS[0]
    reader_id = reader_of(store, papers_of(field, range(14)), "later")
    assert coverage_of(store, Recommender(store, settings), reader_id).far
    store.catalogue.add(papers_of(field, range(100, 140)), NOW)
    fit(store, settings, now=NOW)
    found = coverage_of(store, Recommender(store, settings), reader_id)
    assert not found.far
    assert found.others == len(STARTER) + 40
    store.close()


def test_without_likes_words_count_and_without_words_nothing_is_said(
    store: Store, settings: Settings
) -> None:
    recommender = Recommender(store, settings)
    reader_id = store.readers.add("in words", NOW).reader_id
    found = coverage_of(store, recommender, reader_id)
    assert (found.likes, found.near, found.others) == (0, 0, len(STARTER) + n_new(store))
    assert not Coverage(0, 0, 5).far
    interest = store.readers.interests(reader_id)[0].interest_id
    store.readers.describe(interest, "pollination of orchids by euglossine bees in wet forests")
    assert coverage_of(store, recommender, reader_id).far
    store.readers.describe(interest, "long-tailed recognition with imbalanced classes")
    assert not coverage_of(store, recommender, reader_id).far
    with pytest.raises(UnknownReader):
        coverage_of(store, recommender, "who")


def n_new(store: Store) -> int:
    return store.catalogue.count() - len(STARTER)


def test_likes_are_looked_at_from_the_newest(store: Store) -> None:
    reader_id = reader_of(store, papers_of(FIELDS[4], range(30)), "many")
    assert len(liked_papers(store, reader_id)) == 30


def test_phrases_are_pairs_that_papers_share_and_their_keywords() -> None:
    papers = [
        Paper(title="Symbolic model checking without decision diagrams"),
        Paper(title="Model checking of concurrent programs"),
        Paper(title="A logic of programs", details=Details(keywords=("Model checking", "LTL"))),
        Paper(title="の X 1 2 3 and of the"),
    ]
    assert phrases_of(papers)[:1] == ["model checking"]
    assert "logic programs" not in phrases_of(papers), "the words do not stand side by side"
    assert phrases_of([]) == []
    assert len(phrases_of(papers_of(FIELDS[1], range(20)))) == 6


def test_marks_of_the_reader_and_words_of_any_title_are_no_phrases() -> None:
    marks = Details(keywords=("important", "Zotero Import", "topic models"))
    papers = [Paper(title=f"Using topic models on corpus {i}", details=marks) for i in range(4)]
    assert phrases_of(papers)[0] == "topic models"
    assert not {"important", "zotero import", "using topic"} & set(phrases_of(papers))


def test_between_far_and_covered_a_library_covers_a_part() -> None:
    part = Coverage(likes=100, near=50, others=228)
    assert not part.far
    assert not part.covered
    assert Coverage(likes=3, near=2, others=9).covered
    assert Coverage(likes=3, near=0, others=9).far
    assert not Coverage(likes=0, near=0, others=9).covered
