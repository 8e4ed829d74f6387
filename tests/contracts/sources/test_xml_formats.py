"""What every XML format refuses, in bounded time and memory, and what it never opens."""

from __future__ import annotations

import re
import tracemalloc

import pytest
from test_file_formats import DATA, SAMPLES, read

from recommender.sources import Entry, Refusal
from recommender.sources.parsing.xml_format import root_element

XML = [
    name for name in SAMPLES if (DATA / SAMPLES[name]).suffix in (".xml", ".rdf", ".rss", ".atom")
]
MAX_BYTES = 150_000_000
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
BOMBS = {
    "laughs": f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE r [<!ENTITY l11 "{"x" * 100_000}">]>',
    "cyclic": '<!DOCTYPE r [<!ENTITY l11 "&b;"><!ENTITY b "&l11;">]>',
    "file": '<!DOCTYPE r [<!ENTITY l11 SYSTEM "file:///SECRET">]>',
    "parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///SECRET"> %p;]>',
    "network": '<!DOCTYPE r [<!ENTITY l11 SYSTEM "http://127.0.0.1:9/x">]>',
}


@pytest.fixture(params=XML)
def name(request) -> str:
    return request.param


def sample(name: str) -> str:
    return (DATA / SAMPLES[name]).read_text(encoding="utf-8")


def with_prolog(name: str, prolog: str, in_text: str) -> str:
    """Put a prolog before the sample's root, and text into all of its titles."""
    text = re.sub(r"<!DOCTYPE[^>]*>", "", sample(name))
    start = text.index("<", text.index("?>") + 2 if text.startswith("<?xml") else 0)
    return (
        text[:start]
        + prolog
        + re.sub(r"(<(?:\w+:)?\w*[tT]itle[^>]*>)", rf"\1{in_text}", text[start:])
    )


def test_there_are_formats_to_try():
    assert {"endnote-xml", "pubmed-xml", "mods", "crossref-xml", "datacite-xml", "rdf"} <= set(XML)


def test_declared_entities_are_refused_and_nothing_is_opened(name, tmp_path, now):
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    path = tmp_path / "file"
    for bomb, declaration in BOMBS.items():
        prolog = declaration.replace("/SECRET", str(secret))
        path.write_text(with_prolog(name, prolog, "&l11;" * 50), encoding="utf-8")
        tracemalloc.start()
        found = read(path, name, now)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [x for x in found if isinstance(x, Entry)] == [], bomb
        assert any("entities" in x.why for x in found if isinstance(x, Refusal)), bomb
        assert used < MAX_BYTES, bomb
        assert "TOPSECRET" not in repr(found), bomb


def test_a_document_type_elsewhere_is_named_and_not_fetched(name, tmp_path, now):
    path = tmp_path / "file"
    elsewhere = '<!DOCTYPE r PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">'
    path.write_text(with_prolog(name, elsewhere, ""), encoding="utf-8")
    whole = read(DATA / SAMPLES[name], name, now)
    assert [x.paper for x in read(path, name, now)] == [x.paper for x in whole]


def test_entities_of_html_are_known_without_a_declaration(name, tmp_path, now):
    path = tmp_path / "file"
    path.write_text(with_prolog(name, "", "&eacute;"), encoding="utf-8")
    titles = [x.paper.title for x in read(path, name, now) if isinstance(x, Entry)]
    assert titles
    assert all("é" in x for x in titles)


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * 2_000,
        pytest.param("<a>" * 20_000, marks=pytest.mark.slow),
        "<a b='" + "x" * 3_000_000,
        "x" * 4_500_000,
    ],
    ids=["deep", "deeper", "attribute", "text"],
)
def test_depth_and_size_have_limits(name, inside, tmp_path, now):
    root = root_element(sample(name))[0]
    before, after = sample(name).split(f"</{root}>")[0], f"</{root}>"
    cut = before.rfind("</")
    path = tmp_path / "file"
    path.write_text(before[:cut] + inside + before[cut:] + after, encoding="utf-8")
    tracemalloc.start()
    found = read(path, name, now)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Text between two records is passed over, however long; inside one it has a limit.
    whole = [x.paper for x in read(DATA / SAMPLES[name], name, now)]
    refused = any(isinstance(x, Refusal) for x in found)
    assert refused or [x.paper for x in found] == whole
    assert used < MAX_BYTES
