"""Terms are shown as the paper spells them, and only where they are a phrase of it."""

from __future__ import annotations

import pytest

from recommender.domain import Paper
from recommender.features.tfidf import count_terms
from recommender.features.wording import wordings


@pytest.mark.parametrize(
    ("text", "term", "wording"),
    [
        ("A state-of-the-art method.", "state art", "state-of-the-art"),
        ("The chain of thought grows.", "chain thought", "chain of thought"),
        ("On Schrödinger bridges.", "schrodinger", "Schrödinger"),
        ("On Schro\u0308dinger bridges.", "schrodinger", "Schrödinger"),
        ("LLMs and llms and LLMs.", "llms", "llms"),
        ("LLMs beat LSTMs.", "llms", "LLMs"),
        ("Long-tailed data; recognition.", "long tailed", "Long-tailed"),
        ("Code in C++ is fast.", "c++", "C++"),
        ("with $\\epsilon$ \\emph{regret} bounds", "regret", "regret"),
        ("Two\n  lines apart", "lines apart", "lines apart"),
    ],
)
def test_a_term_is_spelled_as_in_the_text(text: str, term: str, wording: str) -> None:
    paper = Paper(title="", abstract=text)
    assert term in count_terms(paper)
    assert wordings(paper, {term}) == {term: wording}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Training-free image editing.", "free image"),
        ("It fails. Bounds hold.", "fails bounds"),
        ("We use bounds, regret and more.", "bounds regret"),
        ("Code: https://github.com/someone/tool here", "someone"),
        ("See someone_tool.txt here", "someone"),
        ("a" * 80, "a" * 80),
    ],
)
def test_a_term_that_is_no_phrase_of_the_text_is_left_out(text: str, term: str) -> None:
    assert wordings(Paper(title="", abstract=text), {term}) == {}


def test_capitals_of_a_title_are_not_kept_but_those_of_acronyms_are() -> None:
    paper = Paper(title="Offline RL from Bees", abstract="Nothing.")
    found = wordings(paper, {"offline rl", "bees", "rl"})
    assert found == {"offline rl": "offline RL", "bees": "bees", "rl": "RL"}


def test_only_the_terms_asked_for_are_spelled() -> None:
    assert wordings(Paper(title="Bees and hives", abstract=""), {"hives"}) == {"hives": "hives"}


def test_terms_asked_for_later_are_shown_as_if_they_were_asked_for_alone() -> None:
    paper = Paper(title="Deep Nets", abstract="Training-free image models, and LLMs.")
    first = wordings(paper, {"llms", "free image"})
    assert first == {"llms": "LLMs"}
    assert wordings(paper, {"llms", "nets", "absent"}) == {"llms": "LLMs", "nets": "nets"}
    other = Paper(title="Deep Nets", abstract="On llms.")
    assert wordings(other, {"llms"}) == {"llms": "llms"}
