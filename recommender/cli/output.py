"""How results are printed: tables and JSON on stdout, notes and progress on stderr."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Protocol

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recommender.domain import Event, Paper, Recommendation, Slate
from recommender.domain.status import badges
from recommender.escaping import link_of


def note(text: str) -> None:
    """Print a note for the person, not for a pipe."""
    typer.echo(text, err=True)


def plain(text: str) -> str:
    """Return text without control characters, so that no title can drive the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def print_json(payload: Any) -> None:
    """Print one JSON document; numbers that are not finite become null."""
    typer.echo(json.dumps(_finite(payload), ensure_ascii=False, indent=2, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


def as_items(items: Sequence[Recommendation], papers: Mapping[str, Paper]) -> list[dict[str, Any]]:
    """Return recommendations in the JSON form that recommend, search and similar share.

    `papers` says what is known of each by its id.
    """
    return [
        {
            "rank": x.rank,
            "paper_id": x.paper_id,
            "title": x.title,
            "score": float(x.score),
            "parts": {k: float(v) for k, v in x.parts.items()},
            "reasons": [
                {"kind": r.kind, "text": r.text, "paper_id": r.paper_id, "words": list(r.words)}
                for r in x.reasons
            ],
            "propensity": float(x.propensity),
            "chance": x.chance,
            **as_reference(papers[x.paper_id]),
            **as_status(papers[x.paper_id]),
        }
        for x in items
    ]


def as_reference(paper: Paper) -> dict[str, Any]:
    """Return who wrote a paper, when, where it appeared and where it can be read, as JSON."""
    return {
        "authors": [x.name for x in paper.authors],
        "year": paper.year,
        "venue": paper.venue,
        "url": link_of(paper),
    }


def as_status(paper: Paper) -> dict[str, str]:
    """Return the status of a paper and what it is if it is no paper, in their JSON form."""
    return {"publication_status": paper.status, "record_type": paper.record_type}


def as_slate(slate: Slate, papers: Mapping[str, Paper]) -> dict[str, Any]:
    """Return a slate in its JSON form."""
    return {
        "reader": slate.reader_id,
        "interest": slate.interest_id,
        "slate_id": slate.slate_id,
        "model": slate.model,
        "items": as_items(slate.items, papers),
    }


def as_event(event: Event) -> dict[str, Any]:
    """Return a stored event in its JSON form."""
    return {
        "event_id": event.event_id,
        "client_key": event.client_key,
        "reader": event.reader_id,
        "interest": event.interest_id,
        "paper_id": event.paper_id,
        "kind": event.kind.value,
        "created_at": event.created_at.isoformat(),
        "slate_id": event.slate_id,
        "undoes": event.undoes,
    }


def as_paper(paper: Paper) -> dict[str, Any]:
    """Return a paper in its JSON form."""
    return {
        "paper_id": paper.paper_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "abstract_is_summary": paper.abstract_is_summary,
        "authors": [a.name for a in paper.authors],
        "year": paper.year,
        "published": paper.published_at and paper.published_at.date().isoformat(),
        "venue": paper.venue,
        "url": paper.url,
        "kind": paper.kind,
        "identifiers": list(paper.identifiers),
        "details": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(paper.details).items()
        },
        "version": paper.version,
        "versions": [as_version(x) for x in paper.versions],
        **as_status(paper),
        "statements": [
            {
                "says": x.says,
                "source": x.source,
                "link": x.link,
                "said": x.at and x.at.date().isoformat(),
                "recorded": x.recorded_at and x.recorded_at.date().isoformat(),
            }
            for x in paper.statements
        ],
        "listings": [
            {
                "source": x.source,
                "listed": x.listed_at and x.listed_at.date().isoformat(),
                "byline": x.byline,
                "upvotes": x.upvotes,
            }
            for x in paper.listings
        ],
        "citations": paper.citations,
    }


def as_version(version: Paper) -> dict[str, Any]:
    """Return one version of a work in its JSON form."""
    return {
        "title": version.title,
        "abstract": version.abstract,
        "authors": [a.name for a in version.authors],
        "year": version.year,
        "published": version.published_at and version.published_at.date().isoformat(),
        "venue": version.venue,
        "kind": version.kind,
        "doi": version.identifier("doi"),
        "url": link_of(version),
        "identifiers": list(version.identifiers),
        "version": version.version,
    }


INDENT = 5
"""Columns before the second line of a numbered paper."""

MAX_AUTHORS = 5
"""Names printed of one paper."""

MAX_COLUMNS = 100


def fold(text: str, indent: int = INDENT) -> list[str]:
    """Return a text in lines that fit the terminal; a pipe gets lines of 80 columns.

    A word that is longer than a line, such as an address, stays whole.
    """
    width = min(shutil.get_terminal_size((80, 24)).columns, MAX_COLUMNS)
    # A Chinese character takes two columns.
    room = (width - indent) * len(text) // max(cell_len(text), 1)
    whole = text.isascii()
    return textwrap.wrap(
        text, max(20, room), break_long_words=not whole, break_on_hyphens=False
    ) or [""]


def print_folded(text: str, lead: str = "", indent: int = INDENT) -> None:
    """Print a text in lines that fit, the first behind `lead`."""
    for line in fold(plain(text), indent):
        typer.echo((lead or " " * indent) + line)
        lead = ""


def authors_of(paper: Paper) -> str:
    """Return the first names of a paper on one line; may be empty."""
    names = [plain(x.name) for x in paper.authors if x.name]
    rest = len(names) - MAX_AUTHORS
    more = f" and {rest} more" if rest > 0 else ""
    return ", ".join(names[:MAX_AUTHORS]) + more


def facts_of(paper: Paper) -> str:
    """Return year, venue and id of a paper on one line."""
    return " · ".join(x for x in (str(paper.year or ""), plain(paper.venue), paper.paper_id) if x)


def print_paper(number: int, paper: Paper) -> None:
    """Print a numbered paper: title, badges, authors, year, venue, id and address."""
    print_folded(paper.title, f"{number:>3}. ")
    print_badges(paper)
    for line in (authors_of(paper), facts_of(paper), link_of(paper)):
        if line:
            print_folded(line)


def print_badges(paper: Paper) -> None:
    """Print under the title of a paper that it is retracted, corrected, a notice and so on."""
    for badge in badges(paper.statements):
        typer.echo(" " * INDENT + f"[{badge.label}]")
        if badge.link:
            typer.echo(" " * INDENT + f"{badge.word}: {plain(badge.link)}")


def print_items(items: Sequence[Recommendation], papers: Mapping[str, Paper]) -> None:
    """Print recommendations as a numbered list, each with its badges and its reasons."""
    for item in items:
        print_paper(item.rank, papers[item.paper_id])
        chance = "" if item.chance is None else f" · chance of a like {item.chance:.0%}"
        print_folded(f"score {item.score:.2f}{chance}")
        for reason in item.reasons:
            print_folded(reason.text)


class ProgressCallback(Protocol):
    """Takes what is being done, how many are done, and of how many where that is known."""

    def __call__(self, what: str, done: int, total: int | None = None, /) -> None:
        """Show it."""
        ...


@contextmanager
def progress(label: str) -> Iterator[ProgressCallback]:
    """Show a counter on stderr while something long runs; silent where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
    with shown:
        task = shown.add_task(label, total=None)

        def tell(what: str, done: int, total: int | None = None, /) -> None:
            shown.update(task, description=plain(what), completed=done, total=total)

        yield tell
