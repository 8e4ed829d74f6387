"""A reader's plan: what is stored, what is refused, and the settings underneath."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from stores import NOW, fill, sqlite_store

from recommender.config import Settings
from recommender.digest.subscription import (
    BEGUN,
    NAME,
    Subscription,
    begun_of_all,
    checked_address,
    reset_subscription,
    save_subscription,
    subscription_of,
)
from recommender.errors import ConfigError, DigestError, UnknownReader


@pytest.fixture
def store(tmp_path: Path):
    opened = sqlite_store(tmp_path)
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, timezone="Asia/Tokyo", digest_size=7, digest_bar=0.3)


def test_without_a_choice_the_settings_count(store, settings):
    plan = subscription_of(store, "me", settings)
    assert (plan.every, plan.zone, plan.size, plan.bar) == ("week", "Asia/Tokyo", 7, 0.3)
    assert plan.channels == ("page",)


def test_a_plan_comes_back_as_it_was_saved(store, settings):
    plan = Subscription("day", 4, 18, "Europe/Berlin", 3, 0.9, ("mail", "files"), "ada@example.org")
    save_subscription(store, "me", plan, NOW)
    assert subscription_of(store, store.readers.get("me"), settings) == plan
    assert plan.channels == ("page", "mail", "files")
    reset_subscription(store, "me")
    assert subscription_of(store, "me", settings).every == "week"


def test_a_bar_that_is_set_is_kept_and_one_that_is_not_is_the_readers_own(store, tmp_path):
    plain = Settings(data_dir=tmp_path)
    assert subscription_of(store, "me", plain).bar is None
    for bar in (0.5, None, 2):
        save_subscription(store, "me", Subscription(bar=bar), NOW)
        assert subscription_of(store, "me", plain).bar == bar


@pytest.mark.parametrize(("stored", "bar"), [(0.5, None), (0.7, 0.7)])
def test_what_was_the_standard_once_counts_as_no_choice(store, tmp_path, stored, bar):
    store.preferences.set("me", NAME, {"hour": 9, "bar": stored})
    assert subscription_of(store, "me", Settings(data_dir=tmp_path)).bar == bar


@pytest.mark.parametrize("stored", ["x", [1], {"mail": 5}, {"mail": "soon"}, {"mail": None}])
def test_a_damaged_note_of_when_mail_began_is_passed_over(store, stored):
    store.preferences.set("me", BEGUN, stored)
    assert begun_of_all(store) == {"me": {}}


def test_an_unknown_reader_has_no_plan_to_save(store):
    with pytest.raises(UnknownReader):
        save_subscription(store, "nobody", Subscription(), NOW)


@pytest.mark.parametrize("stored", [["week"], {"hour": "7"}, {"zone": "Mars"}, {"channels": 3}])
def test_a_damaged_plan_is_one_sentence_that_says_what_to_do(store, settings, stored):
    store.preferences.set("me", NAME, stored)
    with pytest.raises(DigestError, match="--reset"):
        subscription_of(store, "me", settings)


def test_a_field_of_a_later_version_is_passed_over(store, settings):
    store.preferences.set("me", NAME, {"hour": 9, "colour": "green"})
    assert subscription_of(store, "me", settings).hour == 9


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "month"},
        {"weekday": 7},
        {"weekday": True},
        {"hour": -1},
        {"hour": 24},
        {"size": 0},
        {"size": 101},
        {"bar": float("nan")},
        {"zone": "Mars/Base"},
        {"channels": ("pigeon",)},
        {"channels": "mail"},
        {"channels": ("mail",)},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ConfigError):
        replace(Subscription(), **wrong)


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "@example.org",
        "ada@",
        "ada@example.org, bob@example.org",
        "Ada <ada@example.org>",
        "ada@example.org\r\nBcc: all@example.org",
        "ada\n@example.org",
        "ada@exa\x00mple.org",
        "ädä@example.org",
        '"a b"@example.org',
        "ada@[127.0.0.1]",
        "a" * 250 + "@example.org",
    ],
)
def test_what_is_no_single_plain_address_is_refused(address):
    with pytest.raises(ConfigError):
        checked_address(address)


def test_space_around_an_address_goes():
    assert checked_address(" ada+papers@example.org ") == "ada+papers@example.org"
    assert checked_address("") == ""
