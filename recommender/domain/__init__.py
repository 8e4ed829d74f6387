"""The records that travel between the stages: frozen, plain, stdlib only.

Times are UTC and aware. Ids are text and never row numbers: `paper_id` is
canonical (see `identifiers`), `reader_id` is a slug, `interest_id` is
``<reader_id>/<slug>``. Row numbers live in a `Vocabulary` and nowhere else.
"""

from recommender.domain.papers import NO_DETAILS, Author, Details, Listing, Paper
from recommender.domain.readers import Event, EventKind, EventMeaning, Interest, Reader
from recommender.domain.slates import (
    Candidate,
    Impression,
    Reason,
    Recommendation,
    SharedPaper,
    Slate,
)
from recommender.domain.status import StatusStatement
from recommender.domain.vocabulary import Vocabulary

__all__ = [
    "NO_DETAILS",
    "Author",
    "Candidate",
    "Details",
    "Event",
    "EventKind",
    "EventMeaning",
    "Impression",
    "Interest",
    "Listing",
    "Paper",
    "Reader",
    "Reason",
    "Recommendation",
    "SharedPaper",
    "Slate",
    "StatusStatement",
    "Vocabulary",
]
