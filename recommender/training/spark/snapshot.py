"""A catalogue and its readers' weights as Parquet files, in parts of consecutive ids.

    manifest.json            which library, when, how many papers of each part
    papers-00000.parquet     paper_id, title, abstract, authors, newest_at
    weights.parquet          interest_id, paper_id, weight

What a fit reads and no more. Written by the process that has the database, in ranges of ids, so
that no worker needs its address or password.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender.domain import Author, Listing, Paper
from recommender.errors import ConfigError, EmptyLibrary, MissingExtra
from recommender.private_files import FOLDER_MODE, make_private_folder, open_private
from recommender.store import Store

FORMAT = 1
PAPERS_READ = 2_000
"""Papers that are read from the database, or by a task from its file, at a time."""
MANIFEST, WEIGHTS = "manifest.json", "weights.parquet"


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """What a snapshot holds.

    Parameters
    ----------
    last_event_id, catalogue_revision
        Everything up to these is in it.
    papers_of_parts
        How many papers each part has; none is empty.
    rows
        The interests that have a weight, in order.
    like_curve
        What scores mean for likes, see `like_calibration`.
    """

    library_id: str
    created_at: str
    last_event_id: int
    catalogue_revision: int
    papers_of_parts: tuple[int, ...]
    rows: tuple[str, ...]
    like_curve: tuple[float, ...]
    format: int = FORMAT

    @property
    def n_papers(self) -> int:
        """How many papers there are."""
        return sum(self.papers_of_parts)


def write_snapshot(
    store: Store,
    folder: Path,
    weights: Mapping[str, Mapping[str, float]],
    like_curve: Sequence[float],
    *,
    last_event_id: int,
    papers_of_a_part: int,
    now: datetime,
) -> SnapshotManifest:
    """Write the papers of a store and its readers' weights into a new folder.

    Parameters
    ----------
    weights
        interest id -> {paper_id: weight}.

    Raises
    ------
    EmptyLibrary
        There are no papers.
    ConfigError
        The folder is there and is not empty, or cannot be written.
    MissingExtra
        pyarrow is not installed.
    """
    require_pyarrow()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"The folder {folder} is not empty; choose a new one for the snapshot.")
    revision = store.catalogue.revision()
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.part")
    try:
        make_private_folder(folder.parent)
        aside.mkdir(mode=FOLDER_MODE)
        sizes = []
        for number, papers in enumerate(_parts_of(store, papers_of_a_part)):
            _write_papers(aside / part_name(number), papers)
            sizes.append(len(papers))
        if not sizes:
            raise EmptyLibrary(
                "There is nothing to fit; import papers with `paperloop import FILE`."
            )
        _write_weights(aside / WEIGHTS, weights)
        manifest = SnapshotManifest(
            store.database.library_id,
            now.isoformat(),
            last_event_id,
            revision,
            tuple(sizes),
            tuple(weights),
            tuple(like_curve),
        )
        with open_private(aside / MANIFEST, "w", encoding="utf-8") as file:
            json.dump(asdict(manifest), file)
        if folder.exists():
            folder.rmdir()
        os.replace(aside, folder)
    except OSError as error:
        raise ConfigError(
            f"The snapshot cannot be written to {folder} ({error.strerror or error})."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest


def read_manifest(folder: Path) -> SnapshotManifest:
    """Return what a snapshot holds; raises ConfigError where there is none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if found["format"] == FORMAT:
            lists = {x: tuple(found[x]) for x in ("papers_of_parts", "rows", "like_curve")}
            manifest = SnapshotManifest(**found | lists)
            if manifest.n_papers > 0:
                return manifest
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{folder} holds no snapshot; make one with `paperloop db snapshot {folder}`."
        ) from error
    raise ConfigError(
        f"The snapshot in {folder} is of another version; make a new one with `paperloop db "
        "snapshot`."
    )


