"""What stays is put aside, and what became garbage since is freed all the same."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from recommender.launch import import_ui

import_ui()

from ui import gc_tuning  # noqa: E402


class Ring:
    """Something that only a look for garbage can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.slow
def test_what_is_put_aside_is_freed_once_it_is_garbage() -> None:
    ring: Ring | None = Ring()
    watched = weakref.ref(ring)
    gc_tuning.freeze_heap()
    assert gc.get_freeze_count() > 0
    ring = None
    gc.collect()
    assert watched() is not None
    gc_tuning.freeze_heap()
    assert watched() is None


def test_pages_in_a_row_put_aside_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    class Timer:
        def __init__(self, seconds: float, work: object) -> None:
            assert work is gc_tuning.freeze_heap
            self.seconds = seconds

        def start(self) -> None:
            begun.append(self.seconds)

    monkeypatch.setattr(gc_tuning, "_next", 0.0)
    monkeypatch.setattr(gc_tuning.threading, "Timer", Timer)
    for _ in range(3):
        gc_tuning.freeze_heap_soon()
    assert begun == [gc_tuning.SOON_SECONDS]
