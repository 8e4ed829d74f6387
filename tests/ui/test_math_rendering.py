"""TeX as trees: what renders, and what stays the text it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.math_rendering import MAX_CHARACTERS, TAGS, rich


def nodes(parts: list[Any]) -> list[Any]:
    found = [x for x in parts if isinstance(x, list)]
    return found + [y for x in found for y in nodes(x[2])]


def words(parts: list[Any]) -> str:
    return "".join(x if isinstance(x, str) else words(x[2]) for x in parts)


def test_mathematics_becomes_a_tree_between_its_words() -> None:
    found = rich("In $O(n^2)$ steps")
    assert found is not None
    assert (found[0], found[2]) == ("In ", " steps")
    assert found[1][0] == "math"
    assert words(found) == "In O(n2) steps"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"$\alpha$", "α"),
        (r"$\mathbb{R}^d$", "ℝd"),
        (r"$\frac{a}{b}$", "ab"),
        (r"$\ell_2$", "ℓ2"),
        (r"$\text{<b>bold</b>}$", "<b>bold</b>"),
    ],
)
def test_what_papers_use_is_known(written: str, read: str) -> None:
    found = rich(written)
    assert found is not None
    assert words(found) == read


@pytest.mark.parametrize(
    "text",
    [
        "nothing to set",
        "from $5 to $10",
        r"$\rule{99em}{99em}$",
        r"$\hspace{999em}$",
        r"$\unknown{x}$",
        r"$\color{red}{x}$",
        r"$\frac$",
        "${$",
        "$a_{$",
        "$" + r"\frac" * 2000 + "$",
        "$" + "x" * MAX_CHARACTERS + "$",
        "$" + "{" * 300 + "x" + "}" * 300 + "$",
    ],
)
def test_what_cannot_or_must_not_be_set_stays_text(text: str) -> None:
    assert rich(text) is None


@pytest.mark.parametrize(
    "text",
    [r"$\href{javascript:alert(1)}{x}$", r"$\style{position:fixed}{x}$", r"$\class{deck}{x}$"],
)
def test_links_styles_and_classes_do_not_survive(text: str) -> None:
    found = rich(text)
    assert found is not None
    assert all(node[1] == {} for node in nodes(found))


@given(st.text(alphabet="\\{}^_&$<>abrule frcmthx%~'\"0189", max_size=60))
def test_whatever_is_written_only_known_tags_come_of_it(text: str) -> None:
    for tag, attributes, _ in nodes(rich(f"${text}$") or []):
        assert tag in TAGS
        assert not {"href", "style", "class", "id", "mathcolor", "height"} & set(attributes)
