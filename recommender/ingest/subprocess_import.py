"""An import in a process of its own, so that reading files takes nothing from who waits.

    report = in_child(url, paths, now=now, role="catalogue", progress=tell)

Parsing holds Python's lock: in a thread of the server it would keep every page
waiting. The child is told what to do by one line of JSON on its standard input
(the database's URL may hold a password, and arguments are seen by everybody),
and answers with lines of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender.errors import RecommenderError, SourceError
from recommender.ingest import ImportReport, Progress, import_paths
from recommender.ingest.imported_feedback import Role
from recommender.ingest.reports import FileReport
from recommender.sources import Refusal
from recommender.store import Store


def in_child(
    url: str,
    paths: Sequence[Path],
    *,
    now: datetime,
    role: Role = "catalogue",
    reader_id: str | None = None,
    interest_id: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import as `import_paths` does, in another process; reports hold no `paper_ids`.

    Raises
    ------
    RecommenderError
        What `import_paths` raises, as its sentence; or the process was killed.
    """
    task = {
        "url": url,
        "paths": [str(x) for x in paths],
        "now": now.isoformat(),
        "role": role,
        "reader_id": reader_id,
        "interest_id": interest_id,
    }
    command = [sys.executable, "-m", "recommender.ingest.subprocess_import"]
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(task) + "\n")
        child.stdin.close()
        for line in child.stdout:
            said = json.loads(line)
            if "files" in said:
                return ImportReport(tuple(_report(x) for x in said["files"]))
            if "error" in said:
                raise RecommenderError(said["error"])
            if progress is not None:
                progress(said["path"], said["read"])
    raise SourceError("The import was stopped; what it has stored is kept. Import again.")


def _report(file: dict[str, Any]) -> FileReport:
    refused = tuple(Refusal(**x) for x in file.pop("refused"))
    return FileReport(**{**file, "refused": refused, "notes": tuple(file["notes"])})


def main() -> None:
    """Do what the line on standard input says; tell of it on standard output."""
    task = json.loads(sys.stdin.readline())
    store = Store(task["url"])
    try:
        report = import_paths(
            store,
            [Path(x) for x in task["paths"]],
            now=datetime.fromisoformat(task["now"]),
            role=task["role"],
            reader_id=task["reader_id"],
            interest_id=task["interest_id"],
            progress=lambda path, read: _say({"path": path, "read": read}),
        )
        _say({"files": [asdict(x) | {"paper_ids": ()} for x in report.files]})
    except RecommenderError as error:
        _say({"error": str(error)})
    finally:
        store.close()


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
