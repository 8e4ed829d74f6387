"""XML read record by record: what is whole is kept, what is hostile is refused."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from recommender.sources.parsing.xml_stream import (
    MAX_DEPTH,
    MAX_RECORD,
    MAX_TAG,
    ParseFailure,
    XmlRecord,
    inner_text,
    xml_records,
)


def read(data: bytes, *wanted: str, step: int = 0) -> list[XmlRecord | ParseFailure]:
    size = step or max(len(data), 1)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return list(xml_records(pieces, wanted or ("r",), ("root",)))


def texts(data: bytes, **how: int) -> list[str]:
    found = read(data, **how)
    assert all(isinstance(x, XmlRecord) for x in found), found
    return [inner_text(x.element) for x in found if isinstance(x, XmlRecord)]


def why(data: bytes, *wanted: str) -> str:
    last = read(data, *wanted)[-1]
    assert isinstance(last, ParseFailure), last
    return last.why


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_records_come_whole_with_their_lines(step: int) -> None:
    data = "<root>\n<r a='1'>é<b>x</b>y</r>\n\n<r>z</r></root>".encode()
    first, second = read(data, step=step)
    assert isinstance(first, XmlRecord)
    assert isinstance(second, XmlRecord)
    assert (first.line, second.line) == (2, 4)
    assert inner_text(first.element) == "éxy"
    assert first.element.get("a") == "1"
    assert first.element[0].tail == "y"


def test_of_nested_records_the_outer_one_is_given() -> None:
    assert texts(b"<root><r>a<r>b</r></r></root>") == ["ab"]


def test_prefixes_are_dropped_even_where_nobody_declared_them() -> None:
    (found,) = read(b"<oai:root><oai:r xsi:type='x'><dc:t>a</dc:t></oai:r></oai:root>")
    assert isinstance(found, XmlRecord)
    assert found.element.tag == "r"
    assert found.element.get("type") == "x"
    assert found.element[0].tag == "t"


def test_what_came_before_a_break_is_kept() -> None:
    kept, fault = read(b"<root>\n<r>a</r>\n<r>b")
    assert isinstance(kept, XmlRecord)
    assert isinstance(fault, ParseFailure)
    assert fault.line == 3
    assert "breaks off" in fault.why


@pytest.mark.parametrize("data", [b"", b"   \n", b"\xef\xbb\xbf"])
def test_nothing_is_said_to_be_nothing(data: bytes) -> None:
    assert why(data) == "it is empty"


def test_another_root_is_named() -> None:
    assert why(b"<html><body/></html>") == "it starts with <html>, not with <root>"


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;',
        '<!ENTITY a "&b;"><!ENTITY b "&a;">',
    ],
)
def test_a_document_with_entities_of_its_own_is_refused(subset: str) -> None:
    data = f"<!DOCTYPE root [{subset}]><root><r>&a;&b;&x;</r></root>".encode()
    assert "entities" in why(data)


def test_entities_are_refused_in_utf_16_too() -> None:
    data = '<!DOCTYPE root [<!ENTITY a "aaaa">]><root><r>&a;</r></root>'.encode("utf-16")
    assert "entities" in why(data)


def test_an_external_document_type_is_not_loaded_and_html_s_entities_are_known() -> None:
    data = b'<!DOCTYPE root SYSTEM "http://127.0.0.1:9/x"><root><r>a&nbsp;&eacute;&nope;</r></root>'
    assert texts(data) == ["a\xa0é&nope;"]


def test_html_s_entities_are_known_without_a_document_type() -> None:
    assert texts(b"<root><r>&alpha;&lt;&amp;</r></root>") == ["α<&"]


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_characters_that_xml_forbids_cost_only_themselves(step: int) -> None:
    data = b"<root><r>a\x0bb&#11;c&#x1F;d&#xD800;e&#x41;</r></root>"
    assert texts(data, step=step) == ["a b c d eA"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "koi8-r", "gb2312", "windows-1251"])
def test_encodings_are_taken_from_mark_or_declaration(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><root><r>Привет</r></root>'.encode(encoding)
    assert texts(data, step=7) == ["Привет"]


@pytest.mark.parametrize(
    "declared", ["utf-8", "bogus", "UTF-8kernel-4", "utf-16", "hex", "rot13", "unicode_escape"]
)
def test_a_declaration_that_is_wrong_does_not_cost_the_page(declared: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?><root><r>caf'.encode() + b"\xe9</r></root>"
    assert texts(data) == ["café"]


def test_depth_is_limited() -> None:
    assert "nested" in why(b"<root>" + b"<r>" * MAX_DEPTH + b"</r>" * MAX_DEPTH)


def test_the_size_of_a_record_is_limited() -> None:
    data = b"<root><r>" + b"x" * (MAX_RECORD + 1)
    assert "characters" in why(data)


def test_the_size_of_a_tag_is_limited() -> None:
    data = b"<root><r a='" + b"x" * (2 * MAX_TAG)
    assert "one tag has more" in why(data)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file() -> None:
    record = b"<r>" + b"word " * 200 + b"</r>\n"
    pieces = (b"<root>", *[record * 50] * 200, b"</root>")
    tracemalloc.start()
    number = sum(1 for _ in xml_records(pieces, ("r",), ("root",)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 10_000
    assert peak < 5_000_000


def test_every_hostile_file_ends_in_records_or_one_fault(shared: Path) -> None:
    for path in sorted((shared / "data" / "hostile").glob("*/*.x*")):
        found = list(
            xml_records([path.read_bytes()], ("record", "entry", "item"), ("OAI-PMH", "rss"))
        )
        assert all(isinstance(x, XmlRecord) for x in found[:-1]), path.name
    for name in ("cyclic", "quadratic", "external_file"):
        data = (shared / "data" / "hostile" / "xml" / f"defusedxml__{name}.xml").read_bytes()
        (fault,) = xml_records([data], ("record",), ("bomb", "root"))
        assert isinstance(fault, ParseFailure)
        assert "entities" in fault.why
