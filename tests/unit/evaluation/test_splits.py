from __future__ import annotations

import numpy as np
from topics import table

from recommender.evaluation.splits import (
    TEST,
    TRAIN,
    VALID,
    draw,
    keep_other_readers,
    part_masks,
    split_libraries,
    split_papers,
)

SIZES = (4, 5, 7, 20)
PAIRS = table([(r, p) for r, n in enumerate(SIZES) for p in range(n)], len(SIZES), 20)


def counts(reader: int, seed: int = 42) -> list[int]:
    parts = split_libraries(PAIRS, seed)[PAIRS.reader == reader]
    return [int((parts == part).sum()) for part in (TRAIN, VALID, TEST)]


def test_libraries_are_split_sixty_twenty_twenty() -> None:
    assert counts(3) == [12, 4, 4]
    assert counts(1) == [3, 1, 1]


def test_a_reader_with_fewer_than_five_papers_stays_in_train() -> None:
    assert counts(0) == [4, 0, 0]


def test_the_same_seed_splits_alike_and_another_does_not() -> None:
    first, again, other = (split_libraries(PAIRS, seed).tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_test_papers_are_out_of_sight_while_valid_is_measured() -> None:
    parts = split_libraries(PAIRS, 42)
    learnt, held = part_masks(parts, "valid")
    assert not (learnt | held)[parts == TEST].any()
    learnt, held = part_masks(parts, "test")
    assert learnt[parts == VALID].all()
    assert (held == (parts == TEST)).all()


def test_a_tenth_of_the_papers_is_new() -> None:
    parts = split_papers(1000, 42)
    assert [(parts == part).sum() for part in (TRAIN, VALID, TEST)] == [800, 100, 100]


def test_other_readers_are_limited_to_the_number_asked_for() -> None:
    for n, left in ((0, 0), (2, 2), (9, 4), (None, 4)):
        kept = keep_other_readers(PAIRS, n, 42)
        assert (kept.per_reader() > 0).sum() == left
        assert kept.n_readers == PAIRS.n_readers


def test_rows_are_drawn_once_each() -> None:
    drawn = draw(np.arange(100), 10, 3)
    assert len(set(drawn.tolist())) == 10
    assert drawn.tolist() == draw(np.arange(100), 10, 3).tolist()
