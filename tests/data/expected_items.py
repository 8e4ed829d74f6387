"""Zotero's items, as two other programs' tests expect them, held against our papers.

What is compared: title, authors, year, DOI, abstract. Forgiven are differences
of form: markup, TeX and spaces, capitals in titles (Better BibTeX turns them
into sentence case), full stops and spaces of initials, and where in a name a
suffix or particle stands. A year, DOI or abstract that a file holds and the
other program drops is none either. An item without a title agrees where we
refuse it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recommender.domain import Paper
from recommender.domain.identifiers import normalise_doi, normalise_title
from recommender.sources import Document, Entry, detect, load
from recommender.sources.parsing.clean_text import plain_text

NOW = datetime(2026, 11, 18, tzinfo=UTC)
NOT_AUTHORS = {
    *("editor", "seriesEditor", "translator", "contributor", "bookAuthor", "reviewedAuthor"),
    *("producer", "scriptwriter", "castMember", "recipient", "counsel", "cosponsor", "guest"),
    *("attorneyAgent", "wordsBy", "interviewer", "commenter"),
}
NOT_WORKS = {"note", "attachment", "annotation"}


@dataclass(frozen=True)
class Facts:
    """What is compared of one record; an expected one has at most one identifier."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    identifiers: tuple[str, ...]
    abstract: str

    def differences(self, expected: Facts) -> tuple[str, ...]:
        """Name the fields in which this paper is not as expected."""
        same = {
            "title": self.title == expected.title,
            "authors": self.authors == expected.authors,
            "year": expected.year in (None, self.year),
            "doi": set(expected.identifiers) <= set(self.identifiers),
            "abstract": expected.abstract in ("", self.abstract),
        }
        return tuple(name for name, is_same in same.items() if not is_same)


@dataclass(frozen=True)
class Pair:
    """An expected record and what we read in its place, if anything."""

    ours: Facts | None
    expected: Facts

    @property
    def differences(self) -> tuple[str, ...]:
        if self.ours is None:
            return ("missing",) if self.expected.title else ()
        return self.ours.differences(self.expected)


def items_of(path: Path) -> list[dict]:
    """Return the works of a JSON export of Zotero or Better BibTeX."""
    content = json.loads(path.read_text(encoding="utf-8"))
    items = content["items"] if isinstance(content, dict) else content
    return [x for x in items if x["itemType"] not in NOT_WORKS]


def papers_of(path: Path) -> list[Paper]:
    """Return the papers of a file, its format recognised."""
    found = load(detect(path)).read(Document(path), NOW)
    return [x.paper for x in found if isinstance(x, Entry)]


def pairs_of(papers: list[Paper], items: list[dict]) -> list[Pair]:
    """Give each expected item the paper that has most in common with it, each paper once."""
    left = [facts_of_paper(x) for x in papers]
    found: list[Pair] = []
    for expected in map(facts_of_item, items):
        best = max(left, key=lambda x: _common(x, expected), default=None)
        if best is not None and _common(best, expected) > 0:
            left.remove(best)
        else:
            best = None
        found.append(Pair(best, expected))
    return found


def facts_of_item(item: dict) -> Facts:
    extra = item.get("extra") or ""
    extra = "\n".join(extra) if isinstance(extra, list) else extra
    noted = re.search(r"^DOI:\s*(\S+)", extra, re.M)
    doi = normalise_doi(item.get("DOI") or (noted.group(1) if noted else ""))
    year = re.search(r"(?<!\d)[12]\d{3}(?!\d)", str(item.get("date") or ""))
    creators = item.get("creators", [])
    first = [x for x in creators if x.get("creatorType", "author") not in NOT_AUTHORS]
    # Works of art and talks have no author in Zotero; theirs are called contributors.
    first = first or [x for x in creators if x.get("creatorType") == "contributor"]
    return Facts(
        title=_title(item.get("title") or item.get("caseName") or item.get("nameOfAct") or ""),
        authors=tuple(
            _name(f"{x.get('firstName', '')} {x.get('lastName', '')} {x.get('name', '')}")
            for x in first
        ),
        year=int(year.group()) if year else None,
        identifiers=(doi,) if doi else (),
        abstract=_prose(item.get("abstractNote") or ""),
    )


def facts_of_paper(paper: Paper) -> Facts:
    return Facts(
        title=_title(paper.title),
        authors=tuple(_name(x.name) for x in paper.authors),
        year=paper.year,
        identifiers=paper.identifiers,
        abstract=_prose(paper.abstract),
    )


def _common(ours: Facts, expected: Facts) -> float:
    """Return how sure it is that both are one entry; 0 where it is not."""
    if ours.title == expected.title:
        return 10 - len(ours.differences(expected))
    if expected.identifiers and expected.identifiers[0] in ours.identifiers:
        return 2
    mine, theirs = _pieces(ours.title), _pieces(expected.title)
    shared = len(mine & theirs) / max(len(mine | theirs), 1)
    return shared if shared >= 0.5 else 0


def _pieces(text: str) -> set[str]:
    return {text[i : i + 4] for i in range(len(text) - 3)}


def _title(text: str) -> str:
    text = re.sub(r"\\[a-z]+|[$_^{}]", "", plain_text(text))
    return normalise_title(text).replace(" ", "") or "".join(text.split())


def _prose(text: str) -> str:
    return "".join(plain_text(text).split())


def _name(name: str) -> str:
    apart = re.sub(r"\b[A-Z]{2,3}\b", lambda run: " ".join(run.group()), plain_text(name))
    return " ".join(sorted(normalise_title(apart).split()))
