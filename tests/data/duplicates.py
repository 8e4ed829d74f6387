"""Pairs of records of one work, as two sources would give it, made from real papers.

A work is a paper of the shared data; a variant is the same paper as another
source has it: without its identifiers or under those of another scheme, with
initials for names, markup in the title, the year of the preprint, or renamed
under the identifier it had. Everything drawn is drawn from a seed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from recommender.domain import Author, Paper
from recommender.domain.identifiers import normalise_title, title_key
from recommender.sources import Document, Entry, load
from recommender.sources.parsing.field_synonyms import entry_from
from recommender.store import Store

NOW = datetime(2026, 11, 18, tzinfo=UTC)
BATCH = 500


def read_works(data: Path, name: str) -> list[Paper]:
    """Return the papers of ``acl`` or ``hf-daily`` as their files name them."""
    with gzip.open(data / name / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [entry_from(i, json.loads(line)) for i, line in enumerate(lines, 1)]
    return [x.paper for x in found if isinstance(x, Entry)]


def read_libraries(data: Path) -> list[list[Paper]]:
    """Return the entries of each ``.bib`` file of ``bib-real``."""
    files = sorted((data / "bib-real").glob("*.bib"))
    found = (load("bibtex").read(Document(path), NOW) for path in files)
    return [[x.paper for x in entries if isinstance(x, Entry)] for entries in found]


def other_names(paper: Paper, rng: random.Random) -> Paper:
    """No identifiers; given names as initials, as a publisher's export has them."""
    authors = tuple(Author(a.family, _initials(a.given), a.literal) for a in _split(paper.authors))
    return replace(paper, identifiers=(), url="", authors=authors, abstract="")


def other_scheme(paper: Paper, rng: random.Random) -> Paper:
    """An index's record: its own identifier, and one author standing for all."""
    return replace(paper, identifiers=(f"openalex:W{_number(paper)}",), authors=paper.authors[:1])


def preprint(paper: Paper, rng: random.Random) -> Paper:
    """The preprint of the year before, under an arXiv id where the paper has none."""
    year = paper.year - 1 if paper.year else None
    number = _number(paper)
    ids = (f"arxiv:{number // 10**5 + 9000:04d}.{number % 10**5:05d}",)
    ids = () if paper.identifier("arxiv") else ids
    return replace(paper, identifiers=ids, year=year, published_at=None, venue="CoRR")


def typeset(paper: Paper, rng: random.Random) -> Paper:
    """Other capitals, dashes, quotes and a full stop at the end; accents lost."""
    title = rng.choice([str.upper, str.title, str.lower])(paper.title)
    title = title.replace(": ", rng.choice([" - ", " — ", ". "])).replace("-", "–")
    title = title.replace("'", "’").replace('"', "”")
    return replace(paper, title=f"{title}.", identifiers=())


def hyphenated(paper: Paper, rng: random.Random) -> Paper:
    """Hyphens left out or made blanks, and an ampersand written out or not."""
    title = paper.title.replace("-", rng.choice(["", " "]))
    title = re.sub(r" and ", " & ", title) if " & " not in title else title.replace("&", "and")
    return replace(paper, title=title, identifiers=())


def bare(paper: Paper, rng: random.Random) -> Paper:
    """A saved page: title and abstract alone."""
    return Paper(paper.title, abstract=paper.abstract)


def renamed(paper: Paper, rng: random.Random) -> Paper:
    """A later version of the same identifier, under half of its name."""
    words = paper.title.split()
    kept = words[: max(1, len(words) // 2)]
    rng.shuffle(kept)
    return replace(paper, title=" ".join([*kept, "revisited"]), abstract="")


KINDS: dict[str, Callable[[Paper, random.Random], Paper]] = {
    x.__name__: x for x in (other_names, other_scheme, preprint, typeset, hyphenated, bare, renamed)
}


def _number(paper: Paper) -> int:
    """Return a number that no other paper has; it stays below a hundred millions."""
    return int(hashlib.sha256(repr(paper.identifiers).encode()).hexdigest(), 16) % 10**8


def _split(authors: Sequence[Author]) -> Iterator[Author]:
    for author in authors:
        given, _, family = author.name.rpartition(" ")
        yield author if author.family else Author(family, given)


def _initials(given: str) -> str:
    return " ".join(f"{x[0]}." for x in given.replace("-", " ").split())


Signature = tuple[str, tuple[str, ...]]
"""A title and its authors' family names: what two copies of one work in one data set share."""


def _signature(paper: Paper) -> Signature:
    names = tuple(normalise_title(x.family or x.name).split()[-1:] for x in paper.authors)
    return title_key(paper.title), tuple(x for name in names for x in name)


@dataclass
class Measured:
    """What became of pairs: how many there were, merged with their work, or with another."""

    pairs: Counter[str]
    merged: Counter[str]
    wrong: Counter[str]
    examples: list[tuple[str, str, str]]

    @property
    def merged_share(self) -> float:
        return self.merged.total() / self.pairs.total()

    @property
    def wrong_share(self) -> float:
        return self.wrong.total() / max(self.merged.total() + self.wrong.total(), 1)


def fill(store: Store, works: Sequence[Paper]) -> list[str]:
    """Store the works; return the id of each."""
    ids: list[str] = []
    for i in range(0, len(works), BATCH):
        ids += [x.paper_id for x in store.catalogue.add(works[i : i + BATCH], NOW)]
    today = store.catalogue.resolve(ids)
    return [today[x] for x in ids]


def measure(store: Store, pairs: Sequence[tuple[str, str, Paper]]) -> Measured:
    """Import variants, given as kind, id of the work and record; say where each went.

    A variant that became part of another paper than its work is a wrong merge,
    unless that is the same work too: the data hold some twice, with one title and
    one list of authors. One that became a paper of its own was missed, and is
    neither merged nor wrong.
    """
    works = {x.paper_id: _signature(x) for x in store.catalogue.papers()}
    placed: list[str] = []
    for i in range(0, len(pairs), BATCH):
        batch = [record for _, _, record in pairs[i : i + BATCH]]
        placed += [x.paper_id for x in store.catalogue.add(batch, NOW)]
    today = store.catalogue.resolve([*placed, *works])
    parts: dict[str, set[Signature]] = {}
    for work, signature in works.items():
        parts.setdefault(today[work], set()).add(signature)
    measured = Measured(Counter(), Counter(), Counter(), [])
    for (kind, work, record), paper_id in zip(pairs, placed, strict=True):
        measured.pairs[kind] += 1
        found = parts.get(today[paper_id], set())
        if works[work] in found:
            measured.merged[kind] += 1
            continue
        if found:
            measured.wrong[kind] += 1
        measured.examples.append((kind, work, record.title))
    # Two works that were apart before and are one now: a wrong merge too.
    measured.wrong["joined"] = sum(len(x) - 1 for x in parts.values())
    return measured
