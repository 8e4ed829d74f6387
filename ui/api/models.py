"""What goes into each operation of the API and what comes out; text from outside is bounded here.

A request model holds everything an operation is told, wherever it stands in a request: in the
path, the query or the body.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recommender.domain import EventKind
from recommender.export import FORMATS

MAX_PAPERS = 1_000
MAX_QUERY_PAPERS = 50
"""Papers that a query names at most; an address has less room than a body."""
MAX_EVENTS = 100
MAX_IMPORT_BYTES = 50 * 1024 * 1024
FORMAT_NAMES = tuple(FORMATS)

Line = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
PaperId = Annotated[
    Line, Field(description="Any id of the paper, such as `arxiv:2401.01234`.", max_length=500)
]
PaperIds = Annotated[
    list[PaperId],
    Field(min_length=1, max_length=MAX_PAPERS, description="Ids of papers, in any form."),
]
Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f/]+$",
        description="Slug of the reading list, the last part of its `list_id`; its name works too.",
    ),
]
Words = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
InterestName = Annotated[Line | None, Field(description="An interest, by id, slug or name.")]
Limit = Annotated[int, Field(ge=1, le=100, description="Maximum number on this page.")]
Cursor = Annotated[
    Annotated[str, Field(max_length=2_000, pattern=r"^[A-Za-z0-9_-]+$")] | None,
    Field(description="`next_cursor` of the page before; without one the first page."),
]
NextCursor = Annotated[
    str | None, Field(description="Ask with it for the next page; null on the last one.")
]


class Request(BaseModel):
    """What an operation is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What an operation says."""

    model_config = ConfigDict(frozen=True)


# ---- papers ------------------------------------------------------------------------------------


class Reason(Answer):
    """Why a paper is suggested, in a sentence that the score bears out."""

    kind: str
    text: str
    paper_id: str | None
    words: list[str]


class Item(Answer):
    """A paper at its place in a result; `rank` counts from 1."""

    rank: int
    paper_id: str
    title: str
    authors: list[str]
    year: int | None
    venue: str
    url: str
    score: float | None
    chance: float | None = Field(description="Probability of a like, where it can be said.")
    reasons: list[Reason]
    interest_id: str | None
    publication_status: str


class Listing(Answer):
    """That a source has listed a paper."""

    source: str
    listed: date | None
    upvotes: int | None


class Paper(Answer):
    """A paper with what is known of it, and what this reader did with it."""

    paper_id: str
    title: str
    abstract: str
    abstract_is_summary: bool
    authors: list[str]
    year: int | None
    published: date | None
    venue: str
    url: str
    kind: str
    identifiers: list[str]
    publication_status: str
    listings: list[Listing]
    citations: int | None = Field(description="How many works cite it, where a source counts them.")
    verdict: Literal["like", "skip", "dislike"] | None
    saved: bool
    opened: bool
    reading_status: str
    tags: list[str]
    note: str


class GetPaper(Request):
    """One paper by any of its ids."""

    paper_id: PaperId


class Search(Request):
    """A search of the catalogue, in the words and operators of the page Search."""

    query: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1_000,
            pattern=r"^[^\x00]+$",
            description='Words and operators, such as `author:hinton year:2012..2020 "drop out"`.',
        ),
    ]
    newest: bool = Field(default=False, description="Newest papers first.")
    limit: Limit = 20
    cursor: Cursor = None


class SearchPage(Answer):
    """A page of what was found; `notes` says what was not done as it was asked."""

    query: str
    total: int
    notes: list[str]
    items: list[Item]
    next_cursor: NextCursor


class Similar(Request):
    """The papers nearest to one paper, or to several together."""

    paper_id: Annotated[
        list[PaperId],
        Field(
            min_length=1,
            max_length=MAX_QUERY_PAPERS,
            description="Any ids of papers; repeat for a set.",
        ),
    ]
    n: int = Field(default=10, ge=1, le=100, description="Maximum number of papers.")


class Items(Answer):
    """Papers in order, best first."""

    items: list[Item]


# ---- suggestions -------------------------------------------------------------------------------


class Recommend(Request):
    """What to suggest."""

    interest: InterestName = None
    n: int | None = Field(
        default=None, ge=1, le=100, description="Maximum number; default: the slate of the app."
    )
    since: date | None = Field(
        default=None, description="Only papers published or listed since this day."
    )
    venue: Line | None = Field(default=None, description="Only the papers of this venue.")
    year: int | None = Field(
        default=None, ge=1000, le=9999, description="With `venue`: only those of this year."
    )

    @model_validator(mode="after")
    def _year_of_a_venue(self) -> Self:
        if self.year is not None and self.venue is None:
            raise ValueError("a year is one of a venue; name the venue")
        return self


class Slate(Answer):
    """Suggestions, best first; `slate_id` is null where nothing was recorded."""

    reader_id: str
    interest_id: str | None
    slate_id: str | None
    model: str
    items: list[Item]


class Interest(Answer):
    """One interest of a reader."""

    interest_id: str
    name: str
    share: float
    paused: bool
    about: str


class GetReader(Request):
    """The reader of the token."""


class Reader(Answer):
    """Who reads, and the interests that feedback can count for."""

    reader_id: str
    name: str
    interests: list[Interest]


# ---- feedback ----------------------------------------------------------------------------------


class NewEvent(Request):
    """One thing that the reader did with a paper."""

    kind: EventKind
    paper_id: PaperId
    interest: InterestName = None
    slate_id: Line | None = Field(default=None, description="The slate that showed the paper.")
    undoes: int | None = Field(
        default=None, ge=1, le=2**63 - 1, description="With `undo`: the event to undo."
    )
    key: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")] | None = Field(
        default=None, description="Client key: the same key again is the event stored before."
    )


class AddFeedback(Request):
    """Events in the order they happened; all are stored, or none."""

    events: Annotated[list[NewEvent], Field(min_length=1, max_length=MAX_EVENTS)]

    def with_keys(self, key: str) -> AddFeedback:
        """Return the events with a client key for each that has none, made from one key."""
        keyed = [
            x if x.key is not None else x.model_copy(update={"key": f"{key}:{i}"})
            for i, x in enumerate(self.events)
        ]
        return self.model_copy(update={"events": keyed})


class Event(Answer):
    """A stored event."""

    event_id: int
    key: str
    kind: EventKind
    paper_id: str
    interest_id: str
    slate_id: str | None
    undoes: int | None
    created_at: datetime


class Events(Answer):
    """Stored events, in the order they were sent."""

    events: list[Event]


class ListFeedback(Request):
    """A page of the reader's log, oldest first."""

    limit: Limit = 50
    cursor: Cursor = None


