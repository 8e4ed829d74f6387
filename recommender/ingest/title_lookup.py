"""A reader's first words: pasted titles and ids as papers of the library. Runs when asked.

Only reads the store. The other ways to start are `import --as liked` for files,
`Recommender.onboarding_items` for a spread to choose from, and `store.readers.describe`
for a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from recommender.domain import Paper
from recommender.domain.identifiers import normalise_identifier, normalise_title, title_key
from recommender.store import Store

MAX_LINES = 1_000
MIN_LIKENESS = 0.9
MIN_WORDS = 4
N_LOOKED_AT = 5
_BULLET = re.compile(r"^(?:[-*•–—·]|\(?\d{1,3}[.)]|\[\d{1,4}\])\s+")


@dataclass(frozen=True, slots=True)
class Matches:
    """What the lines of a text turned out to be.

    Parameters
    ----------
    found
        (line, paper id) in the order of the lines; each paper once.
    unknown
        The lines of which the library has no paper, and those beyond `MAX_LINES`.
    """

    found: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()


def match(store: Store, text: str) -> Matches:
    """Find the papers a person means: one title, arXiv id, DOI or web address a line.

    Bullets and numbers before a line are passed over. A title may differ in case,
    accents, punctuation and a letter or two, and may stand within a reference with
    authors and year; it is never guessed from a few words. Nothing is fetched.

    Parameters
    ----------
    text
        Any text; only the first `MAX_LINES` lines that are not empty are looked up.

    Returns
    -------
    Matches
        Every line that is not empty is in one of the two, but for repeats.
    """
    lines = [_BULLET.sub("", x.strip()).strip() for x in text.splitlines()]
    lines = list(dict.fromkeys(x for x in lines if x))
    asked, surplus = lines[:MAX_LINES], lines[MAX_LINES:]
    named = {line: _names_of(line) for line in asked}
    known = store.catalogue.resolve([x for names in named.values() for x in names])
    matched: dict[str, str] = {}
    unknown: list[str] = []
    for line in asked:
        paper_id = next((known[x] for x in named[line] if x in known), None)
        paper_id = paper_id or _by_words(store, line)
        if paper_id is None:
            unknown.append(line)
        else:
            matched.setdefault(paper_id, line)
    return Matches(tuple((line, x) for x, line in matched.items()), (*unknown, *surplus))


def _names_of(line: str) -> list[str]:
    """Return the ids a line may name by itself, the surest first."""
    identifier = normalise_identifier(line)
    title = f"title:{title_key(line)}" if normalise_title(line) else ""
    return [x for x in (identifier, title) if x]


def _by_words(store: Store, line: str) -> str | None:
    """Return the one paper whose title the line clearly holds, or None."""
    written = normalise_title(line)
    if len(line.split()) < 2 or len(written.split()) < 2:
        return None
    ids = [paper_id for paper_id, _ in store.catalogue.search(written, N_LOOKED_AT)]
    papers = store.catalogue.get_many(ids)
    scored = sorted(((_likeness(written, x), k) for k, x in papers.items()), reverse=True)
    if not scored or scored[0][0] < MIN_LIKENESS:
        return None
    return scored[0][1]


def _likeness(written: str, paper: Paper) -> float:
    title = normalise_title(paper.title)
    if len(title.split()) >= MIN_WORDS and f" {title} " in f" {written} ":
        return 1.0
    return SequenceMatcher(None, written, title, autojunk=False).ratio()
