"""What stands in the place of suggestions until a first model is fitted."""

from __future__ import annotations

import streamlit as st

from recommender.errors import NoModel
from recommender.training.fit import LOG, refit_in_background, running_fit
from ui import app_state, components, paper_text

_BEGUN = "first_fit_begun"
_LOOK_EVERY_SECONDS = 2.0


def missing() -> bool:
    """Return whether there is no model yet."""
    try:
        app_state.recommender().served()
    except NoModel:
        return True
    return False


def show() -> None:
    """Begin a fit, say how far it is, and show the page when there is a model."""
    store = app_state.store()
    if not store.catalogue.count():
        components.no_papers()
    elif store.database.is_read_only:
        components.empty(
            "There is no model yet",
            "Suggestions need one, and none can be fitted while paperloop may not write here.",
        )
    else:
        if not st.session_state.get(_BEGUN):
            _begin()
        _wait()


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _wait() -> None:
    if not missing():
        st.session_state.pop(_BEGUN, None)
        st.rerun()
    said = running_fit(app_state.settings())
    if said is None:
        components.empty(
            "There is no model yet",
            f"The last fit ended without one; {LOG} in the folder of models says why.",
        )
        st.button("Fit now", on_click=_begin, icon=":material/model_training:")
        return
    n = components.count(app_state.store().catalogue.count(), "paper")
    components.empty(
        "Getting to know your papers",
        f"A first model is being fitted on {n}: seconds for hundreds, minutes for many thousands. "
        "Suggestions appear here as soon as it is ready.",
    )
    if said:
        st.caption(paper_text.message(said))


def _begin() -> None:
    refit_in_background(app_state.settings())
    st.session_state[_BEGUN] = True
