"""Changes of the share of likes: found soon, seldom invented, and as River's ADWIN finds them."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.insights.drift import CLOCK, CONFIDENCE, changes_of

SWITCH = 150


def stream(seed: int, before: float, after: float, n: int = 300) -> list[float]:
    """Likes (1) and others (0); the share changes at `SWITCH`."""
    share = np.where(np.arange(n) < SWITCH, before, after)
    return (np.random.default_rng(seed).random(n) < share).astype(float).tolist()


def test_a_clear_change_is_found_with_its_place_and_both_shares() -> None:
    (found,) = changes_of([1.0, 0.0, 1.0, 1.0] * 25 + [0.0, 0.0, 0.0, 0.0, 1.0] * 20)
    assert found.at == pytest.approx(100, abs=5)
    assert found.found_at < 150
    assert found.before == pytest.approx(0.75, abs=0.03)
    assert found.after < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
def test_a_change_is_seldom_invented(share: float) -> None:
    invented = [bool(changes_of(stream(seed, share, share))) for seed in range(40)]
    assert np.mean(invented) <= 0.05


def test_few_answers_are_no_change() -> None:
    assert changes_of([]) == []
    assert changes_of([1.0, 0.0, 1.0, 0.0]) == []


def test_many_answers_are_looked_at_now_and_then_and_a_change_is_found_all_the_same() -> None:
    at = 20_000
    (found,) = changes_of([1.0, 0.0] * (at // 2) + [0.0] * 200)
    assert found.at == pytest.approx(at, abs=5)
    assert found.found_at < at + 50 + CLOCK


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(0.6, 0.2), (0.2, 0.6), (0.5, 0.5)])
def test_it_finds_what_river_finds_as_soon(before: float, after: float) -> None:
    from river.drift import ADWIN

    ours, rivers = [], []
    for seed in range(25):
        values = stream(seed, before, after)
        ours.append(next((x.found_at for x in changes_of(values) if x.found_at >= SWITCH), None))
        adwin = ADWIN(delta=CONFIDENCE, clock=1, grace_period=10, min_window_length=5)
        first = None
        for place, value in enumerate(values):
            adwin.update(value)
            if adwin.drift_detected and place >= SWITCH and first is None:
                first = place
        rivers.append(first)
    both = [(x, y) for x, y in zip(ours, rivers, strict=True) if y is not None]
    if before == after:
        assert len(both) <= 1
        return
    # What River finds is found, and no later: River looks at the borders of its buckets only.
    assert len(both) >= 20
    assert all(x is not None and x <= y for x, y in both)
    assert all(x is not None for x in ours)
    assert np.median([y - x for x, y in both]) <= 30
