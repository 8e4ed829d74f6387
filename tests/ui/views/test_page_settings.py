"""Settings: every choice is kept, and what cannot be undone asks to be typed."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from libraries import NOW, Library, papers_on
from streamlit.testing.v1 import AppTest

from recommender.digest.subscription import subscription_of
from recommender.domain import Event, EventKind
from recommender.library import data_rights
from recommender.training.artifacts import read_manifest
from ui import app_state

Opener = Callable[..., AppTest]


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def like(n: int) -> None:
    for paper_id in app_state.store().catalogue.ids()[:n]:
        app_state.store().feedback.append(
            Event(paper_id, "me", "me/general", paper_id, EventKind.like, NOW)
        )


def wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def test_the_plan_of_the_digest_is_saved(library: Library, opened: Opener) -> None:
    app = opened("settings")
    app.selectbox(key="plan_every").select("day")
    app.selectbox(key="plan_hour").select(18)
    app.selectbox(key="plan_zone").select("Europe/Berlin")
    app.number_input(key="plan_size").set_value(4)
    app.number_input(key="plan_bar").set_value(0.8)
    press(app, "Save")
    plan = subscription_of(app_state.store(), "me", app_state.settings())
    assert (plan.every, plan.hour, plan.zone) == ("day", 18, "Europe/Berlin")
    assert (plan.size, plan.bar) == (4, 0.8)


def test_notifications_are_chosen_and_the_page_says_where_no_address_is_set(
    library: Library, opened: Opener
) -> None:
    app = opened("settings")
    assert "No address for notifications" in " ".join(x.value for x in app.caption)
    app.checkbox(key="plan_notify").check()
    press(app, "Save")
    plan = subscription_of(app_state.store(), "me", app_state.settings())
    assert plan.channels == ("page", "notify")
    assert "by notification" in " ".join(x.value for x in opened("digest").caption)


def test_mail_without_an_address_is_refused_in_a_sentence(library: Library, opened: Opener) -> None:
    app = opened("settings")
    app.checkbox(key="plan_mail").check()
    app = press(app, "Save")
    assert "give an address" in app.warning[0].value
    assert subscription_of(app_state.store(), "me", app_state.settings()).channels == ("page",)


def test_exploring_is_switched_on_and_off(library: Library, opened: Opener) -> None:
    app = opened("settings")
    app.toggle(key="explore_me").set_value(True).run()
    assert app_state.store().preferences.get("me", "explore") == 0.1
    app.toggle(key="explore_me").set_value(False).run()
    assert app_state.store().preferences.get("me", "explore") == 0.0


def test_a_reader_takes_another_name(library: Library, opened: Opener) -> None:
    app = opened("settings")
    app.text_input(key="reader_name_me").set_value("Ada <b>").run()
    assert not app.exception
    assert app_state.store().readers.get("me").name == "Ada <b>"


def test_everything_is_exported(library: Library) -> None:
    content = data_rights.everything(app_state.store(), app_state.settings(), NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert "manifest.json" in file.namelist()
        assert b"bees" in file.read("tables/paper.jsonl")


@pytest.mark.parametrize("made", ["archive", "backup"])
def test_what_was_exported_comes_back_with_a_model(
    library: Library, tmp_path: Path, made: str
) -> None:
    like(3)
    content = data_rights.everything(app_state.store(), app_state.settings(), NOW)
    if made == "backup":
        app_state.store().database.backup(tmp_path / "copy")
        content = (tmp_path / "copy").read_bytes()
    app_state.store().readers.forget("me")
    assert data_rights.restore(app_state.settings(), content, NOW) == 36
    app_state.close()
    assert len(app_state.store().feedback.events("me")) == 3
    assert app_state.recommender().recommend("me", n=3, now=NOW, record=False).items


def test_restoring_asks_for_the_word(library: Library, opened: Opener) -> None:
    content = data_rights.everything(app_state.store(), app_state.settings(), NOW)
    like(2)
    app = opened("settings")
    app.file_uploader(key="restore_file").set_value([("all.zip", content, "application/zip")])
    app = press(app, "Restore")
    assert "nothing was changed" in app.warning[0].value
    assert len(app_state.store().feedback.events("me")) == 2


@pytest.mark.slow
def test_restoring_puts_the_file_in_place(library: Library, opened: Opener) -> None:
    content = data_rights.everything(app_state.store(), app_state.settings(), NOW)
    like(2)
    app_state.store().catalogue.add(papers_on("bees", 14), NOW)
    app = opened("settings")
    app.file_uploader(key="restore_file").set_value([("all.zip", content, "application/zip")])
    app.text_input(key="restore_word").set_value("replace")
    app = press(app, "Restore")
    wait(lambda: bool(app.run().success))
    assert "36 papers" in app.success[0].value
    assert app_state.store().feedback.events("me") == []


def test_a_file_that_is_no_library_changes_nothing(library: Library, opened: Opener) -> None:
    like(2)
    app = opened("settings")
    app.file_uploader(key="restore_file").set_value([("x.zip", b"PK no", "application/zip")])
    app.text_input(key="restore_word").set_value("replace")
    app = press(app, "Restore")
    wait(lambda: bool(app.run().error))
    assert len(app_state.store().feedback.events("me")) == 2


def test_forgetting_needs_the_name_typed(library: Library, opened: Opener) -> None:
    like(2)
    app = opened("settings")
    app.text_input(key="forget_name").set_value("somebody")
    app = press(app, "Forget me for good")
    assert "nothing was deleted" in app.warning[0].value
    assert len(app_state.store().feedback.events("me")) == 2


def test_forgetting_deletes_the_reader_and_what_the_model_learned(
    library: Library, opened: Opener
) -> None:
    like(6)
    before = read_manifest(app_state.settings().models_dir).version
    app = opened("settings")
    app.text_input(key="forget_name").set_value("me")
    press(app, "Forget me for good")
    assert app_state.store().feedback.events("me") == []
    assert app_state.store().preferences.all("me") == {}
    models = app_state.settings().models_dir
    wait(lambda: not (models / before).exists())
    assert read_manifest(models).rows == ()


def test_a_token_is_made_shown_until_done_and_revoked(library: Library, opened: Opener) -> None:
    app = opened("settings")
    app.text_input(key="api_token_name").input("my *notebook*")
    app.multiselect(key="api_token_scopes").set_value(["read", "feedback"])
    app.selectbox(key="api_token_days").select(30)
    press(app, "Create a token")
    token = app.session_state["new_api_token"]
    assert token in [x.value for x in app.code]
    (held,) = app_state.store().api_tokens.list("me")
    assert app_state.store().api_tokens.find(token) == held
    assert (held.name, held.scopes) == ("my *notebook*", ("read", "feedback"))
    assert (held.expires_at - held.created_at).days == 30
    press(app, "Done")
    assert token not in [x.value for x in app.code]
    assert token not in str([x.value for x in app.markdown])
    press(app, "Revoke")
    assert app_state.store().api_tokens.list("me") == []


def test_a_token_that_may_nothing_is_not_made(library: Library, opened: Opener) -> None:
    app = opened("settings")
    app.multiselect(key="api_token_scopes").set_value([])
    press(app, "Create a token")
    assert app_state.store().api_tokens.list("me") == []
    assert any("scopes" in x.value for x in (*app.error, *app.warning))
