from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from topics import N_PAPERS, N_READERS, make_two_topics

from recommender.errors import EvaluationError
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.datasets import Dataset, open_dataset
from recommender.evaluation.run import evaluate
from recommender.ranking import pipeline

FAST = ["tfidf-mean", "popularity"]
LOOP = pytest.param("loop", marks=pytest.mark.slow)


def still() -> float:
    return 0.0


def test_the_same_seed_gives_the_same_report() -> None:
    names = [*FAST, "logistic", "svm", "als-tuned"]
    first, again = (
        evaluate(make_two_topics(), "warm", rankers=names, seed=7, clock=still) for _ in range(2)
    )
    assert first.json() == again.json()


def test_another_seed_splits_otherwise(two_topics: Dataset) -> None:
    first, other = (
        evaluate(two_topics, "warm", rankers=FAST, seed=s, clock=still).as_json()["rankers"]
        for s in (1, 2)
    )
    assert first != other


def test_words_beat_popularity_where_topics_are_far_apart(two_topics: Dataset) -> None:
    report = evaluate(two_topics, "warm", rankers=FAST)
    assert [r.name for r in report.rankers] == FAST
    assert report.n_readers == N_READERS


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"protocol": "hot"}, "no protocol 'hot'; known are warm"),
        ({"protocol": "warm", "rankers": ["oracle"]}, "no ranker 'oracle'; known are paperloop"),
        ({"protocol": "warm", "part": "train"}, "no part 'train'"),
        ({"protocol": "given", "rankers": FAST}, "needs a train file and a test file"),
        ({"protocol": "loop", "shortlist": True}, "compared in the protocols warm, cold"),
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(
    two_topics: Dataset, arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(EvaluationError, match=says):
        evaluate(two_topics, **arguments)


def test_progress_ends_with_everything_done(two_topics: Dataset) -> None:
    heard: list[tuple[str, int, int]] = []
    evaluate(two_topics, "cold", rankers=FAST, progress=lambda *x: heard.append(x))
    for name in FAST:
        last = [x for x in heard if x[0] == name][-1]
        assert last[1] == last[2] > 0


def test_slow_rankers_are_measured_on_a_sample_and_say_so(
    two_topics: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = BASELINES["svm"].__class__("svm", BASELINES["svm"].target, sample=4)
    monkeypatch.setitem(BASELINES, "svm", few)
    report = evaluate(two_topics, "warm", rankers=["svm", "tfidf-mean"])
    assert report.ranker("svm").n_readers == 4
    assert any("on a sample of readers" in note for note in report.notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"), [("popularity", 0.0340), ("tfidf-mean", 0.1522), ("als-tuned", 0.244)]
)
def test_published_baselines_are_reproduced(shared: Path, name: str, expected: float) -> None:
    dataset = open_dataset(shared / "data" / "citeulike-t")
    report = evaluate(dataset, "warm", rankers=[name], seed=42)
    assert report.n_readers == 5219
    assert report.ranker(name).value("recall@20") == pytest.approx(expected, abs=0.01)


def test_an_undated_data_set_leaves_recency_out_of_the_field(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    (tmp_path / "papers.jsonl").write_text(
        "".join(json.dumps({"id": str(i), "title": f"Moss {i % 5}"}) + "\n" for i in range(30))
    )
    rows = [f"r{r}\t{p}\n" for r in range(6) for p in rng.choice(30, 6, replace=False)]
    (tmp_path / "interactions.tsv").write_text("".join(rows))
    report = evaluate(open_dataset(tmp_path), "warm")
    names = {r.name for r in report.rankers}
    assert "paperloop" in names
    assert "recency" not in names
    assert any(note.startswith("recency was left out") for note in report.notes)


@pytest.mark.parametrize(
    "protocol", ["cold", *(pytest.param(x, marks=pytest.mark.slow) for x in ("warm", "time")), LOOP]
)
def test_the_product_ranks_beside_every_baseline(two_topics: Dataset, protocol: str) -> None:
    slow = {"bpr", "svm", "logistic"} if protocol == "loop" else set()
    report = evaluate(two_topics, protocol, rankers=["paperloop", *(set(BASELINES) - slow)])
    own = report.ranker("paperloop")
    assert own.n_readers == report.n_readers
    assert own.value(report.headline) >= report.ranker("recency").value(report.headline)
    for other in report.rankers:
        assert (other.name == "paperloop") == (not other.behind)
    assert bool(report.learning) == (protocol == "time")


@pytest.mark.parametrize(
    "protocol",
    ["warm", *(pytest.param(x, marks=pytest.mark.slow) for x in ("cold", "start", "time")), LOOP],
)
def test_an_encoder_that_knows_the_topics_takes_part(two_topics: Dataset, protocol: str) -> None:
    own = np.random.default_rng(0).normal(0, 0.01, (N_PAPERS, 4)).astype(np.float32)
    own[:, 0] += np.arange(N_PAPERS) % 2
    report = evaluate(two_topics, protocol, rankers=["paperloop"], vectors=own, clock=still)
    names = {r.name for r in report.rankers}
    assert {"paperloop", "paperloop-encoder"} <= names
    assert report.ranker("paperloop-encoder").behind
    metrics = list(report.ranker("paperloop").metrics)
    # Beginners are few, and like one paper more or less; all ways to begin are taken together.
    for some in [metrics] if protocol == "start" else [[x] for x in metrics]:
        plain, encoded = (
            sum(report.ranker(x).value(metric) for metric in some)
            for x in ("paperloop", "paperloop-encoder")
        )
        assert encoded >= 0.8 * plain, some


@pytest.mark.slow
def test_a_shortlist_is_compared_with_the_full_ranking(
    two_topics: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evaluate(two_topics, "warm", rankers=FAST[:1], shortlist=True)
    assert whole.ranker("paperloop-shortlist").overall["overlap"] == 1.0
    assert whole.ranker("paperloop-shortlist").behind["ndcg@20"].mean == 0.0
    assert "overlap" not in whole.ranker("paperloop").overall
    # One that leaves out every second paper is found out.
    monkeypatch.setattr(
        pipeline, "shortlist", lambda _s, rows, _n, _f, least: rows if least is None else rows[::2]
    )
    halved = evaluate(two_topics, "warm", rankers=FAST[:1], shortlist=True)
    assert halved.ranker("paperloop-shortlist").overall["overlap"] < 0.9


def test_other_readers_that_are_not_there_are_not_claimed(two_topics: Dataset) -> None:
    report = evaluate(two_topics, "warm", rankers=["paperloop"], other_readers=10_000, clock=still)
    n_known = int((two_topics.likes.per_reader() > 0).sum())
    assert f", {n_known} other readers" in report.title
    assert any(x.startswith("10000 other readers were asked for") for x in report.notes)


def test_an_encoder_has_its_vectors_looked_at(two_topics: Dataset) -> None:
    rng = np.random.default_rng(0)
    reports = [
        evaluate(
            two_topics,
            "warm",
            rankers=["paperloop"],
            vectors=rng.normal(0, 1, (N_PAPERS, 4)).astype(np.float32),
            other_readers=0,
            clock=still,
        ).ranker("paperloop-encoder")
        for _ in range(2)
    ]
    assert reports[0].metrics != reports[1].metrics