class EventPage(Answer):
    """A page of the log."""

    events: list[Event]
    next_cursor: NextCursor


# ---- reading lists -----------------------------------------------------------------------------


class ReadingList(Answer):
    """A reading list without its papers."""

    slug: str
    list_id: str
    name: str
    about: str
    n_papers: int
    created_at: datetime


class ListLists(Request):
    """A page of the reader's lists, oldest first."""

    limit: Limit = 50
    cursor: Cursor = None


class ListPage(Answer):
    """A page of lists."""

    lists: list[ReadingList]
    next_cursor: NextCursor


class GetList(Request):
    """One list, with a page of its papers."""

    slug: Slug
    limit: Limit = 50
    cursor: Cursor = None


class ListEntry(Answer):
    """A paper of a list; `note` is the reader's."""

    paper_id: str
    title: str
    note: str
    added_at: datetime


class ListWithPapers(ReadingList):
    """A list and a page of its papers, in the reader's order."""

    papers: list[ListEntry]
    next_cursor: NextCursor


class CreateList(Request):
    """A new list, empty or with papers."""

    name: Line
    about: Words = Field(default="", description="What the list is for.")
    paper_ids: Annotated[list[PaperId], Field(max_length=MAX_PAPERS)] = Field(
        default=[], description="Papers that go on it, in this order."
    )


