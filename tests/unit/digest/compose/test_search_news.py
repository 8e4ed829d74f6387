"""Saved searches and followed authors in the digest: only what is new, under its name."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from invented_week import ALL, LONG_AGO, judge, made, week_paper

from recommender.digest.compose.compose import FOUND_SHOWN
from recommender.digest.compose.manifest import Manifest
from recommender.digest.render.render import RENDERERS, render
from recommender.domain import Author
from recommender.store import SavedSearch

ADA = (Author("Lovelace", "Ada"), Author("Hopper", "Grace"))


@pytest.fixture
def followed(store):
    """New papers of the week by and not by Ada Lovelace, an old one, and who follows her."""
    fresh = [
        replace(week_paper(20), title="Otters at night", authors=ADA),
        replace(
            week_paper(21), title="Otters and <b>looms</b>", authors=(Author("Lovelace", "A."),)
        ),
        replace(week_paper(22), title="Looms", authors=(Author("Lovelace", "Alan"),)),
        replace(week_paper(95, day=3), title="Otters of old", authors=ADA),
    ]
    store.catalogue.add(fresh, LONG_AGO)
    store.saved_searches.save("me", SavedSearch("Ada Lovelace", author=True))
    store.saved_searches.save("me", SavedSearch("River [life]", "otters"))
    store.saved_searches.save("me", SavedSearch("Nothing", "zygomorphic"))
    return store


def found(manifest) -> dict[str, set[str]]:
    return {x.name: {y.title for y in x.papers} for x in manifest.searches}


def test_what_is_new_stands_under_its_name(followed):
    manifest = made(followed, ALL)
    assert found(manifest) == {
        "Ada Lovelace": {"Otters at night", "Otters and <b>looms</b>"},
        "River [life]": {"Otters at night", "Otters and <b>looms</b>"},
    }
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_what_the_reader_has_judged_is_not_new(followed):
    judge(followed, 20, "skip")
    assert found(made(followed, ALL))["Ada Lovelace"] == {"Otters and <b>looms</b>"}


def test_many_finds_are_counted(followed):
    more = [replace(week_paper(30 + i), title=f"Otters {i}") for i in range(FOUND_SHOWN)]
    followed.catalogue.add(more, LONG_AGO)
    (news,) = [x for x in made(followed, ALL).searches if not x.author]
    assert (news.total, len(news.papers)) == (FOUND_SHOWN + 2, FOUND_SHOWN)
    assert "and 2 more" in render(made(followed, ALL), "text")


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_has_the_sections_and_escapes_them(followed, name):
    text = render(made(followed, ALL), name)
    assert "New by Ada Lovelace: 2 papers" in text
    assert "Otters at night" in text
    if name in ("html", "atom"):
        assert "<b>looms</b>" not in text
        assert "&lt;b&gt;looms" in text.replace("&amp;lt;", "&lt;").replace("&amp;gt;", "&gt;")
    if name == "markdown":
        assert "[life]" not in text.replace("\\[life\\]", "")


def test_a_digest_of_before_is_read_without_searches(followed):
    plain = made(followed, ALL).as_dict() | {"version": 4}
    del plain["searches"]
    old = Manifest.from_json(json.dumps(plain))
    assert (old.version, old.searches) == (4, ())
    assert "New by" not in render(old, "text")
