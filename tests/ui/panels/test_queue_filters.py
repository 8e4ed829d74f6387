"""The words that the filters offer for hiding."""

from __future__ import annotations

from collections.abc import Callable

from libraries import Library
from page_rows import rerun
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind
from ui import app_state

Opener = Callable[..., AppTest]


def test_no_word_is_offered_that_would_hide_a_tenth_of_the_library(
    library: Library, opened: Opener
) -> None:
    store = app_state.store()
    for i in range(6):
        paper_id = f"doi:10.5555/bees.{i}"
        event = Event(f"like {i}", "me", "me/general", paper_id, EventKind.like, app_state.now())
        store.feedback.append(event)
    app = rerun(opened("for_you"))
    words = {w for x in app.session_state["slate"].items for r in x.reasons for w in r.words}
    wide = {
        x for x, ids in app_state.recommender().muted.hides(sorted(words)).items() if len(ids) > 3
    }
    assert wide
    offered = [x.label for x in app.button if x.label.startswith("Hide ")]
    assert [x for x in offered for word in wide if x.startswith(f"Hide {word} (")] == []
