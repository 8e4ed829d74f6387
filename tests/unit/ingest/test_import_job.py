from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from folders import DATA

from recommender.domain import Event, EventKind
from recommender.domain.history import fold
from recommender.errors import UnknownFormat, UnknownInterest, UnknownReader
from recommender.ingest import import_job, import_paths, import_starter


@pytest.fixture
def reader(store, now):
    return store.readers.ensure("me", now).reader_id


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(x) + "\n" for x in records), encoding="utf-8")
    return path


def toys(n: int, start: int = 0) -> list[dict[str, object]]:
    return [
        {"title": f"A long study of toy number {i}", "id": f"2401.{i:05d}"}
        for i in range(start, start + n)
    ]


def counts(file) -> tuple[int, int, int, int]:
    return file.read, file.new, file.merged, len(file.refused)


def states(store, reader):
    return fold(store.feedback.events(reader))


def test_papers_are_counted_as_new_and_then_as_merged(store, tmp_path, now):
    path = write(tmp_path / "a.jsonl", *toys(3))
    first = import_paths(store, [path], now=now)
    revision = store.catalogue.revision()
    second = import_paths(store, [path], now=now + timedelta(days=1))
    assert [counts(x) for x in (*first.files, *second.files)] == [(3, 3, 0, 0), (3, 0, 3, 0)]
    assert first.ok
    assert store.catalogue.count() == 3
    assert store.catalogue.revision() == revision


def test_the_report_names_format_path_and_papers_in_the_order_of_the_file(store, tmp_path, now):
    path = write(tmp_path / "a.jsonl", *reversed(toys(3)), toys(1)[0])
    (file,) = import_paths(store, [path], now=now).files
    assert (file.path, file.format) == (str(path), "jsonl")
    assert file.paper_ids == ("arxiv:2401.00002", "arxiv:2401.00001", "arxiv:2401.00000")


def test_one_bad_file_does_not_stop_the_others(store, tmp_path, now):
    good = write(tmp_path / "a.jsonl", *toys(2))
    empty = write(tmp_path / "empty.jsonl")
    report = import_paths(store, [tmp_path / "absent", empty, tmp_path, good], now=now)
    assert not report.ok
    assert [x.ok for x in report.files] == [False, False, False, True]
    assert [x.format for x in report.files] == ["", "", "", "jsonl"]
    for file in report.files[:3]:
        assert file.refused[0].line == 0
        assert file.refused[0].why.endswith(".")
    assert store.catalogue.count() == 2


def test_a_file_of_a_known_format_without_papers_is_not_ok(store, tmp_path, now):
    path = tmp_path / "a.bib"
    path.write_text("% nothing yet\n")
    (file,) = import_paths(store, [path], now=now).files
    assert [x.why for x in file.refused] == ["no papers were found in it"]


def test_refused_entries_are_named_by_line_and_the_rest_is_kept(store, tmp_path, now):
    path = write(tmp_path / "a.jsonl", *toys(5))
    lines = path.read_text().splitlines()
    lines[1], lines[3] = "{broken", '{"title": ""}'
    path.write_text("\n".join(lines))
    (file,) = import_paths(store, [path], now=now).files
    assert [x.line for x in file.refused] == [2, 4]
    assert counts(file) == (3, 3, 0, 2)


def test_what_the_store_refuses_is_named_by_line(store, tmp_path, now, monkeypatch):
    path = write(tmp_path / "a.jsonl", *toys(3))
    check = type(store.catalogue).validate

    def picky(catalogue, record):
        if record.title.endswith("1"):
            return check(catalogue, type(record)(title=""))
        return check(catalogue, record)

    monkeypatch.setattr(type(store.catalogue), "validate", picky)
    (file,) = import_paths(store, [path], now=now).files
    assert [x.line for x in file.refused] == [2]
    assert file.new == 2


@pytest.mark.slow
def test_a_packed_file_cut_off_keeps_whole_papers_and_is_not_ok(store, tmp_path, now):
    path = tmp_path / "a.jsonl.gz"
    whole = write(tmp_path / "whole", *toys(3_000)).read_bytes()
    path.write_bytes(gzip.compress(whole)[:-9_000])
    (file,) = import_paths(store, [path], now=now).files
    assert 0 < file.new < 3_000
    assert [x.line for x in file.refused] == [file.new + 1]


def test_an_unknown_format_is_refused_before_anything_is_read(store, tmp_path, now):
    path = write(tmp_path / "a.jsonl", *toys(1))
    with pytest.raises(UnknownFormat, match="known are"):
        import_paths(store, [path], now=now, format="papyrus")
    assert store.catalogue.count() == 0


def test_the_format_may_be_said(store, now):
    (file,) = import_paths(store, [DATA / "papers.csv"], now=now, format="jsonl").files
    assert file.format == "jsonl"
    assert file.new == 0
    assert file.refused


