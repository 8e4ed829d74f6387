"""Versions of real papers as a preprint server or a journal would have them, and look-alikes.

A version has another DOI and another venue than its work: the preprint's where the work is
published, the journal's where it is a preprint. A look-alike shares the title or nearly so,
and is another work.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from duplicates import _initials, _number, _split

from recommender.domain import Author, Paper
from recommender.domain.identifiers import main_title
from recommender.store.catalogue.versions import PREPRINT, stage_of

Draw = Callable[[Paper, random.Random], Paper]


def elsewhere(work: Paper, rng: random.Random) -> Paper:
    """The other version, its text as it was."""
    plain = replace(work, published_at=None, url="", listings=(), citation_key="", statements=())
    if stage_of(work) == PREPRINT:
        doi = f"doi:10.5555/journal.{_number(work)}"
        return replace(plain, identifiers=(doi,), venue="Annals of Variants", kind="")
    doi = f"doi:10.1101/2020.01.01.{_number(work) % 10**6:06d}{rng.randrange(10, 99)}"
    return replace(plain, identifiers=(doi,), venue="bioRxiv", kind="article")


def recased(work: Paper, rng: random.Random) -> Paper:
    """Other capitals in the title."""
    return replace(work, title=rng.choice([str.upper, str.lower, str.title])(work.title))


def without_subtitle(work: Paper, rng: random.Random) -> Paper:
    """The title without what follows its colon."""
    return replace(work, title=main_title(work.title))


def initials(work: Paper, rng: random.Random) -> Paper:
    """Given names as initials."""
    names = (Author(x.family, _initials(x.given), x.literal) for x in _split(work.authors))
    return replace(work, authors=tuple(names))


def other_year(work: Paper, rng: random.Random) -> Paper:
    """Up to two years before or after."""
    return replace(work, year=work.year and work.year + rng.choice([-2, -1, 1, 2]))


def edited(work: Paper, rng: random.Random) -> Paper:
    """One word of fifteen in the abstract is another, and its last sentence is gone."""
    words = work.abstract.split()
    changed = ["moreover" if rng.random() < 1 / 15 else x for x in words]
    sentences = re.split(r"(?<=\.) ", " ".join(changed))
    kept = sentences[:-1] if len(sentences) > 2 else sentences
    return replace(work, abstract=" ".join(kept))


def all_at_once(work: Paper, rng: random.Random) -> Paper:
    """Every change together."""
    for change in (recased, without_subtitle, initials, other_year, edited):
        work = change(work, rng)
    return work


VERSIONS: dict[str, Draw] = {
    x.__name__: x for x in (recased, without_subtitle, initials, other_year, edited, all_at_once)
}


def other_people(work: Paper, other: Paper, rng: random.Random) -> Paper:
    """A paper of the same title by other people."""
    return replace(work, authors=other.authors, abstract=other.abstract)


def second_part(work: Paper, other: Paper, rng: random.Random) -> Paper:
    """The second part, by the same people."""
    return replace(work, title=f"{work.title}{rng.choice([': part II', ', part 2', ' II'])}")


def reply(work: Paper, other: Paper, rng: random.Random) -> Paper:
    """A reply or a comment by one of the authors."""
    title = rng.choice(["Reply to: {}", "{}: a reply", "Comment on “{}”", "{}: discussion"])
    return replace(work, title=title.format(work.title), authors=work.authors[:1], abstract="")


def erratum(work: Paper, other: Paper, rng: random.Random) -> Paper:
    """A correction."""
    title = rng.choice(["Erratum to: {}", "Correction: {}", "{} (erratum)"])
    return replace(work, title=title.format(work.title), abstract="")


def next_report(work: Paper, other: Paper, rng: random.Random) -> Paper:
    """The same report of the next year, in its title."""
    return replace(work, title=f"{work.title}: findings of {(work.year or 2000) + 1}", abstract="")


def next_talk(work: Paper, other: Paper, rng: random.Random) -> Paper:
    """A talk of the same title and people at the next meeting, about something else."""
    return replace(work, year=work.year and work.year + 1, abstract=other.abstract)


LOOK_ALIKES: dict[str, Callable[[Paper, Paper, random.Random], Paper]] = {
    x.__name__: x for x in (other_people, second_part, reply, erratum, next_report, next_talk)
}
