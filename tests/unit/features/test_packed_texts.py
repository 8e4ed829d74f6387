"""Texts as arrays are the texts themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.features import packed_texts
from recommender.features.packed_texts import PackedIndex, PackedTexts, texts_from, texts_of
from recommender.features.serialisation import packed

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)


@given(st.lists(TEXT, unique=True, max_size=20), TEXT)
def test_texts_are_found_by_number_and_numbers_by_text(texts: list[str], other: str) -> None:
    arrays = texts_of("ids", texts)
    found = PackedTexts(arrays["ids"], arrays["ids_starts"])
    index = PackedIndex(found, arrays["ids_hashes"], arrays["ids_numbers"])
    assert list(found) == texts
    assert [found[i] for i in range(len(texts))] == texts
    assert found[1:3] == tuple(texts[1:3])
    assert [index[x] for x in texts] == list(range(len(texts)))
    assert [index[x] for x in texts] == list(range(len(texts))), "also when asked again"
    assert index.get(other) == (texts.index(other) if other in texts else None)


def test_texts_of_one_hash_are_told_apart() -> None:
    arrays = texts_of("ids", ["a", "b"])
    same = np.full(2, packed_texts._hash(b"a"))
    texts = PackedTexts(arrays["ids"], arrays["ids_starts"])
    index = PackedIndex(texts, same, np.array([1, 0]))
    assert index["a"] == 0


def test_few_texts_and_those_of_an_older_model_are_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrays = texts_of("ids", ["x", "y"])
    assert texts_from("ids", arrays) == (("x", "y"), {"x": 0, "y": 1})
    monkeypatch.setattr(packed_texts, "MAX_UNPACKED", 1)
    texts, index = texts_from("ids", arrays)
    assert isinstance(texts, PackedTexts)
    assert index["y"] == 1
    assert texts_from("ids", {"ids": packed(["x", "y"])}) == (("x", "y"), {"x": 0, "y": 1})


def test_a_number_outside_is_an_error() -> None:
    arrays = texts_of("ids", ["x"])
    texts = PackedTexts(arrays["ids"], arrays["ids_starts"])
    assert texts[-1] == "x"
    with pytest.raises(IndexError):
        texts[1]
