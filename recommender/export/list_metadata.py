"""The metadata of a list: its name, and the reader's notes and tags. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recommender.domain import Paper
from recommender.escaping import one_line


@dataclass(frozen=True, slots=True)
class Heading:
    """A list's own facts; a format writes those that it has a place for.

    Parameters
    ----------
    title, about
        The list's name, and a sentence on it; both may be empty.
    list_id
        What tells the list from all others, for formats that need it (Atom).
    updated_at
        When the list last changed; None where it is not known.
    notes, tags
        The reader's note and tags by paper id.
    """

    title: str = ""
    about: str = ""
    list_id: str = ""
    updated_at: datetime | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The title on one line, "Reading list" where there is none."""
        return one_line(self.title) or "Reading list"

    def note(self, paper: Paper) -> str:
        """Return the reader's note on a paper on one line, or ``""``."""
        return one_line(self.notes.get(paper.paper_id, ""))

    def tags_of(self, paper: Paper) -> list[str]:
        """Return the reader's tags of a paper, each on one line and once."""
        given = map(one_line, self.tags.get(paper.paper_id, ()))
        return list(dict.fromkeys(x for x in given if x))


PLAIN = Heading()
"""No heading: papers only."""
