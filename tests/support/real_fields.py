"""Real `.bib` files, each split in two: what a reader brings along, and what sources have.

A source answers with the held-back papers of all files that a query names by category, phrase or
author, newest first, so that the reader's own have to be told apart from those of other fields.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from field_mirror import SourcePaper

from recommender.domain import Paper
from recommender.export import render
from recommender.sources import Document, Entry, load

REAL_FIELDS = {
    "vzaliva__ai-formal-methods-survey__survey.bib": ("cs.LO", "cs.PL"),
    "bentharnist-fmi__bcnn-prob-nowcasting-thesis__References_final.bib": ("physics.ao-ph",),
    "crcox__MASTERBIB__ttr.bib": ("q-bio.NC",),
    "NicolaiRuckel__bibliography__se.bib": ("cs.SE",),
    "brendon-boldt__phd-thesis__zotero.bib": ("cs.CL", "cs.MA"),
    "jpha226__bibfiles__robotics.bib": ("cs.RO",),
    "El3ssar__zotero-bib__zotero.bib": ("nlin.CD", "cs.NE"),
}
"""File to the categories of arXiv that its papers are in."""
_PHRASE = re.compile(r'"([^"]{3,80})"')
_CATEGORY = re.compile(r"cat:([A-Za-z.-]+)")
_AUTHORS = re.compile(r"raw_author_name\.search:([^,]+)")
_MOST_ANSWERED = 100


@dataclass(frozen=True)
class RealField:
    """One file: the half that its reader uploads, and the half that sources have."""

    name: str
    categories: tuple[str, ...]
    brought: list[Paper]
    held: list[Paper]

    def bib(self) -> str:
        """Return the reader's half as a `.bib` file."""
        return render(self.brought, "bibtex")

    def held_titles(self) -> set[str]:
        """Return the titles that only sources have."""
        return {x.title for x in self.held}


@cache
def real_fields(data: Path) -> dict[str, RealField]:
    """Return the fields by the names of their files."""
    found = {}
    for name, categories in REAL_FIELDS.items():
        papers = _read(data / "bib-real" / name)
        found[name] = RealField(name, categories, papers[::2], papers[1::2])
    return found


def _read(path: Path) -> list[Paper]:
    items = load("bibtex").read(Document(path), datetime(2026, 11, 18, tzinfo=UTC))
    papers = {x.paper.title.lower(): x.paper for x in items if isinstance(x, Entry)}
    return list(papers.values())


def answer(fields: dict[str, RealField], asked: str) -> list[SourcePaper]:
    """Return the held-back papers that a query names, newest first."""
    lower = asked.lower()
    categories, phrases = set(_CATEGORY.findall(asked)), _PHRASE.findall(lower)
    authors = [x for some in _AUTHORS.findall(lower) for x in some.split("|")]
    found = []
    for field in fields.values():
        whole = not categories.isdisjoint(field.categories)
        for paper in field.held:
            text = f"{paper.title} {paper.abstract} {paper.venue}".lower()
            names = [x.name for x in paper.authors]
            if whole or any(x in text for x in phrases) or any(x.lower() in authors for x in names):
                found.append(_as_answered(field, paper, names))
    return sorted(found, key=lambda x: x.day, reverse=True)[:_MOST_ANSWERED]


def _as_answered(field: RealField, paper: Paper, names: list[str]) -> SourcePaper:
    number = f"{list(REAL_FIELDS).index(field.name):02d}.{field.held.index(paper):05d}"
    return SourcePaper(number, paper.title, paper.abstract, names, date(paper.year or 2000, 1, 1))
