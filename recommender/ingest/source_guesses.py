"""Which sources to ask for a reader, guessed from papers that the reader likes. Pure.

    guesses = guess_sources(papers, phrases)

At most one guess of each kind: categories of arXiv, words, authors, venues. Nothing is asked
here; the reader chooses, and what is chosen becomes a saved query.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recommender.domain import Paper
from recommender.ingest.arxiv_categories import PATTERNS, category_named
from recommender.sources.registry import SourceQuery

MAX_AUTHORS, MAX_VENUES, MAX_CATEGORIES = 5, 4, 2
MOST = 100
"""Papers that one fetch of a guess asks for."""

_CATEGORY = re.compile(
    r"(?<![\w.-])((?:cs|math|stat|eess|econ|nlin|physics|q-bio|q-fin|cond-mat|astro-ph)"
    r"\.[A-Za-z]{2,5}(?:-[a-z]{2,4})?|hep-(?:ex|lat|ph|th)|gr-qc|quant-ph|math-ph|nucl-(?:ex|th))"
    r"(?![\w-])"
)
_ACRONYM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]{0,3}[A-Z]{1,6}(?![\w-])")
_NO_VENUES = frozenset(
    {"ACM", "IEEE", "USA", "LNCS", "CCF", "SIAM", "II", "III", "IV", "UK", "AAAS"}
    | {"AI", "CoRR", "RSJ", "SAGE"}
)
_PLAIN = re.compile(r"[^\w\s.&-]+")


@dataclass(frozen=True, slots=True)
class SourceGuess:
    """A query that may bring papers in the reader's field, and what it was guessed from."""

    query: SourceQuery
    why: str


def guess_sources(papers: Sequence[Paper], phrases: Sequence[str] = ()) -> list[SourceGuess]:
    """Return queries for a reader who likes these papers, the surest first; may be empty.

    Parameters
    ----------
    papers
        What the reader likes.
    phrases
        What they are about, most used first, see `recommend.coverage.phrases_of`.
    """
    found = (
        _by_category(papers),
        _by_words(phrases),
        _by_authors(papers),
        _by_venues(papers),
    )
    return [x for x in found if x is not None]


def _by_category(papers: Sequence[Paper]) -> SourceGuess | None:
    each = [set(_named_categories(paper)) for paper in papers]
    named = [x for x, _ in Counter(x for names in each for x in names).most_common(MAX_CATEGORIES)]
    if named and 2 * sum(map(bool, each)) >= len(papers):
        chosen, why = named, "the arXiv categories of your papers"
    else:  # what few papers name says little about the others
        chosen = list(
            dict.fromkeys([*_categories_by_words(papers)[: 1 if named else None], *named])
        )
        why = "the words of your titles and venues"
        if named:
            why = f"the arXiv categories of some of your papers, and {why}"
    chosen = chosen[:MAX_CATEGORIES]
    if not chosen:
        return None
    return SourceGuess(SourceQuery("arxiv", categories=tuple(chosen), limit=MOST), why)


def _named_categories(paper: Paper) -> Iterator[str]:
    for text in (*paper.details.keywords, paper.venue, paper.details.note):
        yield from _CATEGORY.findall(text[:300])
    yield from filter(None, map(category_named, paper.details.keywords))


def _categories_by_words(papers: Sequence[Paper]) -> list[str]:
    """Return the categories whose words most papers have; a second only if it is close."""
    n_papers: Counter[str] = Counter()
    texts = [_text(x) for x in papers]
    for name, pattern in PATTERNS.items():
        n_papers[name] = sum(1 for text in texts if pattern.search(text))
    least = max(2, len(papers) // 6) if len(papers) > 1 else 1
    ranked = [(x, n) for x, n in n_papers.most_common(MAX_CATEGORIES) if n >= least]
    return [x for x, n in ranked if 2 * n >= ranked[0][1]]


def _text(paper: Paper) -> str:
    return " ".join((paper.title, paper.venue, *paper.details.keywords)).lower()[:2_000]


def _by_words(phrases: Sequence[str]) -> SourceGuess | None:
    quoted = [f'"{x}"' if " " in x else x for x in map(_plain, phrases) if x]
    if not quoted:
        return None
    query = SourceQuery("openalex", text=" OR ".join(quoted), limit=MOST)
    return SourceGuess(query, "the words that your titles share")


def _by_authors(papers: Sequence[Paper]) -> SourceGuess | None:
    n_papers = Counter(
        name for paper in papers for name in {_plain(x.name) for x in paper.authors} if " " in name
    )
    chosen = [x for x, n in n_papers.most_common(MAX_AUTHORS) if n > 1]
    if not chosen:
        return None
    query = SourceQuery("openalex", authors=tuple(chosen), limit=MOST)
    return SourceGuess(query, "authors of several of your papers")


def _by_venues(papers: Sequence[Paper]) -> SourceGuess | None:
    """Return a search on arXiv for papers that say they appear where the reader's papers did."""
    n_papers = Counter(x for paper in papers for x in {_venue(paper.venue)} if x)
    chosen = [x for x, n in n_papers.most_common(MAX_VENUES) if n > 1]
    if not chosen:
        return None
    fields = (f'co:"{x}" OR jr:"{x}"' for x in chosen)
    query = SourceQuery("arxiv", text=" OR ".join(fields), limit=MOST)
    return SourceGuess(query, f"venues of several of your papers: {', '.join(chosen)}")


def _venue(venue: str) -> str:
    """Return the short name of a venue, else the name of a journal; ``""`` for what is none."""
    name = _plain(venue)
    short: list[str] = [x for x in _ACRONYM.findall(name) if x not in _NO_VENUES]
    if short:
        return short[-1]
    if not name or len(name) > 60 or "arxiv" in name.lower() or name == "CoRR":
        return ""
    return "" if re.search(r"(?i)\b(?:proceedings|conference|workshop|press)\b", name) else name


def _plain(text: str) -> str:
    """Return a text without what a source's query syntax could read as its own."""
    words = _PLAIN.sub(" ", text).split()
    return " ".join(x for x in words if x not in ("AND", "OR", "NOT"))[:100]
