"""A literature screening as a data set: its included papers are the library of several readers.

All of them want the same papers and begin with others of them, so that an interval over them says
how much depends on the start. None may learn from another.
"""

import csv
import gzip
import json
from pathlib import Path

FILE = "Kitchenham_2010.csv.gz"
N_READERS = 30


def make(data: Path, folder: Path) -> None:
    """Write ``papers.jsonl`` and ``interactions.tsv`` from `data`/screening."""
    with gzip.open(data / "screening" / FILE, "rt", encoding="utf-8", newline="") as lines:
        rows = [x for x in csv.DictReader(lines) if x["title"].strip()]
    papers = [
        json.dumps({"id": x["record_id"], "title": x["title"], "abstract": x["abstract"]})
        for x in rows
    ]
    wanted = [x["record_id"] for x in rows if x["label_included"] == "1"]
    pairs = [f"reader {i}\t{paper}" for i in range(N_READERS) for paper in wanted]
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in (("papers.jsonl", papers), ("interactions.tsv", ["reader\tpaper", *pairs])):
        (folder / name).write_text("".join(f"{x}\n" for x in body), encoding="utf-8")
