"""The status of a paper, the kind of a record, and who says so. Pure.

The terms are those of Crossref's updates, of COPE's guidelines and of OpenAlex's
types. A *status* is about a paper: it is retracted, withdrawn, under an expression
of concern, or corrected. A *record type* says that a record is no research paper:
a notice about another work, an editorial, front matter. Each is a statement of one
source, kept with its source, its day and the notice that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

RETRACTED, WITHDRAWN, CONCERN, CORRECTED = "retracted", "withdrawn", "concern", "corrected"

STATUSES = (RETRACTED, WITHDRAWN, CONCERN, CORRECTED)
"""What can be said of a paper, the gravest first."""

RETRACTION_NOTICE, CONCERN_NOTICE, ERRATUM = "retraction-notice", "concern-notice", "erratum"
EDITORIAL, PARATEXT, OTHER = "editorial", "paratext", "other"

RECORD_TYPES = (RETRACTION_NOTICE, CONCERN_NOTICE, ERRATUM, EDITORIAL, PARATEXT, OTHER)
"""What a record can be that is no paper to suggest; the more telling ones first.

``erratum`` is any notice of a correction. ``paratext`` is front matter, a table of
contents, a cover, an editorial board or an index. ``other`` is a peer review, news,
an obituary, a supplement, a grant, a whole issue of a journal.
"""

CLEARED = "cleared"
"""A reader's word that what was said until then is not true."""

NOT_SUGGESTED = frozenset({RETRACTED, WITHDRAWN, CONCERN, *RECORD_TYPES})
"""A paper of which one of these holds is kept, found and marked, and never suggested."""

LABELS = {
    RETRACTED: "Retracted",
    WITHDRAWN: "Withdrawn",
    CONCERN: "Expression of concern",
    CORRECTED: "Corrected",
    RETRACTION_NOTICE: "Retraction notice",
    CONCERN_NOTICE: "Notice of concern",
    ERRATUM: "Correction notice",
    EDITORIAL: "Editorial",
    PARATEXT: "Front matter",
    OTHER: "Not a paper",
}
"""What a badge says."""

NOTICES = {RETRACTION_NOTICE: RETRACTED, CONCERN_NOTICE: CONCERN, ERRATUM: CORRECTED}
"""The status that a notice gives to the work it concerns."""


NOTICE_OF = {
    RETRACTED: RETRACTION_NOTICE,
    WITHDRAWN: RETRACTION_NOTICE,
    CONCERN: CONCERN_NOTICE,
    CORRECTED: ERRATUM,
}
"""The kind of the notice that gives a status."""

SENTENCE = re.compile(
    rf"({'|'.join(LABELS.values())})(?:\. (?:Notice|About): (\S{{1,2000}}))?\.?", re.IGNORECASE
)
"""What `sentences` writes, so that our own exports are read back."""


@dataclass(frozen=True, slots=True)
class StatusStatement:
    """What one source says about the status of a paper, or about the kind of a record.

    Parameters
    ----------
    says
        One of `STATUSES`, of `RECORD_TYPES`, or `CLEARED`.
    source
        Who says so: a source or format by name, ``title`` where the title does,
        ``reader`` where a reader does.
    link
        Identifier or address of the notice; for a notice, of the work that it concerns.
    at
        The day of the notice, where it is known.
    subject
        Identifier of the work that this is about; empty for the record that it came with.
    recorded_at
        When this library first read it; None in a record no store has seen.
    """

    says: str
    source: str
    link: str = ""
    at: datetime | None = None
    subject: str = ""
    recorded_at: datetime | None = None


def in_force(statements: Iterable[StatusStatement]) -> tuple[StatusStatement, ...]:
    """Return the statements that hold: those recorded after a reader last cleared the paper."""
    known = tuple(statements)
    cleared = [x.recorded_at for x in known if x.says == CLEARED and x.recorded_at is not None]
    said = (x for x in known if x.says != CLEARED)
    if not cleared:
        return tuple(said)
    last = max(cleared)
    return tuple(x for x in said if x.recorded_at is not None and x.recorded_at > last)


def gravest(statements: Iterable[StatusStatement], among: tuple[str, ...]) -> str:
    """Return the first of `among` that a statement in force says, or ``""``."""
    said = {x.says for x in in_force(statements)}
    return next((x for x in among if x in said), "")


def unite(
    known: Iterable[StatusStatement], new: Iterable[StatusStatement]
) -> tuple[StatusStatement, ...]:
    """Return the statements once each; of two that say the same the first stays."""
    first: dict[tuple[str, str, str, str], StatusStatement] = {}
    for one in (*known, *new):
        first.setdefault((one.subject, one.says, one.source, one.link), one)
    return tuple(first.values())


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """What a badge says: a status or record type, its label, and where its notice stands.

    `link` is the address of the notice, or for a notice of its work; `word` names it.
    Both are empty where none is known.
    """

    says: str
    label: str
    link: str = ""
    word: str = ""


def badges(statements: Iterable[StatusStatement]) -> tuple[StatusBadge, ...]:
    """Return the badges of a paper: at most one for its status and one for its record type."""
    known = in_force(statements)
    found = []
    for among, word in ((STATUSES, "notice"), (RECORD_TYPES, "about")):
        if says := gravest(known, among):
            links = (web_link(x.link) for x in known if x.says == says)
            link = next(filter(None, links), "")
            found.append(StatusBadge(says, LABELS[says], link, word if link else ""))
    return tuple(found)


def sentences(statements: Iterable[StatusStatement]) -> tuple[str, ...]:
    """Return badges in words for people, each with its notice where one is known.

    At most two: ``Retracted. Notice: https://doi.org/10.5555/n`` and, for a record that is
    no paper, ``Retraction notice. About: https://doi.org/10.5555/w``.
    """
    return tuple(
        f"{x.label}. {x.word.capitalize()}: {x.link}" if x.link else f"{x.label}."
        for x in badges(statements)
    )


def web_link(link: str) -> str:
    """Return the web address of an identifier or an address, or ``""``."""
    scheme, _, bare = link.partition(":")
    if scheme in ("http", "https"):
        return link
    known = {
        "doi": "https://doi.org/",
        "arxiv": "https://arxiv.org/abs/",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
        "openalex": "https://openalex.org/",
        "acl": "https://aclanthology.org/",
    }
    return known[scheme] + quote(bare, safe="/:;()") if scheme in known and bare else ""
