"""Hugging Face's Daily Papers as its API gives them: by day, week or month.

The answer is a list of ``{"paper": {…}, "publishedAt": …}``. It has had five
forms since 2024, all of which saved copies hold: what matters is that the time
at the outer level was the day of the listing until early 2025 and is the
paper's own (shifted by hours) since, the listing having moved to
``submittedOnDailyAt``; one form was saved as text of Python objects. Votes are
kept as they were when read. No client library reads these pages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from recommender.domain import Listing
from recommender.domain.identifiers import normalise_arxiv
from recommender.errors import SourceError
from recommender.sources.apis.arxiv import id_year, paper_url
from recommender.sources.apis.base import ApiSource
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.pagination import CursorPage, fetch_pages
from recommender.sources.parsing.adapter import (
    MAX_LISTED,
    ParsedItem,
    as_count,
    as_mapping,
    as_mappings,
    as_text,
    collect_page,
    failure_items,
    nonempty_authors,
    parse_author,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.field_synonyms import DAILY_PAPERS
from recommender.sources.parsing.json_stream import JsonItem, JsonStream, begins_json
from recommender.sources.parsing.reference_record import Reference, clean_prose, reference_entry
from recommender.sources.protocol import Endpoint, FetchedPage, FetchState, SourceQuery
from recommender.sources.rate_limit import RateLimit

PAGE = 100
"""Entries asked for at once, the most the API gives."""

_MAX_OBJECT_CHARACTERS = 500_000
_PERIODS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "date"),
    (re.compile(r"\d{4}-W\d{2}"), "week"),
    (re.compile(r"\d{4}-\d{2}"), "month"),
)


def read_daily(
    content: bytes | Iterable[bytes], day: datetime | None = None
) -> Iterator[ParsedItem]:
    """Yield the papers of an answer; `day` is the one it was asked for, where it was."""
    for one in JsonStream(content, ("dailyPapers",)):
        if isinstance(one, JsonItem):
            yield _entry(one.line, _object(one.value), day)
        else:
            yield from failure_items(one)


def _object(value: object) -> Mapping[str, object]:
    """Return an entry, also one that was saved as the text of a Python object."""
    if isinstance(value, str) and value.startswith("{") and len(value) <= _MAX_OBJECT_CHARACTERS:
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return {}
    return as_mapping(value)


def _entry(line: int, entry: Mapping[str, object], day: datetime | None) -> Entry | Refusal:
    paper = as_mapping(entry.get("paper"))
    if not paper:
        return Refusal(line, "it is no entry of Daily Papers")
    arxiv_id = normalise_arxiv(as_text(paper.get("arxivId"))) or normalise_arxiv(
        as_text(paper.get("id"))
    )
    abstract = as_text(paper.get("summary")) or as_text(entry.get("summary"))
    time = parse_date(as_text(paper.get("publishedAt")))
    reference = Reference(
        title=as_text(paper.get("title")) or as_text(entry.get("title")),
        abstract=abstract or as_text(paper.get("ai_summary")),
        authors=nonempty_authors(
            parse_author(as_text(x.get("name"))) for x in as_mappings(paper.get("authors"))
        ),
        time=PartialDate(time.year or id_year(arxiv_id), time.at),
        url=paper_url(arxiv_id) if arxiv_id else _page_of(as_text(paper.get("id"))),
        kind="article",
    )
    found = reference_entry(line, reference)
    if isinstance(found, Refusal):
        return found
    listing = Listing(
        source=DAILY_PAPERS,
        listed_at=day or _listed(entry, paper, time.at),
        byline=_submitter(entry, paper),
        upvotes=as_count(paper.get("upvotes")),
    )
    summarised = not abstract and bool(found.paper.abstract)
    return Entry(line, replace(found.paper, listings=(listing,), abstract_is_summary=summarised))


def _listed(
    entry: Mapping[str, object], paper: Mapping[str, object], published: datetime | None
) -> datetime | None:
    """Return the day of the listing at midnight UTC, or None where no form of the answer tells."""
    at = parse_date(as_text(paper.get("submittedOnDailyAt"))).at
    if at is None:
        outer = parse_date(as_text(entry.get("publishedAt"))).at
        at = outer if outer and (published is None or outer > published) else None
    return at and datetime(at.year, at.month, at.day, tzinfo=UTC)


def _submitter(entry: Mapping[str, object], paper: Mapping[str, object]) -> str:
    by = as_mapping(paper.get("submittedOnDailyBy")) or as_mapping(entry.get("submittedBy"))
    name = next(
        (x for key in ("fullname", "user", "name") if (x := clean_prose(as_text(by.get(key))))), ""
    )
    return name[:MAX_LISTED]


def _page_of(name: str) -> str:
    return f"https://huggingface.co/papers/{name}" if re.fullmatch(r"[\w.-]{1,100}", name) else ""


def _is_daily_papers(head: str) -> bool:
    """Say whether it begins like a list of Daily Papers."""
    named = re.search(r"['\"]paper['\"]\s*:\s*\{", head)
    return named is not None and "upvotes" in head and begins_json(head)


SAVED_DAILY_PAPERS = saved_answer("hf-daily", _is_daily_papers, read_daily)
"""Reads a saved answer of the API."""


class HfDaily(ApiSource):
    """Asks for a day, a week or a month; without a period for the newest."""

    name = "hf-daily"
    accepts = frozenset({"period"})
    default = Endpoint("https://huggingface.co", RateLimit("huggingface", 1.0))

    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        period = _period(query.period)
        day = parse_date(query.period).at if "date" in period else None

        def step(cursor: str, left: int | None) -> CursorPage:
            number = int(cursor) if cursor.isdigit() else 0
            params = {"p": str(number), "limit": str(PAGE), **period}
            if query.sort == "relevance":
                params["sort"] = "trending"
            answer = client.get(
                f"{self.endpoint.url}/api/daily_papers", self.endpoint.rate_limit, params=params
            )
            page = collect_page(read_daily(answer.content, day))
            full = len(page.papers) + len(page.refusals) >= PAGE
            # Only a period has an end; the newest papers would go back to the first ever listed.
            return CursorPage(page, str(number + 1) if full else "")

        yield from fetch_pages(step, state, query.limit, self.name)


def _period(text: str) -> dict[str, str]:
    if not text:
        return {}
    name = next((name for form, name in _PERIODS if form.fullmatch(text)), "")
    if name == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            name = ""
    if not name:
        raise SourceError(
            f"{text!r} is no day, week or month such as 2026-05-20, 2026-W21, 2026-05."
        )
    return {name: text}
