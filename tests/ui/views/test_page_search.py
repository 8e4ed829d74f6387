"""Search: words, neighbours of a paper, and what can be done to a result."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import HOSTILE, Library
from page_rows import answer, links, rows, titles
from streamlit.testing.v1 import AppTest

from recommender.domain import EventKind
from ui import app_state, components
from ui.paper_text import native, plain

Opener = Callable[..., AppTest]


def test_words_find_papers(library: Library, opened: Opener) -> None:
    app = opened("search")
    app.text_input(key="q").set_value("moraine").run()
    assert titles(app)
    assert all("glaciers" in x for x in titles(app))


def test_the_address_holds_the_words(library: Library, opened: Opener) -> None:
    app = opened("search", q="moraine")
    assert app.text_input(key="q").value == "moraine"
    assert titles(app)


def test_before_any_words_the_page_says_what_can_be_found(library: Library, opened: Opener) -> None:
    assert any("36 papers in the library" in x.value for x in opened("search").caption)


@pytest.mark.parametrize(
    "query", ["C++", "a:b", "-x", "*", '"', "AND OR", "x" * 300, "bees'); --", "year:", 'author:"']
)
def test_any_text_is_a_query(library: Library, opened: Opener, query: str) -> None:
    app = opened("search")
    app.text_input(key="q").set_value(query).run()
    assert not app.exception


def test_words_that_no_paper_has_get_an_answer(library: Library, opened: Opener) -> None:
    app = opened("search")
    app.text_input(key="q").set_value("zygomorphic").run()
    assert titles(app) == ["No papers match"]


def test_more_like_this_shows_neighbours(library: Library, opened: Opener) -> None:
    paper = next(x for x in app_state.store().catalogue.papers() if "bees" in x.title)
    app = opened("search", like=paper.paper_id)
    assert titles(app)[0] == native(paper.title)
    assert len(titles(app)) == 21
    assert sum("bees" in x for x in titles(app)[1:6]) >= 4


def test_more_like_an_unknown_paper_gets_an_answer(library: Library, opened: Opener) -> None:
    assert titles(opened("search", like="doi:10.1/none")) == ["This paper is not in the library"]


def test_a_like_in_the_results_counts_once_and_keeps_the_order(
    library: Library, opened: Opener
) -> None:
    app = opened("search", q="hive")
    before = titles(app)
    answer(app, "like")
    assert [e.kind for e in app_state.store().feedback.events("me")] == [EventKind.like]
    assert titles(app) == before
    answer(app, "undo")
    assert [e.kind for e in app_state.store().feedback.events("me")][1:] == [EventKind.undo]


def test_a_row_leads_to_its_paper(library: Library, opened: Opener) -> None:
    row = rows(opened("search", q="hive"))[0]
    assert row["link"].startswith("https://doi.org/10.5555/bees")
    assert ["DOI", row["link"]] in row["doors"]
    assert row["bibtex"].startswith("@")


def test_hostile_titles_are_escaped_and_hostile_links_replaced(
    hostile_library: Library, opened: Opener
) -> None:
    app = opened("search", q="hive repeats")
    assert {x["title"] for x in rows(app)} == {plain(x) for x in HOSTILE}
    links = [href for x in rows(app) for href in (x["link"], *(y for _, y in x["doors"]))]
    assert links
    assert all(x.startswith("https://arxiv.org/search/") for x in links)


def test_operators_choose_and_the_filters_show_them(library: Library, opened: Opener) -> None:
    app = opened("search", q='hive author:"Bo Madeup" venue:journal')
    assert app.text_input(key="filter-author").value == "Bo Madeup"
    assert app.text_input(key="filter-venue").value == "journal"
    found = app_state.store().catalogue.search('hive author:"Bo Madeup" venue:journal')
    assert titles(app) == [native(app_state.store().catalogue.get(x).title) for x, _ in found]
    assert 0 < len(found) < 12


def test_a_filter_writes_its_operator_into_the_box(library: Library, opened: Opener) -> None:
    app = opened("search", q="hive")
    app.text_input(key="filter-author").set_value("Fay Imagined").run()
    assert app.text_input(key="q").value == 'hive author:"Fay Imagined"'
    app.text_input(key="filter-year").set_value("2020 to 2026").run()
    assert app.text_input(key="q").value == 'hive author:"Fay Imagined" year:2020..2026'
    app.selectbox(key="filter-source").select("hf-daily-papers").run()
    app.text_input(key="filter-author").set_value("").run()
    assert app.text_input(key="q").value == "hive year:2020..2026 source:hf-daily-papers"
    assert titles(app)


def test_the_newest_come_first_when_asked(library: Library, opened: Opener) -> None:
    found = app_state.store().catalogue.search("hive", newest=True)
    expected = [native(app_state.store().catalogue.get(x).title) for x, _ in found]
    assert titles(opened("search", q="hive", order="Newest first")) == expected


def test_an_operator_without_sense_is_explained(library: Library, opened: Opener) -> None:
    app = opened("search", q="hive year:soon")
    assert any("year\\:soon" in x.value and "2020\\.\\.2023" in x.value for x in app.caption)
    assert titles(app)


def test_many_results_have_pages_that_the_address_names(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "ROWS_ON_A_PAGE", 20)
    app = opened("search", q="year:2026..2027")
    total = len(app_state.store().catalogue.search("year:2026..2027", 200))
    assert total > 20
    assert len(titles(app)) == 20
    assert len(titles(opened("search", q="year:2026..2027", at="2"))) == min(total - 20, 20)


def test_hits_are_marked_and_the_address_is_shown(library: Library, opened: Opener) -> None:
    found = [x["found"] for x in rows(opened("search", q="hives"))]
    assert found
    assert all(x["title"][1] or x["abstract"][1] for x in found)
    assert all(x["address"].startswith("https://doi.org/10.5555/bees") for x in found)
    for x in rows(opened("search", q="author:madeup")):
        text, hits = x["found"]["authors"]
        assert [text[a:b] for a, b in hits] == ["Madeup"]
        assert x["found"]["title"] == [x["title"], []]


def test_an_unknown_operator_and_a_loosened_search_are_said(
    library: Library, opened: Opener
) -> None:
    said = [x.value for x in opened("search", q="autor:madeup hive").caption]
    assert any("autor" in x and "author" in x for x in said)
    assert any("No paper has all of these words" in x for x in said)


def test_the_total_counts_what_is_not_shown(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = app_state.store().catalogue.find("year:2026..2027", 200).total
    app = opened("search", q="year:2026..2027")
    assert any(x.value.startswith(f"{total} papers") for x in app.caption)


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label.startswith(label)).click().run()
    assert not app.exception, app.exception[0].value
    return app


def test_a_search_is_kept_named_listed_and_removed(library: Library, opened: Opener) -> None:
    app = opened("search", q="moraine")
    app.text_input(key="search_name_moraine").set_value("Ice [1]")
    press(app, "Keep")
    (kept,) = app_state.store().saved_searches.list("me")
    assert (kept.name, kept.query) == ("Ice [1]", "moraine")
    assert any(x.label == "In your digest" for x in app.button)
    app = opened("search")
    assert "In your digest" in [x.value for x in app.subheader]
    press(app, "Remove")
    assert app_state.store().saved_searches.list("me") == []


def test_a_search_for_an_author_offers_to_follow(library: Library, opened: Opener) -> None:
    app = press(opened("search", q='author:"Ada Invented"'), "Follow Ada Invented")
    (kept,) = app_state.store().fetches.list()
    assert (kept.source, kept.every_hours) == ("openalex", 168)
    press(app, "Following Ada Invented")
    assert app_state.store().fetches.list() == []
    assert app_state.store().saved_searches.list("me") == []


def test_a_search_without_a_name_is_refused_in_a_sentence(library: Library, opened: Opener) -> None:
    app = opened("search", q="moraine")
    app.text_input(key="search_name_moraine").set_value(" ")
    app = press(app, "Keep")
    assert "needs a name" in app.warning[0].value


def test_a_search_of_an_empty_library_says_how_papers_come(
    empty_library: Library, opened: Opener
) -> None:
    app = opened("search", q="bees")
    assert titles(app) == ["There are no papers yet"]
    assert "Import papers" in links(app)


def test_an_empty_search_says_what_can_be_typed(library: Library, opened: Opener) -> None:
    assert "Type words, or an author" in "\n".join(x.value for x in opened("search").caption)
