"""What is said of a paper's status is kept by id, whatever comes first, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stores import NOW, paper

from recommender.domain import Paper, StatusStatement
from recommender.domain.status import CONCERN, CORRECTED, ERRATUM, RETRACTED, RETRACTION_NOTICE
from recommender.errors import StoreError, UnknownPaper
from recommender.store import Origin, Store

DAY = timedelta(days=1)
MOSS = paper("The growth of moss on stones", "doi:10.5555/moss", author="Vogel", year=2019)
NOTICE = replace(
    paper("About an article of 2019", "doi:10.5555/notice", year=2021),
    statements=(
        StatusStatement(RETRACTION_NOTICE, "crossref", "doi:10.5555/moss"),
        StatusStatement(
            RETRACTED,
            "crossref",
            "https://doi.org/10.5555/notice",
            datetime(2021, 3, 1, tzinfo=UTC),
            "https://doi.org/10.5555/MOSS",
        ),
    ),
)


def said(says: str, source: str = "openalex", **more: object) -> tuple[StatusStatement, ...]:
    return (StatusStatement(says, source, **more),)  # type: ignore[arg-type]


def add(store: Store, *records: Paper, at: datetime = NOW) -> list[str]:
    return [x.outcome for x in store.catalogue.add(records, at)]


def test_a_statement_comes_back_with_its_provenance(store: Store) -> None:
    day = datetime(2021, 3, 1, tzinfo=UTC)
    one = StatusStatement(RETRACTED, "crossref", "doi:10.5555/n", day)
    add(store, replace(MOSS, statements=(one,)))
    kept = store.catalogue.get("doi:10.5555/moss")
    assert kept.statements == (replace(one, recorded_at=NOW),)
    assert (kept.status, kept.record_type, kept.suggestible) == (RETRACTED, "", False)


@pytest.mark.parametrize("order", [(MOSS, NOTICE), (NOTICE, MOSS)])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_notice_marks_its_work_whichever_comes_first(
    store: Store, order: tuple[Paper, Paper], at_once: bool
) -> None:
    for records in [order] if at_once else [(x,) for x in order]:
        add(store, *records)
    moss, notice = (store.catalogue.get(f"doi:10.5555/{x}") for x in ("moss", "notice"))
    assert (moss.status, moss.record_type) == (RETRACTED, "")
    assert [(x.link, x.at) for x in moss.statements] == [
        ("doi:10.5555/notice", datetime(2021, 3, 1, tzinfo=UTC))
    ]
    assert (notice.status, notice.record_type) == ("", RETRACTION_NOTICE)
    assert [x.link for x in notice.statements] == ["doi:10.5555/moss"]
    assert store.catalogue.not_suggested() == {"doi:10.5555/moss", "doi:10.5555/notice"}


def test_a_statement_about_another_paper_is_a_change_of_that_paper(store: Store) -> None:
    add(store, MOSS)
    before = store.catalogue.revision()
    add(store, NOTICE)
    changed = set(store.catalogue.names_since(before))
    assert changed == {"doi:10.5555/moss", "doi:10.5555/notice"}


def test_the_same_statement_is_kept_once_and_changes_nothing(store: Store) -> None:
    record = replace(MOSS, statements=said(RETRACTED))
    assert add(store, record) == ["new"]
    before = store.catalogue.revision()
    assert add(store, record, at=NOW + DAY) == ["unchanged"]
    add(store, NOTICE, NOTICE, at=NOW + DAY)
    add(store, NOTICE, at=NOW + 2 * DAY)
    kept = store.catalogue.get("doi:10.5555/moss").statements
    assert [(x.source, x.recorded_at) for x in kept] == [("openalex", NOW), ("crossref", NOW + DAY)]
    assert before < store.catalogue.revision()


def test_a_record_that_only_adds_a_status_is_merged(store: Store) -> None:
    add(store, MOSS)
    assert add(store, replace(MOSS, statements=said(CORRECTED)), at=NOW + DAY) == ["merged"]
    kept = store.catalogue.get("doi:10.5555/moss")
    assert (kept.status, kept.suggestible) == (CORRECTED, True)
    assert store.catalogue.not_suggested() == frozenset()


def test_the_gravest_status_is_shown(store: Store) -> None:
    both = (*said(CORRECTED), *said(CONCERN, "crossref"))
    add(store, replace(MOSS, statements=both))
    assert store.catalogue.get("doi:10.5555/moss").status == CONCERN
    add(store, replace(MOSS, statements=said(RETRACTED, "pubmed")))
    assert store.catalogue.get("doi:10.5555/moss").status == RETRACTED


def test_a_status_follows_its_paper_through_a_merge_and_back(store: Store) -> None:
    retracted = paper("Moss, in two volumes", "arxiv:2401.00001", author="Vogel")
    add(store, replace(retracted, statements=said(RETRACTED)))
    add(store, paper("Moss, in two volumes", "doi:10.5555/two", "arxiv:2401.00001", author="Vogel"))
    merged = store.catalogue.get("doi:10.5555/two")
    assert merged.status == RETRACTED
    undone = store.catalogue.undo_merge(store.catalogue.merges()[0].number, NOW)
    assert store.catalogue.get(undone.kept_id).status == RETRACTED
    assert store.catalogue.get(undone.other_id).status == ""


def test_a_title_in_a_publishers_form_says_so_by_itself(store: Store) -> None:
    add(store, paper("RETRACTED ARTICLE: Drift of pebbles", "doi:10.5555/cr.5"))
    add(store, paper("Erratum to: Drift of pebbles", "doi:10.5555/cr.6"))
    add(store, paper("Retraction of scientific papers: a survey", "doi:10.5555/cr.7"))
    papers = {x.paper_id[-1]: x for x in store.catalogue.papers()}
    assert (papers["5"].status, papers["6"].record_type) == (RETRACTED, ERRATUM)
    assert papers["7"].statements == ()


def test_a_cleared_paper_is_suggested_until_something_new_is_said(store: Store) -> None:
    add(store, replace(MOSS, statements=said(RETRACTED)))
    store.catalogue.clear_status("doi:10.5555/moss", NOW + DAY)
    kept = store.catalogue.get("doi:10.5555/moss")
    assert (kept.status, kept.suggestible, len(kept.statements)) == ("", True, 2)
    assert store.catalogue.not_suggested() == frozenset()
    add(store, replace(MOSS, statements=said(RETRACTED)), at=NOW + 2 * DAY)
    assert store.catalogue.get("doi:10.5555/moss").status == ""
    add(store, NOTICE, at=NOW + 3 * DAY)
    assert store.catalogue.get("doi:10.5555/moss").status == RETRACTED


def test_a_clearing_can_be_taken_back(store: Store) -> None:
    add(store, replace(MOSS, statements=said(RETRACTED)))
    before = store.catalogue.revision()
    store.catalogue.clear_status("doi:10.5555/moss", NOW + DAY)
    store.catalogue.clear_status("doi:10.5555/moss", NOW + 2 * DAY)
    store.catalogue.restore_status("doi:10.5555/moss")
    assert store.catalogue.get("doi:10.5555/moss").status == RETRACTED
    assert before < store.catalogue.revision()
    with pytest.raises(UnknownPaper):
        store.catalogue.clear_status("doi:10.5555/none", NOW)


def test_words_that_are_no_status_and_works_without_an_id_are_left_out(store: Store) -> None:
    odd = (
        *said("burnt"),
        *said("cleared"),
        *said(RETRACTED, subject="no id"),
        *said(CONCERN, link="javascript:alert(1)"),
    )
    add(store, replace(MOSS, statements=odd))
    kept = store.catalogue.get("doi:10.5555/moss").statements
    assert [(x.says, x.link) for x in kept] == [(CONCERN, "")]


def test_a_statement_beyond_its_bounds_refuses_the_record(store: Store) -> None:
    with pytest.raises(StoreError, match="statements"):
        add(store, replace(MOSS, statements=said(RETRACTED, link="x" * 3_000)))


@pytest.mark.parametrize("notice_first", [True, False])
def test_a_notice_marks_the_work_whose_title_it_names(store: Store, notice_first: bool) -> None:
    moss = paper("Light and the river moss, a survey of its seasons", "doi:10.5555/oa.3")
    notice = paper(f"Retraction: {moss.title}", "doi:10.5555/oa.4")
    for one in (notice, moss) if notice_first else (moss, notice):
        add(store, one)
    kept = store.catalogue.get("doi:10.5555/oa.3")
    assert [(x.says, x.source, x.link) for x in kept.statements] == [
        (RETRACTED, "title", "doi:10.5555/oa.4")
    ]
    assert store.catalogue.not_suggested() == {"doi:10.5555/oa.3", "doi:10.5555/oa.4"}


def test_a_notice_that_names_a_short_title_marks_no_other_paper(store: Store) -> None:
    add(store, paper("Moss", "doi:10.5555/a"), paper("Erratum to: Moss", "doi:10.5555/b"))
    assert store.catalogue.get("doi:10.5555/a").statements == ()


def from_source(store: Store, source: str, *records: Paper, at: datetime = NOW) -> list[str]:
    return [x.outcome for x in store.catalogue.add(records, at, Origin(source, "asked"))]


@pytest.mark.parametrize("says", [RETRACTED, CONCERN])
@pytest.mark.parametrize("link", ["", "doi:10.5555/unknown-notice"])
def test_a_source_takes_back_what_it_said(store: Store, says: str, link: str) -> None:
    from_source(store, "openalex", replace(MOSS, statements=said(says, link=link)))
    before = store.catalogue.revision()
    assert from_source(store, "openalex", MOSS, at=NOW + DAY) == ["merged"]
    moss = store.catalogue.get("doi:10.5555/moss")
    assert (moss.statements, moss.status, moss.suggestible) == ((), "", True)
    assert sorted(store.catalogue.names_since(before)) == ["doi:10.5555/moss"]
    assert store.catalogue.not_suggested() == frozenset()
    again = replace(MOSS, statements=said(says, link=link))
    assert from_source(store, "openalex", again, at=NOW + 2 * DAY) == ["merged"]
    assert store.catalogue.get("doi:10.5555/moss").statements[0].recorded_at == NOW + 2 * DAY


def test_a_source_takes_back_nothing_that_another_said(store: Store) -> None:
    from_source(store, "crossref", replace(MOSS, statements=said(RETRACTED, "crossref")))
    assert from_source(store, "openalex", MOSS, at=NOW + DAY) == ["unchanged"]
    assert from_source(store, "bibtex", MOSS, at=NOW + DAY) == ["unchanged"]
    assert store.catalogue.get("doi:10.5555/moss").status == RETRACTED


def test_a_source_takes_back_within_one_batch_and_only_of_that_work(store: Store) -> None:
    fern = replace(
        paper("Ferns in the shade of a wall", "doi:10.5555/fern", author="Okafor", year=2018),
        statements=said(RETRACTED),
    )
    from_source(store, "openalex", replace(MOSS, statements=said(RETRACTED)), fern, MOSS)
    assert store.catalogue.get("doi:10.5555/moss").status == ""
    assert store.catalogue.get("doi:10.5555/fern").status == RETRACTED


def test_a_notice_in_the_library_stands_whatever_the_work_says(store: Store) -> None:
    from_source(store, "crossref", MOSS, NOTICE)
    from_source(store, "crossref", MOSS, at=NOW + DAY)
    assert store.catalogue.get("doi:10.5555/moss").status == RETRACTED
