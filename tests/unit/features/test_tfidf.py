"""Words of scientific text, and what they weigh."""

from __future__ import annotations

import math
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.domain import Paper
from recommender.features import tfidf
from recommender.features.svd import stop_words
from recommender.features.tfidf import TextFeatures, count_terms, words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Long-Tailed Recognition", ["long", "tailed", "recognition"]),
        ("the GPT4 model, 3D and C++ or C#", ["gpt4", "model", "3d", "c++", "c#"]),
        ("Schrödinger's naïve proof", ["schrodinger", "naive", "proof"]),
        (r"a \textbf{bold} claim on $\alpha$-stable noise", ["bold", "claim", "stable", "noise"]),
        ("in 2024, 50 of 100 were x", []),
        ("", []),
        ("深度学习 と 学習", ["深度", "度学", "学习", "学習"]),
    ],
)
def test_words_of_a_text(written: str, read: list[str]) -> None:
    assert words(written) == read


def test_pairs_are_neighbours_and_a_title_counts_twice() -> None:
    counted = count_terms(Paper(title="graph kernel", abstract="graph kernel methods"))
    assert counted == {
        "graph": 3,
        "kernel": 3,
        "graph kernel": 3,
        "methods": 1,
        "kernel methods": 1,
    }


def test_no_pair_spans_title_and_abstract() -> None:
    assert "kernel methods" not in count_terms(Paper(title="kernel", abstract="methods"))


def test_a_pair_of_words_must_occur_in_two_papers() -> None:
    papers = [Paper(title="red fox"), Paper(title="red fox den"), Paper(title="blue whale")]
    assert TextFeatures.fit(papers).terms_ == ("blue", "den", "fox", "red", "red fox", "whale")


def test_of_too_many_terms_the_most_common_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "MAX_TERMS", 2)
    papers = [Paper(title="red"), Paper(title="red blue"), Paper(title="red blue green")]
    assert TextFeatures.fit(papers).terms_ == ("blue", "red")


def test_weights_follow_the_formula() -> None:
    papers = [Paper(title="", abstract="red red blue"), Paper(title="", abstract="red")]
    fitted = TextFeatures.fit(papers)
    row = fitted.transform(papers).toarray()[0]
    blue = math.log(3 / 2) + 1
    red = (1 + math.log(2)) * (math.log(3 / 3) + 1)
    length = math.hypot(blue, red)
    np.testing.assert_allclose(row, [blue / length, red / length], rtol=1e-6)


def test_rows_have_length_1_or_are_empty() -> None:
    fitted = TextFeatures.fit([Paper(title="red fox"), Paper(title="red hen")])
    rows = fitted.transform(
        [Paper(title="red fox hen"), Paper(title="unheard of"), Paper(title="")]
    )
    np.testing.assert_allclose(np.linalg.norm(rows.toarray(), axis=1), [1, 0, 0], rtol=1e-6)
    assert rows.has_sorted_indices
    assert rows.dtype == np.float32


def test_ready_counts_give_what_text_gives() -> None:
    papers = [Paper(title="red fox"), Paper(title="red hen", abstract="hen")]
    by_text = TextFeatures.fit(papers)
    counts = by_text.count(papers)
    by_counts = TextFeatures.of_counts(counts, by_text.terms_)
    np.testing.assert_array_equal(by_counts.idf_, by_text.idf_)
    np.testing.assert_array_equal(
        by_counts.transform_counts(counts).toarray(), by_text.transform(papers).toarray()
    )


def test_a_catalogue_without_words_has_no_terms() -> None:
    fitted = TextFeatures.fit([Paper(title="42")])
    assert fitted.terms_ == ()
    assert fitted.transform([Paper(title="42"), Paper(title="fox")]).shape == (2, 0)


def test_no_counts_no_terms() -> None:
    fitted = TextFeatures.of_counts(csr_matrix(np.zeros((0, 2), dtype=np.float32)), ["a", "b"])
    assert fitted.idf_.tolist() == [1.0, 1.0]


@pytest.mark.slow
def test_stop_words_are_those_of_scikit_learn_which_is_not_imported_for_them() -> None:
    stop_words.cache_clear()
    assert stop_words() == import_module("sklearn.feature_extraction.text").ENGLISH_STOP_WORDS
    script = (
        "import sys; from recommender.features.tfidf import words; words('the word');"
        "assert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
