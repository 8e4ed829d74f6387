"""The bounds on text from outside refuse nothing that real files hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.errors import SourceError
from recommender.sources import Document, Entry, Refusal, detect, load
from recommender.sources import bounds as limits

NOW = datetime(2026, 11, 18, tzinfo=UTC)
FOLDERS = ("bib-real", "formats", "acl", "hf-daily")


@pytest.mark.slow
def test_real_files_are_far_below_every_bound(shared: Path) -> None:
    longest = dict.fromkeys(("title", "abstract", "venue", "url", "name", "authors"), 0)
    n_entries, too_long = 0, []
    for path in (x for folder in FOLDERS for x in sorted((shared / "data" / folder).rglob("*"))):
        if not path.is_file() or path.suffix == ".tsv":
            continue
        try:
            found = list(load(detect(path)).read(Document(path), NOW))
        except SourceError:
            continue
        too_long += [
            (path.name, x)
            for x in found
            if isinstance(x, Refusal) and ("at most" in x.why or "more than" in x.why)
        ]
        for paper in (x.paper for x in found if isinstance(x, Entry)):
            n_entries += 1
            measured = {
                "title": len(paper.title),
                "abstract": len(paper.abstract),
                "venue": len(paper.venue),
                "url": len(paper.url),
                "name": max((len(x.name) for x in paper.authors), default=0),
                "authors": len(paper.authors),
            }
            longest = {name: max(longest[name], length) for name, length in measured.items()}
    print(f"\n{n_entries:,} entries; longest: {longest}")
    assert n_entries > 40_000
    assert too_long == []
    assert longest["title"] * 3 < limits.MAX_TITLE
    assert longest["abstract"] * 10 < limits.MAX_ABSTRACT
    assert longest["venue"] * 2 < limits.MAX_VENUE
    assert longest["url"] * 3 < limits.MAX_URL
    assert longest["name"] * 3 < limits.MAX_NAME
    assert longest["authors"] * 10 < limits.MAX_AUTHORS
