"""What every file format keeps to, run over all that are registered."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from folders import DATA

from recommender.errors import SourceError
from recommender.sources import FORMATS, Document, Entry, FileFormat, Refusal, detect, load

SAMPLES = {
    "daily-papers": "daily-papers.txt",
    "daily-papers-html": "daily-papers.html",
    "web-page": "article.html",
    "bibtex": "references.bib",
    "ris": "references.ris",
    "nbib": "references.nbib",
    "refworks": "references.refworks.txt",
    "refer": "references.enw",
    "web-of-science": "references.isi",
    "endnote-xml": "references.endnote.xml",
    "pubmed-xml": "references.pubmed.xml",
    "mods": "references.mods.xml",
    "crossref-xml": "references.crossref.xml",
    "datacite-xml": "references.datacite.xml",
    "rdf": "references.rdf",
    "arxiv-atom": "answers.arxiv.atom",
    "arxiv-rss": "answers.arxiv.rss",
    "oai-pmh": "answers.oai.xml",
    "feed": "answers.feed.xml",
    "hf-daily": "answers.hf-daily.json",
    "openalex": "answers.openalex.json",
    "semantic-scholar": "answers.semantic-scholar.json",
    "crossref": "answers.crossref.json",
    "datacite": "answers.datacite.json",
    "zotero-json": "references.zotero.json",
    "mendeley-json": "references.mendeley.json",
    "csl-json": "references.csl.json",
    "json": "papers.json",
    "jsonl": "papers.jsonl",
    "csv": "papers.csv",
}
WITHOUT_PAPERS = {"opml"}
"""Lists of feeds are recognised, so that the report can say what they are."""

GARBAGE = (b"", b"\x00\xff" * 99, b"@{\"'\\", b"{" * 9_999, b"\n\n,,,\n;;", b"<a>&b;" * 99)


@pytest.fixture(params=[x for x in FORMATS if x not in WITHOUT_PAPERS])
def name(request) -> str:
    return request.param


@pytest.fixture
def sample(name) -> Path:
    assert name in SAMPLES, f"put a sample of {name} into tests/data and name it here"
    return DATA / SAMPLES[name]


def read(path: Path, name: str, now) -> list[Entry | Refusal]:
    return list(load(name).read(Document(path), now))


def test_a_format_is_loaded_under_its_name(name):
    reader = load(name)
    assert isinstance(reader, FileFormat)
    assert reader.name == name
    assert all(x == x.lower() and x.startswith(".") for x in reader.suffixes)


@pytest.mark.parametrize("without", sorted(WITHOUT_PAPERS))
def test_what_holds_no_papers_says_what_it_is(without, tmp_path, now):
    path = tmp_path / "file"
    path.write_text("<opml><body><outline xmlUrl='https://example.org/feed'/></body></opml>")
    assert detect(path) == without
    document = Document(path)
    assert list(load(without).read(document, now)) == []
    assert document.notes


def test_a_sample_is_read_whole(name, sample, now):
    found = read(sample, name, now)
    assert found
    assert all(isinstance(x, Entry) and x.paper.title for x in found)
    assert all(x.paper.paper_id == "" and x.paper.added_at is None for x in found)


def test_lines_count_from_one_and_rise(name, sample, now):
    lines = [x.line for x in read(sample, name, now)]
    assert lines[0] >= 1
    assert lines == sorted(set(lines))


def test_the_line_of_an_entry_is_where_it_starts(name, sample, now):
    text = sample.read_text(encoding="utf-8").splitlines()
    for entry in read(sample, name, now):
        word = max(entry.paper.title.split(), key=len)
        here = "\n".join(text[entry.line - 1 : entry.line + 3])
        assert word in here


def test_a_sample_is_recognised_whatever_its_name(name, sample, tmp_path):
    renamed = tmp_path / "no-ending"
    renamed.write_bytes(sample.read_bytes())
    assert detect(renamed) == name


def test_gzip_is_seen_through_whatever_the_name(name, sample, tmp_path, now):
    packed = tmp_path / "packed.bin"
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    assert detect(packed) == name
    assert read(packed, name, now) == read(sample, name, now)


def test_the_encoding_makes_no_difference(name, sample, tmp_path, now):
    encoded = tmp_path / "encoded"
    whole = read(sample, name, now)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        encoded.write_bytes(sample.read_text(encoding="utf-8").encode(encoding))
        assert detect(encoded) == name, encoding
        assert read(encoded, name, now) == whole, encoding


def test_line_ends_make_no_difference(name, sample, tmp_path, now):
    changed = tmp_path / "changed"
    whole = read(sample, name, now)
    for end in (b"\r\n", b"\r"):
        changed.write_bytes(sample.read_bytes().replace(b"\n", end))
        assert read(changed, name, now) == whole, end


def test_a_file_cut_off_anywhere_keeps_what_came_before(name, sample, tmp_path, now):
    whole = read(sample, name, now)
    content = sample.read_bytes()
    cut = tmp_path / "cut"
    for size in range(0, len(content), 29):
        cut.write_bytes(content[:size])
        try:
            entries = [x for x in read(cut, name, now) if isinstance(x, Entry)]
        except SourceError:
            continue
        # Only the last entry may differ: the cut goes through it.
        assert entries[:-1] == whole[: max(len(entries) - 1, 0)]


def test_garbage_holds_no_papers(name, tmp_path, now):
    path = tmp_path / "garbage"
    for garbage in GARBAGE:
        path.write_bytes(garbage)
        with suppress(SourceError):
            entries = [x for x in read(path, name, now) if isinstance(x, Entry)]
            assert entries == [], garbage[:20]
