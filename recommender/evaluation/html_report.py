"""The report as one HTML file: table, plots, remarks; no script, nothing from elsewhere. Pure."""

from __future__ import annotations

import math

from jinja2 import Environment
from markupsafe import Markup

from recommender.evaluation.report import EvaluationReport, RankerResult
from recommender.evaluation.svg_charts import Bar, Line, interval_chart, line_chart
from recommender.evaluation.systems import PAPERLOOP

_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ report.title }}</title>
<style>
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap }
tr { border-bottom: 1px solid #8884 }
th:first-child, td:first-child { text-align: left }
tr.own { font-weight: 700 }
figure { margin: 2rem 0 }
svg { width: 100%; height: auto }
</style></head><body>
<h1>{{ report.protocol }} on {{ report.dataset }}</h1>
<p>{{ report.title }}.</p>
{% if report.learning %}<p><strong>{{ report.learning }}</strong></p>{% endif %}
<div class="wide"><table>
<thead><tr>{% for cell in rows[0] %}<th scope="col">{{ cell }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows[1:] %}
<tr{% if row[0] == own %} class="own"{% endif %}>
{%- for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{%- endfor %}</tbody></table></div>
{% for caption, chart in charts %}<figure><figcaption>{{ caption }}</figcaption>{{ chart }}</figure>
{% endfor %}
<h2>How to read it</h2>
<ul>{% for line in remarks %}<li>{{ line }}</li>{% endfor %}
<li>Whiskers and ± are 95 % bootstrap intervals over readers.</li>
<li>Novelty is in bits; coverage, novelty, diversity and Gini look at the shown places
(the first 20 of a list).</li></ul>
</body></html>
"""

CURVES = {"loop": "likes by round", "weeks": "likes per shown by week"}
"""What the curve of a protocol is, where it is no NDCG."""


def html(report: EvaluationReport) -> str:
    """Return the report as a self-contained page."""
    environment = Environment(autoescape=True, trim_blocks=True)
    return environment.from_string(_TEMPLATE).render(
        report=report,
        rows=report.rows(),
        own=PAPERLOOP,
        charts=_charts(report),
        remarks=report.remarks(),
    )


def _charts(report: EvaluationReport) -> list[tuple[str, Markup]]:
    charts = []
    for metric in report.columns():
        bars = [_bar(r, metric) for r in report.rankers if metric in r.metrics]
        if metric in (report.headline, "recall@20", "recall@50", "likes@10"):
            charts.append((f"{metric}, mean over readers", interval_chart(metric, bars)))
    lines = [Line(r.name, r.curve, r.name == PAPERLOOP) for r in report.rankers]
    per = CURVES.get(report.protocol, "NDCG@20 by week")
    charts.append((per, line_chart(per, lines)))
    # Both charts escape every name they are given.
    return [(caption, Markup(svg)) for caption, svg in charts if svg]  # noqa: S704


def _bar(ranker: RankerResult, metric: str) -> Bar:
    e = ranker.metrics[metric]
    low, high = (e.mean, e.mean) if math.isnan(e.low) else (e.low, e.high)
    return Bar(ranker.name, e.mean, low, high, ranker.name == PAPERLOOP)
