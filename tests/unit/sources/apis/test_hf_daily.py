"""Daily Papers as the API gives them: what the forms have in common, and where they differ."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from wire_reading import Read, names, written

from recommender.domain import Listing
from recommender.sources import load
from recommender.sources.apis.hf_daily import read_daily
from recommender.sources.parsing.adapter import collect_page

FORMS = {
    "2024-06-07": 9,
    "2024-09-02": 15,
    "2024-12-19": 18,
    "2025-03-18": 17,
    "2025-10-06": 16,
    "2026-01-05": 11,
    "2026-03-11": 18,
    "2026-05-20": 33,
}
"""Day of each recorded answer to the entries in it, counted by eye."""


def entry(outer: str = "2026-05-18T20:00:00.000Z", **paper: object) -> dict[str, object]:
    inner = {
        "id": "2605.19577",
        "authors": [{"name": "Ann Lee", "hidden": False}, {"name": "Otter Team"}],
        "publishedAt": "2026-05-19T00:00:00.000Z",
        "title": "Otters,\n  again",
        "summary": "We count\notters.",
        "upvotes": 44,
    }
    return {"paper": inner | paper, "publishedAt": outer, "submittedBy": {"fullname": "Bo Chen"}}


def read(tmp_path: Path, *entries: object) -> Read:
    return Read(load("hf-daily"), written(tmp_path, json.dumps(list(entries), indent=1)))


def test_an_entry_becomes_a_paper_with_its_votes_as_read(tmp_path: Path) -> None:
    paper = read(tmp_path, entry(submittedOnDailyAt="2026-05-20T03:04:05.000Z")).only
    assert paper.title == "Otters, again"
    assert paper.abstract == "We count otters."
    assert names(paper) == ["Ann Lee", "Otter Team"]
    assert paper.identifiers == ("arxiv:2605.19577",)
    assert paper.published_at == datetime(2026, 5, 19, tzinfo=UTC)
    day = datetime(2026, 5, 20, tzinfo=UTC)
    assert paper.listings == (Listing("hf-daily-papers", day, byline="Bo Chen", upvotes=44),)


def test_the_outer_time_is_the_listing_s_where_it_is_the_later(tmp_path: Path) -> None:
    early, late = read(tmp_path, entry(), entry("2026-05-21T07:00:00.000Z")).papers
    assert early.listings[0].listed_at is None
    assert late.listings[0].listed_at == datetime(2026, 5, 21, tzinfo=UTC)


def test_the_day_that_was_asked_for_is_the_day_of_the_listing() -> None:
    day = datetime(2026, 5, 22, tzinfo=UTC)
    page = collect_page(read_daily(json.dumps([entry()]).encode(), day))
    assert page.papers[0].listings[0].listed_at == day


def test_objects_saved_as_python_text_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, repr(entry())).only.title == "Otters, again"


def test_a_machine_s_summary_is_told_apart_from_an_abstract(tmp_path: Path) -> None:
    paper = read(tmp_path, entry(summary="", ai_summary="Otters, counted.")).only
    assert paper.abstract == "Otters, counted."
    assert paper.abstract_is_summary


@pytest.mark.parametrize("votes", [-1, True, "many", None, 1e3, 10**12])
def test_votes_that_are_no_count_are_none(tmp_path: Path, votes: object) -> None:
    assert read(tmp_path, entry(upvotes=votes)).only.listings[0].upvotes is None


def test_a_paper_that_is_not_arxiv_s_keeps_its_page(tmp_path: Path) -> None:
    paper = read(tmp_path, entry(id="otter-report")).only
    assert paper.identifiers == ()
    assert paper.url == "https://huggingface.co/papers/otter-report"


@pytest.mark.parametrize(
    "bad",
    [7, None, "x", "{'paper': __import__('os')}", "{" * 500, "(" * 400_000, {}, {"paper": []}],
)
def test_what_is_no_entry_is_refused_and_the_rest_is_read(tmp_path: Path, bad: object) -> None:
    found = read(tmp_path, bad, entry())
    assert len(found.papers) == 1
    assert [x.why for x in found.refusals] == ["it is no entry of Daily Papers"]
    assert found.refusals[0].line == 2


def test_fields_of_the_wrong_kind_cost_only_themselves(tmp_path: Path) -> None:
    odd = entry(authors={"name": "x"}, publishedAt=7, submittedOnDailyAt=[], summary=None)
    paper = read(tmp_path, odd).only
    assert paper.authors == ()
    assert paper.year == 2026


def test_every_form_of_the_answer_since_2024_is_read_whole(shared: Path) -> None:
    folder = shared / "data" / "formats" / "hf-daily-api-json"
    for day, entries in FORMS.items():
        (path,) = folder.glob(f"*{day}.json")
        found = Read(load("hf-daily"), path)
        assert load("hf-daily").matches(path.read_text(encoding="utf-8")[:65_536]), day
        assert (len(found.papers), found.refusals) == (entries, []), day
        for paper in found.papers:
            (listing,) = paper.listings
            assert listing.upvotes is not None, day
            assert listing.listed_at is not None, day
            # A paper is at times handed in on the evening before its page.
            assert 0 <= (datetime.fromisoformat(day + "T00Z") - listing.listed_at).days <= 1, day
            assert paper.identifier("arxiv"), day
            assert len(paper.abstract) > 200, day
            assert paper.authors, day
            assert paper.published_at is not None, day
    assert len(list(folder.iterdir())) == len(FORMS)
