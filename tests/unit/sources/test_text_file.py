from __future__ import annotations

import gzip
import random
import tracemalloc
from pathlib import Path

import pytest

from recommender.errors import SourceError
from recommender.sources import text_file as module
from recommender.sources.text_file import MAX_LINE, Document


def lines_of(path: Path) -> tuple[list[tuple[int, str]], Document]:
    document = Document(path)
    return list(document.lines()), document


def test_lines_are_numbered_from_one(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"a\r\nb\rc\n\nd")
    assert lines_of(path)[0] == [(1, "a"), (2, "b"), (3, "c"), (4, ""), (5, "d")]


def test_line_and_paragraph_separators_end_no_line(tmp_path):
    path = tmp_path / "f"
    path.write_text("a\u2028b\x0bc\u2029d\n", encoding="utf-8")
    assert lines_of(path)[0] == [(1, "a\u2028b\x0bc\u2029d")]


def test_bytes_that_are_not_utf8_read_as_windows_1252_and_it_says_so(tmp_path):
    path = tmp_path / "f"
    path.write_bytes("é\n".encode() + b"caf\xe9 \x93so\x94 \x81\n")
    lines, document = lines_of(path)
    assert lines == [(1, "é"), (2, "café “so” \N{REPLACEMENT CHARACTER}")]
    assert len(document.notes) == 1
    assert "Windows-1252" in document.notes[0]


def test_a_character_cut_by_a_piece_stays_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 3)
    path = tmp_path / "f"
    path.write_bytes("aé€😀b\r\nc".encode())
    assert lines_of(path)[0] == [(1, "aé€😀b"), (2, "c")]
    path.write_bytes("aé€".encode() + b"\xe9" + "😀".encode())
    assert lines_of(path)[0] == [(1, "aé€é😀")]


def test_utf_16_without_a_mark_is_recognised(tmp_path):
    path = tmp_path / "f"
    for encoding in ("utf-16-le", "utf-16-be"):
        path.write_bytes("Über alles\nzwei".encode(encoding))
        assert lines_of(path)[0] == [(1, "Über alles"), (2, "zwei")]


def test_a_line_too_long_is_passed_over_and_named(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"a\n" + b"x" * (MAX_LINE + 1) + b"\nb\n")
    lines, document = lines_of(path)
    assert lines == [(1, "a"), (3, "b")]
    assert list(document.damaged) == [2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("piece", "times"), [(b"x" * 500_000, 200), (bytes(range(128, 256)) * 4_000, 16)]
)
def test_an_endless_line_is_refused_in_bounded_memory(piece, times, tmp_path):
    path = tmp_path / "f"
    with path.open("wb") as out:
        for _ in range(times):
            out.write(piece)
        out.write(b"\nlast\n")
    tracemalloc.start()
    lines, document = lines_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == [(2, "last")]
    assert list(document.damaged) == [1]
    assert peak < 50_000_000


@pytest.mark.slow
def test_a_bomb_is_left_where_it_swells(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SMALL", 1_000_000)
    path = tmp_path / "f.gz"
    path.write_bytes(gzip.compress(b"first\n" + b"\n" * 5_000_000))
    lines, document = lines_of(path)
    assert lines[0] == (1, "first")
    assert len(lines) < 2_000_000
    assert "swells" in next(iter(document.damaged.values()))


def test_a_packed_file_cut_off_keeps_what_came_before(tmp_path):
    whole = "".join(f"line {i} {random.Random(i).random()}\n" for i in range(9_999))
    path = tmp_path / "f.gz"
    path.write_bytes(gzip.compress(whole.encode())[:-20_000])
    lines, document = lines_of(path)
    assert 1_000 < len(lines) < 9_999
    assert [text for _, text in lines] == whole.split("\n")[: len(lines)]
    assert list(document.damaged) == [len(lines) + 1]


@pytest.mark.parametrize("kind", ["absent", "folder", "unreadable"])
def test_what_is_no_file_is_said_in_a_sentence(kind, tmp_path):
    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    if kind == "unreadable":
        path.symlink_to(path)
    with pytest.raises(SourceError, match=r"thing .*\.$"):
        lines_of(path)


CHANGED = "the file changed while it was read; import it again"


@pytest.mark.slow
def test_a_file_that_grows_as_it_is_read_ends_where_it_ended(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"line\n" * 50_000)
    document, seen = Document(path), 0
    for _ in document.lines():
        seen += 1
        with path.open("ab") as file:
            file.write(b"more\n")
    assert seen == 50_000
    assert document.damaged == {50_001: CHANGED}


def test_a_file_that_is_cut_while_it_is_read_gives_what_was_whole(tmp_path):
    path = tmp_path / "cut.txt"
    path.write_bytes(b"line\n" * 50_000)
    document = Document(path)
    lines = document.lines()
    first = next(lines)
    path.write_bytes(b"li")
    rest = list(lines)
    assert {text for _, text in [first, *rest]} == {"line"}
    assert list(document.damaged.values()) == [CHANGED]
