"""People's own `.bib` files as a data set: five papers of each are given, the rest are sought."""

import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from recommender.domain import Paper
from recommender.domain.identifiers import title_key
from recommender.evaluation.datasets import open_dataset
from recommender.sources import Document, Entry, load

MIN_PAPERS, GIVEN, DRAWS = 15, 5, 10
MAX_BETWEEN = 3000
SEED = 42


def make(data: Path, folder: Path) -> None:
    """Write ``papers.jsonl``, ``interactions.tsv``, ``train.tsv`` and ``test.tsv``.

    A list is a file of `data`/bib-real with at least `MIN_PAPERS` papers that have an abstract,
    drawn from `DRAWS` times; papers of `data`/hf-daily stand between theirs.
    """
    papers: dict[str, Paper] = {}
    lists: dict[str, list[str]] = {}
    for path in sorted((data / "bib-real").glob("*.bib")):
        found = {title_key(x.title): x for x in _papers_of(path) if x.abstract}
        papers = found | papers
        lists[path.stem] = sorted(found)
    between = [x for x in open_dataset(data / "hf-daily").records if x.abstract]
    for paper in between[:MAX_BETWEEN]:
        papers.setdefault(title_key(paper.title), paper)
    number = {key: f"p{i}" for i, key in enumerate(sorted(papers))}
    drawn = [
        x for name, keys in lists.items() if len(keys) >= MIN_PAPERS for x in _drawn(name, keys)
    ]
    lines = [_line(number[key], papers[key]) for key in number]
    _write(folder / "papers.jsonl", lines)
    train = [f"{reader}\t{number[key]}" for reader, given, _ in drawn for key in given]
    test = [f"{reader}\t{number[key]}" for reader, _, rest in drawn for key in rest]
    for name, pairs in (("interactions", train + test), ("train", train), ("test", test)):
        _write(folder / f"{name}.tsv", ["reader\tpaper", *pairs])


def _papers_of(path: Path) -> list[Paper]:
    read = load("bibtex").read(Document(path), datetime(2026, 1, 1, tzinfo=UTC))
    return [x.paper for x in read if isinstance(x, Entry)]


def _drawn(name: str, keys: list[str]) -> list[tuple[str, list[str], list[str]]]:
    found = []
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    for draw in range(DRAWS):
        given = rng.choice(keys, GIVEN, replace=False).tolist()
        found.append((f"{name} {draw}", given, [x for x in keys if x not in given]))
    return found


def _line(paper_id: str, paper: Paper) -> str:
    authors = [x.name for x in paper.authors]
    fields = {"id": paper_id, "title": paper.title, "abstract": paper.abstract, "authors": authors}
    return json.dumps(fields)


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{x}\n" for x in lines), encoding="utf-8")
