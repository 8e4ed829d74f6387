"""JSON read item by item: lines, marks, and what is whole before a break."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.sources.parsing.json_stream import JsonItem, JsonStream
from recommender.sources.parsing.xml_stream import ParseFailure


def read(text: str | bytes) -> tuple[list[JsonItem | ParseFailure], dict[str, object]]:
    content = text.encode() if isinstance(text, str) else text
    answer = JsonStream(content, ("items", "results"), ("message",))
    return list(answer), answer.meta


def test_the_items_of_a_list_come_with_their_lines_and_the_rest_is_kept_apart() -> None:
    found, meta = read('{"total": 2,\n"items": [\n{"a": 1},\n\n{"a": 2}], "next": "x"}')
    assert found == [JsonItem(3, {"a": 1}), JsonItem(5, {"a": 2})]
    assert meta == {"total": 2, "next": "x"}


def test_a_list_is_found_inside_an_envelope() -> None:
    found, meta = read('{"status": "ok", "message": {"items": [1], "next": 3}}')
    assert found == [JsonItem(1, 1)]
    assert meta == {"status": "ok", "next": 3}


def test_a_single_object_is_itself_the_item() -> None:
    assert read('\n{"id": 7, "message": {"x": 1}}')[0] == [
        JsonItem(2, {"id": 7, "message": {"x": 1}})
    ]


def test_a_list_at_the_root_holds_the_items() -> None:
    assert read('[null, {"a": 1},\n"x"]')[0] == [
        JsonItem(1, None),
        JsonItem(1, {"a": 1}),
        JsonItem(2, "x"),
    ]


def test_objects_line_by_line_are_read_too() -> None:
    assert read('{"a": 1}\n{"a": 2}\n')[0] == [JsonItem(1, {"a": 1}), JsonItem(2, {"a": 2})]


def test_an_answer_cut_off_keeps_what_was_whole() -> None:
    found, _ = read('{"total": 3, "items": [{"a": 1},\n{"a": 2},\n{"a": ')
    assert found[:2] == [JsonItem(1, {"a": 1}), JsonItem(2, {"a": 2})]
    assert isinstance(found[2], ParseFailure)
    assert found[2].line == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("[" * 100_000, "nested"),
        ('{"message":' * 100_000, "nested"),
        ('{"a": ' + "9" * 5000 + "}", "number"),
        ("{'a': 1}", "breaks off"),
        ('{"items": [1 2]}', "expecting ',' or ']'"),
        ('{"items": 1 "x"}', "breaks off"),
        ("{1: 2}", "property name"),
        ("[1] x", "breaks off"),
    ],
)
def test_what_is_no_json_is_one_fault_at_the_end(text: str, why: str) -> None:
    fault = read(text)[0][-1]
    assert isinstance(fault, ParseFailure)
    assert why in fault.why


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_are_recognised(encoding: str) -> None:
    assert read('["é"]'.encode(encoding))[0] == [JsonItem(1, "é")]


def test_a_stray_windows_letter_is_read() -> None:
    assert read(b'["caf\xe9"]')[0] == [JsonItem(1, "café")]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_may_end_anywhere(size: int) -> None:
    data = '{"n": 12345,\n"items": ["é", {"a": [1, 2]},\n"\\u00e9"]}'.encode()
    answer = JsonStream([data[x : x + size] for x in range(0, len(data), size)], ("items",))
    assert list(answer) == [JsonItem(2, "é"), JsonItem(2, {"a": [1, 2]}), JsonItem(3, "é")]
    assert answer.meta == {"n": 12345}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    text = "[" + end + "1," + end + end + "2]"
    assert read(text)[0] == [JsonItem(2, 1), JsonItem(4, 2)]


def test_a_value_that_is_too_large_is_not_held() -> None:
    pieces = (b'{"items": [1, "', *[b"x" * 1_000_000] * 9, b'"]}')
    found = list(JsonStream(pieces, ("items",)))
    assert found[0] == JsonItem(1, 1)
    assert isinstance(found[1], ParseFailure)
    assert "more than 2,000,000 characters" in found[1].why


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file() -> None:
    record = json.dumps({"title": "otters", "abstract": "word " * 200}).encode() + b",\n"
    pieces = (b"[", *[record * 50] * 400, b"1]")
    tracemalloc.start()
    found = 0
    line = 0
    for item in JsonStream(pieces, ()):
        assert isinstance(item, JsonItem)
        found, line = found + 1, item.line
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, line) == (20_001, 20_001)
    assert peak < 25_000_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.lists(json_values, max_size=6), st.integers(0, 4))
def test_a_list_reads_as_the_whole_decoder_reads_it(values: list[object], indent: int) -> None:
    found, _ = read(json.dumps({"items": values}, indent=indent or None))
    assert [x.value for x in found if isinstance(x, JsonItem)] == values


@given(st.lists(json_values, min_size=1, max_size=6), st.data())
def test_a_cut_anywhere_never_raises_and_never_invents(
    values: list[object], data: st.DataObject
) -> None:
    text = json.dumps({"items": values})
    found, _ = read(text[: data.draw(st.integers(1, len(text) - 1))])
    items = [x.value for x in found if isinstance(x, JsonItem)]
    # A number may be cut and still be one; whatever stands before it is whole.
    assert items[:-1] == values[: max(len(items) - 1, 0)]
    assert isinstance(found[-1], ParseFailure)


def test_the_json_test_suite_never_raises(shared: Path) -> None:
    files = sorted((shared / "data" / "hostile" / "json").glob("*.json"))
    assert len(files) > 100
    for path in files:
        found, _ = read(path.read_bytes())
        kind = path.name.split("__")[1][:2]
        if kind == "y_":
            assert all(isinstance(x, JsonItem) for x in found), path.name
