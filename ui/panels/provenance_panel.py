"""What a paper's record holds, which record gave what, and merges with their undo."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import streamlit as st

from recommender.domain import Paper, StatusStatement
from recommender.domain.status import CLEARED, LABELS, RECORD_TYPES, web_link
from recommender.escaping import link_of, web_url
from recommender.store import Catalogue, Merge, Origin
from ui import app_state, paper_text, session

_NAMES = {
    "arxiv": "arXiv",
    "doi": "DOI",
    "acl": "ACL Anthology",
    "openreview": "OpenReview",
    "pmid": "PubMed",
    "openalex": "OpenAlex",
    "s2": "Semantic Scholar",
}
_FIELDS = {"published_at": "published", "listings": "where it was listed", "versions": "a version"}
_SAID_BY = {
    "title": "its title",
    "abstract": "its abstract",
    "note": "a note in a file",
    "file": "a file",
    "openalex": "OpenAlex",
    "crossref": "Crossref",
    "pubmed": "PubMed",
    "datacite": "DataCite",
    "arxiv": "arXiv",
    "semantic-scholar": "Semantic Scholar",
    "web-of-science": "Web of Science",
}
_KINDS = {
    "article-journal": "Journal article",
    "paper-conference": "Conference paper",
    "chapter": "Chapter",
    "book": "Book",
    "report": "Report",
    "thesis": "Thesis",
}


def fields(shown: Paper) -> None:
    """Show every field that has a value, each on a line."""
    st.markdown("\n".join(f"- **{name}:** {value}" for name, value in _fields(shown)))


def _fields(shown: Paper) -> Iterator[tuple[str, str]]:
    yield "Id in this library", paper_text.native(shown.paper_id)
    if shown.authors:
        yield "Authors", paper_text.native(", ".join(paper_text.authors(shown)))
    if paper_text.dated(shown):
        yield "Published", paper_text.dated(shown)
    if shown.venue:
        yield "Venue", paper_text.native(shown.venue)
    if shown.kind:
        yield "Kind", _KINDS.get(shown.kind, paper_text.native(shown.kind))
    for identifier in shown.identifiers:
        scheme, _, rest = identifier.partition(":")
        yield _NAMES.get(scheme, paper_text.native(scheme)), paper_text.native(rest)
    if shown.url:
        yield "Address", paper_text.native(shown.url)
    for listing in shown.listings:
        facts = [
            paper_text.source(listing.source),
            listing.byline,
            paper_text.day(listing.listed_at),
        ]
        if listing.upvotes is not None:
            facts.append(f"{listing.upvotes:,} upvotes when read")
        yield "Listed", paper_text.native(", ".join(x for x in facts if x))
    if shown.citations is not None:
        yield "Citations", f"{shown.citations:,}, the most that a source has counted"
    if shown.added_at:
        yield "In this library since", paper_text.day(shown.added_at)


def versions(shown: Paper) -> None:
    """List the versions of the work, the shown one first, each with year, venue and link."""
    if not shown.versions:
        return
    st.subheader("Versions", anchor=False)
    st.caption("A like or a skip is one of the work, whichever version you read.")
    for i, version in enumerate(shown.versions):
        facts = [
            f"v{version.version}" if version.version else "",
            paper_text.dated(version),
            paper_text.native(version.venue),
            paper_text.native(", ".join(version.identifiers)),
        ]
        title = paper_text.native(version.title)
        address = link_of(version)
        named = f"[{title}]({address})" if address else title
        here = " (shown here)" if i == 0 else ""
        st.markdown(f"- {named}{here}: {', '.join(x for x in facts if x)}")


def status(shown: Paper) -> None:
    """Show who says that the paper is retracted, in doubt or no paper, and let that be denied."""
    if not shown.statements:
        return
    st.subheader("Status", anchor=False)
    cleared = [x for x in shown.statements if x.says == CLEARED]
    for one in shown.statements:
        if one.says != CLEARED:
            st.markdown(f"- {_statement(one)}")
    if cleared:
        st.caption(
            f"A reader said on {paper_text.day(cleared[-1].recorded_at)} that this is not true."
            " A new notice will count again."
        )
        st.button("Let it count again", key="restore-status", on_click=_restore, args=(shown,))
    else:
        st.button(
            "This is not true",
            key="clear-status",
            help="Takes the mark away for all readers of this library, until a new notice comes.",
            on_click=_clear,
            args=(shown,),
        )


def _statement(one: StatusStatement) -> str:
    said = f" on {paper_text.day(one.at)}" if one.at else ""
    read = f", read on {paper_text.day(one.recorded_at)}" if one.recorded_at else ""
    address = quote(web_url(web_link(one.link)), safe=":/?#@!$&*+,;=%~")
    what = "its work" if one.says in RECORD_TYPES else "the notice"
    link = f", [{what}]({address})" if address else ""
    source = paper_text.native(_SAID_BY.get(one.source, one.source))
    return f"**{LABELS[one.says]}**, said by {source}{said}{read}{link}"


def _clear(shown: Paper) -> None:
    _change_status(lambda x: x.clear_status(shown.paper_id, app_state.now()))


def _restore(shown: Paper) -> None:
    _change_status(lambda x: x.restore_status(shown.paper_id))


def _change_status(change: Callable[[Catalogue], None]) -> None:
    with session.keep_problem():
        change(app_state.store().catalogue)


def came_together(shown: Paper) -> None:
    """Show which record gave which field, and what was merged, each merge with its undo."""
    catalogue = app_state.store().catalogue
    given = catalogue.provenance(shown.paper_id)
    st.subheader("Where this comes from", anchor=False)
    if not given:
        st.caption("No provenance was recorded for this paper.")
    for one in given:
        named = ", ".join(_FIELDS.get(x, x) for x in one.fields)
        day = paper_text.day(one.at)
        st.markdown(f"- {paper_text.native(_where(one.origin, one.line))}, {day}: {named}")
    merges = catalogue.merges(shown.paper_id)
    if merges:
        st.subheader("Merged into this paper", anchor=False)
    for merge in merges:
        _merge(merge)


def _merge(merge: Merge) -> None:
    with st.container(border=True, key=f"merge-{merge.number}"):
        st.markdown(
            f"**{paper_text.native(merge.other_title)}** ({paper_text.native(merge.other_id)})"
        )
        by = paper_text.native(_where(merge.origin, merge.line))
        st.caption(f"Merged into this paper by {by} on {paper_text.day(merge.merged_at)}")
        if merge.undone_at is not None:
            st.caption(f"Undone on {paper_text.day(merge.undone_at)}")
            return
        st.button(
            "Undo this merge",
            key=f"undo-merge-{merge.number}",
            help="Splits the paper in two, for good; likes and lists follow their own ids.",
            on_click=_undo,
            args=(merge.number,),
        )


def _undo(number: int) -> None:
    with session.keep_problem():
        undone = app_state.store().catalogue.undo_merge(number, app_state.now())
        session.refit_if_due()
        st.toast(
            f"Two papers again: {paper_text.native(undone.kept_id)}, "
            f"{paper_text.native(undone.other_id)}."
        )


def _where(origin: Origin, line: int) -> str:
    named = " ".join(x for x in (origin.source, _place(origin.place)) if x) or "an unknown source"
    return f"{named}, line {line}" if line else named


def _place(place: str) -> str:
    """Return where an origin lies; a file by its name alone, without this machine's folders."""
    is_path = place.startswith(("/", "\\\\", "~")) or place[1:3] in (":\\", ":/")
    return re.split(r"[/\\]", place)[-1] if is_path else place
