"""The form that adds a query: the fields a source takes, a trial, and what it would bring."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from recommender.errors import RecommenderError
from recommender.ingest import SourceForm, SourceQuery, Trial, forms, keep
from ui import app_state, background_jobs, components, paper_text, session
from ui.panels import fetch_jobs

NAMES = {
    "arxiv": "arXiv, by search",
    "arxiv-rss": "arXiv, today's papers of a category",
    "oai": "OAI-PMH repository, in bulk (arXiv by default)",
    "hf-daily": "Hugging Face Daily Papers",
    "openalex": "OpenAlex",
    "semantic-scholar": "Semantic Scholar",
    "crossref": "Crossref",
    "datacite": "DataCite",
    "feed": "RSS or Atom feed of a journal, a blog or a lab",
    "opml": "List of feeds (OPML)",
}
_TEXTS = {
    "text": ("Words to search for", "class imbalance"),
    "categories": ("Categories, separated by commas", "cs.IR, cs.LG"),
    "authors": ("Authors, separated by commas", "Ada Lovelace"),
    "url": ("Address", "https://example.org/rss"),
    "ids": ("DOIs or arXiv ids, separated by commas", "10.1000/182, arXiv:2401.01234"),
    "period": ("Day, week or month; empty for the newest", "2026-05-20, 2026-W21 or 2026-05"),
}
_DAYS = {"since": "First day of publication", "until": "Last day of publication"}


def show() -> None:
    """Show the form for one source, and what its trial has found."""
    known = {x.name: x for x in forms(app_state.settings())}
    name = st.selectbox(
        "Source",
        list(known),
        format_func=lambda x: NAMES.get(x, x),
        key="new_source",
    )
    form = known.get(name or "", next(iter(known.values())))
    at = f" at {form.host}" if form.host else ""
    st.caption(
        f"Asked{at} no faster than once in {form.pause_seconds:g} s. No key is needed. "
        "A trial asks for one page and stores nothing."
    )
    with st.container(key="source-form"):
        _fields(form)
    running = _running()
    with st.container(horizontal=True):
        for label, act, kind in (
            ("Try it", _try, "secondary"),
            ("Add", _add, "secondary"),
            ("Add and fetch now", _add_and_fetch, "primary"),
        ):
            st.button(label, type=kind, on_click=act, args=(form,), disabled=running)  # type: ignore[arg-type]
    _trial()


def _fields(form: SourceForm) -> None:
    for field, (label, placeholder) in _TEXTS.items():
        if field not in form.accepts:
            continue
        st.text_input(label, key=f"new_{field}", placeholder=placeholder, max_chars=2_000)
    with st.container(horizontal=True):
        for field, label in _DAYS.items():
            if field in form.accepts:
                st.date_input(label, None, key=f"new_{field}", min_value=date(1900, 1, 1))
        st.number_input("Maximum papers per fetch", 1, 100_000, 100, key="new_most")


def _query(form: SourceForm) -> SourceQuery:
    held = st.session_state
    given: dict[str, Any] = {}
    for field in form.accepts:
        value = held.get(f"new_{field}")
        if field in _DAYS:
            given[field] = value
        elif field in ("ids", "categories", "authors"):
            parts = str(value or "").split(",")
            given[field] = tuple(x.strip() for x in parts if x.strip())
        else:
            given[field] = str(value or "").strip()
    address = given.get("url", "")
    if address and not address.lower().startswith(("http://", "https://")):
        # Files of the server are for who runs it, not for who reads in a browser.
        raise RecommenderError(
            "A page reads addresses of the web only, http or https. A list on the disk of this "
            "machine is read on the command line, by paperloop fetch opml."
        )
    return SourceQuery(form.name, **given, limit=int(held.get("new_most") or 100))


def _try(form: SourceForm) -> None:
    with session.keep_problem():
        fetch_jobs.start_trial(_query(form))


def _add(form: SourceForm) -> str | None:
    with session.keep_problem():
        return keep(app_state.store(), app_state.settings(), _query(form))
    return None


def _add_and_fetch(form: SourceForm) -> None:
    key = _add(form)
    kept = app_state.store().fetches.get(key) if key else None
    if kept is not None:
        fetch_jobs.start(kept)


def _running() -> bool:
    job = background_jobs.all_jobs().of(fetch_jobs.LIBRARY, fetch_jobs.TRIAL)
    return job is not None and job.running


def _trial() -> None:
    job = background_jobs.show(fetch_jobs.LIBRARY, fetch_jobs.TRIAL)
    if job is None:
        return
    outcome = job.result()
    if isinstance(outcome, RecommenderError):
        components.show_error(outcome)
        return
    query, trial = outcome
    _would_come(query, trial)


def _would_come(query: SourceQuery, trial: Trial) -> None:
    with st.container(border=True, key="trial"):
        whole = f" of {trial.total:,}" if trial.total is not None else ""
        shown = components.count(len(trial.records), "paper")
        st.markdown(f"**{NAMES.get(query.source, query.source)} would bring:** {shown}{whole}")
        if not trial.records:
            nothing = "nothing new" if trial.unchanged else "nothing; ask for something else"
            st.markdown(f"The source answers that there is {nothing}.")
        for paper in trial.records:
            about = " · ".join(
                x
                for x in (paper_text.folded(paper_text.authors(paper), 3), paper_text.dated(paper))
                if x
            )
            st.markdown(f"- {paper_text.native(paper.title)}  \n  {paper_text.native(about)}")
        for refusal in trial.refused[:5]:
            st.caption(f"Refused: {paper_text.native(refusal.why)}")
        st.button("Dismiss", type="tertiary", on_click=_forget_trial)


def _forget_trial() -> None:
    background_jobs.all_jobs().forget(fetch_jobs.LIBRARY, fetch_jobs.TRIAL)
