"""What the tests of the wire adapters share: an answer as a file, and counts of others' parsers."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from recommender.domain import Paper
from recommender.sources.file_format import Entry, FileFormat, Refusal
from recommender.sources.text_file import Document

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


class Read:
    """An answer read as a file: `papers` in order, `refused` by line."""

    def __init__(self, kind: FileFormat, path: Path) -> None:
        self.document = Document(path)
        found = list(kind.read(self.document, NOW))
        self.entries = [x for x in found if isinstance(x, Entry)]
        self.papers: list[Paper] = [x.paper for x in self.entries]
        self.refused = {x.line: x.why for x in found if isinstance(x, Refusal)}
        self.refusals = [x for x in found if isinstance(x, Refusal)]

    @property
    def only(self) -> Paper:
        (paper,) = self.papers
        return paper


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "answer"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def counts(shared: Path, column: str) -> dict[str, int]:
    """Return how many entries another parser found, by path below ``data/``."""
    table = shared / "data" / "formats" / "oracle-counts.tsv"
    with table.open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return {row["file"]: int(row[column]) for row in rows if row[column]}


def names(paper: Paper) -> list[str]:
    return [x.name for x in paper.authors]
