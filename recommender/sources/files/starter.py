"""The starter catalogue that comes with the program: 228 papers, so that day one is not empty.

Titles as three Daily Papers pages of 2026 listed them; the summaries were
written for this project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources

from recommender.domain import Listing, Paper
from recommender.sources.parsing.dates import parse_date
from recommender.sources.parsing.field_synonyms import DAILY_PAPERS

NAME = "starter"
"""The name of the catalogue in reports."""


def read_starter() -> Iterator[Paper]:
    """Yield the papers of the packaged catalogue in a fixed order.

    Each has a title, a summary as its abstract (`abstract_is_summary`) and at
    least one listing; no authors, year or identifiers.
    """
    packaged = resources.files("recommender.sources.files").joinpath("starter.jsonl")
    for line in packaged.read_text(encoding="utf-8").strip().split("\n"):
        yield _paper(json.loads(line))


def _paper(record: dict[str, object]) -> Paper:
    listings = record["listings"]
    assert isinstance(listings, list)
    return Paper(
        title=str(record["title"]),
        abstract=str(record["summary"]),
        listings=tuple(
            Listing(DAILY_PAPERS, parse_date(x["listed"]).at, x["byline"]) for x in listings
        ),
        abstract_is_summary=True,
    )
