"""Is it working?: numbers of a known log, and what to do where there are none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from libraries import NOW, Library
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind
from recommender.insights import reliability
from recommender.recommend.trial import TRIED_DAYS, begin_trial, trial_of
from recommender.store.half_life import half_life_of
from recommender.training import artifacts
from recommender.training.fit import LOG
from ui import app_state

Opener = Callable[..., AppTest]


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.subheader, app.warning)
    return "\n".join(str(x.value) for kind in kinds for x in kind)


def judge_slates(n: int, likes: Callable[[str], bool], *, weeks: int = 2) -> None:
    """Judge the first paper of `n` slates, spread over some weeks."""
    for i in range(n):
        at = NOW - timedelta(weeks=i * weeks // n, hours=1) + timedelta(seconds=i)
        slate = app_state.recommender().recommend("me", n=6, now=at)
        item = slate.items[0]
        kind = EventKind.like if likes(item.title) else EventKind.skip
        interest = item.interest_id or "me/general"
        event = Event(f"k{i}", "me", interest, item.paper_id, kind, at, slate_id=slate.slate_id)
        app_state.store().feedback.append(event)


def test_without_judgements_it_says_what_to_do(library: Library, opened: Opener) -> None:
    app = opened("performance")
    assert "Nothing to measure yet" in said(app)
    assert "**Model** fitted" in said(app)
    assert "event" not in said(app)
    assert "no new papers arrive by themselves" in said(app)
    links = [x.proto.label for x in app.get("page_link")]
    assert {"Add a source", "Look at this week's digest"} <= set(links)


def test_an_empty_library_has_no_model_and_says_so(empty_library: Library, opened: Opener) -> None:
    assert "No model has been fitted yet" in said(opened("performance"))


def test_a_fit_that_runs_is_shown_with_what_it_said_last(library: Library, opened: Opener) -> None:
    folder = library.settings.models_dir
    (folder / LOG).write_text("Encoded 128 of 256 papers; 9.1 a second, 14 s left.\n")
    assert not opened("performance").info
    with artifacts.fitting(folder):
        shown = [str(x.value) for x in opened("performance").info]
    assert any("the old model serves" in x and "14 s left" in x for x in shown)


@pytest.mark.slow
def test_the_rate_counts_what_was_shown_and_judged(library: Library, opened: Opener) -> None:
    judge_slates(12, lambda title: "bees" in title)
    imported = app_state.store().catalogue.search("girder", 1)[0][0]
    app_state.store().feedback.append(
        Event("imported", "me", "me/general", imported, EventKind.like, NOW - timedelta(weeks=9))
    )
    liked = sum(e.kind is EventKind.like for e in app_state.store().feedback.events("me")) - 1
    app = opened("performance")
    assert f"**{liked} of 12**" in said(app)
    assert "95 % confidence" in said(app)


def test_little_evidence_is_called_little(library: Library, opened: Opener) -> None:
    judge_slates(3, lambda title: True)
    assert "Too little to say yet" in said(opened("performance"))


@pytest.mark.slow
def test_the_page_begins_with_one_sentence_and_one_picture(
    library: Library, opened: Opener
) -> None:
    judge_slates(24, lambda title: "bees" in title)
    app = opened("performance")
    assert app.subheader[0].value == "Does learning help you?"
    assert "Too little to say yet" in said(app) or "what you like first" in said(app)
    assert "0 places were drawn" in said(app)
    assert "turn on Explore" in said(app)


def judge_whole_slates(n: int, likes: Callable[[str], bool]) -> None:
    """Judge all papers of `n` slates, a day apart."""
    for i in range(n):
        at = NOW - timedelta(days=n - i)
        slate = app_state.recommender().recommend("me", n=7, now=at)
        for item in slate.items:
            kind = EventKind.like if likes(item.title) else EventKind.skip
            interest, key = item.interest_id or "me/general", f"{i}/{item.rank}"
            at += timedelta(seconds=1)
            event = Event(key, "me", interest, item.paper_id, kind, at, slate_id=slate.slate_id)
            app_state.store().feedback.append(event)


@pytest.mark.slow
def test_stated_chances_are_compared_with_the_answers(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_whole_slates(5, lambda title: "bees" in title or len(title) % 3 == 0)
    assert "50 of them with a stated chance" in said(opened("performance"))
    monkeypatch.setattr(reliability, "MIN_STATED", 5)
    app_state.store().feedback.append(  # a new event, so that the report is made again
        Event("open", "me", "me/general", "doi:10.5555/bees.0", EventKind.open, NOW)
    )
    app = opened("performance")
    assert "Brier score" in said(app)
    assert app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")


def test_a_change_of_the_share_of_likes_is_said(library: Library, opened: Opener) -> None:
    from recommender.insights.performance_report import report_on

    judge_whole_slates(5, lambda title: "bees" in title)
    report = report_on(app_state.store(), app_state.recommender(), app_state.settings(), "me")
    assert report is not None
    for change in report.changes:
        assert 0 < change.at < len(report.judgements)
    told = "The share you like changed" in said(opened("performance"))
    assert told == bool(report.changes)


def test_drawn_places_say_how_many_answers_are_missing(library: Library, opened: Opener) -> None:
    app_state.store().preferences.set("me", "explore", 0.5)
    judge_slates(4, lambda title: True)
    slate = app_state.recommender().recommend("me", n=6, now=NOW)
    drawn = next(x for x in slate.items if x.drawn_from)
    interest = drawn.interest_id or "me/general"
    app_state.store().feedback.append(
        Event("d", "me", interest, drawn.paper_id, EventKind.like, NOW, slate_id=slate.slate_id)
    )
    assert "1 of them answered" in said(opened("performance"))


@pytest.mark.slow
def test_a_trial_says_how_it_stands_and_the_reader_decides(
    library: Library, opened: Opener
) -> None:
    store = app_state.store()
    begin_trial(store, "me")
    judge_slates(4, lambda title: True)
    app = opened("performance")
    assert "Which setting wins?" in said(app)
    assert "Nothing is decided" in said(app)
    next(x for x in app.button if x.label == "Use what I try").click().run()
    assert (trial_of(store, "me"), half_life_of(store, "me")) == (None, TRIED_DAYS)
    assert "Which setting wins?" not in said(app)


def test_an_undone_judgement_does_not_count(library: Library, opened: Opener) -> None:
    judge_slates(2, lambda title: True)
    first = app_state.store().feedback.events("me")[0]
    app_state.store().feedback.append(
        Event("u", "me", first.interest_id, first.paper_id, EventKind.undo, NOW)
    )
    assert "**1 of 1**" in said(opened("performance"))


def test_a_failed_fetch_is_named_with_its_reason(library: Library, opened: Opener) -> None:
    from recommender.store import Fetch

    fetch = Fetch("k", "arxiv", "<b>x</b>", "", NOW, error="The host is <i>away</i>.")
    app_state.store().fetches.save(fetch)
    assert "The host is \\<i\\>away" in said(opened("performance"))
