"""Names compare as people read them; ids made from them are plain and free."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from recommender.store.slugs import free_slug, name_key


def test_names_compare_without_case_and_spacing() -> None:
    assert name_key("  To   READ ") == name_key("to read")
    assert name_key("Ｔｏ ｒｅａｄ") == name_key("to read")
    assert name_key("to-read") != name_key("to read")


def test_a_slug_is_made_of_latin_letters_and_avoids_those_taken() -> None:
    assert free_slug("Jörg's  List!", (), "list") == "jorg-s-list"
    assert free_slug("日本", (), "list") == "list"
    assert free_slug("To read", {"to-read", "to-read-2"}, "list") == "to-read-3"


@given(st.text(), st.sets(st.from_regex("[a-c](-[2-4])?", fullmatch=True)))
def test_every_name_has_a_free_slug(name: str, taken: set[str]) -> None:
    slug = free_slug(name, taken, "a")
    assert slug not in taken
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