def test_progress_is_told_after_every_batch(store, tmp_path, now, monkeypatch):
    monkeypatch.setattr(import_job, "BATCH", 2)
    path = write(tmp_path / "a.jsonl", *toys(5))
    told = []
    import_paths(store, [path], now=now, progress=lambda *x: told.append(x))
    assert told == [(str(path), 2), (str(path), 4), (str(path), 5)]


def test_an_interrupted_import_leaves_whole_batches_and_can_be_repeated(
    store, reader, tmp_path, now, monkeypatch
):
    monkeypatch.setattr(import_job, "BATCH", 2)
    path = write(tmp_path / "a.jsonl", *toys(5))

    def interrupt(_path: str, read: int) -> None:
        if read == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_paths(store, [path], now=now, role="liked", reader_id=reader, progress=interrupt)
    assert store.catalogue.count() == 4
    (file,) = import_paths(store, [path], now=now, role="liked", reader_id=reader).files
    assert counts(file) == (5, 1, 4, 0)
    assert len(store.feedback.events(reader)) == 5


@pytest.mark.parametrize("change", ["cut", "grow"])
def test_a_file_that_changes_while_it_is_imported_is_said_to_and_what_was_whole_is_kept(
    change, store, tmp_path, now, monkeypatch
):
    monkeypatch.setattr(import_job, "BATCH", 50)
    records = [{**x, "abstract": "Toys are counted. " * 100} for x in toys(300)]
    path = write(tmp_path / "a.jsonl", *records)
    whole = path.read_bytes()

    def meddle(_path: str, read: int) -> None:
        if read == 50:
            path.write_bytes(whole[: len(whole) // 2 + 700] if change == "cut" else whole * 2)

    (file,) = import_paths(store, [path], now=now, progress=meddle).files
    assert any("changed while it was read" in x.why for x in file.refused)
    assert not file.ok
    assert file.read == store.catalogue.count()
    assert 50 <= file.read <= 300
    assert (file.read == 300) == (change == "grow")


@pytest.mark.parametrize(("role", "kind"), [("liked", EventKind.like), ("saved", EventKind.save)])
def test_a_role_logs_one_event_a_paper_and_none_the_second_time(
    role, kind, store, reader, tmp_path, now
):
    path = write(tmp_path / "a.jsonl", *toys(3), toys(1)[0])
    for again in range(2):
        later = now + timedelta(days=again)
        import_paths(store, [path, path], now=later, role=role, reader_id=reader)
    events = store.feedback.events(reader)
    assert [x.kind for x in events] == [kind] * 3
    assert {x.created_at for x in events} == {now}
    assert {x.interest_id for x in events} == {store.readers.interests(reader)[0].interest_id}


def test_what_was_undone_is_not_liked_again_by_the_next_import(store, reader, tmp_path, now):
    path = write(tmp_path / "a.jsonl", *toys(1))
    import_paths(store, [path], now=now, role="liked", reader_id=reader)
    (like,) = store.feedback.events(reader)
    undo = Event("u1", reader, like.interest_id, like.paper_id, EventKind.undo, now)
    store.feedback.append(undo)
    import_paths(store, [path], now=now, role="liked", reader_id=reader)
    assert not states(store, reader)


def test_a_paper_whose_id_rose_is_not_liked_twice(store, reader, tmp_path, now):
    bare = write(tmp_path / "a.jsonl", {"title": "A toy without a number", "year": 2020})
    known = write(
        tmp_path / "b.jsonl", {"title": "A toy without a number", "year": 2020, "id": "2001.00001"}
    )
    import_paths(store, [bare], now=now, role="liked", reader_id=reader)
    import_paths(store, [known], now=now)
    import_paths(store, [bare, known], now=now, role="liked", reader_id=reader)
    assert store.catalogue.count() == 1
    assert [x.paper_id for x in store.feedback.events(reader)] == ["arxiv:2001.00001"]


def test_a_very_long_id_can_be_liked(store, reader, tmp_path, now):
    path = write(tmp_path / "a.jsonl", {"title": "T", "doi": "10.5555/" + "x" * 180})
    assert import_paths(store, [path], now=now, role="liked", reader_id=reader).ok
    assert len(store.feedback.events(reader)) == 1


def test_likes_go_to_the_interest_that_is_named(store, reader, tmp_path, now):
    path = write(tmp_path / "a.jsonl", *toys(1))
    interest = store.readers.ensure_interest(reader, "Toys").interest_id
    import_paths(store, [path], now=now, role="liked", reader_id=reader, interest_id=interest)
    assert [x.interest_id for x in store.feedback.events(reader)] == [interest]


@pytest.mark.parametrize(
    ("who", "interest", "error"),
    [(None, None, UnknownReader), ("nobody", None, UnknownReader), ("me", "x", UnknownInterest)],
)
def test_a_role_needs_a_reader_before_anything_is_stored(
    who, interest, error, store, reader, tmp_path, now
):
    path = write(tmp_path / "a.jsonl", *toys(1))
    with pytest.raises(error):
        import_paths(
            store, [path], now=now, role="liked", reader_id=who, interest_id=interest
        )  # fmt: skip
    assert store.catalogue.count() == 0


def test_the_starter_catalogue_is_imported_once(store, now):
    first, second = import_starter(store, now), import_starter(store, now)
    assert counts(first) == (228, 228, 0, 0)
    assert counts(second) == (228, 0, 228, 0)
    assert all(store.catalogue.get(x).abstract_is_summary for x in first.paper_ids[:9])


@pytest.mark.slow
def test_the_shared_pages_merge_into_the_starter_and_bring_their_abstracts(store, shared, now):
    import_starter(store, now)
    pages = sorted((shared / "data" / "seeds").glob("*.txt"))
    files = import_paths(store, pages, now=now).files
    assert [counts(x) for x in files] == [(57, 0, 57, 0), (49, 0, 49, 0), (147, 0, 147, 0)]
    papers = store.catalogue.papers()
    assert len(papers) == 228
    assert not any(paper.abstract_is_summary for paper in papers)
    assert sum(len(paper.listings) for paper in papers) == 57 + 49 + 147


@pytest.mark.slow
def test_hostile_files_leave_a_library_that_opens(store, shared, now):
    paths = [x for x in sorted((shared / "data" / "hostile").rglob("*")) if x.is_file()]
    report = import_paths(store, paths, now=now)
    assert len(report.files) == len(paths)
    for file in report.files:
        assert file.format or [x.why[-1] for x in file.refused] == ["."]
    ids = {x for file in report.files for x in file.paper_ids}
    assert store.catalogue.count() <= len(ids)
    assert len(store.catalogue.papers()) == store.catalogue.count() > 900


def test_a_paper_liked_by_hand_is_not_liked_again_by_an_import(store, reader, tmp_path, now):
    path = write(tmp_path / "toys.jsonl", *toys(2))
    ids = import_paths(store, [path], now=now).files[0].paper_ids
    by_hand = Event("hand", reader, "general", ids[0], EventKind.like, now)
    store.feedback.append(by_hand)
    report = import_paths(store, [path], now=now, role="liked", reader_id=reader).files[0]
    assert report.notes == ("Newly liked: 1.",)
    assert [x.paper_id for x in store.feedback.events(reader)] == list(ids)


def test_a_like_by_hand_that_was_undone_does_not_count(store, reader, tmp_path, now):
    path = write(tmp_path / "toys.jsonl", *toys(1))
    [paper_id] = import_paths(store, [path], now=now).files[0].paper_ids
    store.feedback.append(Event("hand", reader, "general", paper_id, EventKind.like, now))
    store.feedback.append(Event("undo", reader, "general", paper_id, EventKind.undo, now))
    import_paths(store, [path], now=now, role="liked", reader_id=reader)
    assert len(store.feedback.events(reader)) == 3


def test_an_import_that_takes_too_long_keeps_what_it_has_stored(store, tmp_path, now, monkeypatch):
    monkeypatch.setattr(import_job, "BATCH", 10)
    path = write(tmp_path / "a.jsonl", *toys(100))
    (file,) = import_paths(store, [path], now=now, max_minutes=1e-9).files
    assert counts(file) == (10, 10, 0, 1)
    assert store.catalogue.count() == 10
    (refusal,) = file.refused
    assert refusal.line == 10
    assert "is kept" in refusal.why
    assert "import_minutes" in refusal.why
    (again,) = import_paths(store, [path], now=now, max_minutes=10.0).files
    assert counts(again) == (100, 90, 10, 0)


def test_time_counts_where_every_record_is_refused_too(store, tmp_path, now, monkeypatch):
    monkeypatch.setattr(import_job, "BATCH", 10)
    path = write(tmp_path / "a.jsonl", *({"title": ""} for _ in range(100)))
    (file,) = import_paths(store, [path], now=now, max_minutes=1e-9).files
    assert (file.read, len(file.refused)) == (0, 11)


@pytest.mark.slow
def test_a_small_packed_file_of_a_million_records_is_left_early(store, tmp_path, now):
    path = tmp_path / "bomb.jsonl.gz"
    record = b'{"title": "A title of the tides"}\n'
    path.write_bytes(gzip.compress(record * 1_000_000))
    assert path.stat().st_size < 200_000
    (file,) = import_paths(store, [path], now=now).files
    assert store.catalogue.count() == 1
    assert 0 < file.read < 400_000
    (refusal,) = file.refused
    assert "swells to more than 100 times" in refusal.why
