"""Features of a catalogue: rows in step, papers appended, and stored without pickle."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from worlds import world_features, world_papers

from recommender.domain import Listing, Paper
from recommender.features import Features


def test_rows_follow_the_papers() -> None:
    papers = world_papers(2, 3)
    features = Features.of_papers(papers)
    assert features.vocabulary.ids == tuple(p.paper_id for p in papers)
    assert len(features) == features.n_fitted == features.paper_terms.shape[0] == 6


def test_appended_papers_are_rows_after_the_fit() -> None:
    papers = world_papers(2, 5)
    whole = Features.of_papers(papers[:8])
    grown = whole.with_papers(papers[8:])
    assert (len(grown), grown.n_fitted, len(whole)) == (10, 8, 8)
    assert grown.terms == whole.terms
    np.testing.assert_array_equal(
        grown.paper_terms[8:].toarray(), whole.text.transform(papers[8:]).toarray()
    )
    np.testing.assert_allclose(np.linalg.norm(grown.embedding[8:], axis=1), 1, rtol=1e-5)


def test_nothing_appended_is_the_same() -> None:
    features = world_features(1, 3)
    assert features.with_papers([]) is features


def test_counts_are_as_good_as_text() -> None:
    papers = world_papers(2, 5)
    by_text = Features.of_papers(papers[:8])
    counts = by_text.text.count(papers)
    by_counts = Features.of_counts([p.paper_id for p in papers[:8]], counts[:8], by_text.terms)
    by_counts = by_counts.with_counts([p.paper_id for p in papers[8:]], counts[8:])
    grown = by_text.with_papers(papers[8:])
    np.testing.assert_array_equal(by_counts.paper_terms.toarray(), grown.paper_terms.toarray())
    np.testing.assert_array_equal(by_counts.embedding, grown.embedding)
    assert np.isnan(by_counts.newest_days).all()


def test_days_are_the_newest_of_publication_and_listing() -> None:
    listed = (Listing("daily", datetime(1970, 1, 3, tzinfo=UTC)),)
    papers = [
        Paper("a", "x:1", published_at=datetime(1970, 1, 2, 12, tzinfo=UTC)),
        Paper("b", "x:2", published_at=datetime(1970, 1, 2, tzinfo=UTC), listings=listed),
        Paper("c", "x:3"),
    ]
    np.testing.assert_array_equal(Features.of_papers(papers).newest_days, [1.5, 2.0, np.nan])


def test_the_median_paper_has_its_distinct_terms() -> None:
    titles = ["ant bee", "ant bee cow", "ant", ""]
    papers = [Paper(title, f"x:{i}") for i, title in enumerate(titles)]
    # ant; bee; cow; the pair "ant bee": 3, 4 and 1 of them, the empty one left out.
    assert Features.of_papers(papers).n_terms_median == 3
    assert Features.of_papers([Paper("", "x:1")]).n_terms_median == 0


@pytest.mark.parametrize("n_each", [1, 8])
def test_arrays_give_the_same_features_back(n_each: int) -> None:
    features = Features.of_papers([*world_papers(2, n_each), Paper("Größe 図", "title:ü")])
    stored = features.arrays()
    assert all(array.dtype != object for array in stored.values())
    loaded = Features.from_arrays(stored)
    assert loaded.vocabulary == features.vocabulary
    assert loaded.terms == features.terms
    assert loaded.n_fitted == features.n_fitted
    np.testing.assert_array_equal(loaded.paper_terms.toarray(), features.paper_terms.toarray())
    np.testing.assert_array_equal(loaded.embedding, features.embedding)
    new = world_papers(2, n_each + 1)[-1:]
    np.testing.assert_array_equal(
        loaded.with_papers(new).embedding, features.with_papers(new).embedding
    )
