"""The rows of a page under test: what they show, and a reader who acts in them.

A browser is not there: answers go the way that the script posts them, and what the rows
tell goes to the page's own callback. The script itself is tested in Chromium.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from ui.panels import paper_list
from ui.paper_text import native
from ui.routes import feedback


def groups(app: AppTest) -> list[dict[str, Any]]:
    """Return what each group of rows on the page was handed."""
    return [x for x in _handed(app) if "rows" in x]


def deck_of(app: AppTest) -> dict[str, Any]:
    """Return what the deck of the page was handed."""
    (found,) = [x for x in _handed(app) if "cards" in x]
    return found


def _handed(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(x.proto.json) for x in app.get("bidi_component")]


def rows(app: AppTest) -> list[dict[str, Any]]:
    """Return all rows of the page, from the top."""
    return [row for group in groups(app) for row in group["rows"]]


def titles(app: AppTest) -> list[str]:
    """Return the page's subheadings and then the titles in rows, as Markdown shows them."""
    return [x.value for x in app.subheader] + [native(x["title"]) for x in rows(app)]


def links(app: AppTest) -> list[str]:
    """Return what the page's links to other pages are called."""
    return [x["label"] for x in _handed(app) if "label" in x]


def answer(app: AppTest, kind: str, place: int = 0) -> AppTest:
    """Answer the paper in a row, or undo its answer, as a click on its button does."""
    row = rows(app)[place]
    event = {"key": uuid.uuid4().hex, "kind": kind, "paper_id": row["paper_id"]}
    names = ("interest_id", "slate_id", *(["undoes"] if kind == "undo" else []))
    event |= {x: row[x] for x in names if row.get(x)}
    sent = feedback._store({"token": groups(app)[0]["token"], "events": [event]}, {})
    assert sent.status_code == 200, sent.body
    return rerun(app)


def tell(app: AppTest, monkeypatch: Any, what: str, place: int = 0, **more: Any) -> AppTest:
    """Let a row tell the page something, as its script does."""
    told = {"what": what, "paper_id": rows(app)[place]["paper_id"], **more}
    real = paper_list.rows
    waiting = [told]

    def with_news(data: Any, *, key: str, on_told: Callable[[Any], None]) -> None:
        if waiting and any(x["paper_id"] == told["paper_id"] for x in data["rows"]):
            on_told(waiting.pop())
        real(data, key=key, on_told=on_told)

    with monkeypatch.context() as patch:
        patch.setattr(paper_list, "rows", with_news)
        rerun(app)
    assert not waiting, "no row heard it"
    return rerun(app)


def rerun(app: AppTest) -> AppTest:
    app = app.run()
    assert not app.exception, app.exception[0].value
    return app
