"""What the reading tests share: text in, entries and refusals out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from recommender.domain import Paper
from recommender.sources import Document, Entry, Refusal, load

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)

Read = Callable[..., "Found"]


class Found:
    """What one reading found."""

    def __init__(self, path: Path, format_name: str) -> None:
        self.document = Document(path)
        self.all = list(load(format_name).read(self.document, NOW))

    @property
    def papers(self) -> list[Paper]:
        return [x.paper for x in self.all if isinstance(x, Entry)]

    @property
    def titles(self) -> list[str]:
        return [paper.title for paper in self.papers]

    @property
    def refused(self) -> dict[int, str]:
        return {x.line: x.why for x in self.all if isinstance(x, Refusal)}


def reader_of(format_name: str, folder: Path) -> Read:
    """Return a function that reads text, or bytes, as the format."""

    def read(content: str | bytes) -> Found:
        path = folder / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Found(path, format_name)

    return read
