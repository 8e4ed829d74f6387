"""What a log of drawn papers says of rankers: found in a library where the truth is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from libraries import NOW, make_library, papers_on
from shells import Shell

from recommender.config import Settings, load_settings
from recommender.domain import Event, EventKind
from recommender.domain.history import fold, meanings_with
from recommender.evaluation.datasets import from_log
from recommender.evaluation.off_policy import (
    BLIND,
    SERVED,
    OffPolicyReport,
    _scores_by,
    compare_policies,
)
from recommender.insights.off_policy import Floats
from recommender.insights.past_draws import Draw, draws_of, n_drawn
from recommender.recommend.exploration import EXPLORE
from recommender.recommend.recommender import Recommender
from recommender.store import Store

N_ANSWERS = 40
MEANINGS = Settings().meanings


@pytest.fixture
def library(tmp_path: Path) -> Shell:
    """A reader who likes bees, explores, and answers what was drawn."""
    papers = [*papers_on("bees", 60), *papers_on("bridges", 60)]
    made = make_library(tmp_path, papers)
    store = made.open()
    for i in range(3):
        paper_id = f"doi:10.5555/bees.{i}"
        store.feedback.append(Event(f"k{i}", "me", "me/general", paper_id, EventKind.like, NOW))
    store.preferences.set("me", EXPLORE, 0.5)
    recommender = Recommender(store, made.settings)
    now, n_answered = NOW, 0
    while n_answered < N_ANSWERS:
        now += timedelta(hours=1)
        slate = recommender.recommend("me", n=10, now=now)
        for item in [x for x in slate.items if x.drawn_from][:4]:
            kind = EventKind.like if "bees" in item.paper_id else EventKind.skip
            n_answered += 1
            store.feedback.append(
                Event(
                    f"a{n_answered}", "me", "me/general", item.paper_id, kind,
                    now + timedelta(minutes=1), slate_id=slate.slate_id,
                )
            )  # fmt: skip
    store.close()
    return Shell(made.settings.data_dir)


@pytest.mark.slow
def test_the_log_says_what_other_rankers_would_have_earned(library: Shell) -> None:
    found = library.json(
        *("evaluate", "--mine", "--off-policy", "--half-life", "30"),
        *("--ranker", "paperloop", "--ranker", "recency"),
    )
    assert found["answered"] == N_ANSWERS
    policies = found["policies"]
    assert set(policies) == {SERVED, "paperloop", "recency", "paperloop-half-life-30", BLIND}
    assert policies["paperloop"]["doubly_robust"][0] > policies[BLIND]["doubly_robust"][0]
    assert policies[BLIND]["effective"] == pytest.approx(N_ANSWERS)
    said = library.run("evaluate", "--mine", "--off-policy").stdout
    assert "paperloop-frozen" in said
    assert f"{N_ANSWERS} of them answered" in said
    assert "more answers to drawn papers" in said  # 40 draws are a few effective ones


def test_a_log_with_a_clear_winner_names_it() -> None:
    rng = np.random.default_rng(0)
    papers = papers_on("bees", 12)
    ids = tuple(f"doi:10.5555/bees.{i}" for i in range(12))
    events = {"me": [Event("k", "me", "i", ids[0], EventKind.like, NOW, event_id=1)]}
    draws = []
    for number in range(400):
        shown = int(rng.integers(1, 11))
        draws.append(
            Draw(
                "me",
                "i",
                NOW + timedelta(hours=number + 1),
                ids[1:11],
                scores=np.arange(10.0),
                shown=shown - 1,
                propensity=0.1,
                liked=shown <= 3,
            )
        )
    named = [replace(x, paper_id=i) for x, i in zip(papers, ids, strict=True)]
    dataset = from_log(named, {"me": fold(events["me"])})
    made = compare_policies(
        dataset, draws, events, {"me": MEANINGS}, drawn=400, rankers=["tfidf-mean"]
    )
    served = next(x for x in made.policies if x.name == SERVED)
    assert served.value.dr.value == pytest.approx(0.0, abs=0.1)
    blind = next(x for x in made.policies if x.name == BLIND)
    assert blind.value.snips.value == pytest.approx(0.3, abs=0.05)
    assert blind.ahead.low > 0
    assert "would have earned" in made.summary()
    assert json.loads(made.json())["needed"] == 0


def test_paperloop_is_judged_with_the_half_life_that_the_reader_chose() -> None:
    """With a chosen half-life it scores as `--half-life` makes it score without one."""
    papers = [*papers_on("bees", 12), *papers_on("bridges", 12)]
    ids = [f"doi:10.5555/{x}.{i}" for x in ("bees", "bridges") for i in range(12)]
    named = [replace(x, paper_id=i) for x, i in zip(papers, ids, strict=True)]
    likes = [(0, 400), (1, 400), (12, 20), (13, 20)]
    events = [
        Event(f"k{i}", "me", "i", ids[row], EventKind.like, NOW - timedelta(days=days), event_id=i)
        for i, (row, days) in enumerate(likes, 1)
    ]
    reserve = tuple(ids[2:12] + ids[14:24])
    draw = Draw("me", "i", NOW, reserve, np.arange(20.0), shown=0, propensity=0.05, liked=True)
    dataset = from_log(named, {"me": fold(events)})

    def scores(half_life: float | None, own: float | None) -> dict[str, list[Floats]]:
        meanings = {"me": meanings_with(MEANINGS, own)}
        log = {"me": events}
        return _scores_by(dataset, [draw], log, meanings, ["paperloop"], half_life, seed=1)

    tried, chosen = scores(30.0, None), scores(None, 30.0)
    assert chosen["paperloop"][0] == pytest.approx(tried["paperloop-half-life-30"][0])
    assert chosen["paperloop"][0] != pytest.approx(tried["paperloop"][0])


def test_a_draw_counts_when_it_was_answered_in_its_slate(library: Shell) -> None:
    store = Store(load_settings(data_dir=library.folder).url)
    events, slates = store.feedback.events("me"), store.feedback.slates("me", limit=100)
    store.close()
    draws = draws_of(events, slates)
    assert len(draws) == N_ANSWERS < n_drawn(slates)
    assert all(x.papers[x.shown] in {e.paper_id for e in events} for x in draws)
    assert draws_of([e for e in events if not e.slate_id], slates) == []


def test_an_empty_report_has_no_table() -> None:
    assert OffPolicyReport(0, 0, 0, (), 1).table().startswith("0 places were drawn")
