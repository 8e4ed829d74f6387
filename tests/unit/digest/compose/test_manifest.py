"""A manifest is the same bytes every time, and says so when it is not one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_week import ITEM, linked, manifest

from recommender.digest.compose.exclusions import pack
from recommender.digest.compose.manifest import Manifest, finite, indented
from recommender.digest.render.render import RENDERERS, render
from recommender.errors import DigestError


def test_what_was_written_is_read_back_equal():
    assert Manifest.from_json(manifest().to_json()) == manifest()


def test_the_same_manifest_is_the_same_text_whatever_the_order_of_its_parts():
    turned = {"tfidf": 0.25, "als": 1.0}
    left_out = {"below_bar": 2, "judged": 1}
    other = manifest(left_out=left_out, items=(type(ITEM)(**{**_fields(ITEM), "parts": turned}),))
    assert other.to_json() == manifest().to_json()
    assert Manifest.from_json(other.to_json()).to_json() == other.to_json()


def _fields(item) -> dict:
    return {name: getattr(item, name) for name in item.__slots__}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"version": 1}', '"x"'])
def test_a_damaged_text_is_refused_with_one_sentence(text):
    with pytest.raises(DigestError, match="damaged"):
        Manifest.from_json(text)


def test_a_field_that_is_gone_or_unknown_is_damage():
    plain = manifest().as_dict()
    for broken in ({**plain, "extra": 1}, {k: v for k, v in plain.items() if k != "reader"}):
        with pytest.raises(DigestError, match="damaged"):
            Manifest.from_json(json.dumps(broken))


def of_version_one() -> str:
    """Return a digest as the first version wrote it."""
    plain = manifest().as_dict() | {"version": 1}
    new = "missed interests muted explore before fates base_url expires_at unsubscribe"
    for name in (*new.split(), *NEW_IN_THREE):
        del plain[name]
    for item in plain["items"]:
        for name in ("chance", "explored", "answers", "below_bar"):
            del item[name]
    return json.dumps(plain)


NEW_IN_THREE = ("bar_kind", "bar_chance")


def of_version_two(**changes) -> str:
    """Return a digest with links and a past as the second version wrote it."""
    plain = linked(**changes).as_dict() | {"version": 2}
    for name in NEW_IN_THREE:
        del plain[name]
    del plain["before"]["bar_kind"]
    for item in plain["items"]:
        del item["below_bar"]
    return json.dumps(plain)


@pytest.mark.parametrize("changes", [{}, {"items": (), "left_out": {"below_bar": 4}}])
def test_a_digest_of_version_two_is_read_and_shown_as_it_was(changes):
    old = Manifest.from_json(of_version_two(**changes))
    assert (old.version, old.bar_kind, old.bar_chance) == (2, "fixed", None)
    for name in RENDERERS:
        assert render(old, name) == render(linked(**changes), name)


def test_a_digest_of_version_one_is_read_and_shown():
    old = Manifest.from_json(of_version_one())
    assert (old.version, old.before, old.fates, old.items[0].answers) == (1, None, "", {})
    for name in RENDERERS:
        assert render(old, name) == render(manifest(), name)


def test_all_that_a_manifest_knows_comes_back():
    given = linked(
        bar_kind="chance",
        bar_chance=0.2,
        fates=pack({"judged": {"a": None}}),
        explore=0.1,
        muted=("x",),
    )
    assert Manifest.from_json(given.to_json()) == given


@pytest.mark.parametrize("name", ["starts_at", "items", "slate_id"])
def test_what_every_version_had_may_not_be_missing(name):
    plain = json.loads(of_version_one())
    del plain[name]
    with pytest.raises(DigestError, match="damaged"):
        Manifest.from_json(json.dumps(plain))


def test_another_version_is_named():
    plain = manifest().as_dict() | {"version": 99}
    with pytest.raises(DigestError, match="version 99"):
        Manifest.from_json(json.dumps(plain))


def test_a_score_that_is_no_number_is_never_stored():
    with pytest.raises(DigestError, match="no number"):
        manifest(best_below=float("nan")).to_json()


def test_parts_that_could_not_be_computed_are_left_out():
    assert finite({"als": 1, "tfidf": float("nan"), "x": float("inf")}) == {"als": 1.0}


_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
)


@pytest.mark.slow
@given(_PLAIN)
def test_it_is_written_as_the_standard_library_writes_it(value):
    wanted = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    assert indented(value) == wanted
