"""Sources: add, try, fetch in the background, plan, remove."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_hosts import HOSTS, PAPERS, title
from fake_network import FakeClock, Host, Reply
from libraries import NOW, Library
from streamlit.testing.v1 import AppTest

from recommender.config import Settings
from recommender.ingest import FetchReport, SourceQuery, fetch, keep, try_out
from recommender.ingest.cancellation import Cancellation
from recommender.sources.registry import SOURCES
from recommender.store import Fetch, SyncedCollection
from recommender.store.scheduler_runs import APP, FETCH
from ui import app_state, background_jobs
from ui.panels import fetch_jobs, source_form
from ui.paper_text import native

Opener = Callable[..., AppTest]
ARXIV = HOSTS["arxiv"]


def _fetch_here(
    host: Host, settings: Settings, query: SourceQuery, *, cancellation: Cancellation, **more: Any
) -> FetchReport:
    """Fetch without a process of its own, from an invented host."""
    return fetch(app_state.store(), settings, query, client=host.client(), **more)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Host]:
    """Let an invented host answer whatever the page asks for."""

    def answer(*replies: Reply) -> Host:
        host = Host(FakeClock(), *replies)
        monkeypatch.setattr(fetch_jobs, "fetch_in_child", partial(_fetch_here, host))
        monkeypatch.setattr(
            fetch_jobs,
            "try_in_child",
            lambda settings, query: try_out(settings, query, client=host.client()),
        )
        return host

    return answer


def press(app: AppTest, label: str) -> AppTest:
    next(x for x in app.button if x.label == label).click().run()
    if app.get("progress"):
        background_jobs.all_jobs().wait()
        app.run()
    assert not app.exception, app.exception[0].value
    return app


def said(app: AppTest) -> str:
    shown: list[Any] = [*app.markdown, *app.caption, *app.warning, *app.error]
    return "\n".join(x.value for x in shown)


def kept() -> Fetch:
    keep(app_state.store(), app_state.settings(), ARXIV.query)
    (one,) = app_state.store().fetches.list()
    return one


def test_without_a_source_the_page_says_what_to_do(library: Library, opened: Opener) -> None:
    app = opened("sources")
    assert [x.value for x in app.subheader] == ["No source yet", "Add a source"]


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_has_a_name_and_a_form(library: Library, opened: Opener, name: str) -> None:
    app = opened("sources")
    app.selectbox(key="new_source").select(name).run()
    assert not app.exception
    assert name in source_form.NAMES
    keys = {x.key for x in (*app.text_input, *app.date_input)}
    form = next(x for x in source_form.forms(app_state.settings()) if x.name == name)
    assert {f"new_{x}" for x in form.accepts} <= keys


def test_a_trial_shows_what_would_come_and_stores_nothing(
    library: Library, opened: Opener, answering: Callable[..., Host]
) -> None:
    host = answering(ARXIV.answer)
    app = opened("sources")
    app.text_input(key="new_text").set_value("otters")
    press(app, "Try it")
    assert native(title(0)) in said(app)
    assert f"2 papers of {PAPERS}" in said(app)
    assert len(host.asked) == 1
    assert app_state.store().catalogue.count() == 36
    assert app_state.store().fetches.list() == []


def test_a_source_is_added_fetched_and_its_result_shown(
    library: Library, opened: Opener, answering: Callable[..., Host]
) -> None:
    answering(*[ARXIV.answer] * 5)
    app = opened("sources")
    app.text_input(key="new_text").set_value("otters")
    press(app, "Add and fetch now")
    assert app_state.store().catalogue.count() == 36 + PAPERS
    assert f"{PAPERS} new, 0 known already, 0 refused" in said(app)
    (one,) = app_state.store().fetches.list()
    assert (one.source, one.query, one.every_hours) == ("arxiv", "otters", None)


def test_a_host_that_fails_is_said_in_a_sentence(
    library: Library, opened: Opener, answering: Callable[..., Host]
) -> None:
    answering(*["<html>Error</html>"] * 9)
    kept()
    app = press(opened("sources"), "Fetch now")
    assert len(app.warning) == 1
    assert app_state.store().catalogue.count() == 36


def test_a_query_for_nothing_is_refused(library: Library, opened: Opener) -> None:
    app = press(opened("sources"), "Add")
    assert app_state.store().fetches.list() == []
    assert "has to be asked for something" in said(app)


@pytest.mark.parametrize("press_on", ["Try it", "Add", "Add and fetch now"])
def test_no_file_of_the_server_is_read_for_a_page(
    library: Library, opened: Opener, tmp_path: Path, press_on: str
) -> None:
    secret = tmp_path / "feeds.opml"
    secret.write_text(
        "<opml><body><outline type='include' text='secret' url='http://a/'/></body></opml>"
    )
    app = opened("sources")
    app.selectbox(key="new_source").set_value("opml").run()
    app.text_input(key="new_url").set_value(secret.as_uri())
    press(app, press_on)
    assert "addresses of the web only" in said(app)
    assert "secret" not in said(app)
    assert app_state.store().fetches.list() == []


def test_a_source_is_planned_and_says_when_it_is_due(library: Library, opened: Opener) -> None:
    one = kept()
    app = opened("sources")
    assert "Never fetched" in said(app)
    app.selectbox(key=f"plan-{one.key}").select_index(1).run()
    assert app_state.store().fetches.list()[0].every_hours == 24
    app_state.store().fetches.save(Fetch(one.key, one.source, one.query, "", NOW, NOW, 1))
    assert "Next: 19 Nov 2026" in said(app.run())
    assert app_state.store().fetches.list()[0].due(NOW + timedelta(days=1))


def test_what_holds_by_default_is_shown_as_chosen(library: Library, opened: Opener) -> None:
    one = kept()
    plan = opened("sources").selectbox(key=f"plan-{one.key}")
    assert plan.format_func(plan.value) == "Only when I ask"
    assert plan.index == 0
    plan.select_index(2).run()
    assert app_state.store().fetches.list()[0].every_hours == 24 * 7
    opened("sources").selectbox(key=f"plan-{one.key}").select_index(0).run()
    assert app_state.store().fetches.list()[0].every_hours is None


def test_the_page_says_what_runs_the_plans(library: Library, opened: Opener) -> None:
    runs, fetches = app_state.store().scheduler_runs, app_state.store().fetches
    one = kept()
    assert "planned fetches" not in said(opened("sources"))
    fetches.plan(one.key, 24, 100)
    assert "Nothing runs planned fetches" in opened("sources").warning[0].value
    assert "paperloop up --schedule" in opened("sources").warning[0].value
    runs.note(APP, NOW - timedelta(minutes=1))
    app = opened("sources")
    assert not app.warning
    assert "fetched while this app runs" in said(app)
    runs.note(APP, NOW - timedelta(minutes=9))
    runs.note(FETCH, NOW - timedelta(hours=3))
    app = opened("sources")
    assert not app.warning
    assert "by `paperloop fetch --due`, last on 18 Nov 2026" in said(app)
    runs.note(FETCH, NOW - timedelta(days=3))
    assert "last ran on 15 November 2026" in opened("sources").warning[0].value


def test_a_weekly_command_is_enough_for_weekly_plans(library: Library, opened: Opener) -> None:
    one = kept()
    app_state.store().fetches.plan(one.key, 24 * 7, 100)
    ran = NOW - timedelta(days=6)
    app_state.store().scheduler_runs.note(FETCH, ran)
    app_state.store().fetches.save(Fetch(one.key, one.source, one.query, "", ran, ran, 1))
    assert not opened("sources").warning


def test_a_removed_source_leaves_its_papers(library: Library, opened: Opener) -> None:
    kept()
    press(opened("sources"), "Remove this source")
    assert app_state.store().fetches.list() == []
    assert app_state.store().catalogue.count() == 36


def test_hostile_queries_are_text(library: Library, opened: Opener) -> None:
    app_state.store().fetches.save(Fetch("[", "arxiv", "<b>[x](javascript:alert(1))", "{", None))
    app = opened("sources")
    assert native("<b>[x](javascript:alert(1))") in said(app)
    press(app, "Fetch now")
    assert "add it again" in said(app)


def test_a_followed_file_says_what_is_wrong_with_it(library: Library, opened: Opener) -> None:
    with closing(library.open()) as store:
        of = store.readers.interests(library.settings.reader)[0].interest_id
        kept = SyncedCollection(
            "file", "/home/ada/refs.bib", "refs.bib", of, planned=True, error="It is **away**."
        )
        store.synced_collections.save(library.settings.reader, kept)
    app = opened("sources")
    assert "Kept in step" in [x.value for x in app.subheader]
    assert native("It is **away**.") in [x.value for x in app.warning]
    assert native("/home/ada/refs.bib") in said(app)
