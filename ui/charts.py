"""Charts in the app's two themes: numbers in, an Altair chart out.

Colours are readable on both backgrounds; what a chart says also stands beside it
in words, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from recommender.insight import Week
from recommender.progress import Comparison, Rate

BLUE, ORANGE, GREEN, RED, GREY = "#4682b4", "#c2703d", "#3a9460", "#cc5a50", "#8a8f98"
HEIGHT = 220
_WEEK = "%-d %b"
_MOST_LABELS = 9


def like_rate(rates: Sequence[Rate]) -> alt.LayerChart:
    """Return the like-rate of every week with its 95 % interval."""
    table = pd.DataFrame(
        {
            "week": [pd.Timestamp(x.week) for x in rates],
            "rate": [x.rate for x in rates],
            "low": [x.low for x in rates],
            "high": [x.high for x in rates],
            "said": [f"{x.liked} of {x.judged} liked" for x in rates],
        }
    )
    base = alt.Chart(table).encode(x=_weeks([x.week for x in rates]))
    y = alt.Y("rate:Q", title="Liked", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    tooltip = [
        alt.Tooltip("week:T", title="Week of", format="%d %b %Y"),
        alt.Tooltip("said:N", title="Judged"),
        alt.Tooltip("low:Q", title="At least", format=".0%"),
        alt.Tooltip("high:Q", title="At most", format=".0%"),
    ]
    bars = base.mark_rule(color=GREY, strokeWidth=2).encode(y="low:Q", y2="high:Q", tooltip=tooltip)
    line = base.mark_line(color=BLUE, strokeWidth=1.5).encode(y=y)
    points = base.mark_circle(color=BLUE, size=70, opacity=1).encode(y=y, tooltip=tooltip)
    return alt.layer(bars, line, points).properties(height=HEIGHT)


def comparison(found: Comparison) -> alt.LayerChart:
    """Return how often both rankers put a liked paper first; 50 % is chance."""
    table = pd.DataFrame(
        {
            "ranker": ["paperloop, learning", "TF-IDF, frozen"],
            "share": [found.served, found.seed],
        }
    )
    bars = (
        alt.Chart(table)
        .mark_bar(height=22)
        .encode(
            y=alt.Y(
                "ranker:N", title=None, sort=None, axis=alt.Axis(labelLimit=200, labelPadding=8)
            ),
            x=alt.X(
                "share:Q",
                title="Liked before not liked",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            color=alt.Color(
                "ranker:N", scale=alt.Scale(range=[BLUE, GREY]), legend=None, sort=None
            ),
            tooltip=[
                alt.Tooltip("ranker:N", title="Ranker"),
                alt.Tooltip("share:Q", title="Liked first", format=".1%"),
            ],
        )
    )
    chance = alt.Chart(pd.DataFrame({"share": [0.5]})).mark_rule(
        color=ORANGE, strokeDash=[4, 4], strokeWidth=2
    )
    return alt.layer(bars, chance.encode(x="share:Q")).properties(height=150)


def by_week(weeks: Sequence[Week], values: Sequence[float], title: str, form: str) -> alt.Chart:
    """Return one number a week as a line with points; NaN leaves a gap."""
    table = pd.DataFrame({"week": [pd.Timestamp(x.week) for x in weeks], "value": values})
    return (
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


def _weeks(weeks: Sequence[date]) -> alt.X:
    step = -(-len(weeks) // _MOST_LABELS)
    values = [alt.DateTime(year=x.year, month=x.month, date=x.day) for x in weeks[::step]]
    axis = alt.Axis(format=_WEEK, values=values, labelOverlap=True)
    return alt.X("week:T", title=None, axis=axis, scale=alt.Scale(padding=24))
