"""Fates of a big week stay small, and come back as they were."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest

from recommender.digest.compose.exclusions import (
    MAX_KEPT,
    MAX_PACKED,
    Exclusion,
    exclusion_of,
    pack,
    unpack,
)
from recommender.errors import DigestError


def test_exclusions_come_back_with_scores_to_two_digits():
    exclusions = {"below_bar": {"b": 0.126, "a": -1.0}, "judged": {"c": None}, "shown": {}}
    assert unpack(pack(exclusions)) == {"below_bar": {"a": -1.0, "b": 0.13}, "judged": {"c": None}}
    assert (pack({}), unpack("")) == ("", {})


def test_the_same_exclusions_are_the_same_text():
    assert pack({"x": {"a": 1.0, "b": 2.0}, "y": {"c": None}}) == pack(
        {"y": {"c": None}, "x": {"b": 2.0, "a": 1.0}}
    )


def test_a_week_of_two_thousand_papers_takes_a_few_kilobytes():
    scores = np.random.default_rng(0).normal(size=2000)
    exclusions = {"below_bar": {f"arxiv:2611.{n:05d}": float(x) for n, x in enumerate(scores)}}
    packed = pack(exclusions)
    assert len(packed) < 16_000
    assert len(unpack(packed)["below_bar"]) == 2000


def test_of_a_million_papers_the_best_are_kept_in_less_than_a_hundred_kilobytes():
    scores = np.random.default_rng(0).normal(size=100_000)
    ids = [
        f"doi:10.48550/arxiv.2611.{n:06d}" for n in np.random.default_rng(1).permutation(100_000)
    ]
    exclusions = {
        "below_bar": dict(zip(ids[:90_000], scores.tolist(), strict=False)),
        "muted": dict.fromkeys(ids[90_000:]),
    }
    packed = pack(exclusions)
    kept = unpack(packed)["below_bar"]
    assert len(packed) < 85_000
    assert len(kept) == MAX_KEPT
    assert min(kept.values()) >= np.sort(scores[:90_000])[-MAX_KEPT] - 0.005


def test_a_paper_is_found_under_any_of_its_ids():
    packed = pack({"below_bar": {"a": 0.25}, "muted": {"b": None}})
    assert exclusion_of(packed, frozenset(("x", "a"))) == Exclusion("below_bar", 0.25)
    assert exclusion_of(packed, frozenset(("b",))) == Exclusion("muted", None)
    assert exclusion_of(packed, frozenset(("c",))) is None


@pytest.mark.parametrize(
    "text",
    [
        *("x", "====", "AAAA", base64.b64encode(b"no").decode()),
        base64.b64encode(zlib.compress(b"[1]")).decode(),
        base64.b64encode(zlib.compress(b"{}")[:-2]).decode(),
    ],
)
def test_a_damaged_text_is_refused_with_one_sentence(text):
    with pytest.raises(DigestError, match="damaged"):
        unpack(text)


def test_ids_that_have_nothing_in_common_take_no_more_place_and_the_best_are_kept():
    rng = np.random.default_rng(3)
    ids = [f"doi:10.5555/{rng.bytes(12).hex()}" for _ in range(9_000)]
    scores = dict(zip(ids, rng.normal(size=len(ids)).tolist(), strict=True))
    packed = pack({"below_bar": scores})
    kept = unpack(packed)["below_bar"]
    assert 0.8 * MAX_PACKED < len(packed) <= MAX_PACKED
    assert min(kept.values()) >= np.sort(list(scores.values()))[-len(kept)] - 0.005
