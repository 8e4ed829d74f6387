"""Charts in the app's two themes: numbers in, an Altair chart out.

Colours are readable on both backgrounds; what a chart shows is also given
in words, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import altair as alt
import pandas as pd

from recommender.insights.online_metrics import Comparison, Rate
from recommender.insights.performance_report import WeeklySlates
from recommender.insights.profile_report import (
    LIKED,
    OTHER,
    SKIPPED,
    SUGGESTED,
    MapPoint,
    MonthlyLikes,
)
from recommender.insights.reliability import ReliabilityGroup
from recommender.insights.topic_map import MapRegion

Layers: TypeAlias = "alt.LayerChart | alt.FacetChart"

BLUE, ORANGE, GREEN, RED, GREY = "#4682b4", "#c2703d", "#3a9460", "#cc5a50", "#8a8f98"
HEIGHT = 220
_WEEK = "%-d %b"
_MAX_LABELS = 9


def like_rate(rates: Sequence[Rate]) -> Layers:
    """Return the like-rate of every week with its 95 % interval."""
    table = pd.DataFrame(
        {
            "week": [pd.Timestamp(x.week) for x in rates],
            "rate": [x.rate for x in rates],
            "low": [x.low for x in rates],
            "high": [x.high for x in rates],
            "judged_text": [f"{x.liked} of {x.judged} liked" for x in rates],
        }
    )
    base = alt.Chart(table).encode(x=_weeks([x.week for x in rates]))
    y = alt.Y("rate:Q", title="Liked", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    tooltip = [
        alt.Tooltip("week:T", title="Week of", format="%d %b %Y"),
        alt.Tooltip("judged_text:N", title="Judged"),
        alt.Tooltip("low:Q", title="At least", format=".0%"),
        alt.Tooltip("high:Q", title="At most", format=".0%"),
    ]
    bars = base.mark_rule(color=GREY, strokeWidth=2).encode(y="low:Q", y2="high:Q", tooltip=tooltip)
    line = base.mark_line(color=BLUE, strokeWidth=1.5).encode(y=y)
    points = base.mark_circle(color=BLUE, size=70, opacity=1).encode(y=y, tooltip=tooltip)
    return alt.layer(bars, line, points, height=HEIGHT)


def lead(result: Comparison) -> Layers:
    """Return how many points learning lies ahead of TF-IDF, with its 95 % interval and zero."""
    table = pd.DataFrame(
        {
            "lead": [100 * (result.served - result.seed)],
            "low": [100 * result.low],
            "high": [100 * result.high],
        }
    )
    far = max(10.0, 100 * abs(result.low), 100 * abs(result.high))

    def axis(field: str) -> alt.X:
        title = "← TF-IDF is better · points · learning is better →"
        return alt.X(field, title=title, scale=alt.Scale(domain=[-far, far]))

    tooltip = [
        alt.Tooltip("lead:Q", title="Ahead by", format="+.1f"),
        alt.Tooltip("low:Q", title="At least", format="+.1f"),
        alt.Tooltip("high:Q", title="At most", format="+.1f"),
    ]
    base = alt.Chart(table)
    interval = base.mark_rule(color=BLUE, strokeWidth=4).encode(
        x=axis("low:Q"), x2="high:Q", tooltip=tooltip
    )
    point = base.mark_circle(color=BLUE, size=160, opacity=1).encode(
        x=axis("lead:Q"), tooltip=tooltip
    )
    zero = alt.Chart(pd.DataFrame({"lead": [0.0]})).mark_rule(
        color=ORANGE, strokeDash=[4, 4], strokeWidth=2
    )
    return alt.layer(zero.encode(x=axis("lead:Q")), interval, point, height=110)


def reliability(curve: Sequence[ReliabilityGroup]) -> Layers:
    """Return the reliability curve: the share of likes by stated chance, and the diagonal."""
    table = pd.DataFrame(
        {
            "chance": [x.chance for x in curve],
            "liked": [x.liked for x in curve],
            "low": [x.low for x in curve],
            "high": [x.high for x in curve],
            "n": [x.n for x in curve],
        }
    )
    form, scale = alt.Axis(format="%"), alt.Scale(domain=[0, 1])
    x = alt.X("chance:Q", title="Stated chance", scale=scale, axis=form)
    y = alt.Y("liked:Q", title="Liked", scale=scale, axis=form)
    tooltip = [
        alt.Tooltip("chance:Q", title="Stated", format=".0%"),
        alt.Tooltip("liked:Q", title="Liked", format=".0%"),
        alt.Tooltip("n:Q", title="Answers"),
    ]
    ends = pd.DataFrame({"chance": [0.0, 1.0], "liked": [0.0, 1.0]})
    diagonal = alt.Chart(ends).mark_line(color=GREY, strokeDash=[4, 4]).encode(x=x, y=y)
    base = alt.Chart(table).encode(x=x)
    bars = base.mark_rule(color=BLUE, strokeWidth=2).encode(y="low:Q", y2="high:Q", tooltip=tooltip)
    line = base.mark_line(color=BLUE, strokeWidth=1.5).encode(y=y)
    points = base.mark_circle(color=BLUE, size=70, opacity=1).encode(y=y, tooltip=tooltip)
    return alt.layer(diagonal, bars, line, points, height=HEIGHT)


def by_week(
    weeks: Sequence[WeeklySlates], values: Sequence[float], title: str, form: str
) -> alt.Chart:
    """Return one number a week as a line with points; NaN leaves a gap."""
    table = pd.DataFrame({"week": [pd.Timestamp(x.week) for x in weeks], "value": values})
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_line(color=BLUE, point=alt.OverlayMarkDef(color=BLUE, size=60))
        .encode(
            x=_weeks([x.week for x in weeks]),
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=True), axis=alt.Axis(format=form)),
            tooltip=[
                alt.Tooltip("week:T", title="Week of", format="%d %b %Y"),
                alt.Tooltip("value:Q", title=title, format=form),
            ],
        )
        .properties(height=180)
    )
    return chart


def _weeks(weeks: Sequence[date]) -> alt.X:
    step = -(-len(weeks) // _MAX_LABELS)
    values = [alt.DateTime(year=x.year, month=x.month, date=x.day) for x in weeks[::step]]
    axis = alt.Axis(format=_WEEK, values=values, labelOverlap=True)
    return alt.X("week:T", title=None, axis=axis, scale=alt.Scale(padding=24))


_LOOKS = {
    OTHER: (GREY, "circle", 22),
    SKIPPED: (RED, "cross", 70),
    SUGGESTED: (BLUE, "diamond", 110),
    LIKED: (GREEN, "triangle-up", 110),
}
SELECTED = "paper"


def atlas(map_points: Sequence[MapPoint], map_regions: Sequence[MapRegion], ink: str) -> Layers:
    """Return the map: papers as points to click, regions by their words in the colour `ink`."""
    order = list(_LOOKS)
    known = sorted(map_points, key=lambda x: order.index(x.what))
    table = pd.DataFrame(
        {
            "id": [x.paper_id for x in known],
            "title": [x.title for x in known],
            "x": [x.x for x in known],
            "y": [x.y for x in known],
            "what": [x.what for x in known],
        }
    )
    hidden = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    picked = alt.selection_point(name=SELECTED, fields=["id"], toggle=False, empty=False)
    legend = alt.Legend(orient="top", title=None, symbolOpacity=1)

    def scale(column: int) -> alt.Scale:
        return alt.Scale(domain=order, range=[look[column] for look in _LOOKS.values()])

    points = (
        alt.Chart(table)
        .mark_point(filled=True)
        .encode(
            x=alt.X("x:Q", axis=hidden, scale=alt.Scale(domain=[-1.08, 1.08])),
            y=alt.Y("y:Q", axis=hidden, scale=alt.Scale(domain=[-1.08, 1.08])),
            color=alt.Color("what:N", scale=scale(0), legend=legend),
            shape=alt.Shape("what:N", scale=scale(1), legend=legend),
            size=alt.condition(
                picked, alt.value(420), alt.Size("what:N", scale=scale(2), legend=None)
            ),
            opacity=alt.condition(alt.datum.what == OTHER, alt.value(0.6), alt.value(0.95)),
            tooltip=[alt.Tooltip("title:N", title="Paper"), alt.Tooltip("what:N", title="Is")],
        )
        .add_params(picked)
    )
    words = pd.DataFrame(
        {
            "x": [p.x for p in map_regions],
            "y": [p.y for p in map_regions],
            "words": [p.words for p in map_regions],
        }
    )
    names = (
        alt.Chart(words)
        .mark_text(fontSize=13, fontWeight="bold", color=ink, opacity=0.85)
        .encode(x="x:Q", y="y:Q", text="words:N")
    )
    return alt.layer(points, names, height=560)


def drift(months: Sequence[MonthlyLikes]) -> alt.Chart:
    """Return the likes of every month by topic, as stacked bars."""
    table = pd.DataFrame(
        {
            "month": [f"{x.month:%Y-%m}" for x in months],
            "topic": [x.topic for x in months],
            "likes": [x.n_liked for x in months],
        }
    )
    palette = alt.Scale(range=[BLUE, ORANGE, GREEN, GREY, RED])
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("likes:Q", title="Papers liked", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "topic:N",
                scale=palette,
                legend=alt.Legend(orient="bottom", title=None, columns=1, labelLimit=500),
            ),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("topic:N", title="Topic"),
                alt.Tooltip("likes:Q", title="Liked"),
            ],
        )
        .properties(height=300)
    )
    return chart
