"""The map of the catalogue on the page Taste: drawn behind the page, then to hover and act on."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from recommender.errors import RecommenderError
from recommender.insights import topic_map
from recommender.insights.profile_report import (
    LIKED,
    OTHER,
    SKIPPED,
    SUGGESTED,
    MapPoint,
    map_points,
    regions,
)
from ui import app_state, background_jobs, components, paper_text, session
from ui.panels import charts, paper_list

JOB = "map"
EVERYBODY = ""
CHART, CHOICE, CHOSEN = "map_chart", "map_choice", "map_chosen"
_INK = {"light": "#15181d", "dark": "#e6e3dd"}


def show() -> None:
    """Show the map of the model that serves; draw it first where there is none."""
    served = app_state.recommender().served()
    drawn = topic_map.drawn(app_state.settings(), served)
    name = f"{JOB} {served.version}"
    if drawn is not None:
        _map(drawn)
        return
    job = background_jobs.show(EVERYBODY, name)
    if job is None:
        settings = app_state.settings()
        n = min(len(served.model.features), topic_map.MAX_DRAWN)
        label = f"Drawing the map of {components.count(n, 'paper')}; you can go on meanwhile"
        if background_jobs.all_jobs().start(
            EVERYBODY, name, label, lambda _: topic_map.draw(settings, served)
        ):
            st.rerun()
        return
    ended = job.result()
    if isinstance(ended, RecommenderError):
        components.show_error(ended)
        st.button("Try again", on_click=background_jobs.all_jobs().forget, args=(EVERYBODY, name))
    else:
        _map(ended)


@st.fragment
def _map(drawn: topic_map.TopicMap) -> None:
    log = session.log()
    version = app_state.recommender().model_version
    points = _spots(
        drawn, app_state.settings().url, log.reader_id, log.last_event_id, log.revision, version
    )
    if not points:
        components.empty("There is nothing to draw", "Import papers in the Library first.")
        return
    st.caption(
        "Papers near to one another share their words. Hover to read a title, click to act on "
        f"it. {_counted(points)}"
    )
    ink = _INK.get(st.context.theme.type or "light", _INK["light"])
    st.altair_chart(
        charts.atlas(points, _places(drawn, app_state.settings().url, version), ink),
        key=CHART,
        on_select=_clicked,
        selection_mode=charts.SELECTED,
        alt="Map of the catalogue; the list below it holds the same papers",
    )
    _choice(points)
    components.show_problem()
    chosen = st.session_state.get(CHOSEN)
    if chosen is not None and any(x.paper_id == chosen for x in points):
        paper_list.show_papers([chosen], paper_list.Place("map"))


def _choice(points: Sequence[MapPoint]) -> None:
    """Offer the papers by name, for the keyboard and for those who do not see the map."""
    order = (SUGGESTED, LIKED, SKIPPED, OTHER)
    by_id = {x.paper_id: x for x in sorted(points, key=lambda x: (order.index(x.what), x.title))}
    st.selectbox(
        "Or choose a paper by its title",
        list(by_id),
        index=None,
        key=CHOICE,
        format_func=lambda i: f"{by_id[i].title} ({by_id[i].what.lower()})" if i in by_id else i,
        placeholder="Title",
        on_change=_chose,
    )


def _clicked() -> None:
    picked = st.session_state[CHART].selection.get(charts.SELECTED)
    if picked:
        st.session_state[CHOSEN] = str(picked[0].get("id", ""))


def _chose() -> None:
    st.session_state[CHOSEN] = st.session_state.get(CHOICE)


def _counted(points: Sequence[MapPoint]) -> str:
    counts = {what: sum(x.what == what for x in points) for what in (LIKED, SKIPPED, SUGGESTED)}
    counted = ", ".join(f"{n} {what.lower()}" for what, n in counts.items())
    return f"Of {components.count(len(points), 'paper')}: {paper_text.native(counted)}."


@st.cache_resource(show_spinner=False, max_entries=16)
def _spots(
    _drawn: topic_map.TopicMap,
    url: str,
    reader_id: str,
    last_event_id: int,
    revision: int,
    version: str,
) -> list[MapPoint]:
    return map_points(
        app_state.store(), app_state.recommender(), _drawn, reader_id, app_state.now()
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _places(_drawn: topic_map.TopicMap, url: str, version: str) -> list[topic_map.MapRegion]:
    return regions(app_state.recommender(), _drawn)
