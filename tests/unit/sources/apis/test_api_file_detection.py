"""Which answer is whose, by its first characters: no two adapters claim one file in earnest."""

from __future__ import annotations

from pathlib import Path

from recommender.sources import Document, load
from recommender.sources.file_format import FileFormat

IN_ORDER: tuple[FileFormat, ...] = (
    load("arxiv-atom"),
    load("arxiv-rss"),
    load("oai-pmh"),
    load("opml"),
    load("feed"),
    load("hf-daily"),
    load("openalex"),
    load("semantic-scholar"),
    load("crossref"),
    load("datacite"),
)
"""The order in which content is tried: arXiv's own feeds before any feed."""

FOLDERS = {
    "arxiv-atom": "arxiv-atom",
    "arxiv-rss": "arxiv-rss",
    "oai-pmh": "oai-pmh",
    "opml": "opml",
    "feeds-rss-atom": "feed",
    "hf-daily-api-json": "hf-daily",
    "openalex": "openalex",
    "semantic-scholar": "semantic-scholar",
    "crossref-json": "crossref",
}
OTHERS = {
    "crossref-xml": {"oai-pmh"},
    "datacite-xml": {"oai-pmh"},
    "semantic-scholar-json": {"semantic-scholar"},
    "zotero-translator-testcases": {"openalex"},
}
"""Folders of which some files are also, or by another name, an answer read here."""


def matching(path: Path) -> list[str]:
    head = Document(path).head()
    return [x.name for x in IN_ORDER if x.matches(head)]


def test_every_recorded_answer_is_recognised_by_its_content(shared: Path) -> None:
    for folder, name in FOLDERS.items():
        for path in sorted((shared / "data" / "formats" / folder).iterdir()):
            assert matching(path)[:1] == [name], path.name


def test_nothing_else_is_taken_for_an_answer(shared: Path) -> None:
    formats = shared / "data" / "formats"
    for folder in sorted(x for x in formats.iterdir() if x.is_dir() and x.name not in FOLDERS):
        for path in sorted(folder.iterdir()):
            assert set(matching(path)) <= OTHERS.get(folder.name, set()), path.name


def test_names_are_unique() -> None:
    assert len({x.name for x in IN_ORDER}) == len(IN_ORDER)
    assert all(isinstance(x, FileFormat) for x in IN_ORDER)
