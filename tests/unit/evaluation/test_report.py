from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from recommender.evaluation.bootstrap import Estimate
from recommender.evaluation.html_report import html
from recommender.evaluation.report import EvaluationReport, RankerResult

NAN = float("nan")


def result(name: str, likes: float, n: int = 30, **more: object) -> RankerResult:
    metrics = {"likes@100": Estimate(likes, likes - 1, likes + 1, n)}
    overall = {"coverage": 0.25, "gini": NAN}
    curve = (likes / 2, likes / 4, likes / 4)
    return RankerResult(name, n, metrics, overall, 1.25, 0.002, curve=curve, **more)


def report(*rankers: RankerResult, dataset: str = "toy") -> EvaluationReport:
    return EvaluationReport(
        dataset, "loop", "test", 42, 30, 500, None, rankers,
        left_out={"fewer than 20 papers": 4, "nothing": 0}, notes=("A remark.",),
    )  # fmt: skip


TWO = (
    result("paperloop", 12.0),
    result("svm", 8.0, behind={"likes@100": Estimate(4.0, 3.0, 5.0, 30)}),
)


def test_json_has_the_documented_shape() -> None:
    found = json.loads(report(*TWO).json())
    assert {k: found[k] for k in ("protocol", "seed", "n_readers")} == {
        "protocol": "loop",
        "seed": 42,
        "n_readers": 30,
    }
    assert list(found["rankers"]) == ["paperloop", "svm"]
    own = found["rankers"]["paperloop"]
    assert own["likes@100"] == 12.0
    assert own["fit_seconds"] == 1.25
    assert own["curve"] == [6.0, 3.0, 3.0]
    assert own["intervals"] == {"likes@100": [11.0, 13.0]}
    assert found["rankers"]["svm"]["paperloop_ahead"] == {"likes@100": [4.0, 3.0, 5.0]}


def test_what_is_not_a_number_is_null_in_json() -> None:
    assert json.loads(report(*TWO).json())["rankers"]["svm"]["gini"] is None


def test_the_table_names_every_ranker_and_who_was_left_out() -> None:
    table = report(*TWO).table()
    assert "| paperloop | 12.00 ±1.00 |" in table
    assert "Left out: 4 readers (fewer than 20 papers)." in table
    assert "A remark." in table
    assert "(nothing)" not in table
    widths = {len(line) for line in table.splitlines() if line.startswith("|")}
    assert len(widths) == 1


class Page(HTMLParser):
    """Collects tags and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = Page(html(report(*TWO)))
    assert page.links == []
    assert "script" not in page.tags
    assert page.tags.count("svg") == 2
    assert page.tags.count("polyline") == 2
    assert page.tags.count("circle") == 2


def test_names_are_escaped_in_table_and_charts() -> None:
    text = html(report(result("<b>x</b>", 1.0), dataset="<i>toy</i>"))
    assert "<b>" not in text
    assert "<i>" not in text


def test_a_report_without_rankers_still_renders() -> None:
    assert "toy" in html(report())
    assert "ranker" in report().table()


def test_an_unknown_ranker_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        report(*TWO).ranker("nobody")
