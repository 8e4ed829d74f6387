"""What no input may do to any registered file format, tried with invented inputs."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_file_formats import DATA, SAMPLES

from recommender.errors import SourceError
from recommender.sources import FORMATS, Document, Entry, Refusal, detect, load
from recommender.sources.file_format import MAX_ABSTRACT, MAX_TITLE

UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
FEW = settings(max_examples=settings.default.max_examples // 5)
WORDS = ("<!ENTITY", "&#x0;", "&lt;", "]]>", "<!--", "</", "null", "1e999", "\\u0000", "\\ud800")
TAGS = ("ER  - ", "PMID- ", "%0 ", "TY  - JOUR", "RT Book", "PT J", "@article{")
SIGNS = (*"\n\r\t\"'{}[]<>&,;:=@%$\\\x00\x1b\u202e\ufeff\u0301\ud800", *WORDS, *TAGS)
PATCH = st.lists(st.one_of(st.sampled_from(SIGNS), st.text(max_size=8)), max_size=4).map("".join)
NOW = datetime(2026, 11, 18, tzinfo=UTC)


def read(name: str, content: bytes) -> list[Entry | Refusal]:
    """Read content as a format; a SourceError reads nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        with suppress(SourceError):
            detect(path)
        with suppress(SourceError):
            return list(load(name).read(Document(path), NOW))
        return []


def must_be_sound(found: list[Entry | Refusal]) -> None:
    for one in found:
        assert one.line >= 0
        if isinstance(one, Refusal):
            assert one.why
            assert "\n" not in one.why
            continue
        paper = one.paper
        assert paper.title
        assert len(paper.title) <= MAX_TITLE
        assert len(paper.abstract) <= MAX_ABSTRACT
        assert paper.url == "" or re.fullmatch(r"https?://\S+", paper.url, re.IGNORECASE)
        assert all(x.name for x in paper.authors)
        assert all(":" in x and x == x.strip() for x in paper.identifiers)
        for text in (paper.title, paper.abstract, paper.venue, *(x.name for x in paper.authors)):
            assert not UNWANTED.search(text)
            assert text == " ".join(text.split())
            assert unicodedata.is_normalized("NFC", text)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
@FEW
@given(data=st.data())
def test_a_sample_with_a_wound_gives_sound_papers_or_reasons(name, data):
    text = (DATA / SAMPLES[name]).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 60)))
        text = text[:start] + data.draw(PATCH) + text[end:]
    must_be_sound(read(name, text.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("name", FORMATS)
@FEW
@example(b"\xff\xfe")
@example(b"\x1f\x8b\x08")
@given(
    content=st.one_of(st.binary(max_size=300), PATCH.map(lambda x: x.encode("utf-8", "replace")))
)
def test_any_bytes_give_sound_papers_or_reasons(name, content):
    must_be_sound(read(name, content))
