"""What a digest says besides its papers is true and tells what to do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from invented_week import ITEM, WEDNESDAY, manifest

from recommender.digest.render import copy
from recommender.domain import Reason


@pytest.mark.parametrize(
    ("week", "days"),
    [
        ("2026-W47", "16–22 November 2026"),
        ("2026-W49", "30 November – 6 December 2026"),
        ("2026-W53", "28 December 2026 – 3 January 2027"),
    ],
)
def test_the_days_of_a_week_are_written_as_short_as_can_be(week, days):
    assert copy.week_days(manifest(week=week)) == days


@pytest.mark.parametrize(
    ("likes", "words"),
    [(0, "not liked a paper yet"), (1, "only 1 liked paper."), (4, "only 4 liked papers.")],
)
def test_little_feedback_is_admitted(likes, words):
    assert words in copy.honest_note(manifest(likes=likes))


def test_a_sentence_is_what_the_first_choice_rests_on():
    about = Reason("about", "Matches what you said you work on: “bees”.", words=("bees",))
    note = copy.honest_note(manifest(likes=0, items=(replace(ITEM, reasons=(about,)),)))
    assert "rests on what you said you work on" in note
    assert "nothing is known" not in note


def test_a_reader_with_enough_likes_is_told_nothing():
    assert copy.honest_note(manifest(likes=5)) == ""


def test_an_empty_digest_does_not_speak_of_a_choice():
    assert copy.honest_note(manifest(items=(), likes=1)) == ""


def test_the_lead_counts_what_was_chosen_from_how_many():
    assert copy.lead(manifest()) == "1 paper, chosen from 4 that were new this week."
    assert copy.lead(manifest(candidates=1)) == "1 paper: all that was new this week."


EMPTY = manifest(items=(), candidates=3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"library_size": 0, "candidates": 0}, ["no papers yet", "paperloop import PATH"]),
        (
            {"candidates": 0},
            ["None of the 300 papers", "16–22 November 2026", "paperloop fetch"],
        ),
        ({"candidates": 0, "ends_at": WEDNESDAY, "composed_at": WEDNESDAY}, ["2026 so far."]),
        (
            {},
            ["1 already liked, saved or skipped", "2 below your bar of 0.5", "0.49", "digest_bar"],
        ),
        (
            {"left_out": {"judged": 1, "shown": 2}, "best_below": None},
            ["2 already in an earlier digest", "seen all that is new"],
        ),
        (
            {"left_out": {"unranked": 3}, "best_below": None},
            ["3 could not be ranked", "paperloop fit"],
        ),
    ],
)
def test_an_empty_week_says_why_in_counts_and_what_to_do(changes, said):
    text = " ".join(copy.why_empty(replace(EMPTY, **changes)))
    assert all(words in text for words in said), text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"library_size": 0, "candidates": 0}, "Add some on the page Start."),
        (
            {"candidates": 0},
            "plan one on the page Sources. What a file brings counts by its own date.",
        ),
        ({}, "set the minimum score in Settings lower"),
        ({"left_out": {"shown": 3}, "best_below": None}, "Add more papers on the page Start."),
        ({"left_out": {"unranked": 3}, "best_below": None}, "once the app has fitted the model"),
    ],
)
def test_an_empty_week_in_the_app_names_pages_and_no_commands(changes, said):
    text = " ".join(copy.why_empty(replace(EMPTY, **changes), in_app=True))
    assert said in text
    assert not {"paperloop", "digest_bar"} & set(re.findall(r"\w+", text))


def test_a_week_with_papers_needs_no_excuse():
    assert copy.why_empty(manifest()) == []


def test_many_authors_become_a_count():
    many = replace(ITEM, authors=tuple("ABCDEFGH"))
    assert copy.names(many) == "A, B, C, D, E, F and 2\u00a0more"
    assert copy.names(replace(ITEM, authors=tuple("ABCDEFG"))) == "A, B, C, D, E, F, G"


@pytest.mark.parametrize(
    ("date", "written"), [("2026-11-07", "7 November 2026"), ("1987", "1987"), ("-44", "-44")]
)
def test_a_date_is_written_as_far_as_it_is_known(date, written):
    bare = replace(ITEM, date=date, venue="", listed="", listed_by="")
    assert copy.when_and_where(bare) == [written]


def test_a_listing_that_stands_alone_begins_like_a_sentence():
    bare = replace(ITEM, date="", venue="")
    assert copy.when_and_where(bare) == ["Listed 18 November 2026 by Hugging Face Daily Papers"]
    assert copy.when_and_where(replace(bare, listed_by="")) == ["Listed 18 November 2026"]


def test_the_method_names_window_model_bar_and_limit():
    berlin = manifest(zone="Europe/Berlin", starts_at=datetime(2026, 11, 15, 23, tzinfo=UTC))
    assert copy.method(berlin) == (
        "window 16 November 2026 00:00 to 23 November 2026 01:00 (Europe/Berlin),"
        " model model-1, bar 0.5, at most 10 papers"
    )
