"""What the deck is told of one paper."""

from __future__ import annotations

from libraries import NOW, hostile_papers, papers_on

from recommender.domain import EventKind, Reason, Recommendation
from recommender.domain.history import PaperState
from ui.deck.cards import card, chance, standing


def suggested(chance: float | None) -> Recommendation:
    reasons = (Reason("words", "Shares “ice”.", words=("ice", "snow")), Reason("liked", "Near."))
    return Recommendation(1, "p", "P", 0.5, {}, reasons, chance=chance)


def test_a_card_holds_what_a_reader_decides_by() -> None:
    paper = papers_on("bees", 6)[5]
    found = card(paper, suggested(0.724), "s1")
    assert found["authors"][0] == "Ada Invented"
    assert len(found["authors"]) == 6
    assert found["meta"] == "2 Nov 2026 · Journal of Invented Results · " + (
        "Daily Papers by someone, 2 Nov 2026"
    )
    assert found["chance"] == "Chance of a like: 72 %"
    assert found["reasons"] == ["Shares “ice”.", "Near."]
    assert found["words"] == ["ice", "snow"]
    assert found["slate_id"] == "s1"


def test_no_chance_is_shown_before_there_is_evidence() -> None:
    assert chance(suggested(None)) == chance(None) == ""
    assert chance(suggested(0.0)) == "Chance of a like: 0 %"


def test_hostile_papers_keep_their_words_and_bring_no_tree() -> None:
    for paper in hostile_papers():
        assert card(paper)["title"] == paper.title
        assert card(paper)["rich"] == {}


def test_what_stands_about_a_paper_is_said() -> None:
    state = PaperState("p", "me/general", NOW)
    assert standing(None) == standing(state) == ""
    assert standing(PaperState("p", "i", NOW, EventKind.skip)) == "You skipped this paper."
    assert standing(PaperState("p", "i", NOW, None, saved=True)) == "You saved this paper."
