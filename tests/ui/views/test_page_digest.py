"""Digest: a preview that stores nothing, an issued week that stays, earlier weeks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import Library
from page_rows import answer, rows
from streamlit.testing.v1 import AppTest

from recommender.digest.compose.manifest import Manifest
from recommender.digest.render.render import render
from recommender.digest.subscription import Subscription, save_subscription
from recommender.domain import EventKind
from recommender.store import SavedSearch
from ui import app_state

Opener = Callable[..., AppTest]


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def titles(app: AppTest) -> list[str]:
    return [x.value for x in app.subheader][1:] + [x["title"] for x in rows(app)]


def captions(app: AppTest) -> str:
    return " ".join(x.value for x in app.caption).replace("\\", "")


def test_a_preview_shows_papers_and_stores_nothing(library: Library, opened: Opener) -> None:
    app = opened("digest")
    assert titles(app)
    assert "A preview" in captions(app)
    assert app_state.store().digests.weeks("me") == []
    assert app_state.store().feedback.slates("me", surface="digest") == []


def test_an_issued_digest_stays_as_it_is(library: Library, opened: Opener) -> None:
    app = press(opened("digest"), "Issue it now")
    issued = titles(app)
    assert app_state.store().digests.weeks("me") == ["2026-W47"]
    assert "Issued" in captions(app)
    answer(app, "like")
    assert titles(app.run()) == issued
    assert [e.kind for e in app_state.store().feedback.events("me")] == [EventKind.like]


def test_an_earlier_week_can_be_looked_at(library: Library, opened: Opener) -> None:
    press(opened("digest"), "Issue it now")
    later = app_state.now().replace(day=25)
    app_state.configure(library.settings, lambda: later)
    app = opened("digest")
    assert app.selectbox(key="week").options == ["This week, 2026-W48", "2026-W47"]
    app.selectbox(key="week").select("2026-W47").run()
    assert "Issued" in captions(app)


def test_every_file_of_the_digest_is_offered(library: Library, opened: Opener) -> None:
    names = [x.proto.label for x in opened("digest").get("download_button")]
    assert names == ["HTML", "Text", "Markdown"]


def test_an_empty_week_says_why_and_what_to_do(empty_library: Library, opened: Opener) -> None:
    app = opened("digest")
    assert titles(app) == ["No papers this week."]
    assert any("holds no papers" in x.value for x in app.markdown)
    assert not any("paperloop import" in x.value for x in app.markdown)
    assert [x.label for x in app.get("page_link")] == ["Start"]


def choose(app: AppTest, view: str) -> AppTest:
    app = app.segmented_control(key="view").set_value(view).run()
    assert not app.exception, app.exception[0].value
    return app


def test_the_page_says_what_comes_next(library: Library, opened: Opener) -> None:
    said = captions(opened("digest"))
    assert "Next: 2026-W47, from Monday, 23 November 2026 07:00 UTC" in said
    assert "above your own bar (Settings, Minimum score)" in said
    save_subscription(app_state.store(), "me", Subscription(every="off"), app_state.now())
    assert "No digest is scheduled" in captions(opened("digest"))


def test_a_page_says_where_nothing_sends_mail(library: Library, opened: Opener) -> None:
    assert not opened("digest").warning  # by default only this page has it
    wanted = Subscription(channels=("mail",), address="ada@example.org")
    save_subscription(app_state.store(), "me", wanted, app_state.now())
    for name in ("digest", "settings"):
        assert "Nothing sends digests" in opened(name).warning[0].value
    app_state.store().scheduler_runs.note("app", app_state.now())
    for name in ("digest", "settings"):
        assert not opened(name).warning


def test_an_issue_can_be_seen_as_it_was_sent(library: Library, opened: Opener) -> None:
    app = press(opened("digest"), "Issue it now")
    stored = Manifest.from_json(app_state.store().digests.get("me", "2026-W47"))
    app = choose(app, "As sent")
    assert app.code[0].value == render(stored, "text").strip("\n")
    (frame,) = app.get("iframe")
    assert frame.proto.srcdoc.replace('<base target="_blank">\n', "") == render(stored, "html")


def test_any_paper_can_be_asked_about(library: Library, opened: Opener) -> None:
    app = choose(opened("digest"), "Why not this paper?")
    (first, *_) = app_state.store().catalogue.papers(limit=1)
    app = app.text_input(key="why").set_value(first.paper_id).run()
    assert not app.exception, app.exception[0].value
    assert any("as it would be now" in x.value for x in app.markdown)
    app = app.text_input(key="why").set_value("zzzzqqqq").run()
    assert [x.value for x in app.info] == ["No papers match."]


@pytest.mark.slow
def test_what_became_of_sending_stands_beside_the_issue(library: Library, opened: Opener) -> None:
    app = press(opened("digest"), "Issue it now")
    now = app_state.now()
    deliveries = app_state.store().deliveries
    deliveries.expect("me", "2026-W47", ["mail"], now, now)
    assert "By mail: not sent yet" in captions(app.run())


def test_what_is_new_in_a_saved_search_stands_under_its_name(
    library: Library, opened: Opener
) -> None:
    app_state.store().saved_searches.save("me", SavedSearch("Ice *1*", "glaciers"))
    headings = [x.value for x in opened("digest").subheader]
    assert any(x.startswith("New in “Ice") and "\\*1\\*" in x for x in headings)
