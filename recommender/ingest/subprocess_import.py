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
from collections.abc import Iterator, Sequence
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
    for message in child_messages("recommender.ingest.subprocess_import", task):
        if "files" in message:
            return ImportReport(tuple(_report(x) for x in message["files"]))
        if progress is not None:
            progress(message["path"], message["read"])
    raise SourceError("The import was stopped; what it has stored is kept. Import again.")


def child_messages(module: str, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run a module of ours in another process; yield the JSON objects that it writes.

    Raises
    ------
    RecommenderError
        The child sent an ``error``.
    """
    command = [sys.executable, "-m", module]
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(task) + "\n")
        child.stdin.close()
        for line in child.stdout:
            message = json.loads(line)
            if "error" in message:
                raise RecommenderError(message["error"])
            yield message


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
            progress=lambda path, read: send_message({"path": path, "read": read}),
        )
        send_message({"files": [asdict(x) | {"paper_ids": ()} for x in report.files]})
    except RecommenderError as error:
        send_message({"error": str(error)})
    finally:
        store.close()


def send_message(message: dict[str, Any]) -> None:
    """Write a message of a child to its parent."""
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
