"""What every store keeps about readers, their lists and digests, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stores import NOW, event, fill, slate

from recommender.domain import EventKind
from recommender.errors import (
    NameTaken,
    StoreError,
    UnknownInterest,
    UnknownList,
    UnknownPaper,
    UnknownReader,
)
from recommender.store import Store


def test_a_new_library_has_tables_a_name_and_nothing_else(store: Store) -> None:
    store.database.check()
    assert len(store.database.library_id) == 32
    assert store.counts() == {"papers": 0, "events": 0, "readers": 0, "slates": 0}
    assert (store.catalogue.papers(), store.feedback.events(), store.readers.list()) == ([], [], [])


def test_a_reader_starts_with_one_interest(store: Store) -> None:
    reader = store.readers.add("  Ada  Lovelace ", NOW)
    assert (reader.reader_id, reader.created_at) == ("ada-lovelace", NOW)
    [interest] = store.readers.interests(reader.reader_id)
    assert (interest.interest_id, interest.name) == ("ada-lovelace/general", "General")
    assert interest.share == 1.0


def test_a_reader_is_found_by_id_or_name_in_any_case(store: Store) -> None:
    made = store.readers.add("Jörg Müller", NOW)
    assert made.reader_id == "jorg-muller"
    for asked in ("jorg-muller", "Jörg Müller", "JÖRG  MÜLLER"):
        assert store.readers.get(asked) == made
        assert store.readers.ensure(asked, NOW + timedelta(days=1)) == made


def test_a_name_is_taken_once_and_an_id_is_never_shared(store: Store) -> None:
    store.readers.add("Ada", NOW)
    for again in ("Ada", " aDA "):
        with pytest.raises(NameTaken, match="already"):
            store.readers.add(again, NOW)
    assert store.readers.add("Áda!", NOW).reader_id == "ada-2"
    assert store.readers.add("李", NOW).reader_id == "reader"
    assert [x.name for x in store.readers.list()] == ["Ada", "Áda!", "李"]


def test_a_renamed_reader_keeps_id_and_events(store: Store) -> None:
    ids = fill(store)
    store.feedback.append(event(ids[0], "k"))
    store.readers.add("Other", NOW)
    assert store.readers.rename("me", "Myself").reader_id == "me"
    assert store.readers.get("myself").name == "Myself"
    assert len(store.feedback.events("me")) == 1
    with pytest.raises(NameTaken):
        store.readers.rename("me", "other")
    assert store.readers.rename("me", "MYSELF").name == "MYSELF"


@pytest.mark.parametrize("name", ["", "  ", "\x00\n", "x" * 201])
def test_a_name_must_say_something_short(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="Reader: name"):
        store.readers.add(name, NOW)
    assert store.readers.list() == []


@pytest.mark.parametrize("name", ["nobody", "", "\ud800", "x" * 500, "' OR 1=1 --"])
def test_an_unknown_reader_gets_a_sentence(store: Store, name: str) -> None:
    store.readers.add("Ada", NOW)
    with pytest.raises(StoreError):
        store.readers.get(name)


def test_the_message_names_the_readers_there_are(store: Store) -> None:
    store.readers.add("Ada", NOW)
    with pytest.raises(UnknownReader, match=r"'nobody'; known are Ada"):
        store.readers.get("nobody")


def test_interests_are_found_by_id_slug_and_name(store: Store) -> None:
    store.readers.add("me", NOW)
    made = store.readers.ensure_interest("me", "Long-Tail Learning")
    assert made.interest_id == "me/long-tail-learning"
    for asked in ("me/long-tail-learning", "long-tail-learning", "long-tail LEARNING"):
        assert store.readers.interest("me", asked) == made
        assert store.readers.ensure_interest("me", asked) == made
    assert [x.name for x in store.readers.interests("me")] == ["General", "Long-Tail Learning"]
    with pytest.raises(UnknownInterest, match="General, Long-Tail"):
        store.readers.interest("me", "something else")


def test_interests_are_renamed_and_shared_out(store: Store) -> None:
    store.readers.add("me", NOW)
    made = store.readers.ensure_interest("me", "Vision")
    renamed = store.readers.rename_interest(made.interest_id, "Computer vision")
    assert (renamed.interest_id, renamed.name) == ("me/vision", "Computer vision")
    with pytest.raises(NameTaken):
        store.readers.rename_interest(made.interest_id, "general")
    assert store.readers.set_share(made.interest_id, 0.25).share == 0.25
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(StoreError, match="between 0 and 1"):
            store.readers.set_share(made.interest_id, wrong)
    with pytest.raises(UnknownInterest):
        store.readers.set_share("me/none", 0.5)


def test_two_readers_may_have_interests_of_one_name(store: Store) -> None:
    for name in ("me", "you"):
        store.readers.add(name, NOW)
        store.readers.ensure_interest(name, "Vision")
    assert store.readers.interest("you", "vision").interest_id == "you/vision"
    with pytest.raises(UnknownInterest):
        store.readers.interest("me", "you/vision")


def test_forgetting_a_reader_leaves_nothing_of_theirs_and_all_of_others(store: Store) -> None:
    ids = fill(store)
    fill(store, reader="you")
    for reader in ("me", "you"):
        store.feedback.append(event(ids[0], "k1", reader=reader))
        store.feedback.append(event(ids[0], "k2", EventKind.undo, reader=reader))
        shown = slate(f"slate of {reader}", ids, reader_id=reader, interest_id="general")
        store.feedback.record_slate(shown)
        list_id = store.reading_lists.create(reader, "To read", NOW).list_id
        store.reading_lists.add(list_id, ids[1], NOW)
        store.digests.save(reader, "2026-W47", "{}", ids[:2], NOW)
    assert store.readers.forget("me") == 2
    assert store.counts() == {"papers": 6, "events": 2, "readers": 1, "slates": 1}
    assert {x.reader_id for x in store.feedback.events()} == {"you"}
    assert store.feedback.slate("slate of me") is None
    assert store.digests.shown("you") == set(ids[:2])
    with pytest.raises(UnknownReader):
        store.readers.forget("me")


def test_a_reader_who_comes_back_starts_afresh(store: Store) -> None:
    ids = fill(store)
    numbered = store.feedback.append(event(ids[0], "k"))
    store.readers.forget("me")
    store.readers.add("me", NOW)
    assert store.feedback.events("me") == []
    assert store.feedback.append(event(ids[0], "k")).event_id > numbered.event_id


def test_a_reading_list_keeps_its_order(store: Store) -> None:
    ids = fill(store)
    made = store.reading_lists.create("me", "To read", NOW)
    assert (made.list_id, made.name, made.paper_ids) == ("me/to-read", "To read", ())
    for paper_id in [*ids[:4], ids[1]]:
        made = store.reading_lists.add(made.list_id, paper_id, NOW)
    assert made.paper_ids == tuple(ids[:4])
    moved = store.reading_lists.move(made.list_id, ids[3], 1)
    assert moved.paper_ids == (ids[0], ids[3], ids[1], ids[2])
    assert store.reading_lists.move(made.list_id, ids[0], 99).paper_ids[-1] == ids[0]
    assert store.reading_lists.move(made.list_id, ids[0], -5).paper_ids[0] == ids[0]
    assert store.reading_lists.move(made.list_id, ids[5], 0).paper_ids == (
        ids[0],
        ids[3],
        ids[1],
        ids[2],
    )
    left = store.reading_lists.remove(made.list_id, ids[3])
    assert left.paper_ids == (ids[0], ids[1], ids[2])
    assert store.reading_lists.remove(made.list_id, ids[3]) == left
    assert store.reading_lists.add(made.list_id, ids[3], NOW).paper_ids[-1] == ids[3]


def test_reading_lists_are_found_renamed_and_deleted(store: Store) -> None:
    fill(store)
    made = store.reading_lists.create("me", "To read", NOW)
    other = store.reading_lists.create("me", "Later", NOW)
    with pytest.raises(NameTaken):
        store.reading_lists.create("me", "to READ", NOW)
    with pytest.raises(NameTaken):
        store.reading_lists.rename(made.list_id, "later")
    assert store.reading_lists.rename(made.list_id, "TO read").name == "TO read"
    for asked in ("me/to-read", "to-read", "to read"):
        assert store.reading_lists.get("me", asked).list_id == made.list_id
    store.reading_lists.delete(made.list_id)
    assert store.reading_lists.list("me") == [other]
    with pytest.raises(UnknownList, match="Later"):
        store.reading_lists.get("me", "To read")
    with pytest.raises(UnknownList):
        store.reading_lists.delete(made.list_id)


def test_a_list_takes_known_papers_only_by_any_id(store: Store) -> None:
    ids = fill(store)
    made = store.reading_lists.create("me", "To read", NOW)
    url = "https://arxiv.org/abs/2401.00002v3"
    assert store.reading_lists.add(made.list_id, url, NOW).paper_ids == (ids[2],)
    with pytest.raises(UnknownPaper):
        store.reading_lists.add(made.list_id, "arxiv:9999.99999", NOW)
    assert store.reading_lists.remove(made.list_id, "2401.00002").paper_ids == ()


def test_lists_of_two_readers_do_not_meet(store: Store) -> None:
    fill(store)
    fill(store, reader="you")
    store.reading_lists.create("me", "To read", NOW)
    assert store.reading_lists.list("you") == []
    assert store.reading_lists.create("you", "To read", NOW).list_id == "you/to-read"


def test_a_digest_is_kept_to_the_letter_and_the_first_writer_wins(store: Store) -> None:
    ids = fill(store)
    manifest = '{"b": 1,\n "a": "ü \\u00fc 𝔸"}\n'
    assert store.digests.save("me", "2026-W47", manifest, ids[:2], NOW) == manifest
    assert store.digests.save("me", "2026-W47", "{}", ids[2:], NOW) == manifest
    assert store.digests.get("me", "2026-W47") == manifest
    assert store.digests.shown("me") == set(ids[:2])
    assert store.digests.get("me", "2026-W48") is None


def test_what_was_shown_before_a_week_leaves_out_that_week(store: Store) -> None:
    ids = fill(store)
    for week, place in (("2026-W52", 0), ("2027-W01", 1), ("2026-W09", 2)):
        store.digests.save("me", week, "{}", [ids[place]], NOW)
    assert store.digests.weeks("me") == ["2026-W09", "2026-W52", "2027-W01"]
    assert store.digests.shown("me", "2027-W01") == {ids[0], ids[2]}
    assert store.digests.shown("me", "2026-W09") == set()


def test_a_digest_of_unknown_things_is_refused_whole(store: Store) -> None:
    ids = fill(store)
    with pytest.raises(UnknownPaper):
        store.digests.save("me", "2026-W47", "{}", [ids[0], "arxiv:9999.99999"], NOW)
    with pytest.raises(UnknownReader):
        store.digests.save("nobody", "2026-W47", "{}", [], NOW)
    with pytest.raises(StoreError, match="2026-W47"):
        store.digests.save("me", "next week", "{}", [], NOW)
    assert store.digests.weeks("me") == []


def test_all_that_is_read_in_a_snapshot_is_of_one_moment(store: Store) -> None:
    reader = store.readers.add("Ada", NOW).reader_id
    with store.database.snapshot():
        assert store.preferences.get(reader, "colour") is None
        with store.database.snapshot():
            store.preferences.set(reader, "colour", "blue")
        assert store.preferences.get(reader, "colour") is None
    assert store.preferences.get(reader, "colour") == "blue"
