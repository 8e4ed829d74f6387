"""Notes, descriptions, tags and what has been read, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stores import NOW, fill, paper

from recommender.errors import StoreError, UnknownPaper, UnknownReader
from recommender.store import Annotation, ListEntry, Store

LATER = NOW + timedelta(hours=1)


def test_a_note_stays_with_its_paper_when_the_list_is_ordered(store: Store) -> None:
    ids = fill(store)
    made = store.reading_lists.create("me", "Monday", NOW, about="For the seminar")
    store.reading_lists.extend(made.list_id, ids[:3], NOW)
    store.reading_lists.note(made.list_id, ids[2], "  read\n section 3 \x00")
    moved = store.reading_lists.move(made.list_id, ids[2], 0)
    assert moved.about == "For the seminar"
    assert moved.notes == {ids[2]: "read\n section 3"}
    assert moved.paper_ids == (ids[2], ids[0], ids[1])
    assert store.reading_lists.note(made.list_id, ids[5], "is not there").notes == moved.notes


def test_many_papers_go_on_a_list_at_once_or_none(store: Store) -> None:
    ids = fill(store)
    made = store.reading_lists.create("me", "Monday", NOW)
    with pytest.raises(UnknownPaper):
        store.reading_lists.extend(made.list_id, [ids[0], "arxiv:9999.99999"], NOW)
    assert store.reading_lists.get("me", "Monday").paper_ids == ()
    store.reading_lists.extend(made.list_id, [ids[1]], NOW)
    filled = store.reading_lists.extend(made.list_id, [ids[3], ids[1], ids[3], ids[0]], LATER)
    assert filled.paper_ids == (ids[1], ids[3], ids[0])
    assert [x.added_at for x in filled.entries] == [NOW, LATER, LATER]


def test_what_was_taken_out_can_be_put_back_as_it_was(store: Store) -> None:
    ids = fill(store)
    made = store.reading_lists.create("me", "Monday", NOW)
    store.reading_lists.extend(made.list_id, ids[:4], NOW)
    before = store.reading_lists.note(made.list_id, ids[1], "why")
    after = store.reading_lists.take_out(made.list_id, ids[1:3])
    assert after.paper_ids == (ids[0], ids[3])
    assert store.reading_lists.put(made.list_id, before.entries) == before
    with pytest.raises(UnknownPaper):
        store.reading_lists.put(made.list_id, [ListEntry("arxiv:9999.99999", "", NOW)])
    assert store.reading_lists.get("me", "Monday") == before


def test_a_paper_is_shifted_to_either_end_and_no_further(store: Store) -> None:
    ids = fill(store)
    made = store.reading_lists.create("me", "Monday", NOW)
    store.reading_lists.extend(made.list_id, ids[:3], NOW)
    shift = store.reading_lists.shift
    assert shift(made.list_id, ids[2], -1).paper_ids == (ids[0], ids[2], ids[1])
    assert shift(made.list_id, ids[2], -5).paper_ids == (ids[2], ids[0], ids[1])
    assert shift(made.list_id, ids[2], 1).paper_ids == (ids[0], ids[2], ids[1])
    assert shift(made.list_id, ids[0], 9).paper_ids == (ids[2], ids[1], ids[0])
    assert shift(made.list_id, ids[5], -1).paper_ids == (ids[2], ids[1], ids[0])


def test_a_description_is_replaced_and_bounded(store: Store) -> None:
    fill(store)
    made = store.reading_lists.create("me", "Monday", NOW)
    assert store.reading_lists.describe(made.list_id, "What for").about == "What for"
    assert store.reading_lists.describe(made.list_id, "").about == ""
    with pytest.raises(StoreError, match="at most 10000"):
        store.reading_lists.describe(made.list_id, "x" * 10_001)


def test_marks_are_set_kept_apart_and_put_back(store: Store) -> None:
    ids = fill(store)
    store.readers.add("you", NOW)
    before = store.annotations.status("me", ids[:2], "to-read", NOW)
    assert before == {ids[0]: Annotation(), ids[1]: Annotation()}
    store.annotations.tag("me", ids[1:3], "Survey", NOW)
    store.annotations.tag("me", [ids[1]], "survey", NOW)
    held = store.annotations.all("me")
    assert held == {
        ids[0]: Annotation("to-read"),
        ids[1]: Annotation("to-read", ("Survey",)),
        ids[2]: Annotation("", ("Survey",)),
    }
    assert store.annotations.all("you") == {}
    assert store.annotations.tags("me") == ["Survey"]
    before = store.annotations.untag("me", ids[:3], "SURVEY", LATER)
    assert store.annotations.all("me") == {x: Annotation("to-read") for x in ids[:2]}
    store.annotations.put("me", before, LATER)
    assert store.annotations.all("me") == held


def test_a_note_is_of_reader_and_paper_and_outlives_the_undo_of_a_tag(store: Store) -> None:
    ids = fill(store)
    store.readers.add("you", NOW)
    before = store.annotations.tag("me", ids[:1], "survey", NOW)
    store.annotations.note("me", ids[0], "read section 3\nand 4", NOW)
    assert store.annotations.all("me") == {
        ids[0]: Annotation("", ("survey",), "read section 3\nand 4")
    }
    store.annotations.put("me", before, LATER)
    assert store.annotations.all("me") == {ids[0]: Annotation(note="read section 3\nand 4")}
    assert store.annotations.all("you") == {}
    with pytest.raises(StoreError):
        store.annotations.note("me", ids[0], "x" * 10_001, LATER)
    store.annotations.note("me", ids[0], "", LATER)
    assert store.annotations.all("me") == {}


def test_notes_on_papers_that_become_one_are_both_kept(store: Store) -> None:
    store.readers.add("me", NOW)
    papers = [
        paper("Rays, a study", "arxiv:2401.01234"),
        paper("A study of rays", "doi:10.1000/xyz"),
    ]
    one, other = (x.paper_id for x in store.catalogue.add(papers, NOW))
    store.annotations.note("me", one, "of the preprint", NOW)
    store.annotations.note("me", other, "of the article", LATER)
    store.catalogue.add([paper("Rays: a study", "arxiv:2401.01234", "doi:10.1000/xyz")], NOW)
    (held,) = store.annotations.all("me").values()
    assert held.note == "of the article\n\nof the preprint"


def test_the_newest_mark_comes_first(store: Store) -> None:
    ids = fill(store)
    store.annotations.status("me", [ids[4]], "read", NOW)
    store.annotations.status("me", [ids[1]], "reading", LATER)
    assert list(store.annotations.all("me")) == [ids[1], ids[4]]
    assert store.annotations.all("me")[ids[1]].at == LATER


@pytest.mark.parametrize("status", ["done", "READ", "to read"])
def test_a_status_that_is_none_is_refused(store: Store, status: str) -> None:
    ids = fill(store)
    with pytest.raises(StoreError, match="to-read, reading, read"):
        store.annotations.status("me", ids, status, NOW)
    assert store.annotations.all("me") == {}


def test_bad_tags_readers_and_papers_change_nothing(store: Store) -> None:
    ids = fill(store)
    with pytest.raises(StoreError):
        store.annotations.tag("me", ids, " \x00 ", NOW)
    with pytest.raises(UnknownPaper):
        store.annotations.tag("me", [ids[0], "arxiv:9999.99999"], "x", NOW)
    with pytest.raises(UnknownReader):
        store.annotations.tag("nobody", ids, "x", NOW)
    for i in range(50):
        store.annotations.tag("me", ids[:1], f"tag {i}", NOW)
    with pytest.raises(StoreError, match="at most 50"):
        store.annotations.tag("me", ids[:1], "one more", NOW)
    assert len(store.annotations.all("me")[ids[0]].tags) == 50


def test_marks_and_notes_follow_papers_that_become_one(store: Store) -> None:
    store.readers.add("me", NOW)
    add = store.catalogue.add
    one, other = (
        x.paper_id
        for x in add(
            [
                paper("Rays, a study", "arxiv:2401.01234"),
                paper("A study of rays", "doi:10.1000/xyz"),
            ],
            NOW,
        )
    )
    made = store.reading_lists.create("me", "Monday", NOW)
    store.reading_lists.extend(made.list_id, [one, other], NOW)
    store.reading_lists.note(made.list_id, other, "from the print")
    store.annotations.tag("me", [one], "early", NOW)
    store.annotations.status("me", [other], "read", LATER)
    add([paper("Rays: a study", "arxiv:2401.01234", "doi:10.1000/xyz")], NOW)
    joined = store.reading_lists.get("me", "Monday")
    assert joined.notes == {one: "from the print"}
    assert store.annotations.all("me") == {one: Annotation("read", ("early",))}
    store.annotations.untag("me", [one], "early", LATER)
    assert store.annotations.all("me") == {one: Annotation("read")}


def test_forgetting_a_reader_forgets_their_marks(store: Store) -> None:
    ids = fill(store)
    store.annotations.tag("me", ids, "x", NOW)
    store.readers.forget("me")
    store.readers.add("me", NOW)
    assert store.annotations.all("me") == {}
