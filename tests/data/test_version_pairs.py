"""How many versions of a work join it, and how many joins are wrong.

    PAPERLOOP_SHARED=../shared python -m pytest -m slow -s tests/data/test_version_pairs.py

Every work gets one version and one look-alike, drawn with seed 17 (`version_pairs`), beside
all works of the data set. Measured on 2026-11-30 (two shared cores), versions that join and
look-alikes that do: `hf-daily` 2,999 and 1 of 3,000, `acl` 5,995 and 1 of 6,000, `bib-real`
1,458 and 0 of 1,459.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from duplicates import BATCH, NOW, fill, read_libraries, read_works
from stores import sqlite_store
from version_pairs import LOOK_ALIKES, VERSIONS, elsewhere

from recommender.domain import Paper
from recommender.sources import Document, Entry, load
from recommender.store import Store
from recommender.store.catalogue.matching import title_overlap

LEAST_JOINED = 0.99
MOST_WRONG = 0.001
MIN_ABSTRACT = 200


@pytest.fixture
def store(tmp_path: Path):
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def works_of(data: Path, name: str) -> list[Paper]:
    if name == "bib-real":
        return [x for library in read_libraries(data) for x in library]
    return read_works(data, name)


def tell(work: Paper, other: Paper) -> bool:
    """Return whether two abstracts tell works apart that share title and people."""
    long = min(len(work.abstract), len(other.abstract)) >= MIN_ABSTRACT
    return long and title_overlap(work, other) < 1


def measure(
    store: Store, kinds: Sequence[str], ids: Sequence[str], records: Sequence[Paper]
) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Return how many records of each kind are part of the work, and those that are not."""
    placed: list[str] = []
    for i in range(0, len(records), BATCH):
        placed += [x.paper_id for x in store.catalogue.add(records[i : i + BATCH], NOW)]
    today = store.catalogue.resolve([*placed, *ids])
    joined: Counter[str] = Counter()
    apart = []
    for kind, work, record, paper_id in zip(kinds, ids, records, placed, strict=True):
        if today[work] == today[paper_id]:
            joined[kind] += 1
        else:
            apart.append((kind, record.title, work))
    return joined, apart


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("hf-daily", 3_000),
        pytest.param("acl", 6_000, marks=pytest.mark.long),
        ("bib-real", 3_000),
    ],
)
def test_versions_join_their_work_and_look_alikes_do_not(name, n, store, tmp_path, shared, capsys):
    works, rng = works_of(shared / "data", name), random.Random(17)
    ids = fill(store, works)
    papers = store.catalogue.get_many(ids)
    own = [
        (ids[i], work)
        for i, work in enumerate(works)
        if work.authors
        and work.identifiers
        and title_overlap(papers[ids[i]], work) > 0.99
        and (name == "bib-real" or len(work.abstract) >= MIN_ABSTRACT)
    ]
    drawn = rng.sample(own, min(n, len(own)))
    kinds = [rng.choice([*VERSIONS]) for _ in drawn]
    records = [
        elsewhere(VERSIONS[kind](work, rng), rng)
        for kind, (_, work) in zip(kinds, drawn, strict=True)
    ]
    joined, apart = measure(store, kinds, [x for x, _ in drawn], records)
    (tmp_path / "others").mkdir()
    other_store = sqlite_store(tmp_path / "others")
    ids = fill(other_store, [work for _, work in drawn])
    others = rng.sample([work for _, work in drawn], len(drawn))
    wrong_kinds = [
        rng.choice([x for x in LOOK_ALIKES if x != "next_talk" or tell(work, other)])
        for (_, work), other in zip(drawn, others, strict=True)
    ]
    look_alikes = [
        replace(LOOK_ALIKES[kind](work, other, rng), identifiers=(f"doi:10.5555/{i}",), url="")
        for i, (kind, (_, work), other) in enumerate(zip(wrong_kinds, drawn, others, strict=True))
    ]
    wrong, kept = measure(other_store, wrong_kinds, ids, look_alikes)
    other_store.close()
    held = {(kind, title, work) for kind, title, work in kept}
    merged = [
        (kind, record, work)
        for kind, record, work in zip(wrong_kinds, look_alikes, ids, strict=True)
        if (kind, record.title, work) not in held
    ]
    n_joined, n_wrong = joined.total(), wrong.total()
    with capsys.disabled():
        print(
            f"\n{name}: {n_joined:,} of {len(records):,} versions join "
            f"({n_joined / len(records):.2%}), "
            f"{n_wrong} of {len(look_alikes):,} look-alikes do: {dict(wrong)}"
        )
        for example in apart[:12]:
            print("  apart:", *example)
        for kind, record, work in merged:
            print("  joined:", kind, record.title, work, record.year, record.venue)
    assert n_joined / len(records) >= LEAST_JOINED
    assert n_wrong / (n_joined + n_wrong) <= MOST_WRONG


@pytest.mark.slow
def test_works_that_a_real_catalogue_holds_twice_are_few_and_of_one_title(store, shared, capsys):
    """Every join of the ACL Anthology is one of a workshop paper and the same paper elsewhere."""
    fill(store, works_of(shared / "data", "acl"))
    joined = [x for x in store.catalogue.papers() if x.versions]
    with capsys.disabled():
        print(f"\nacl: {len(joined)} works with versions")
    assert 10 <= len(joined) <= 30
    for work in joined:
        assert len({x.title.lower().replace("-", " ") for x in work.versions}) <= 2
        assert all(title_overlap(work, x) == 1 for x in work.versions)


@pytest.mark.slow
def test_relations_in_recorded_answers_are_read(shared):
    """Which recorded answers state a relation of versions was looked up by hand."""
    folder = shared / "data" / "formats"
    file = folder / "datacite-xml/ADSIngestParser__datacite_schema4.1_example-software.xml"
    [software] = (x for x in load("datacite-xml").read(Document(file), NOW) if isinstance(x, Entry))
    assert software.paper.related
    file = folder / "crossref-json/habanero__test_works_field_queries.0.200.json"
    works = [x.paper for x in load("crossref").read(Document(file), NOW) if isinstance(x, Entry)]
    assert any(x.related or x.identifier("arxiv") for x in works)
