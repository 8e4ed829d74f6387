"""Real papers through every export format and back: equal within what a format can hold.

`LOSSES` says, field by field, what each format cannot hold; everything else
must come back as it went. Read by our own import, the format recognised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recommender.domain import Paper
from recommender.export import FORMATS, biblatex, bibtex, render, ris
from recommender.sources import Document, Entry, detect, load

NOW = datetime(2026, 11, 18, tzinfo=UTC)
FIELDS = ("title", "abstract", "authors", "year", "published_at", "venue", "url", "kind")
MAX_ODD = 0.002
"""Share of entries with words that a format takes for others.

Names such as a group that begins in lower case, a lone "Anonymous", or a suffix
amid the initials; a venue called "arXiv.org" in BibTeX's ``howpublished``."""
Held = Callable[[Any], Any]


def typed(known: set[str]) -> Held:
    """Return what is left of a kind in a format that has types for `known` only."""
    return lambda kind: kind if kind in known else ""


def names_only(authors: Any) -> Any:
    """Forgive full stops and spaces after initials, and that a name is a corporate one."""
    return [re.sub(r"[\W_]+", "", x.name) for x in authors]


LOSSES: dict[str, dict[str, Held]] = {
    "bibtex": {"kind": typed(set(bibtex.ENTRY_TYPES))},
    "biblatex": {"kind": typed(set(biblatex.ENTRY_TYPES))},
    "ris": {"kind": typed(set(ris.REFERENCE_TYPES)), "authors": names_only},
    "csl-json": {},
    "csv": {},
    "jsonl": {},
}
"""Format to the fields that it does not hold as they are, and what is compared of them."""


def read(path: Path) -> list[Paper]:
    return [x.paper for x in load(detect(path)).read(Document(path), NOW) if isinstance(x, Entry)]


def differences(papers: list[Paper], name: str, folder: Path) -> list[tuple[str, Any, Any]]:
    """Return field, what went and what came back, for all that is not as it was."""
    file = folder / f"list{FORMATS[name].extension}"
    file.write_text(render(papers, name), encoding="utf-8")
    back = read(file)
    assert len(back) == len(papers)
    found = []
    for before, after in zip(papers, back, strict=True):
        for field in FIELDS:
            held = LOSSES[name].get(field, lambda x: x)
            went, came = held(getattr(before, field)), held(getattr(after, field))
            # A preprint without a kind is an article when it comes back, which it is.
            if went != came and (field, went, came) != ("kind", "", "article"):
                found.append((field, went, came))
        missing = set(before.identifiers) - set(after.identifiers)
        if missing:
            found.append(("identifiers", before.identifiers, after.identifiers))
    return found


@pytest.fixture(scope="module")
def anthology(shared: Path) -> list[Paper]:
    return read(shared / "data" / "acl" / "papers.jsonl.gz")


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(5_000, marks=pytest.mark.slow),
        pytest.param(23_000, marks=pytest.mark.long, id="whole"),
    ],
)
@pytest.mark.parametrize("name", LOSSES)
def test_the_anthology_comes_home(
    name: str, count: int, anthology: list[Paper], tmp_path: Path
) -> None:
    """The whole of it, or some spread over all its years."""
    papers = anthology[:: len(anthology) // count]
    assert len(papers) >= count
    assert differences(papers, name, tmp_path) == []


@pytest.fixture(scope="module")
def bibliographies(shared: Path) -> list[list[Paper]]:
    found = [read(path) for path in sorted((shared / "data" / "bib-real").glob("*.bib"))]
    return [
        [x if x.paper_id else replace(x, paper_id=f"title:{n}") for n, x in enumerate(papers)]
        for papers in found
        if papers
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", LOSSES)
def test_every_bibliography_comes_home(
    name: str, bibliographies: list[list[Paper]], tmp_path: Path
) -> None:
    sent, changed = 0, []
    for papers in bibliographies:
        sent += len(papers)
        changed += differences(papers, name, tmp_path)
    assert {field for field, _, _ in changed} <= {"authors", "venue"}
    assert len(changed) <= sent * MAX_ODD, changed
