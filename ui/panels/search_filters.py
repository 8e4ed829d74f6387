"""The filters of a search: each writes its operator into the box, where it can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from recommender.store.catalogue import search_query
from ui import app_state, paper_text

BOX = "q"
_ANY = ""
_OPERATORS = (
    ("`author:hinton`", 'a name among the authors; `author:"Ada Lovelace"` for both names'),
    ("`year:2023`", "one year; `year:2020..2023`, `year:2020..` and `year:..2019` for more"),
    ("`source:arxiv`", "where the paper was listed, or what kind of id it has"),
    ("`venue:neurips`", 'the journal or conference; `venue:"Nature Physics"` side by side'),
    ("`title:survey`", "in the title only"),
    ('`"long tail"`', "these words side by side"),
    ("`tides OR waves`", "either of the two"),
    ("`-survey`", "without this word; also `-author:`, `-year:`, `-source:`, `-venue:`"),
)


def show(asked: str, orders: Sequence[str]) -> str:
    """Show the filters as the search stands and the order; return the order."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="operators"):
        _text_filter(asked, "author", "Author", "A name", 145)
        _text_filter(asked, "year", "Years", "2020..2023", 130)
        _text_filter(asked, "venue", "Venue", "A word of it", 145)
        _source_filter(asked)
        chosen = st.selectbox("Order", orders, key="order", bind="query-params", width=175)
    return chosen or orders[0]


def help_where_one_types() -> None:
    """Show the button that explains the operators."""
    with st.popover("Operators", icon=":material/help:"):
        st.markdown("\n".join(f"- {written} {what}" for written, what in _OPERATORS))
        st.markdown("All terms must match. Accents and case are ignored.")


def _text_filter(asked: str, operator: str, label: str, placeholder: str, width: int) -> None:
    key = f"filter-{operator}"
    st.session_state[key] = search_query.operator_value(asked, operator)
    st.text_input(
        label,
        key=key,
        max_chars=80,
        placeholder=placeholder,
        width=width,
        on_change=_write,
        args=(operator, key),
    )


def _source_filter(asked: str) -> None:
    held = search_query.operator_value(asked, "source")
    names = {x: paper_text.source(x) for x in app_state.store().filters.sources()} | {
        "arxiv": "arXiv"
    }
    options = [_ANY, *dict.fromkeys((*names, *([held] if held else ())))]
    st.session_state["filter-source"] = held
    st.selectbox(
        "Source",
        options,
        key="filter-source",
        format_func=lambda x: names.get(x, x) or "Any",
        width=150,
        on_change=_write,
        args=("source", "filter-source"),
    )


def _write(operator: str, key: str) -> None:
    value = str(st.session_state.get(key) or "")
    if operator == "year":
        value = re.sub(r"\s*(?:to|–|—)\s*|\s+", "..", value.strip())
    asked = str(st.session_state.get(BOX) or "")
    st.session_state[BOX] = search_query.replace_operator(asked, operator, value)[:300]
