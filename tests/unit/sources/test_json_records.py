"""JSON read item by item: lines, marks, and what is whole before a break."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import SourceError
from recommender.sources.json_records import Item, JsonAnswer, whole
from recommender.sources.xml_records import Broken


def read(text: str | bytes) -> tuple[list[Item | Broken], dict[str, object]]:
    content = text.encode() if isinstance(text, str) else text
    answer = JsonAnswer(content, ("items", "results"), ("message",))
    return list(answer), answer.meta


def test_the_items_of_a_list_come_with_their_lines_and_the_rest_is_kept_apart() -> None:
    found, meta = read('{"total": 2,\n"items": [\n{"a": 1},\n\n{"a": 2}], "next": "x"}')
    assert found == [Item(3, {"a": 1}), Item(5, {"a": 2})]
    assert meta == {"total": 2, "next": "x"}


def test_a_list_is_found_inside_an_envelope() -> None:
    found, meta = read('{"status": "ok", "message": {"items": [1], "next": 3}}')
    assert found == [Item(1, 1)]
    assert meta == {"status": "ok", "next": 3}


def test_a_single_object_is_itself_the_item() -> None:
    assert read('\n{"id": 7, "message": {"x": 1}}')[0] == [Item(2, {"id": 7, "message": {"x": 1}})]


def test_a_list_at_the_root_holds_the_items() -> None:
    assert read('[null, {"a": 1},\n"x"]')[0] == [Item(1, None), Item(1, {"a": 1}), Item(2, "x")]


def test_objects_line_by_line_are_read_too() -> None:
    assert read('{"a": 1}\n{"a": 2}\n')[0] == [Item(1, {"a": 1}), Item(2, {"a": 2})]


def test_an_answer_cut_off_keeps_what_was_whole() -> None:
    found, _ = read('{"total": 3, "items": [{"a": 1},\n{"a": 2},\n{"a": ')
    assert found[:2] == [Item(1, {"a": 1}), Item(2, {"a": 2})]
    assert isinstance(found[2], Broken)
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
    assert isinstance(fault, Broken)
    assert why in fault.why


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_are_recognised(encoding: str) -> None:
    assert read('["é"]'.encode(encoding))[0] == [Item(1, "é")]


def test_a_stray_windows_letter_is_read() -> None:
    assert read(b'["caf\xe9"]')[0] == [Item(1, "café")]


def test_an_answer_that_is_too_large_is_not_held() -> None:
    with pytest.raises(SourceError, match="more than 10 bytes"):
        whole(iter([b"x" * 6] * 2), 10)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.lists(json_values, max_size=6), st.integers(0, 4))
def test_a_list_reads_as_the_whole_decoder_reads_it(values: list[object], indent: int) -> None:
    found, _ = read(json.dumps({"items": values}, indent=indent or None))
    assert [x.value for x in found if isinstance(x, Item)] == values


@given(st.lists(json_values, min_size=1, max_size=6), st.data())
def test_a_cut_anywhere_never_raises_and_never_invents(
    values: list[object], data: st.DataObject
) -> None:
    text = json.dumps({"items": values})
    found, _ = read(text[: data.draw(st.integers(1, len(text) - 1))])
    items = [x.value for x in found if isinstance(x, Item)]
    # A number may be cut and still be one; whatever stands before it is whole.
    assert items[:-1] == values[: max(len(items) - 1, 0)]
    assert isinstance(found[-1], Broken)


def test_the_json_test_suite_never_raises(shared: Path) -> None:
    files = sorted((shared / "data" / "hostile" / "json").glob("*.json"))
    assert len(files) > 100
    for path in files:
        found, _ = read(path.read_bytes())
        kind = path.name.split("__")[1][:2]
        if kind == "y_":
            assert all(isinstance(x, Item) for x in found), path.name
