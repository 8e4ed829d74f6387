"""What a search found, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from recommender.cli.output import (
    INDENT,
    as_items,
    authors_of,
    facts_of,
    fold,
    plain,
    print_badges,
)
from recommender.domain import Paper, Recommendation
from recommender.escaping import link_of
from recommender.store import SearchResult
from recommender.store.catalogue.highlight import Span, excerpt, hits


def as_search(query: str, found: SearchResult, papers: Mapping[str, Paper]) -> dict[str, Any]:
    """Return the result of a search in its JSON form."""
    items = [
        Recommendation(rank, paper_id, papers[paper_id].title, score, {"text": score})
        for rank, (paper_id, score) in enumerate(found.hits, 1)
    ]
    return {
        "query": query,
        "total": found.total,
        "loosened": found.loosened,
        "notes": list(found.notes),
        "items": [x | _about(papers[x["paper_id"]], found) for x in as_items(items, papers)],
    }


def _about(paper: Paper, found: SearchResult) -> dict[str, Any]:
    marked = {
        name: hits(text, found.query, name, loosened=found.loosened)
        for name, text in (("title", paper.title), ("abstract", paper.abstract))
    }
    return {
        "hits": {name: [list(x) for x in spans] for name, spans in marked.items() if spans},
    }


def print_search(found: SearchResult, papers: Mapping[str, Paper]) -> None:
    """Print what was found, the words of the search in bold on a terminal."""
    if found.total:
        shown = f"; the first {len(found.hits)}" if found.total > len(found.hits) else ""
        typer.echo(f"{found.total:,} {'paper' if found.total == 1 else 'papers'}{shown}:")
    for rank, (paper_id, _) in enumerate(found.hits, 1):
        paper = papers[paper_id]
        _print(f"{rank:>3}. ", plain(paper.title), "title", found)
        print_badges(paper)
        if names := authors_of(paper):
            _print(" " * INDENT, names, "author", found)
        _print(" " * INDENT, facts_of(paper), "venue", found)
        if link_of(paper):
            typer.echo(" " * INDENT + link_of(paper))
        abstract = plain(paper.abstract)
        spans = hits(abstract, found.query, "abstract", loosened=found.loosened)
        if spans:
            _print(" " * INDENT, excerpt(abstract, spans)[0], "abstract", found)


def _print(lead: str, text: str, field: str, found: SearchResult) -> None:
    """Print a text in lines that fit, with what was looked for in bold."""
    for line in fold(text):
        spans = hits(line, found.query, field, loosened=found.loosened)
        typer.echo(lead + _bold(line, spans))
        lead = " " * INDENT


def _bold(text: str, spans: Sequence[Span]) -> str:
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        pieces += [text[end:start], typer.style(text[start:stop], bold=True)]
        end = stop
    return "".join((*pieces, text[end:]))
