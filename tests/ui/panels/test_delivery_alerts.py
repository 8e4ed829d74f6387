"""Digests that did not reach their readers are seen on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from libraries import NOW, Library
from streamlit.testing.v1 import AppTest

from recommender.store import Store

Opener = Callable[..., AppTest]


@pytest.fixture
def store(library: Library):
    opened = library.open()
    yield opened
    opened.close()


def fail(store: Store, reader: str) -> None:
    store.readers.ensure(reader, NOW - timedelta(days=30))
    store.deliveries.expect(reader, "2026-W46", ["mail"], NOW - timedelta(days=2), NOW)
    (made,) = store.deliveries.list(reader)
    claim = store.deliveries.claim(made.number, NOW, NOW + timedelta(minutes=1))
    assert claim is not None
    result = "550 no <b>box</b> **here**"
    later = NOW + timedelta(hours=1)
    store.deliveries.finish(made.number, claim, "failed", NOW, result=result, retry_at=later)


@pytest.mark.parametrize("name", ["for_you", "digest"])
def test_failures_are_one_line_on_every_page(store: Store, opened: Opener, name: str) -> None:
    for i in range(50):
        fail(store, f"r{i}")
    (notice,) = [x for x in opened(name).expander if x.label.startswith("Digests")]
    assert "50 failed" in notice.label
    said = " ".join(x.value for x in notice.markdown)
    assert "and 30 more" in said
    assert "<b>" not in said.replace("\\<b>", "")
    assert "paperloop digest due" in said


def test_nothing_is_said_while_all_is_well(library: Library, opened: Opener) -> None:
    assert not [x for x in opened("digest").expander if x.label.startswith("Digests")]