class ChangeList(Request):
    """Another name for a list, or other words on what it is for."""

    slug: Slug
    name: Line | None = None
    about: Words | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.name is None and self.about is None:
            raise ValueError("give a name, or about")
        return self


class DeleteList(Request):
    """A list to delete; its papers stay in the library."""

    slug: Slug


class AddToList(Request):
    """Papers that go to the end of a list; those on it stay where they are."""

    slug: Slug
    paper_ids: PaperIds


class RemoveFromList(Request):
    """Papers to take off a list, with their notes."""

    slug: Slug
    paper_id: Annotated[
        list[PaperId],
        Field(min_length=1, max_length=MAX_QUERY_PAPERS, description="Any ids; repeat for more."),
    ]


class Done(Answer):
    """That something was done."""

    done: bool = True


# ---- export and import -------------------------------------------------------------------------


class Export(Request):
    """Which papers, in which format; one selection at most, else the liked papers."""

    format: Literal[FORMAT_NAMES] = Field(description="Format of the file.")  # type: ignore[valid-type]
    papers: Literal["liked", "saved", "all"] | None = Field(
        default=None, description="The reader's liked or saved papers, or the whole library."
    )
    slug: Slug | None = Field(default=None, description="The papers of a reading list.")
    query: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00]+$")] | None = (
        Field(default=None, description="What a search finds.")
    )
    week: Line | None = Field(default=None, description="The papers of an issued digest.")
    paper_id: Annotated[list[PaperId], Field(max_length=MAX_QUERY_PAPERS)] = Field(
        default=[], description="These papers; repeat for more."
    )

    @model_validator(mode="after")
    def _one_selection(self) -> Self:
        given = (self.papers, self.slug, self.query, self.week, self.paper_id)
        if sum(bool(x) for x in given) > 1:
            raise ValueError("choose one of papers, slug, query, week and paper_id")
        return self


class Exported(Answer):
    """A file for another program."""

    text: str
    media_type: str
    file_name: str


class ImportPapers(Request):
    """A file of papers in a format that paperloop reads; the format is detected."""

    content: Annotated[
        bytes, Field(min_length=1, max_length=MAX_IMPORT_BYTES, description="The file.")
    ]
    file_name: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$")
    ] = Field(default="upload", description="Its name, whose ending helps to detect the format.")
    role: Literal["catalogue", "liked", "saved"] = Field(
        default="catalogue", description="Only add the papers, or also like or save them."
    )
    interest: InterestName = None


class RefusedEntry(Answer):
    """An entry that was not taken; line 0 is the file as a whole."""

    line: int
    why: str


class Imported(Answer):
    """What became of a file; `refused` names the first of `n_refused`."""

    format: str
    read: int
    new: int
    merged: int
    n_refused: int
    refused: list[RefusedEntry]
    notes: list[str]


# ---- digest ------------------------------------------------------------------------------------


class ListDigests(Request):
    """A page of the issued digests, newest first."""

    limit: Limit = 50
    cursor: Cursor = None


class DigestPage(Answer):
    """A page of issues; `running` is the week or day that is not over."""

    running: str
    issued: list[str]
    next_cursor: NextCursor


class GetDigest(Request):
    """One digest: issued, or as the running one would be now."""

    week: Annotated[
        str,
        Field(
            pattern=r"^(current|[0-9]{4}-W[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
            description="`current`, a week such as `2026-W47`, or a day such as `2026-11-18`.",
        ),
    ]


class DigestItem(Answer):
    """A paper of a digest."""

    rank: int
    paper_id: str
    title: str
    authors: list[str]
    date: str
    venue: str
    url: str
    abstract: str
    score: float | None
    chance: float | None
    reasons: list[Reason]
    status: str


class Digest(Answer):
    """One digest; what is `issued` no longer changes."""

    week: str
    issued: bool
    starts_at: datetime
    ends_at: datetime
    composed_at: datetime
    slate_id: str | None = Field(description="Null in a preview, which records nothing.")
    items: list[DigestItem]
