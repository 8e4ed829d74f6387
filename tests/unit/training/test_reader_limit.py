"""One reader counts as a limited number of likes when others learn from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from libraries import NOW, make_library, papers_on_all

from recommender.domain import Event, EventKind
from recommender.training.fit import limit_readers, read_feedback

WEIGHTS = {
    "ann/bees": {"a": 1.0, "b": 2.0},
    "ann/bridges": {"c": 1.0, "d": -1.0},
    "bob/general": {"a": 1.0, "e": 1.0},
}


def test_all_interests_of_a_reader_share_the_limit() -> None:
    found = limit_readers(WEIGHTS, 2.5)
    assert found["ann/bees"] == {"a": 0.5, "b": 1.0}
    assert found["ann/bridges"] == {"c": 0.5, "d": -0.5}
    assert found["bob/general"] == WEIGHTS["bob/general"]


def test_without_a_limit_nothing_changes() -> None:
    assert limit_readers(WEIGHTS, None) == WEIGHTS


def test_a_reader_whose_weights_are_all_zero_stays() -> None:
    assert limit_readers({"ann/general": {"a": 0.0}}, 1.0) == {"ann/general": {"a": 0.0}}


def test_the_fit_reads_limited_weights(tmp_path: Path) -> None:
    library = make_library(tmp_path, papers_on_all(4))
    store = library.open()
    try:
        for i in range(4):
            paper = f"doi:10.5555/bees.{i}"
            store.feedback.append(Event(f"k{i}", "me", "me/general", paper, EventKind.like, NOW))
        whole = read_feedback(store, library.settings, NOW).weights["me/general"]
        limited = library.settings.model_copy(update={"likes_per_reader": 2.0})
        found = read_feedback(store, limited, NOW).weights["me/general"]
    finally:
        store.close()
    assert sum(whole.values()) == pytest.approx(4.0)
    assert found == pytest.approx(dict.fromkeys(whole, 0.5))