def check_snapshot(folder: Path, manifest: SnapshotManifest) -> None:
    """Read a snapshot to its end; raises ConfigError where a file is missing or damaged.

    That takes seconds for a million papers, and their fit half an hour.
    """
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra

    read_weights(folder)
    for part, n_papers in enumerate(manifest.papers_of_parts):
        try:
            with ParquetFile(folder / part_name(part)) as file:
                whole = sum(x.num_rows for x in file.iter_batches(PAPERS_READ)) == n_papers
        except (OSError, ValueError):
            whole = False
        if not whole:
            raise _damaged(folder, part_name(part))


def read_papers(folder: Path, part: int) -> Iterator[list[Paper]]:
    """Yield the papers of a part, a few thousand at a time, with the fields that a fit reads."""
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra

    with ParquetFile(folder / part_name(part)) as file:
        for batch in file.iter_batches(batch_size=PAPERS_READ):
            yield [_paper(row) for row in batch.to_pylist()]


def read_weights(folder: Path) -> dict[str, dict[str, float]]:
    """Return interest id -> {paper_id: weight}, in order of id.

    Raises
    ------
    ConfigError
        The file is missing or damaged.
    """
    from pyarrow.parquet import read_table  # noqa: PLC0415 - an extra

    found: dict[str, dict[str, float]] = {}
    try:
        columns = read_table(folder / WEIGHTS).to_pydict()
        cells = [columns[x] for x in ("interest_id", "paper_id", "weight")]
        for interest, paper, weight in zip(*cells, strict=True):
            found.setdefault(interest, {})[paper] = weight
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(folder, WEIGHTS) from error
    return found


def _damaged(folder: Path, name: str) -> ConfigError:
    return ConfigError(
        f"The snapshot in {folder} is damaged ({name} is missing or unreadable); make a new one "
        "with `paperloop db snapshot`."
    )


def part_name(part: int) -> str:
    """Return the name of a part's file."""
    return f"papers-{part:05}.parquet"


def require_pyarrow() -> None:
    """Raise MissingExtra where pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra(
            "Snapshots need pyarrow; install it with `pip install 'paperloop[spark]'`."
        ) from error


def _parts_of(store: Store, papers_of_a_part: int) -> Iterator[list[Paper]]:
    """Yield papers in order of id, as many in each part but the last."""
    after, part = "", list[Paper]()
    while papers := store.catalogue.papers(after, PAPERS_READ):
        after = papers[-1].paper_id
        part.extend(papers)
        while len(part) >= papers_of_a_part:
            yield part[:papers_of_a_part]
            part = part[papers_of_a_part:]
    if part:
        yield part


def _write_papers(path: Path, papers: Sequence[Paper]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow.parquet import write_table  # noqa: PLC0415 - an extra

    author = pa.struct([(x, pa.string()) for x in ("family", "given", "literal")])
    schema = pa.schema(
        [
            ("paper_id", pa.string()),
            ("title", pa.string()),
            ("abstract", pa.string()),
            ("authors", pa.list_(author)),
            ("newest_at", pa.timestamp("us", tz="UTC")),
        ]
    )
    rows = [
        {
            "paper_id": x.paper_id,
            "title": x.title,
            "abstract": x.abstract,
            "authors": [asdict(y) for y in x.authors],
            "newest_at": x.newest_at,
        }
        for x in papers
    ]
    with open_private(path) as file:
        write_table(pa.Table.from_pylist(rows, schema=schema), file)


def _write_weights(path: Path, weights: Mapping[str, Mapping[str, float]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow.parquet import write_table  # noqa: PLC0415 - an extra

    cells = [(row, paper, w) for row, of_row in weights.items() for paper, w in of_row.items()]
    rows, papers, values = zip(*cells, strict=True) if cells else ((), (), ())
    columns = {
        "interest_id": pa.array(rows, pa.string()),
        "paper_id": pa.array(papers, pa.string()),
        "weight": pa.array(values, pa.float64()),
    }
    with open_private(path) as file:
        write_table(pa.table(columns), file)


def _paper(row: Mapping[str, Any]) -> Paper:
    newest = row["newest_at"]
    return Paper(
        row["title"],
        paper_id=row["paper_id"],
        abstract=row["abstract"],
        authors=tuple(Author(**x) for x in row["authors"]),
        listings=(Listing("", newest),) if newest else (),
    )
